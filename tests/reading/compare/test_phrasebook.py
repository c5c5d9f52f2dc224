"""Phrases: words, spellings, beginnings, gaps; where they are found, and where not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.compare.phrasebook import Found, Phrasebook, outermost


def found(phrase: str, text: str) -> list[str]:
    return [text[place.start : place.end] for place in Phrasebook([(phrase, 1)]).find(text)]


@pytest.mark.parametrize(
    ("phrase", "text", "words"),
    [
        ("class action", "No Class-Action here.", ["Class-Action"]),
        ("share|sell data", "We sell data and share data.", ["sell data", "share data"]),
        ("arbitrat*", "an arbitrator in arbitration", ["arbitrator", "arbitration"]),
        (
            "suspend ... notice",
            "We suspend you at once and without notice.",
            ["suspend you at once and without notice"],
        ),
        ("don t", "You don’t share.", ["don’t"]),
        ("仲裁", "双方同意仲裁。", ["仲裁"]),
    ],
)
def test_found(phrase: str, text: str, words: list[str]) -> None:
    assert found(phrase, text) == words


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("class action", "a class. Action follows"),
        ("suspend ... notice", "We suspend you. Notice is given."),
        ("suspend ... notice", "suspend a b c d e f g h i j notice"),
        ("share", "shareholder"),
    ],
)
def test_not_found(phrase: str, text: str) -> None:
    assert found(phrase, text) == []


def test_outermost_drops_what_begins_inside_another() -> None:
    book = Phrasebook([("opt out", "way"), ("not|cannot opt out", "none"), ("out of here", "inside")])
    places = outermost(book.find("You cannot opt out of here."))
    assert [place.value for place in places] == ["none"]


def test_a_letter_that_lower_case_parts_in_two_moves_no_place() -> None:
    text = "İİİ agree to opt out"
    assert Phrasebook([("opt out", 1)]).find(text) == [Found(13, 20, 1)]


@given(st.text(alphabet="optuİß .-\n", max_size=60))
def test_places_hold_the_phrase_whatever_stands_around(text: str) -> None:
    for place in Phrasebook([("opt out", 1), ("op*", 2)]).find(text):
        words = text[place.start : place.end].lower()
        assert words.startswith("op")
