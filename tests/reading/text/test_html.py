"""What the walk makes of HTML: lines, marks, addresses, titles."""

from __future__ import annotations

import pytest

from conductatlas.reading.text.html import read_html
from conductatlas.reading.text.marks import MarkKind, Reading


def read(markup: str, url: str = "https://acme.example/terms") -> Reading:
    return read_html(markup, url).reading


def marked(reading: Reading, kind: MarkKind) -> list[tuple[str, int, str]]:
    return [(reading.text[m.start : m.end], m.level, m.value) for m in reading.marks if m.kind is kind]


def test_blocks_are_lines_and_inline_elements_are_not() -> None:
    reading = read("<div>One <b>b</b>ig<p>two</div>three<br>four<h2>Fi<i>ve</i></h2>")
    assert reading.text.split("\n") == ["One big", "two", "three", "four", "Five"]
    assert marked(reading, MarkKind.STRONG) == [("b", 0, "")]
    assert marked(reading, MarkKind.HEADING) == [("Five", 2, "")]


def test_white_space_soft_hyphens_and_invisible_characters() -> None:
    reading = read("<p>\u00a0a \n\t b\u00adc\u200b d\u202e\u2066e\ufeff\x00 </p><p> \u3000 </p>")
    assert reading.text == "a bc de"


def test_lines_of_ornaments_are_no_lines() -> None:
    reading = read("<ol><li>• <p>Scope</p><p>* * *</p></ol><p>—</p><p>☒</p><div id=x>|</div><p>End")
    assert reading.text == "Scope\n☒\nEnd"
    assert marked(reading, MarkKind.ITEM) == [("Scope", 1, "1.")]


def test_joiners_stay_where_letters_need_them() -> None:
    assert read("<p>می\u200cخواهم co\u200dpy</p>").text == "می\u200cخواهم copy"


def test_accents_compose_across_elements() -> None:
    reading = read("<p>cafe<b>\u0301 x</b> <i>y</i></p>")
    assert reading.text == "café x y"
    assert marked(reading, MarkKind.EMPHASIS) == [("y", 0, "")]


def test_ordered_lists_print_their_markers() -> None:
    reading = read(
        "<ol start=3><li>c<li value=9>i<li>j</ol><ol type=a><li>x<ol type=I><li>y<li>z</ol></ol>"
        "<ol reversed><li>two<li>one</ol><ul><li>dot</ul>"
    )
    assert marked(reading, MarkKind.ITEM) == [
        ("c", 1, "3."),
        ("i", 1, "9."),
        ("j", 1, "10."),
        ("x", 1, "a."),
        ("y", 2, "I."),
        ("z", 2, "II."),
        ("two", 1, "2."),
        ("one", 1, "1."),
        ("dot", 1, "•"),
    ]


def test_an_item_goes_on_without_a_marker() -> None:
    reading = read("<ol><li><p>First.</p><p>More of it.</p><li><ul><li>inner</ul></ol>")
    assert marked(reading, MarkKind.ITEM) == [
        ("First.", 1, "1."),
        ("More of it.", 1, ""),
        ("inner", 1, "2."),
        ("inner", 2, "•"),
    ]


def test_tables_keep_rows_cells_and_columns() -> None:
    reading = read(
        "<table><caption>Cookies</caption><thead><tr><th>Name<th>Kind<th>Days</thead>"
        "<tr><td rowspan=2>sid<td>needed<td>1<tr><td>extra<td><p>2<p>or 3<tr><td colspan=2>all<td>9"
        "<tr><td><td><td>0</table>"
    )
    assert reading.text.split("\n") == [
        "Cookies",
        "Name\tKind\tDays",
        "sid\tneeded\t1",
        "extra\t2 or 3",
        "all\t\t9",
        "0",
    ]
    rows = marked(reading, MarkKind.ROW)
    assert [value for _, _, value in rows] == ["header", "", "", "", ""]
    assert marked(reading, MarkKind.CELL)[6:] == [
        ("extra", 1, "td"),
        ("2 or 3", 2, "td"),
        ("all", 0, "td"),
        ("9", 2, "td"),
        ("0", 2, "td"),
    ]
    assert len(marked(reading, MarkKind.TABLE)) == 1


def test_layout_tables_are_read_as_blocks() -> None:
    reading = read(
        "<table role=presentation><tr><td>left<td>right</table>"
        "<table><tr><td><h1>Terms</h1><p>Text.<td><table><tr><td>a<td>b</table></table>"
    )
    assert reading.text.split("\n") == ["left", "right", "Terms", "Text.", "a\tb"]


