"""Stems: forms of one word are one, and the words that need no source are none of those that are not used."""

from __future__ import annotations

import pytest

from conductatlas.reading.writing.grounding import banned
from conductatlas.reading.writing.vocabulary import stem, stems, vocabulary


@pytest.mark.parametrize(
    "words",
    [
        ("permit", "permits", "permitted", "permitting"),
        ("require", "requires", "required", "requiring"),
        ("party", "parties"),
        ("dispute", "disputes", "disputed"),
        ("opt", "opts", "opted", "opting"),
        ("state", "states", "stated"),
        ("agree", "agrees", "agreed", "agreeing"),
    ],
)
def test_forms_of_one_word_are_one(words: tuple[str, ...]) -> None:
    assert len({stem(word) for word in words}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("not", "note"), ("bind", "blind"), ("day", "data"), ("arbiter", "art")]
)
def test_words_that_differ_stay_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_denials_are_words_of_their_own() -> None:
    assert stem("not") in stems("It doesn’t and can't.") | {stem("cannot")}
    assert stem("cannot") in stems("It can’t.")
    assert stem("not") in stems("It isn't.")


def test_no_word_that_needs_no_source_is_one_that_is_not_used() -> None:
    known = vocabulary()
    assert not [word for word in known.common if banned().search(word)]
    assert not [verb for verb in known.verbs if banned().search(verb)]
    assert {stem("not"), stem("never"), stem("unless")} <= known.turns
