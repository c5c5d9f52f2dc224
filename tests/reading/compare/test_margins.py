"""Where the document of a page begins and ends, and that nothing of weight is taken for its surroundings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.compare.margins import margins
from conductatlas.reading.compare.normal import clauses
from conductatlas.reading.text.marks import Mark, MarkKind, Reading, sort_marks

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
    before, behind, _, menus = margins(reading, clauses(reading.text)[0])
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


def test_a_heading_closes_a_short_document(make: Make) -> None:
    lines = (
        "# Requests",
        "Courts write to the office in Dublin, and nobody else does so.",
        "Related articles",
        "Songs",
    )
    reading = make(*lines)
    assert reading.text[margins(reading, clauses(reading.text)[0]).behind :].split("\n") == list(lines[2:])
    assert compare(reading, make(*lines[:3], "Nests")).kind == "editorial"
    assert (
        compare(reading, make(lines[0], "Courts write to the office in Cork.", *lines[2:])).kind
        == "substantive"
    )


def test_the_date_of_an_article_is_none_of_the_document(make: Make) -> None:
    page = (*PAGE, "Related articles", "Herons in winter", "5 April 2024")
    signed = (*DOCUMENT, "5 April 2024")
    assert compare(read(make, *signed), read(make, *DOCUMENT, "6 May 2024")).kind == "substantive"
    assert compare(read(make, *page), read(make, *page[:-1], "6 May 2024")).kind == "editorial"
    dated = (*PAGE, "Effective date: 5 April 2024")
    assert (
        compare(read(make, *dated), read(make, *dated[:-1], "Effective date: 6 May 2024")).kind
        == "substantive"
    )


def test_a_second_copy_says_nothing_more(make: Make) -> None:
    lines = (
        "# Terms",
        *DOCUMENT[1:2],
        "You pay each invoice within 30 days after Pelican has sent it to you.",
    )
    twice = (*lines, "## Terms", *lines[1:])
    kinds = [
        compare(make(*twice), make(*twice[:3], "# Terms")).kind,
        compare(make(*lines, "# Terms"), make(*lines, "# Terms", *lines[1:])).kind,
    ]
    assert kinds == ["editorial", "editorial"]
    elsewhere = (*lines, "## Birds of others", lines[2])
    assert compare(make(*lines, "## Birds of others"), make(*elsewhere)).kind == "substantive"


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


def linked(make: Make, lines: list[str], host: str) -> Reading:
    """A reading of labels, each of them a link to a page of `host`."""
    reading = make(*lines)
    marks, at = list(reading.marks), 0
    for line in reading.text.split("\n"):
        if line not in ("Imprint", "Latest songs"):
            marks.append(Mark(at, at + len(line), MarkKind.LINK, value=f"https://{host}/{line[:3].strip()}"))
        at += len(line) + 1
    return replace(reading, marks=sort_marks(marks))


def test_a_menu_of_links_within_the_site_stands_twice(make: Make) -> None:
    menu = ["Nests", "Perches", "Latest songs", "Herons sing better than ever before.", "Ospreys", "Eggs"]
    later = [*menu[:3], "Gulls: 7 songs for all of you who can only whistle.", *menu[3:]]
    before, after = [*menu, "Imprint", *menu], [*later, "Imprint", *later]
    old, new = (linked(make, lines, "pelican.example") for lines in (before, after))
    assert compare(old, new).kind == "editorial"
    assert compare(make(*before), make(*after)).kind == "substantive"  # lists that lead nowhere are no menus


def test_a_menu_before_the_title_stands_twice(make: Make) -> None:
    menu = ["Birds", "Hear the songs that make the most of a morning", "Nests", "Shells", "Perches"]
    more = [
        *menu[:3],
        "Many songs can only be heard with the best of all the instruments there are",
        *menu[3:],
    ]
    old, new = (read(make, *lines, *lines, *DOCUMENT) for lines in (menu, more))
    assert compare(old, new).kind == "editorial"
    behind = [read(make, *DOCUMENT[:3], *lines, *lines, *DOCUMENT[3:]) for lines in (menu, more)]
    assert compare(*behind).kind == "substantive"
