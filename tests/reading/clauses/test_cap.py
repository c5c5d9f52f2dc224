"""Caps on liability: their terms, and how these are combined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.clauses.cap import cap

_YEAR = {"fees": "months", "months": 12}
_HUNDRED = {"amount": 100, "currency": "USD"}


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        (
            "Our total liability will not exceed the greater of the amounts you paid us in the twelve (12) months "
            "before the claim arose or one hundred U.S. dollars (US$100).",
            {"terms": [_YEAR, _HUNDRED], "combine": "greater"},
        ),
        (
            "Our liability is limited to the lesser of (a) the fees paid in the six months before the event and (b) "
            "the fees paid for the current term.",
            {"terms": [{"fees": "months", "months": 6}, {"fees": "term"}], "combine": "lesser"},
        ),
        (
            "Our total liability will not exceed the amounts you have paid us, or $100 if you have not paid anything.",
            {"terms": [{"fees": "all paid"}, _HUNDRED], "combine": "if_no_fees"},
        ),
        ("Our liability shall not exceed $100.", {"terms": [_HUNDRED], "combine": "single"}),
        (
            "Our liability will not exceed 125% of the fees paid in the last 12 months.",
            {"terms": [_YEAR | {"percent": 125}], "combine": "single"},
        ),
        (
            "Our liability will not exceed the fees paid for the product that gave rise to the claim.",
            {"terms": [{"fees": "service"}], "combine": "single"},
        ),
        (
            "Liability is limited to the fees you paid or $50, whichever is greater.",
            {"terms": [{"fees": "all paid"}, {"amount": 50, "currency": "USD"}], "combine": "greater"},
        ),
        ("Our liability is limited to the extent the law allows.", None),
        ("We are not liable for lost profits of $100.", None),  # no limit is named
        ("Our liability is limited to $100 and $200.", None),  # how they go together is not said
    ],
)
def test_caps(sentence: str, value: object) -> None:
    assert cap(sentence) == value


@given(st.text(max_size=200))
def test_any_sentence_is_read_without_complaint(words: str) -> None:
    cap(words)
    cap(f"Liability shall not exceed {words}")
