"""Dispatch by content, joining of sources, and the promises that every reading keeps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sound import assert_sound

from conductatlas.errors import UnreadableError
from conductatlas.reading.text.formats import sniff
from conductatlas.reading.text.html import MAX_TEXT
from conductatlas.reading.text.marks import Mark, MarkKind, Reading
from conductatlas.reading.text.nesting import MAX_TAGS, tame
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import join, read

TAGS = [
    "p", "div", "span", "b", "i", "em", "a", "h1", "h2", "ul", "ol", "li", "table", "tr", "td", "th", "thead", "tbody",
    "dl", "dt", "dd", "pre", "br", "blockquote", "section", "main", "article", "nav", "header", "footer", "button",
    "form", "select", "option", "script", "style", "template", "svg", "math", "details", "summary", "caption", "code",
]  # fmt: skip
ATTRIBUTES = ["", " id=x", " class='cookie-banner nav'", " role=row", " lang=de", " href=#x", " style='display:block'",
              " value=7", " start=-3", " colspan=3 rowspan=2", " aria-level=9 role=heading", " hidden"]  # fmt: skip
PIECES = st.one_of(
    st.text(max_size=12),
    st.builds(lambda t, a: f"<{t}{a}>", st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES)),
    st.sampled_from(TAGS).map(lambda tag: f"</{tag}>"),
    st.sampled_from(
        ["&nbsp;", "&#0;", "&#xD800;", "&shy;", "<!--", "-->", "<![CDATA[", "\u0301", "\u200b", "\t", "\n"]
    ),
)
MARKUP = st.lists(PIECES, max_size=40).map("".join)


@given(MARKUP)
def test_any_markup_gives_a_sound_reading_and_the_same_one_each_time(markup: str) -> None:
    page = Page(markup.encode("utf-8", "replace"), "text/html", "https://acme.example/")
    first, second = read(page), read(page)
    assert first == second
    assert_sound(first)


@given(
    st.binary(max_size=400),
    st.sampled_from(["text/html", "text/plain", "text/markdown", "application/xhtml+xml"]),
)
def test_any_bytes_give_a_sound_reading(body: bytes, content_type: str) -> None:
    if not sniff(body, content_type):
        assert_sound(read(Page(body, content_type)))


@given(MARKUP)
def test_selecting_everything_is_sound_too(markup: str) -> None:
    assert_sound(read(Page(markup.encode("utf-8", "replace"), "text/html", "", ("body",), ("b",))))


@pytest.mark.parametrize(
    ("body", "content_type", "url", "text"),
    [
        (b"<p>a<p>b", "text/html; charset=utf-8", "", "a\nb"),
        (b"<p>a<p>b", None, "", "a\nb"),
        (b"<p>a<p>b", "application/octet-stream", "", "a\nb"),
        (b"one\ntwo\n\nthree", None, "", "one\ntwo\nthree"),
        (b"one\ntwo", "text/html", "", "one\ntwo"),
        (b"# T\n\n* a\n* b", "text/markdown", "", "T\na\nb"),
        (b"# T\n\ntext", "text/plain", "https://acme.example/TERMS.md", "T\ntext"),
        (b"# T", "text/plain", "https://acme.example/terms.txt", "# T"),
        (
            b"<html xmlns='x'><body><a id='n'/><p>a<br/>b</p></body></html>",
            "application/xhtml+xml",
            "",
            "a\nb",
        ),
        ("<p>café</p>".encode("utf-16"), None, "", "café"),
    ],
)
def test_what_a_page_is_read_as(body: bytes, content_type: str | None, url: str, text: str) -> None:
    assert read(Page(body, content_type, url)).text == text


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "image/png"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, None),
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"%PDF-1.7 ...", "text/html"),
        (b"{}", "application/json"),
    ],
)
def test_what_is_no_text_is_refused(body: bytes, content_type: str | None) -> None:
    with pytest.raises(UnreadableError):
        read(Page(body, content_type))


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000 + "deep",
        "<ul><li>" * 50_000 + "deep",
        "<b>" * 100_000 + "deep",
        "<table><tr><td>" * 20_000 + "deep",
        "".join(f"<font a={n}>" for n in range(5_000)) + "<p>x" * 5_000,
        "<p " + " ".join(f"a{n}" for n in range(100_000)) + ">deep",
        "<blockquote>" * 60_000 + "deep",
        "<a href=x>" * 30_000 + "deep",
    ],
    ids=["div", "ul", "b", "table", "font", "attributes", "blockquote", "a"],
)
def test_bombs_are_defused(markup: str) -> None:
    reading = read(Page(markup.encode(), "text/html"))
    assert reading.text.endswith(("deep", "x"))
    assert_sound(reading)


def test_more_tags_than_a_document_has() -> None:
    with pytest.raises(UnreadableError, match="tags"):
        read(Page(b"<p>filler</p>" * (MAX_TAGS // 2 + 1), "text/html"))


def test_more_text_than_a_document_has() -> None:
    with pytest.raises(UnreadableError, match="characters"):
        read(Page(b"<p>" + b"word " * (MAX_TEXT // 5 + 1), "text/html"))


def test_ordinary_markup_is_left_as_it_is() -> None:
    markup = "<div><p>text <b>bold</b></p></div>\n" * 2_000
    assert tame(markup) == markup


def test_an_address_that_is_none_does_no_harm() -> None:
    assert read(Page(b"<p><a href=x>a</a>", "text/html", "http://[bad")) == Reading("a", (), "", "")
    assert read(Page(b"plain", "text/plain", "http://[bad")).text == "plain"


def test_sources_are_joined_in_order() -> None:
    first = Reading("a\nb", (Mark(2, 3, MarkKind.HEADING, 1),), "", "")
    second = Reading("c", (Mark(0, 1, MarkKind.STRONG),), "C", "en")
    joined = join(
        [first, Reading("", (), "", ""), second],
        ["https://a.example", "https://b.example", "https://c.example"],
    )
    assert joined == Reading(
        "a\nb\nc",
        (
            Mark(0, 3, MarkKind.SOURCE, 0, "https://a.example"),
            Mark(2, 3, MarkKind.HEADING, 1),
            Mark(4, 5, MarkKind.SOURCE, 2, "https://c.example"),
            Mark(4, 5, MarkKind.STRONG),
        ),
        "C",
        "en",
    )
    assert_sound(joined)
