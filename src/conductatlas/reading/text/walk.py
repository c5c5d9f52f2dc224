"""The walk over a page's tree that writes its lines.

One loop, no recursion: elements are entered, their text written, and left again by what entering them returned.
Nesting of any depth costs a list entry a level.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from selectolax.lexbor import LexborNode

from conductatlas.reading.text.addresses import Addresses
from conductatlas.reading.text.chrome import Attributes, Chrome
from conductatlas.reading.text.content import content
from conductatlas.reading.text.elements import (
    BLOCK_STYLE,
    BLOCKS,
    GENERIC,
    LINES_STYLE,
    NEVER_TEXT,
    SPANS,
    TAG_OF_ROLE,
)
from conductatlas.reading.text.lines import LineWriter
from conductatlas.reading.text.markers import BULLET, marker
from conductatlas.reading.text.marks import MarkKind
from conductatlas.reading.text.selection import Selection
from conductatlas.reading.text.tables import Grid, is_data, spanned

Leave = Callable[[], None]

LONG_HEADING = 500  # characters; what is longer was left open by mistake
PLAIN = frozenset(("p", "div", "section"))  # elements that mean no more than the lines they begin and end …
NO_MATTER = frozenset(("class",))  # … unless they have other attributes than these
MAX_OPEN = 12  # spans on one another, quotations in one another: what is deeper gets no mark of its own

_INTEGER = re.compile(r"\s*([+-]?\d{1,9})")


@dataclass(slots=True)
class _List:
    """An open list. `number` is the next item's, None for bullets."""

    kind: str
    number: int | None
    step: int = 1


@dataclass(slots=True)
class _Table:
    grid: Grid = field(default_factory=Grid)
    in_head: bool = False
    cells: int = 0
    header_cells: int = 0


@dataclass(slots=True)
class _Element:
    """An element that was entered. leaves: what ends it, from the last to the first."""

    node: LexborNode
    tag: str
    attributes: Attributes
    leaves: list[Leave]

    def leave(self) -> None:
        for leave in reversed(self.leaves):
            leave()


