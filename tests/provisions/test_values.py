"""Values of facts in words."""

from __future__ import annotations

from typing import Any

import pytest

from conductatlas.provisions.values import fact_in_words, in_words


@pytest.mark.parametrize(
    ("type_", "name", "value", "said"),
    [
        ("notice_of_change", "days", 30, "30 days"),
        ("notice_of_change", "days", 1, "1 day"),
        ("governing_law", "law", "IE", "Ireland"),
        ("governing_law", "law", "US-CA", "California, US"),
        ("governing_law", "law", "GB-EAW", "England and Wales"),
        ("governing_law", "law", "XX", "XX"),
        ("venue", "court", "courts of P30D_x", "courts of P30D_x"),
        ("arbitration", "mandatory", True, "yes"),
        ("arbitration", "mandatory", False, "no"),
        (
            "liability_cap",
            "cap",
            {
                "terms": [{"fees": "months", "months": 12}, {"amount": 100, "currency": "USD"}],
                "combine": "greater",
            },
            "the greater of the fees of 12 months and 100 USD",
        ),
        ("liability_cap", "cap", {"terms": [{"fees": "all paid"}], "combine": "single"}, "all fees paid"),
        ("not_known", "name", "P30D", "30 days"),
    ],
)
def test_a_value_is_said_as_its_attribute_asks(type_: str, name: str, value: Any, said: str) -> None:
    assert fact_in_words(type_, name, value) == said


def test_whatever_json_holds_has_words() -> None:
    assert in_words({"terms": [], "combine": "of another kind"}) == ""
    assert in_words({"a": 1, "b": None, "c": [True, "x_y"]}) == "a: 1; c: yes, x y"
    assert in_words(None) == "not stated"
