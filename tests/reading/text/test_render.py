"""HTML from readings: the same text, in safe elements, with section anchors."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.text.html import read_html
from conductatlas.reading.text.marks import Mark, MarkKind, Reading, sort_marks
from conductatlas.reading.text.render import to_html
from conductatlas.reading.text.sections import sections

ALLOWED = {
    "p": {"id"}, "h1": {"id"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "h5": {"id"}, "h6": {"id"}, "ul": {"class"},
    "ol": {"type"}, "li": {"value"}, "table": set(), "thead": set(), "tbody": set(), "tr": {"id"}, "th": {"scope"},
    "td": set(), "dl": set(), "dt": {"id"}, "dd": {"id"}, "blockquote": set(), "pre": {"id"}, "strong": set(),
    "mark": {"id", "data-provision"}, "em": set(), "code": set(), "span": {"lang", "class", "id", "data-page"},
    "a": {"href", "rel", "class", "aria-label"},
}  # fmt: skip


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_safe(markup: str) -> None:
    parser = Elements()
    parser.feed(markup)
    for tag, attributes in parser.found:
        assert tag in ALLOWED and set(attributes) <= ALLOWED[tag]
        assert attributes.get("class") in (None, "permalink", "marked", "marker", "page")
        address = attributes.get("href") or "#"
        assert address.lower().startswith(("http://", "https://", "mailto:", "#"))


LINES = st.text(st.sampled_from("aé1 <>&\"'`=/()"), min_size=1, max_size=12).map(str.strip).filter(bool)
VALUES = st.sampled_from(
    ["", "•", "3.", "b.", "ii.", "javascript:alert(1)", "https://a.example/\" onclick=\"x", "data:x", "HTTPS://b.example/",
     "th", "td", "header", "\"><script>", "de"]
)  # fmt: skip


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    """Readings with marks that no reader would make: any kind anywhere, with any value."""
    text = "\n".join(draw(st.lists(LINES, min_size=1, max_size=5)))
    marks = []
    for _ in range(draw(st.integers(0, 8))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, len(text)))
        kind = draw(st.sampled_from(MarkKind))
        marks.append(Mark(start, end, kind, draw(st.integers(-1, 7)), draw(VALUES)))
    return Reading(text, sort_marks(marks), "", "")


@given(readings())
def test_nothing_but_known_elements_comes_out(reading: Reading) -> None:
    assert_safe(to_html(reading))


PARTS = st.lists(
    st.sampled_from(
        ["<h1>T &lt;b&gt;</h1>", "<h3>1. U</h3>", "<p>a <b>b<i>c</i></b> <a href='https://a.example/?1&b'>d</a>",
         "<ol type=a start=3><li>x<ol type=i><li>y</ol><p>more<li>z</ol>", "<ul><li><ul><li>deep</ul><li>u</ul>",
         "<table><tr><th>h<th>i<tr><td><td>k<tr><td colspan=2>l<td>m</table>", "<dl><dt>t<dd>d<dd>e</dl>",
         "<blockquote><p>q<ul><li>r</ul></blockquote>", "<pre>p  q\n r</pre>", "<p><b>Like a heading</b>",
         "<p>&amp;lt;",
         "<ol><li><h2>In an item</h2><p>z</ol>", "<p><a href='javascript:x'>j</a> onclick=1", "<p lang=de>Guten Tag"]
    ),
    max_size=8,
)  # fmt: skip


@given(PARTS)
def test_the_text_survives(parts: list[str]) -> None:
    reading = read_html(f"<main>{''.join(parts)}</main>").reading
    rendered = to_html(reading)
    assert_safe(rendered)
    assert read_html(f"<main>{rendered}</main>").reading.text == reading.text


def test_a_provision_is_marked_wherever_it_stands_and_led_to_once() -> None:
    reading = read_html("<main><p>a <b>b</b> c<ul><li>d<li>e</ul><table><tr><td>f<td>g</table><p>h").reading
    text = reading.text
    provision = Mark(text.index("b"), text.index("g"), MarkKind.PROVISION, 0, "CA-P-000007")
    rendered = to_html(Reading(text, sort_marks([*reading.marks, provision]), "", "en"))
    assert_safe(rendered)
    assert rendered.count('id="CA-P-000007"') == 1
    pieces = re.findall(r'<mark[^>]*data-provision="CA-P-000007">(.*?)</mark>', rendered)
    assert "".join(re.sub("<[^>]+>", "", piece) for piece in pieces) == "b cdef"


def test_sections_have_anchors_and_permalinks() -> None:
    reading = read_html("<main><h1>Terms</h1><p>x<h2>Fees &amp; costs</h2><p>y").reading
    assert to_html(reading, permalink="Zu: {title}") == (
        '<h2 id="terms">Terms <a class="permalink" href="#terms" aria-label="Zu: Terms">#</a></h2>\n<p>x</p>\n'
        '<h3 id="fees-costs">Fees &amp; costs <a class="permalink" href="#fees-costs" '
        'aria-label="Zu: Fees &amp; costs">#</a></h3>\n<p>y</p>\n'
    )


@given(PARTS)
def test_every_section_can_be_linked_to(parts: list[str]) -> None:
    reading = read_html(f"<main>{''.join(parts)}</main>").reading
    parser = Elements()
    parser.feed(to_html(reading))
    ids = [attributes["id"] for _, attributes in parser.found if "id" in attributes]
    assert ids == [section.anchor for section in sections(reading)]


def test_lists_keep_their_markers() -> None:
    reading = read_html("<main><ol type=a start=2><li>x<li>y<ul><li>z</ul></ol>").reading
    assert to_html(reading) == (
        '<ol type="a"><li value="2"><p id="top">x</p>\n</li>\n<li value="3"><p>y</p>\n<ul><li><p>z</p>\n</li></ul>\n'
        "</li></ol>\n"
    )


def test_a_marker_that_no_list_prints_is_written_and_pages_can_be_linked_to() -> None:
    marks = (
        Mark(0, 0, MarkKind.ANCHOR, 0, "page-2"),
        Mark(0, 3, MarkKind.ITEM, 1, "(a)"),
        Mark(4, 7, MarkKind.ITEM, 1, "(b)"),
    )
    html = to_html(Reading("one\ntwo", marks, "", "en"))
    assert '<ul class="marked"><li><p id="top"><span class="page" id="page-2" data-page="2"></span>' in html
    assert '<span class="marker">(a)</span> one' in html and '<span class="marker">(b)</span> two' in html
