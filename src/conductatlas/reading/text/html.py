"""HTML into a reading: parse (Lexbor), choose what to read, walk, assemble.

Without selectors the main block is read: the body less its chrome, and only the <main> or <article> in it if that
holds at least half of the text. With selectors exactly the selected parts are read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from conductatlas.errors import UnreadableError
from conductatlas.reading.text.chrome import Chrome, contents_lines
from conductatlas.reading.text.content import content
from conductatlas.reading.text.filters import Filter, strip
from conductatlas.reading.text.language import detect
from conductatlas.reading.text.lines import Line, LineWriter, assemble
from conductatlas.reading.text.marks import Mark, MarkKind, Reading
from conductatlas.reading.text.nesting import tame
from conductatlas.reading.text.page import Selector
from conductatlas.reading.text.selection import DocumentOrder, Selection
from conductatlas.reading.text.walk import Walk

MAIN_SHARE = 0.5
MAX_TEXT = 10_000_000
UNREAD = ["script", "style", "template", "noscript", "svg", "iframe", "select"]

_SITE_SUFFIX = re.compile(r"\s+(?:[|·•»›:–—-]|::)\s+")


@dataclass(frozen=True, slots=True)
class HtmlReading:
    """A reading, and the selectors that named nothing on the page."""

    reading: Reading
    unmatched: tuple[Selector, ...] = ()


def read_html(
    markup: str,
    url: str = "",
    select: Sequence[Selector] = (),
    remove: Sequence[Selector] = (),
    filters: Sequence[Filter] = (),
) -> HtmlReading:
    """The reading of an HTML page.

    url: the page's own address. select, remove, filters: see Page; of the filters those that strip attributes are
    at work here. If nothing that is selected holds text, the main block is read, and the selectors come back as
    unmatched. Raises UnreadableError for a selector that is none and for a page out of all proportion; a page without
    text gives an empty reading.
    """
    tree = LexborHTMLParser(tame(markup).encode("utf-8", "replace"))
    body = tree.body
    if body is None or tree.root is None:
        return HtmlReading(Reading("", (), _page_title(tree), ""))
    tree.strip_tags(UNREAD)
    length = len(content(body))
    if length > MAX_TEXT:
        raise UnreadableError(
            f"the page has {length:,} characters of text, more than a document has ({MAX_TEXT:,})",
            remedy="Declare another source for this document.",
        )
    base = _base(tree, url)
    unmatched: tuple[Selector, ...] = ()
    selection = DocumentOrder(tree.root).select(select, remove) if select or remove else None
    if filters:
        strip(tree.root, filters)
    if selection is not None:
        unmatched = selection.unmatched
        selected = _walked(body, length, base, url, selection, has_chrome=not select)
        if selected[0]:
            return HtmlReading(_reading(tree, *selected), unmatched)
        unmatched = (*select, *(s for s in remove if s in unmatched))
    return HtmlReading(_reading(tree, *_walked(body, length, base, url, None, has_chrome=True)), unmatched)


def _walked(
    body: LexborNode, length: int, base: str, url: str, selection: Selection | None, *, has_chrome: bool
) -> tuple[str, tuple[Mark, ...]]:
    writer = LineWriter()
    walk = Walk(writer, base, Chrome(body, length) if has_chrome else None, selection)
    walk.run(body)
    lines, first, last = writer.lines, 0, len(writer.lines)
    if has_chrome:
        first, last = _main_block(lines, walk.mains)
    dropped = contents_lines(lines, url)
    kept = [position for position in range(first, last) if position not in dropped]
    return assemble(lines, writer.runs, kept)


def _main_block(lines: Sequence[Line], mains: Sequence[tuple[str, int, int]]) -> tuple[int, int]:
    """The lines of the outermost <main>, else <article>, that holds half of the text; all lines if none does.

    A page's title often stands above its <main>: then the block begins there.
    """
    total = sum(len(line.text) for line in lines)
    for wanted in ("main", "article"):
        spans = [(first, last) for tag, first, last in mains if tag == wanted]
        for first, last in sorted(spans, key=lambda span: span[0] - span[1]):
            if sum(len(line.text) for line in lines[first:last]) >= total * MAIN_SHARE:
                return _title_line(lines, first, last), last
    return 0, len(lines)


def _title_line(lines: Sequence[Line], first: int, last: int) -> int:
    if any(_is_title(line) for line in lines[first:last]):
        return first
    above = [position for position in range(first) if _is_title(lines[position])]
    return above[-1] if above else first


def _is_title(line: Line) -> bool:
    return any(mark.kind is MarkKind.HEADING and mark.level == 1 for mark in line.marks)


def _reading(tree: LexborHTMLParser, text: str, marks: tuple[Mark, ...]) -> Reading:
    root = tree.css_first("html")
    declared = (root.attributes.get("lang") or root.attributes.get("xml:lang") or "") if root else ""
    language, of_language = detect(text, declared), MarkKind.LANGUAGE
    foreign = tuple(
        mark
        for mark in marks
        if mark.kind is not of_language or mark.value.split("-")[0].lower() != (language or declared)
    )
    return Reading(text, foreign, _title(text, foreign) or _page_title(tree), language)


def _title(text: str, marks: Sequence[Mark]) -> str:
    headings = [mark for mark in marks if mark.kind is MarkKind.HEADING]
    chosen = next((mark for mark in headings if mark.level == 1), headings[0] if headings else None)
    return text[chosen.start : chosen.end] if chosen else ""


def _page_title(tree: LexborHTMLParser) -> str:
    """The text of <title> without the name of the site that stands behind a separator."""
    node = tree.css_first("head title, title")
    writer = LineWriter()
    writer.text(content(node) if node else "")
    writer.break_line()
    title = writer.lines[0].text if writer.lines else ""
    return _SITE_SUFFIX.split(title)[0]


def _base(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("base[href]")
    try:
        return urljoin(url, (node.attributes.get("href") or "").strip()) if node else url
    except ValueError:
        return url