def test_aria_makes_headings_lists_and_tables() -> None:
    reading = read(
        "<div role=heading aria-level=3>H</div><div role=list><div role=listitem>i</div></div>"
        "<div role=table><div role=row><span role=columnheader>a</span><span role=columnheader>b</span></div></div>"
    )
    assert reading.text.split("\n") == ["H", "i", "a\tb"]
    assert marked(reading, MarkKind.HEADING) == [("H", 3, "")]
    assert marked(reading, MarkKind.ITEM) == [("i", 1, "•")]
    assert marked(reading, MarkKind.ROW) == [("a\tb", 0, "header")]


def test_links_are_absolute_and_harmless() -> None:
    reading = read(
        "<base href='/legal/'><p><a href='a?x=1#y'>rel</a> <a href='//cdn.example/z'>cdn</a> "
        "<a href='javascript:x()'>js</a> "
        "<a href='data:text/html,x'>data</a> <a href='mailto:a@b.example'>mail</a> <a href='http://[bad'>bad</a></p>"
    )
    assert reading.text == "rel cdn js data mail bad"
    assert marked(reading, MarkKind.LINK) == [
        ("rel", 0, "https://acme.example/legal/a?x=1#y"),
        ("cdn", 0, "https://cdn.example/z"),
        ("mail", 0, "mailto:a@b.example"),
    ]


def test_marks_that_cross_blocks_are_cut_at_the_lines() -> None:
    reading = read("<b>one<p>two</p>three</b><blockquote><p>q1<p>q2</blockquote>")
    assert marked(reading, MarkKind.STRONG) == [("one", 0, ""), ("two", 0, ""), ("three", 0, "")]
    assert marked(reading, MarkKind.QUOTE) == [("q1\nq2", 0, "")]


def test_definitions_preformatted_lines_and_anchors() -> None:
    reading = read(
        "<dl><dt>Content<dd id=c>What you post.</dl><pre>  a\n\n  b  c\n</pre><a name='n'></a><p>x"
    )
    assert reading.text.split("\n") == ["Content", "What you post.", "a", "b c", "x"]
    assert [text for text, _, _ in marked(reading, MarkKind.DEFINITION)] == ["What you post."]
    assert [text for text, _, _ in marked(reading, MarkKind.PREFORMATTED)] == ["a", "b c"]
    assert [value for _, _, value in marked(reading, MarkKind.ANCHOR)] == ["c", "n"]


def test_language_of_the_page_and_of_parts() -> None:
    reading = read(
        "<html lang=en-GB><p>These terms govern how you may use the service and the content in it.</p>"
        "<p>It is called <span lang=fr>conditions générales</span> elsewhere.</p><p lang=en-US>Done.</p>"
    )
    assert reading.language == "en"
    assert marked(reading, MarkKind.LANGUAGE) == [("conditions générales", 0, "fr")]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p><span>Updated</span><span>January 1</span></p>", "Updated January 1"),
        ("<p><a href=/a>home</a><a href=/b>models</a></p>", "home models"),
        ("<p><b>D</b><span>ata</span> i<b>Phone</b></p>", "Data iPhone"),
        (
            "<p>see <a href=/x>here<span class='sr-only'>(new window)</span></a>, please</p>",
            "see here, please",
        ),
        ("<p>one<span style='display:block'>two</span></p>", "one\ntwo"),
        ("<div style='white-space: pre-wrap'>first\nsecond</div>", "first\nsecond"),
    ],
)
def test_words_are_neither_glued_nor_split(markup: str, text: str) -> None:
    assert read(markup).text == text


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("<title>Terms | Acme</title><h2>Scope</h2><h1>Terms of use</h1>", "Terms of use"),
        ("<title>Terms | Acme</title><h2>Scope</h2>", "Scope"),
        ("<title>Terms of use – Acme</title><p>x", "Terms of use"),
        ("<p>x", ""),
    ],
)
def test_title(markup: str, title: str) -> None:
    assert read(markup).title == title


@pytest.mark.parametrize(
    "markup", ["", "<frameset><frame></frameset>", "<script>x</script>", "\x00", "<!---->"]
)
def test_pages_without_text_give_an_empty_reading(markup: str) -> None:
    assert read(markup).text == ""
