"""The walk over a page's tree that writes its lines.

One loop, no recursion: elements are entered, their text written, and left again by what entering them returned.
Nesting of any depth costs a list entry a level.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

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
MAX_ADDRESS = 4000
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

    def run(self, root: LexborNode) -> None:
        """Write everything under `root`, and `root` itself."""
        node, open_elements = root, list[tuple[LexborNode, Leave]]()
        while True:
            tag = node.tag or ""
            if tag == "-text":
                self._text(node)
            elif not tag.startswith(("-", "!")):
                leave = self._enter(node, tag)
                if leave is not None:
                    child = node.first_child
                    if child is not None:
                        open_elements.append((node, leave))
                        node = child
                        continue
                    leave()
            while open_elements:
                following = node.next
                if following is not None:
                    node = following
                    break
                node, leave = open_elements.pop()
                leave()
            else:
                break
        self.writer.break_line()

    def _text(self, node: LexborNode) -> None:
        if self.selection is not None and not self.selection.holds(node):
            return
        text = node.text_content or ""
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

    def _enter(self, node: LexborNode, tag: str) -> Leave | None:
        """Begin an element. Returns what ends it, None if nothing in it is to be read."""
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
            return self.writer.break_line
        leaves: list[Leave] = []
        if tag in BLOCKS or _is_styled_block(attributes):
            self.writer.break_line()
            leaves.append(self.writer.break_line)
        else:
            if self._closed:
                self._opened = "a" if "a" in (tag, self._opened) else tag
            leaves.append(self._leave_link if tag == "a" else self._leave_inline)
        self._anchor(node, tag, attributes)
        self._enter_kind(node, tag, attributes, leaves)
        language = attributes.get("lang") or attributes.get("xml:lang")
        if language and tag not in ("html", "body"):
            self._span(MarkKind.LANGUAGE, language.strip()[:35], leaves)
        if len(leaves) == 1:
            return leaves[0]
        return partial(_all, leaves[::-1])

    def _enter_kind(self, node: LexborNode, tag: str, attributes: Attributes, leaves: list[Leave]) -> None:
        match tag:
            case "a":
                address = self._address(attributes.get("href"))
                if address:
                    self._span(MarkKind.LINK, address, leaves)
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self._heading(node, tag, attributes, leaves)
            case "ul" | "ol" | "menu" | "dir":
                self._lists.append(_opened_list(node, tag, attributes))
                leaves.append(self._leave_list)
            case "li":
                self._item(attributes, leaves)
            case "dt" | "dd":
                self.writer.open_block(MarkKind.TERM if tag == "dt" else MarkKind.DEFINITION)
                leaves.insert(0, self.writer.close_block)
            case "pre" | "xmp" | "listing" | "plaintext":
                self._as_lines += 1
                self.writer.open_block(MarkKind.PREFORMATTED)
                leaves.insert(0, self._leave_preformatted)
            case "blockquote" if self._quotes < MAX_OPEN:
                self._quotes += 1
                leaves.insert(0, partial(self._leave_quote, self.writer.position()))
            case "table":
                self._table(node, leaves)
            case "thead" | "tbody" | "tfoot" | "tr" | "td" | "th":
                self._table_part(tag, attributes, leaves)
            case "main" | "article":
                self._main(tag, leaves)
            case _ if tag in SPANS:
                self._span(SPANS[tag], "", leaves)
            case _ if attributes.get("role") == "main":
                self._main("main", leaves)
        style = attributes.get("style")
        if style and tag != "pre" and LINES_STYLE.search(style):
            self._as_lines += 1
            leaves.append(self._leave_lines)

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

    def _address(self, href: str | None) -> str:
        """The absolute address of a link, "" for one that leads nowhere or is no address."""
        href = "".join((href or "").split())
        if not href or len(href) > MAX_ADDRESS:
            return ""
        try:
            address = urljoin(self.base, href)
            scheme = urlsplit(address).scheme
        except ValueError:
            return ""
        if scheme in ("http", "https", "mailto", "tel") or (not scheme and not self.base):
            return address.encode("utf-8", "replace").decode("utf-8")
        return ""

    # spans and blocks

    def _span(self, kind: MarkKind, value: str, leaves: list[Leave]) -> None:
        if self.writer.open_spans < MAX_OPEN:
            self.writer.open_span(kind, value)
            leaves.append(self.writer.close_span)

    def _heading(self, node: LexborNode, tag: str, attributes: Attributes, leaves: list[Leave]) -> None:
        if len(content(node)) > LONG_HEADING:
            return
        level = _integer(attributes.get("aria-level")) if attributes.get("role") == "heading" else None
        self.writer.open_block(MarkKind.HEADING, min(max(level or int(tag[1]), 1), 6))
        self.writer.open_line()
        leaves[:0] = [self.writer.close_block]
        leaves.append(self.writer.close_line)

    def _leave_inline(self) -> None:
        self._closed = self._closed or "span"

    def _leave_link(self) -> None:
        self._closed = "a"

    def _leave_list(self) -> None:
        self._lists.pop()

    def _item(self, attributes: Attributes, leaves: list[Leave]) -> None:
        current = self._lists[-1] if self._lists else None
        if current is None or current.number is None:
            self.writer.open_item(BULLET)
        else:
            value = _integer(attributes.get("value"))
            number = current.number if value is None else value
            self.writer.open_item(marker(current.kind, number))
            current.number = number + current.step
        leaves.insert(0, self.writer.close_item)

    def _leave_preformatted(self) -> None:
        self._as_lines -= 1
        self.writer.close_block()

    def _leave_lines(self) -> None:
        self._as_lines -= 1

    def _leave_quote(self, start: int) -> None:
        self._quotes -= 1
        self.writer.run(start, MarkKind.QUOTE)

    # tables

    def _table(self, node: LexborNode, leaves: list[Leave]) -> None:
        inside = bool(self._tables) and self._tables[-1] is not None
        self._tables.append(_Table() if not inside and is_data(node) else None)
        leaves.insert(0, partial(self._leave_table, self.writer.position()))

    def _leave_table(self, start: int) -> None:
        if self._tables.pop() is not None:
            self.writer.run(start, MarkKind.TABLE)

    def _table_part(self, tag: str, attributes: Attributes, leaves: list[Leave]) -> None:
        table = self._tables[-1] if self._tables else None
        if table is None:
            return
        if tag == "tr":
            table.grid.next_row()
            table.cells = table.header_cells = 0
            self.writer.open_row()
            leaves.insert(0, partial(self._leave_row, table))
        elif tag in ("td", "th"):
            table.cells += 1
            table.header_cells += tag == "th"
            column = table.grid.place(spanned(attributes.get("colspan")), spanned(attributes.get("rowspan")))
            self.writer.open_cell(column, header=tag == "th")
            leaves.append(self.writer.close_span)
        else:
            table.in_head = tag == "thead"

    def _leave_row(self, table: _Table) -> None:
        self.writer.close_row(header=table.in_head or table.cells == table.header_cells > 0)

    # the main block

    def _main(self, tag: str, leaves: list[Leave]) -> None:
        self._main_depth += 1
        leaves.insert(0, partial(self._leave_main, tag, self.writer.position()))

    def _leave_main(self, tag: str, start: int) -> None:
        self._main_depth -= 1
        self.mains.append((tag, start, self.writer.position()))


def _is_styled_block(attributes: Attributes) -> bool:
    style = attributes.get("style")
    return style is not None and BLOCK_STYLE.search(style) is not None


def _all(leaves: list[Leave]) -> None:
    for leave in leaves:
        leave()


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
