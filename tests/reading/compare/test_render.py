"""The drawings of a comparison: what they hold, and that no text escapes from them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.compare.render import Wording, redline_ansi, redline_html, side_by_side_html
from conductatlas.reading.text.marks import Mark, MarkKind, Reading

Make = Callable[..., Reading]

ALLOWED = {"div", "p", "del", "ins", "span", "a", "br", "table", "thead", "tbody", "tr", "th", "td"}
HOSTILE = st.lists(
    st.sampled_from(
        ["<script>", "alert(1)", "</p>", '"', "'", "&amp;", "\x1b[31m", "\u202e", "onclick=x", "-->", "a"]
    ),
    max_size=6,
).map(" ".join)


class Tags(HTMLParser):
    """Every tag with its attributes, and all the text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    tags.close()
    assert tags.open == []
    return tags


@pytest.fixture(scope="module")
def pair(make: Make) -> tuple[Reading, Reading]:
    filler = [f"Clause {word} stays." for word in ("one", "two", "three", "four", "five", "six", "seven")]
    old = make(
        "# Terms",
        "A clause that travels to the end of it all.",
        *filler,
        "* You pay within 30 days.",
        "Gone & over.",
    )
    new = make(
        "# Terms",
        *filler,
        "* You pay within 60 days.",
        "A clause that travels to the end of it all.",
        "It is new.",
    )
    return old, new


def test_inline(pair: tuple[Reading, Reading]) -> None:
    old, new = pair
    html = redline_html(old, new, compare(old, new))
    assert (
        'You pay within <del><span class="vh">removed: </span>30</del><ins><span class="vh">added: </span>60</ins>'
        in html
    )
    assert '<span class="marker">•</span> You pay' in html
    assert '<p class="clause h1 same" dir="auto">Terms</p>' in html
    assert '<p class="fold">… 3 unchanged clauses …</p>' in html
    assert html.startswith('<div class="redline" lang="en" dir="auto">')


def test_moved_clauses_are_linked_both_ways(pair: tuple[Reading, Reading]) -> None:
    old, new = pair
    for draw in (redline_html, side_by_side_html):
        tags = parsed(draw(old, new, compare(old, new))).tags
        ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
        targets = [str(attributes["href"])[1:] for tag, attributes in tags if tag == "a"]
        assert len(ids) == len(set(ids))
        assert len(targets) == 2
        assert set(targets) <= set(ids)


def test_side_by_side_has_one_row_a_clause(pair: tuple[Reading, Reading]) -> None:
    old, new = pair
    tags = parsed(side_by_side_html(old, new, compare(old, new))).tags
    assert [tag for tag, _ in tags].count("th") == 2
    rows = [attributes["class"] for tag, attributes in tags if tag == "tr" and attributes]
    assert rows == [
        "same",
        "moved editorial left",
        "same",
        "same",
        "fold",
        "same",
        "same",
        "modified substantive",
        "moved editorial",
        "modified substantive",
    ]


def test_on_a_terminal(pair: tuple[Reading, Reading]) -> None:
    old, new = pair
    plain = redline_ansi(old, new, compare(old, new), colour=False)
    assert "~ • You pay within [-30-]{+60+} days." in plain
    assert "> A clause that travels to the end of it all. (moved here)" in plain
    coloured = redline_ansi(old, new, compare(old, new))
    assert "within \x1b[9;31m30\x1b[0m\x1b[4;32m60\x1b[0m days." in coloured


def test_its_own_words_can_be_said_in_another_language(pair: tuple[Reading, Reading]) -> None:
    old, new = pair
    german = Wording(removed="entfernt:", added="<neu>:", many_unchanged="… {n} unveränderte Absätze …")
    html = redline_html(old, new, compare(old, new), wording=german)
    assert "… 3 unveränderte Absätze …" in html
    assert "&lt;neu&gt;: " in html


def test_quotes_alone_are_shown_only_where_nothing_else_differs(make: Make) -> None:
    old = make("the “Service” costs 5 coins", "say “yes”")
    new = make('the "Service" costs 6 coins', 'say "yes"')
    lines = redline_ansi(old, new, compare(old, new), colour=False).splitlines()
    assert lines == ['~ the "Service" costs [-5-]{+6+} coins', '~ say [-“-]{+"+}yes[-”-]{+"+}']


def test_a_passage_in_another_language_says_so() -> None:
    old = Reading("Bonjour.", (), "", "en")
    new = Reading("Bonjour à tous.", (Mark(0, 15, MarkKind.LANGUAGE, value='fr"><b>'),), "", "en")
    assert ' lang="fr&quot;&gt;&lt;b&gt;"' in redline_html(old, new, compare(old, new))


@given(st.lists(HOSTILE, max_size=4), st.lists(HOSTILE, max_size=4), HOSTILE)
def test_no_text_becomes_a_tag(old_lines: list[str], new_lines: list[str], value: str) -> None:
    old = Reading("\n".join(old_lines), (), "", value)
    new = Reading("\n".join(new_lines), (Mark(0, 1, MarkKind.ITEM, 1, value),), "", value)
    comparison = compare(old, new)
    for html in (redline_html(old, new, comparison), side_by_side_html(old, new, comparison)):
        for tag, attributes in parsed(html).tags:
            assert tag in ALLOWED
            assert set(attributes) <= {"class", "id", "lang", "dir", "href", "scope", "colspan"}
    terminal = redline_ansi(old, new, comparison)
    assert set(re.findall(r"\x1b[^m]*m", terminal)) <= {"\x1b[0m", "\x1b[2m", "\x1b[9;31m", "\x1b[4;32m"}
    assert "\u202e" not in terminal


@given(st.lists(HOSTILE, min_size=1, max_size=4), st.lists(HOSTILE, min_size=1, max_size=4))
def test_the_new_text_can_be_read_off_the_drawing(old_lines: list[str], new_lines: list[str]) -> None:
    old, new = (Reading("\n".join(lines), (), "", "") for lines in (old_lines, new_lines))
    assume(new.text and old.text != new.text)
    html = side_by_side_html(old, new, compare(old, new), context=99)
    cells = re.findall(r'<td class="new"[^>]*>(.*?)</td>', html)
    chrome = re.compile(r'<span class="vh">.*?</span>| <a .*?</a>|</?(?:ins|del)>')
    assert "\n".join(unescape(chrome.sub("", cell).replace("<br>", "\n")) for cell in cells) == new.text