@dataclass(slots=True)
class Walk:
    """Writes the tree under a node into `writer`.

    base: the address against which links are resolved. chrome: who says what is not the document, None to keep
    everything. selection: which text nodes to read, None for all. mains: spans of lines that <main> and <article>
    elements hold, as (tag, first line, line after the last).
    """

    writer: LineWriter
    base: str
    chrome: Chrome | None = None
    selection: Selection | None = None
    mains: list[tuple[str, int, int]] = field(default_factory=list)
    _lists: list[_List] = field(default_factory=list)
    _tables: list[_Table | None] = field(default_factory=list)
    _main_depth: int = 0
    _as_lines: int = 0
    _quotes: int = 0
    _closed: str = ""  # since the last text: an inline element that ended
    _opened: str = ""  # and one that began after it
    _addresses: Addresses = field(init=False)

    def __post_init__(self) -> None:
        self._addresses = Addresses(self.base)

    def run(self, root: LexborNode) -> None:
        """Write everything under `root`, and `root` itself."""
        node, open_elements = root, list[_Element]()
        while True:
            tag = node.tag or ""
            if tag == "-text":
                self._text(node)
            elif not tag.startswith(("-", "!")):
                element = self._enter(node, tag)
                if element is not None:
                    child = node.first_child
                    if child is not None:
                        open_elements.append(element)
                        node = child
                        continue
                    element.leave()
            while open_elements:
                following = node.next
                if following is not None:
                    node = following
                    break
                element = open_elements.pop()
                element.leave()
                node = element.node
            else:
                break
        self.writer.break_line()

    def _text(self, node: LexborNode) -> None:
        if self.selection is not None and not self.selection.holds(node):
            return
        text = node.text_content or ""
        if text.isspace() and not self._as_lines:  # half of a page's texts are what stands between its tags
            self._closed = self._opened = ""
            self.writer.space()
            return
        if self._closed or self._opened:
            self._part_siblings(text)
        if not self._as_lines:
            self.writer.text(text)
            return
        for position, line in enumerate(text.splitlines()):
            if position:
                self.writer.break_line()
            self.writer.text(line)
        if text.endswith(("\n", "\r")):
            self.writer.break_line()

    def _part_siblings(self, text: str) -> None:
        """Part words that only the look of the page parts: "…2024</span><span>Previous…", two links in a row."""
        left, closed, opened = self.writer.last_character, self._closed, self._opened
        self._closed = self._opened = ""
        if closed and opened and left and text and not text[0].isspace():
            links = closed == opened == "a" and left.isalnum() and text[0].isalnum()
            if links or ((left.islower() or left in "0123456789:") and text[0].isupper()):
                self.writer.space()

    # elements

    def _enter(self, node: LexborNode, tag: str) -> _Element | None:
        """Begin an element; None if nothing in it is to be read."""
        if tag in NEVER_TEXT:
            return None
        if tag == "br":
            self.writer.break_line()
            return None
        attributes = node.attributes
        if tag == "img":
            self._image(attributes)
            return None
        if self.chrome is not None and self._is_chrome(node, tag, attributes):
            return None
        role = attributes.get("role")
        if role is not None and tag in GENERIC and role in TAG_OF_ROLE:
            tag = TAG_OF_ROLE[role]
        if tag in PLAIN and not (attributes.keys() - NO_MATTER):
            self.writer.break_line()
            return _Element(node, tag, attributes, [self.writer.break_line])
        leaves: list[Leave] = []
        if tag in BLOCKS or _is_styled_block(attributes):
            self.writer.break_line()
            leaves.append(self.writer.break_line)
        else:
            if self._closed:
                self._opened = "a" if "a" in (tag, self._opened) else tag
            leaves.append(self._leave_link if tag == "a" else self._leave_inline)
        if attributes:
            self._anchor(node, tag, attributes)
        element = _Element(node, tag, attributes, leaves)
        enter_kind = ENTER_KIND.get(tag)
        if enter_kind is not None:
            enter_kind(self, element)
        elif attributes.get("role") == "main":
            self._main(element)
        if attributes:
            self._enter_styled(element)
        return element

    def _enter_styled(self, element: _Element) -> None:
        style = element.attributes.get("style")
        if style and element.tag != "pre" and LINES_STYLE.search(style):
            self._as_lines += 1
            element.leaves.append(self._leave_lines)
        language = element.attributes.get("lang") or element.attributes.get("xml:lang")
        if language and element.tag not in ("html", "body"):
            self._open_span(MarkKind.LANGUAGE, language.strip()[:35], element.leaves)

    def _is_chrome(self, node: LexborNode, tag: str, attributes: Attributes) -> bool:
        assert self.chrome is not None
        if not self.chrome.covers(node, tag, attributes, in_main=self._main_depth > 0):
            return False
        if tag in BLOCKS:
            self.writer.break_line()
        return True

    def _anchor(self, node: LexborNode, tag: str, attributes: Attributes) -> None:
        name = attributes.get("id") or (attributes.get("name") if tag == "a" else None)
        if name and len(name) <= 200 and (self.selection is None or self.selection.holds(node)):
            cleaned = "".join(name.split())
            if cleaned.isprintable():
                self.writer.anchor(cleaned)

    def _image(self, attributes: Attributes) -> None:
        """An image is text only where it is all that a table cell holds: a tick, a cross."""
        if self._tables and self._tables[-1] is not None and self.selection is None:
            self.writer.text(f" {attributes.get('alt') or ''} ")

    # spans and blocks

    def _link(self, element: _Element) -> None:
        address = self._addresses.of(element.attributes.get("href"))
        if address:
            self._open_span(MarkKind.LINK, address, element.leaves)

    def _emphasis(self, element: _Element) -> None:
        self._open_span(SPANS[element.tag], "", element.leaves)

    def _open_span(self, kind: MarkKind, value: str, leaves: list[Leave]) -> None:
        if self.writer.open_spans < MAX_OPEN:
            self.writer.open_span(kind, value)
            leaves.append(self.writer.close_span)

    def _heading(self, element: _Element) -> None:
        if len(content(element.node)) > LONG_HEADING:
            return
        level = (
            _integer(element.attributes.get("aria-level"))
            if element.attributes.get("role") == "heading"
            else None
        )
        self.writer.open_block(MarkKind.HEADING, min(max(level or int(element.tag[1]), 1), 6))
        self.writer.open_line()
        element.leaves[:0] = [self.writer.close_block]
        element.leaves.append(self.writer.close_line)

    def _leave_inline(self) -> None:
        self._closed = self._closed or "span"

    def _leave_link(self) -> None:
        self._closed = "a"

    def _list(self, element: _Element) -> None:
        self._lists.append(_opened_list(element.node, element.tag, element.attributes))
        element.leaves.append(self._leave_list)

    def _leave_list(self) -> None:
        self._lists.pop()

    def _item(self, element: _Element) -> None:
        current = self._lists[-1] if self._lists else None
        if current is None or current.number is None:
            self.writer.open_item(BULLET)
        else:
            value = _integer(element.attributes.get("value"))
            number = current.number if value is None else value
            self.writer.open_item(marker(current.kind, number))
            current.number = number + current.step
        element.leaves.insert(0, self.writer.close_item)

    def _definition(self, element: _Element) -> None:
        self.writer.open_block(MarkKind.TERM if element.tag == "dt" else MarkKind.DEFINITION)
        element.leaves.insert(0, self.writer.close_block)

    def _preformatted(self, element: _Element) -> None:
        self._as_lines += 1
        self.writer.open_block(MarkKind.PREFORMATTED)
        element.leaves.insert(0, self._leave_preformatted)

    def _leave_preformatted(self) -> None:
        self._as_lines -= 1
        self.writer.close_block()

    def _leave_lines(self) -> None:
        self._as_lines -= 1

    def _quote(self, element: _Element) -> None:
        if self._quotes < MAX_OPEN:
            self._quotes += 1
            element.leaves.insert(0, partial(self._leave_quote, self.writer.position()))

    def _leave_quote(self, start: int) -> None:
        self._quotes -= 1
        self.writer.run(start, MarkKind.QUOTE)

    # tables

    def _table(self, element: _Element) -> None:
        inside = bool(self._tables) and self._tables[-1] is not None
        self._tables.append(_Table() if not inside and is_data(element.node) else None)
        element.leaves.insert(0, partial(self._leave_table, self.writer.position()))

    def _leave_table(self, start: int) -> None:
        if self._tables.pop() is not None:
            self.writer.run(start, MarkKind.TABLE)

    def _table_part(self, element: _Element) -> None:
        table = self._tables[-1] if self._tables else None
        if table is None:
            return
        if element.tag == "tr":
            table.grid.next_row()
            table.cells = table.header_cells = 0
            self.writer.open_row()
            element.leaves.insert(0, partial(self._leave_row, table))
        elif element.tag in ("td", "th"):
            table.cells += 1
            table.header_cells += element.tag == "th"
            columns, rows = (spanned(element.attributes.get(name)) for name in ("colspan", "rowspan"))
            column = table.grid.place(columns, rows)
            self.writer.open_cell(column, header=element.tag == "th")
            element.leaves.append(self.writer.close_span)
        else:
            table.in_head = element.tag == "thead"

    def _leave_row(self, table: _Table) -> None:
        self.writer.close_row(header=table.in_head or table.cells == table.header_cells > 0)

    # the main block

    def _main(self, element: _Element) -> None:
        tag = "article" if element.tag == "article" else "main"  # or an element whose role is that
        self._main_depth += 1
        element.leaves.insert(0, partial(self._leave_main, tag, self.writer.position()))

    def _leave_main(self, tag: str, start: int) -> None:
        self._main_depth -= 1
        self.mains.append((tag, start, self.writer.position()))


