"""Noise filters: text, marks and links without the noise, and nothing else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conductatlas.errors import UnreadableError
from conductatlas.reading.text.filters import (
    Filter,
    QueryParameters,
    Replace,
    Strip,
    describe,
    filtered,
    from_row,
    to_row,
    without_parameters,
)
from conductatlas.reading.text.marks import MarkKind, Reading, sort_marks
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import examine, read

TERMS = """<!doctype html><html lang=en><title>Terms</title><main>
<p class=stamp>Page built on 3 March 2026 at 10:04</p>
<h1 id=top>Terms of Use</h1>
<p>You may end this agreement within <b>30 days</b>. Page views so far: 1,204. We answer within 5 days.</p>
<ul><li>First duty</li><li>Page views so far: 99</li><li>Second <a href="/rules?sid=8f3&amp;v=2#r">duty</a></li></ul>
<table><tr><th>Fee</th><th>Page views so far: 7</th><th>Term</th></tr>
<tr><td>1 EUR</td><td>2</td><td>30 days</td></tr></table>
<h2 id=k8f3 data-row=5>Last clause</h2><p id=p-1>It ends here.</p><p>Request served in 12 ms</p>
</main>"""
NOISE = (
    Replace("Page built on {date} at {time}"),
    Replace("Page views so far: {number}"),
    Replace("Request served in {number} ms"),
)


def page(markup: str = TERMS, *filters: Filter, content_type: str = "text/html; charset=utf-8") -> Page:
    return Page(markup.encode(), content_type, "https://quill.example/terms", filters=filters)


def assert_sound(reading: Reading) -> None:
    """What marks.py says of every reading."""
    assert unicodedata.is_normalized("NFC", reading.text)
    for line in reading.text.split("\n") if reading.text else []:
        assert line
        assert line == line.strip()
        assert "  " not in line
    assert reading.marks == sort_marks(reading.marks)
    starts = {0} | {n + 1 for n, c in enumerate(reading.text) if c == "\n"}
    ends = {n for n, c in enumerate(reading.text) if c == "\n"} | {len(reading.text)}
    for mark in reading.marks:
        assert 0 <= mark.start <= mark.end <= len(reading.text)
        if mark.kind is MarkKind.ANCHOR:
            assert mark.start == mark.end
            assert mark.start in starts
        else:
            assert mark.start < mark.end
            assert reading.text[mark.end - 1] != "\n"
        if mark.kind in {MarkKind.HEADING, MarkKind.ITEM, MarkKind.ROW, MarkKind.TABLE, MarkKind.QUOTE}:
            assert mark.start in starts
            assert mark.end in ends


def marked(reading: Reading, kind: MarkKind) -> list[str]:
    return [reading.text[mark.start : mark.end] for mark in reading.marks if mark.kind is kind]


def test_wording_with_gaps_is_gone_and_marks_stand_where_their_words_are() -> None:
    plain, reading = read(page()), read(page(TERMS, *NOISE))
    assert_sound(reading)
    assert reading.text.split("\n") == [
        "Terms of Use",
        "You may end this agreement within 30 days. . We answer within 5 days.",
        "First duty",
        "Second duty",
        "Fee\t\tTerm",
        "1 EUR\t2\t30 days",
        "Last clause",
        "It ends here.",
    ]
    for kind in (MarkKind.STRONG, MarkKind.LINK, MarkKind.HEADING):
        assert marked(reading, kind) == marked(plain, kind)
    assert marked(reading, MarkKind.ITEM) == ["First duty", "Second duty"]
    assert marked(reading, MarkKind.CELL) == ["Fee", "Term", "1 EUR", "2", "30 days"]
    assert marked(reading, MarkKind.TABLE) == ["Fee\t\tTerm\n1 EUR\t2\t30 days"]
    assert (reading.title, reading.language) == (plain.title, plain.language)


def test_a_run_of_lines_ends_with_its_last_line_that_is_left() -> None:
    rows = "<table><tr><th>Fee</th><th>Term</th></tr><tr><td>1 EUR</td><td>30 days</td></tr>"
    markup = f"<main><p>Before.</p>{rows}<tr><td>Page views so far: 7</td></tr></table>"
    for after in ("", "<p>After.</p>"):
        reading = read(page(f"{markup}{after}</main>", *NOISE))
        assert marked(reading, MarkKind.TABLE) == ["Fee\tTerm\n1 EUR\t30 days"]
        assert_sound(reading)


def test_a_replacement_stands_for_what_varied() -> None:
    reading = read(page(TERMS, Replace("Page views so far: {number}", "Page views so far: some")))
    assert "within 30 days. Page views so far: some. We answer" in reading.text
    assert_sound(reading)


def test_two_captures_that_differ_in_noise_read_the_same() -> None:
    other = TERMS.replace("3 March 2026 at 10:04", "4 March 2026 at 22:31").replace("1,204", "1,377")
    other = other.replace("sid=8f3", "sid=11a").replace("in 12 ms", "in 9 ms").replace("far: 99", "far: 100")
    other = other.replace("k8f3", "k901").replace("far: 7", "far: 8")
    filters = (*NOISE, QueryParameters(("sid",)), Strip(("id",)))
    assert read(page()) != read(page(other))
    assert read(page(TERMS, *filters)) == read(page(other, *filters))


def test_a_change_beside_the_noise_is_still_one() -> None:
    later = TERMS.replace("30 days", "60 days").replace("1,204", "1,377")
    assert "60 days" in read(page(later, *NOISE)).text


def test_link_targets_lose_the_named_parameters_only() -> None:
    reading = read(page(TERMS, QueryParameters(("sid", "none"))))
    assert [m.value for m in reading.marks if m.kind is MarkKind.LINK] == [
        "https://quill.example/rules?v=2#r"
    ]
    assert reading.text == read(page()).text


@pytest.mark.parametrize(
    ("address", "left"),
    [
        ("https://a.b/c", "https://a.b/c"),
        ("https://a.b/c?sid=1", "https://a.b/c"),
        ("https://a.b/c?sid=1&x=%20&sid=2#f?sid=3", "https://a.b/c?x=%20#f?sid=3"),
        ("https://a.b/c?x&y=&sid", "https://a.b/c?x&y="),
        ("https://a.b/c?s%69d=1", "https://a.b/c"),
        ("https://a.b/c?Sid=1", "https://a.b/c?Sid=1"),
        ("https://[::1/c?sid=1", "https://[::1/c?sid=1"),
        ("mailto:x@a.b?sid=1&subject=Hi", "mailto:x@a.b?subject=Hi"),
    ],
)
def test_without_parameters(address: str, left: str) -> None:
    assert without_parameters(address, ("sid",)) == left


def test_attributes_are_not_looked_at_where_it_says() -> None:
    def anchors(*filters: Filter) -> list[str]:
        return [m.value for m in read(page(TERMS, *filters)).marks if m.kind is MarkKind.ANCHOR]

    assert anchors() == ["top", "k8f3", "p-1"]
    assert anchors(Strip(("id",))) == []
    assert anchors(Strip(("id",), "h2, p")) == ["top"]
    assert anchors(Strip(("i*",), "h2")) == ["top", "p-1"]
    assert anchors(Strip(("data-*",))) == ["top", "k8f3", "p-1"]


def test_selectors_see_the_page_as_it_was_served() -> None:
    chosen = Page(TERMS.encode(), "text/html", select=("#top", "#p-1"), filters=(Strip(("id",)),))
    examined = examine(chosen)
    assert examined.reading.text == "Terms of Use\nIt ends here."
    assert examined.unmatched == ()


def test_filters_work_on_every_form_of_text() -> None:
    for content_type in ("text/plain", "text/markdown"):
        text = "Terms of Use\n\nPage views so far: 12\n\nYou agree to this."
        reading = read(page(text, *NOISE, content_type=content_type))
        assert reading.text == "Terms of Use\nYou agree to this."


def test_a_filter_that_finds_nothing_says_so() -> None:
    examined = examine(page(TERMS, Replace("Visitors since {date}: {number}")))
    assert examined.notes == ("the filter matched nothing: Visitors since {date}: {number}",)
    assert examined.reading == read(page())


def test_a_filter_that_would_touch_much_of_the_text_is_not_applied_and_says_so() -> None:
    clauses = "".join(f"<p>Your notice period is {n} days.</p>" for n in range(1, 41))
    greedy = Replace("Your notice period is {number} days.")
    examined = examine(page(f"<html><body>{clauses}</body></html>", greedy))
    assert "30 days" in examined.reading.text
    (note,) = examined.notes
    assert note == f"the filter was not applied, as it would touch 40 of 40 lines: {describe(greedy)}"


def test_filters_work_in_their_order() -> None:
    text = "<p>Visits today: five hundred</p><p>You agree.</p>"
    once = (Replace("five hundred", "some"), Replace("Visits today: some"))
    assert read(page(text, *once)).text == "You agree."
    assert read(page(text, *once[::-1])).text == "Visits today: some\nYou agree."


def test_a_title_loses_its_noise_and_stays_a_title() -> None:
    text = "<h1>Terms of Use (page views so far: 17)</h1><p>You agree.</p>"
    reading = read(page(text, Replace(" (page views so far: {number})".strip())))
    assert reading.title == "Terms of Use"
    assert (
        read(page("<h1>Page views so far: 7</h1><p>You agree.</p>", *NOISE)).title == "Page views so far: 7"
    )


@pytest.mark.parametrize(
    "broken", [Strip(("id",), "p["), Replace("{number}"), Replace("{nothing} of the kind")]
)
def test_what_is_no_filter_is_a_typed_error(broken: Filter) -> None:
    with pytest.raises(UnreadableError):
        read(page(TERMS, broken))


FILTERS = st.one_of(
    st.builds(Replace, st.text(min_size=1, max_size=20), st.text(max_size=20)),
    st.builds(Strip, st.lists(st.text(min_size=1), min_size=1).map(tuple), st.text(max_size=9)),
    st.builds(QueryParameters, st.lists(st.text(min_size=1), min_size=1).map(tuple)),
)


@given(FILTERS)
def test_a_filter_comes_back_from_its_row(noise: Filter) -> None:
    assert from_row(to_row(noise)) == noise
    assert describe(noise)


@pytest.mark.parametrize(
    "row", [{}, {"replace": 5}, {"strip": "id"}, {"replace": "a", "at": "b"}, {"more": 1}]
)
def test_another_row_is_a_typed_error(row: dict[str, object]) -> None:
    with pytest.raises(UnreadableError):
        from_row(row)


WORDS = st.lists(
    st.sampled_from(["aa", "bb", "é", "x\u0327", "bbaa", "—", "•", "각", "\u11a8", "aab"]), max_size=6
)
BLOCK = st.builds(
    lambda tag, words, inner: f"<{tag} id=n>{' '.join(words)}<b><a href=/x>{' '.join(inner)}</a></b></{tag}>",
    st.sampled_from(["p", "h2", "ul><li", "table><tr><td", "td", "li", "blockquote", "span", "pre"]),
    WORDS,
    WORDS,
)


@given(
    st.lists(BLOCK, max_size=5),
    st.lists(
        st.tuples(
            st.sampled_from(["aa", "bb", "a", "aa bb", "x", "—", "aab"]),
            st.sampled_from(["", "e", "aa b", "가"]),
        ),
        max_size=3,
    ),
)
@example(["<p>aa<b>bb</b></p>"], [("aa", ""), ("bb", "")])
@example(["<table><tr><td>aa<td>bb<td>aab</table>"], [("aa", ""), ("bb", "")])
def test_whatever_is_replaced_the_reading_stays_sound(
    blocks: list[str], pairs: list[tuple[str, str]]
) -> None:
    plain = read(page("".join(blocks)))
    reading, _ = filtered(plain, [Replace(old, new) for old, new in pairs])
    assert_sound(reading)
    assert filtered(plain, [Replace(old, new) for old, new in pairs])[0] == reading
    if not pairs:
        assert reading == plain
