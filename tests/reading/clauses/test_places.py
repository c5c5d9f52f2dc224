"""Countries, states and other places of the law."""

from __future__ import annotations

import pytest

from conductatlas.reading.clauses.converting import convert
from conductatlas.reading.clauses.places import adjective_code, place_code, places


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("the State of California", "US-CA"),
        ("the State of Delaware, United States of America", "US-DE"),
        ("the Republic of Ireland", "IE"),
        ("England and Wales", "GB-EAW"),
        ("People's Republic of China", "CN"),
        ("contact us in Utopia", None),
        ("France or Germany", None),  # two: nothing is chosen
    ],
)
def test_the_one_place_that_words_name(words: str, code: str | None) -> None:
    assert place_code(words) == code


def test_short_forms_count_in_capitals_only() -> None:
    assert [place.code for place in places("tell us if you live in the US or the UK")] == ["US", "GB"]


def test_places_stand_where_they_are_said_to() -> None:
    text = "İn Sweden and Norway"  # a capital whose small form is longer
    assert [text[place.start : place.end] for place in places(text)] == ["Sweden", "Norway"]


def test_adjectives() -> None:
    assert adjective_code("Irish") == "IE"
    assert convert("law", "Swedish law") == "SE"
    assert convert("law", "the law of the land") is None


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("San Francisco County, California", "US-CA"),
        ("New York, New York", "US-NY"),
        ("Dublin, Ireland and you waive the courts of France", "IE"),
        ("the capital", None),
    ],
)
def test_where_courts_are(words: str, code: str | None) -> None:
    assert convert("court_place", words) == code


def test_names_end_where_ordinary_words_go_on() -> None:
    assert convert("names", "San Francisco, California or another place") == "San Francisco, California"
    assert convert("names", "a place that both agree on") is None
