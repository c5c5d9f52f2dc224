"""Printed list markers, there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.text.markers import marker, ordinal


@pytest.mark.parametrize(
    ("kind", "number", "text"),
    [
        ("1", 12, "12."),
        ("a", 1, "a."),
        ("a", 28, "ab."),
        ("A", 26, "Z."),
        ("i", 9, "ix."),
        ("I", 1994, "MCMXCIV."),
        ("a", 0, "0."),
        ("i", 4000, "4000."),
        ("1", -2, "-2."),
    ],
)
def test_markers(kind: str, number: int, text: str) -> None:
    assert marker(kind, number) == text


@given(st.integers(1, 3999), st.sampled_from("1iI"))
def test_numbers_survive(number: int, kind: str) -> None:
    assert ordinal(marker(kind, number), roman=kind != "1") == (kind, number)


@given(st.integers(1, 2000))
def test_letters_survive_unless_they_read_as_roman(number: int) -> None:
    read = ordinal(marker("a", number))
    assert read is not None and (read == ("a", number) or read[0] == "i")


@pytest.mark.parametrize("text", ["•", "", "(a)", "1", "x1."])
def test_what_is_no_ordinal(text: str) -> None:
    assert ordinal(text) is None
