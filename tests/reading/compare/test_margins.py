"""Where the document of a page begins and ends, and that nothing of weight is taken for its surroundings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.compare.margins import margins
from conductatlas.reading.compare.normal import clauses
from conductatlas.reading.text.marks import Reading

Make = Callable[..., Reading]

BEFORE = ("Summer offer for bird lovers",)
DOCUMENT = (
    "# Terms of Pelican",
    *["Pelican may suspend the account of a user who breaks these terms, without notice."] * 4,
    "You waive the right to a trial by jury and agree to binding arbitration in Dublin.",
    "Pelican International Company",
    "12 Harbour Street, Dublin",
    "birds@pelican.example",
)
BEHIND = ("Trusted by flocks", "Join 200,000+ friends of birds", "Songs", "Nests", "See you", "Fly with us")
PAGE = (*BEFORE, *DOCUMENT, *BEHIND)


def read(make: Make, *lines: str) -> Reading:
    return replace(make(*lines), title="Terms of Pelican")


def test_the_document_lies_between_its_title_and_who_speaks(make: Make) -> None:
    reading = read(make, *PAGE)
    before, behind, menus = margins(reading, clauses(reading.text)[0])
    assert reading.text[:before] == "Summer offer for bird lovers\n"
    assert reading.text[behind:].split("\n") == list(BEHIND)
    assert menus == frozenset()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Trusted by flocks", "Loved by swarms"),
        ("Join 200,000+ friends", "Join 300,000+ friends"),
        ("Summer offer", "Winter offer"),
        ("Songs", "Songs\nDon't just watch birds, hear them."),
    ],
)
def test_what_stands_beside_the_document_is_furniture(make: Make, before: str, after: str) -> None:
    new = "\n".join(PAGE).replace(before, after).split("\n")
    comparison = compare(read(make, *PAGE), read(make, *new))
    assert {hunk.rules for hunk in comparison.hunks} == {("N8",)}
    assert comparison.kind == "editorial"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("12 Harbour Street", "30 Quay Street"),
        ("Songs", "Songs\nYou waive your right to sue"),
        ("Songs", "Songs\nYou must not record the songs that the birds of our customers sing"),
        ("Songs", "Songs\nThese terms change on 1 May 2030."),
        ("Summer offer", "Effective date: 1 May 2030, summer offer"),
        ("birds@pelican.example", "gulls@pelican.example"),
        ("in Dublin.", "in Cork."),
    ],
)
def test_what_speaks_counts_wherever_it_stands(make: Make, before: str, after: str) -> None:
    new = "\n".join(PAGE).replace(before, after).split("\n")
    assert compare(read(make, *PAGE), read(make, *new)).kind == "substantive"


def test_of_a_page_of_lists_nobody_can_say_where_it_ends(make: Make) -> None:
    lines = ("# Sub-processors", *[f"* Heron {n}" for n in "abcdefgh"])
    reading = make(*lines)
    assert margins(reading, clauses(reading.text)[0])[:2] == (0, len(reading.text))
    assert compare(reading, make(*lines, "* Osprey")).kind == "substantive"


def test_a_menu_stands_three_times(make: Make) -> None:
    menu = ["* Glasses", "* Perches", "* Shops", "* Partners"]
    lines = ["# Sub-processors", *["* Heron", "* Osprey"], *menu * 3]
    new = ["Stores" if line == "* Shops" else line for line in lines]
    new = [line if line != "Stores" else "* Stores" for line in new]
    assert compare(make(*lines), make(*new)).kind == "editorial"
    twice = ["# Sub-processors", *["* Heron", "* Osprey"], *menu * 2]
    assert compare(
        make(*twice), make(*["* Stores" if line == "* Shops" else line for line in twice])
    ).kind == ("substantive")
