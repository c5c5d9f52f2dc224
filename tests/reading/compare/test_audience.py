"""For whom a text says that it holds: the exact words, also in the heading; never a guess."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.text.marks import Reading

Make = Callable[..., Reading]


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ("If you are a consumer, the fee is $5.", ("If you are a consumer",)),
        ("Residents of California pay a fee of $5.", ("Residents of California",)),
        ("The fee is $5 for users under 18.", ("under 18",)),
        ("Enterprise customers pay a fee of $5.", ("Enterprise customers",)),
        ("In the EEA, the fee is $5.", ("In the EEA",)),
        ("The fee is $5 and goes to consumers.", ()),
    ],
)
def test_only_where_the_text_says_so(make: Make, clause: str, words: tuple[str, ...]) -> None:
    new = make("1. Fees", clause)
    comparison = compare(make("1. Fees"), new)
    assert comparison.audience == words
    assert tuple(new.text[slice(*span)] for span in comparison.hunks[0].audience) == words


def test_a_heading_over_a_clause_says_it_too(make: Make) -> None:
    heading = "## California residents"
    new = make("# Privacy", heading, "We sell it.", "We keep logs.")
    comparison = compare(make("# Privacy", heading, "We keep logs."), new)
    assert comparison.audience == ("California residents",)


def test_of_a_clause_that_is_gone_the_old_text_speaks(make: Make) -> None:
    comparison = compare(make("1. Fees", "For consumers it is free."), make("1. Fees"))
    (told,) = comparison.to_dict()["hunks"][0]["audience"]
    assert told == {"words": "For consumers", "span": [8, 21]}


def test_every_audience_has_a_title_and_english_phrases() -> None:
    for entry in table("audiences").values():
        assert entry["title"] and entry["en"]
        assert entry.keys() <= {"title", "en", "de", "fr", "es", "zh", "ja"}
