"""Numbers, periods, money and shares as texts write them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.clauses import values
from conductatlas.reading.clauses.values import Money


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("thirty (30) days", "P30D"),
        ("one (1) year and twenty-eight (28) days", "P1Y28D"),
        ("30-day", "P30D"),
        ("a year", "P1Y"),
        ("24 hours", "PT24H"),
        ("two weeks", "P2W"),
        ("twelve months", "P12M"),
        ("ten (10) business days", "P10D"),
        ("thirty (60) days", None),  # word and figure differ: nothing is stated
        ("some days", None),
        ("", None),
    ],
)
def test_periods(words: str, value: str | None) -> None:
    assert values.period(words) == value


def test_days_months_and_hours_of_a_period() -> None:
    assert values.days("fourteen (14) days") == 14
    assert values.days("two weeks") == 14
    assert values.days("48 hours") == 2
    assert values.days("36 hours") is None
    assert values.days("one month") is None  # months have no fixed number of days
    assert values.months("one year") == 12
    assert values.months("18 months") == 18
    assert values.months("30 days") is None
    assert values.hours("72 hours") == 72
    assert values.hours("three days") == 72
    assert values.hours("one month") is None


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("$100", Money(100, "USD")),
        ("US$ 1,000,000", Money(1_000_000, "USD")),
        ("one hundred U.S. dollars (US$100)", Money(100, "USD")),
        ("fifty (50) euros", Money(50, "EUR")),
        ("€50", Money(50, "EUR")),
        ("CA$100", Money(100, "CAD")),
        ("GBP 20.50", Money(20.5, "GBP")),
        ("$1.5 million", Money(1_500_000, "USD")),
        ("one hundred dollars (US $150)", None),
        ("a 100", None),
        ("100", None),
    ],
)
def test_money(words: str, value: Money | None) -> None:
    assert values.money(words) == value
    if value is not None:
        assert re.fullmatch(values.money_pattern(), words.lower())


def test_money_as_a_value() -> None:
    assert Money(100.0, "USD").value() == {"amount": 100, "currency": "USD"}
    assert Money(20.5, "GBP").value() == {"amount": 20.5, "currency": "GBP"}


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("one hundred twenty-eight", 128),
        ("two thousand", 2000),
        ("1,000", 1000),
        ("forty-five (45)", 45),
        ("2.5", 2.5),
        ("many", None),
    ],
)
def test_numbers(words: str, value: float | None) -> None:
    assert values.number(words) == value


def test_shares() -> None:
    assert values.share("50%") == 50
    assert values.share("fifty percent (50%)") == 50
    assert values.share("half") is None


@given(st.integers(min_value=1, max_value=9999), st.sampled_from(["day", "week", "month", "year"]))
def test_what_is_written_in_figures_is_read_back(count: int, unit: str) -> None:
    words = f"{count:,} {unit}{'' if count == 1 else 's'}"
    assert values.period(words) == f"P{count}{unit[0].upper()}"
    assert re.fullmatch(values.period_pattern(), words)


@given(st.text(max_size=60))
def test_any_text_is_read_without_complaint(words: str) -> None:
    for read in (
        values.period,
        values.days,
        values.months,
        values.hours,
        values.money,
        values.share,
        values.number,
    ):
        read(words)