ENTER_KIND: dict[str, Callable[[Walk, _Element], None]] = {
    **dict.fromkeys(SPANS, Walk._emphasis),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), Walk._heading),
    **dict.fromkeys(("ul", "ol", "menu", "dir"), Walk._list),
    **dict.fromkeys(("dt", "dd"), Walk._definition),
    **dict.fromkeys(("pre", "xmp", "listing", "plaintext"), Walk._preformatted),
    **dict.fromkeys(("thead", "tbody", "tfoot", "tr", "td", "th"), Walk._table_part),
    **dict.fromkeys(("main", "article"), Walk._main),
    "a": Walk._link,
    "li": Walk._item,
    "blockquote": Walk._quote,
    "table": Walk._table,
}
"""What begins an element that means something: a look-up, where a chain of comparisons is slow."""


def _is_styled_block(attributes: Attributes) -> bool:
    style = attributes.get("style")
    return style is not None and BLOCK_STYLE.search(style) is not None


def _integer(value: str | None) -> int | None:
    match = _INTEGER.match(value or "")
    return int(match[1]) if match else None


def _opened_list(node: LexborNode, tag: str, attributes: Attributes) -> _List:
    if tag != "ol":
        return _List("", None)
    kind = attributes.get("type") or "1"
    reverse = "reversed" in attributes
    start = _integer(attributes.get("start"))
    if start is None:
        start = sum(1 for child in node.iter() if child.tag == "li") if reverse else 1
    return _List(kind if kind in ("1", "a", "A", "i", "I") else "1", start, -1 if reverse else 1)
