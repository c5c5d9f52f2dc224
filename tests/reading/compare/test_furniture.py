"""What stands on a page beside its text (N8), and what only looks like it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.compare.furniture import is_furniture, is_label
from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.text.marks import Reading

Make = Callable[..., Reading]


@pytest.mark.parametrize(
    "line",
    [
        "Accept all cookies",
        "Related articles",
        "fa-magnifying-glass alpaca-fa-regular",
        "custom-svg-sparkle",
        "mmMwWLliI0fiflO&1",
        "Opens in a new tab (opens a footnote)",
        "word " * 40,
        "English (UK)",
        "English | Deutsch | Français",
        "12 min read",
        "1,204 views",
        "Thursday, 26 November 2026",
        "Today is 26 November 2026",
        "Get 15% off nests and 20% off perches. Ends on 25 May 2030. Terms apply",
        "25% offer for nests of twigs only. Terms apply.",
        "“The best cloud for pelicans we ever had.” — Ada Heron, fisher",
    ],
)
def test_furniture(line: str) -> None:
    assert is_furniture(line, "en", None)


@pytest.mark.parametrize(
    "line",
    [
        "26 November 2026",
        "Do not sell my personal information",
        "30 days",
        "You get 15% off each invoice that is paid within 10 days. Further terms apply.",
        "Subscribers pay 15% off the list price. Terms apply.",
        "15% off the list price until 25 May 2030",
        "opt-out sub-processors",
        "“Content” — texts and films that you upload",
        "“We sell your personal data to advertisers.” — Ada Heron, fisher",
        "We accept all cookies that you set.",
        "",
    ],
)
def test_no_furniture(line: str) -> None:
    assert not is_furniture(line, "en", None)


def test_a_single_word_in_a_list_is_no_button() -> None:
    assert is_furniture("Feedback", "en", None)
    assert not is_furniture("Feedback", "en", None, is_item=True)


@pytest.mark.parametrize(
    ("line", "language", "is_one"),
    [
        ("Getting started", "en", True),
        ("4. Our company", "en", True),
        ("Erste Schritte", "de", True),
        ("We sell data", "en", False),
        ("Binding arbitration", "en", False),
        ("Fee: 30", "en", False),
        ("It ends.", "en", False),
        ("Cell\tCell", "en", False),
        ("利用規約", "ja", False),
        ("Alussa", "fi", False),
    ],
)
def test_a_label_is_short_and_says_nothing(line: str, language: str, is_one: bool) -> None:
    assert is_label(line, language) is is_one


LINES = ("# Terms", "## Company", "We are in Oslo.")


def rules(old: Reading, new: Reading) -> set[tuple[str, ...]]:
    forth = {hunk.rules for hunk in compare(old, new).hunks}
    assert forth == {hunk.rules for hunk in compare(new, old).hunks}
    return forth


def test_a_table_of_contents_repeats_headings(make: Make) -> None:
    assert rules(make(*LINES), make("# Terms", "* Company", *LINES[1:])) == {("N8",)}
    assert rules(make(*LINES), make("# Terms", "* Birds", *LINES[1:])) == {("S7",)}
    assert rules(make(*LINES), make(*LINES, "## Arbitration")) == {("S6", "S9")}, (
        "a heading does not repeat itself"
    )


def test_paragraphs_set_like_a_list_are_items(make: Make) -> None:
    intro = make(*LINES, "We collect:", "Shoe size")
    assert rules(intro, make(*LINES, "We collect:", "Shoe size", "Hat size")) == {("S7",)}
    listed = make(*LINES, "## Subprocessors", "Pelican Cloud")
    assert rules(listed, make(*LINES, "## Subprocessors", "Pelican Cloud", "Heron Mail")) == {("S7",)}
    assert rules(make(*LINES), make(*LINES, "Heron Mail")) == {("N8",)}


def test_rows_in_another_order_are_the_same_table() -> None:
    rows = ["Cookie\tYears", "a\tone", "bird_id\ttwo", "pelican_visits\tthree"]
    old, new = table_of(rows), table_of([rows[0], rows[3], rows[1], rows[2]])
    assert rules(old, new) == {("N6",)}
    assert compare(old, table_of([*rows, "heron\tfour"])).kind == "substantive"


def table_of(rows: list[str]) -> Reading:
    from conductatlas.reading.text.markdown import read_markdown

    lines = [f"| {row.replace(chr(9), ' | ')} |" for row in rows]
    return read_markdown("\n".join([lines[0], "| --- | --- |", *lines[1:]]))


def test_the_table_holds_what_it_says() -> None:
    data = table("furniture")
    for name in ("lines", "languages", "counted", "today"):
        assert len(data[name]) == len(set(data[name])), name
        assert all(entry == entry.casefold() for entry in data[name])
    assert {"en", "de", "fr", "es"} == set(data["verbs"])
