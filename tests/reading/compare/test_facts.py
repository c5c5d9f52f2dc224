"""Figures and names that a passage states."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.compare.facts import companies, figures


@pytest.mark.parametrize(
    ("text", "language", "kind", "value"),
    [
        ("within 30 days", "en", "period", 30),
        ("within thirty (30) days", "en", "period", 30),
        ("a 14-day window", "en", "period", 14),
        ("within 72 hours", "en", "period", pytest.approx(3, abs=0.01)),
        ("for two years", "en", "period", 730.5),
        ("binnen 6 Monaten", "de", "period", pytest.approx(182.6, abs=0.1)),
        ("sous 30 jours ouvrés", "fr", "period", 30),
        ("保存30日", "zh", "period", 30),
        ("a cap of $1,000", "en", "amount", 1000),
        ("a cap of US$1 million", "en", "amount", 1_000_000),
        ("a fee of 30%", "en", "amount", 30),
        ("1.000 EUR", "de", "amount", 1000),
        ("up to 500 requests", "en", "limit", 500),
    ],
)
def test_a_figure(text: str, language: str, kind: str, value: float) -> None:
    found = figures(text, language)
    assert [(figure.kind, figure.value) for figure in found][-1] == (kind, value)
    assert all(text[figure.start : figure.end].strip() for figure in found)


def test_no_figure_is_counted_twice() -> None:
    assert [figure.kind for figure in figures("30 days, $5 and 7 seats", "en")] == [
        "period",
        "amount",
        "limit",
    ]


def test_companies() -> None:
    assert companies("between you and Pelican Cloud, Inc. and Heron GmbH.") == {
        "Pelican Cloud Inc",
        "Heron GmbH",
    }
    assert companies("between you and us") == set()


@given(st.text(alphabet="1.,%$ daysthirty(30)\n", max_size=50))
def test_any_text_has_figures_in_order_that_do_not_overlap(text: str) -> None:
    places = [(figure.start, figure.end) for figure in figures(text, "en")]
    assert all(end <= start for (_, end), (start, _) in pairwise(places))
