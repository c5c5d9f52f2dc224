"""Markdown: a reading written as Markdown (CommonMark with tables), and Markdown read by way of HTML.

What is written reads back as the same text. Where Markdown's own notation would be ambiguous (emphasis beside a
letter, a backtick in code) the HTML that CommonMark allows is written instead. A marker that Markdown has no list for,
such as "(a)", is written before the words of its item, and reads back as words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from html import escape
from itertools import groupby

from markdown_it import MarkdownIt

from conductatlas.reading.text.html import read_html
from conductatlas.reading.text.layout import Block, blocks
from conductatlas.reading.text.markers import BULLET, ordinal
from conductatlas.reading.text.marks import Mark, MarkKind, Reading

MAX_NESTING = 100

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~&#]|!(?=\[|$)")
_LINE_START = re.compile(r"(?P<sign>[-+=:])|(?P<number>\d{1,9})(?P<end>[.)])")
_HTML_TAG = {MarkKind.STRONG: "strong", MarkKind.EMPHASIS: "em", MarkKind.CODE: "code"}
_SEPARATOR = "<!-- -->"


def read_markdown(text: str, url: str = "") -> Reading:
    """The reading of a Markdown text. HTML in it is read as HTML, with the same rules as a page's."""
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": MAX_NESTING}).enable("table")
    parser.disable("code")  # in legal texts four spaces are a lost indent, never a program
    return read_html(f"<main>{parser.render(text)}</main>", url).reading


def to_markdown(reading: Reading) -> str:
    """The reading as Markdown, ended by a line break; "" for an empty text."""
    writer = _Writer()
    for (table, kind), group in groupby(blocks(reading), key=_unit):
        members = list(group)
        if table >= 0:
            writer.table(members)
        elif kind is MarkKind.PREFORMATTED:
            writer.fence(members)
        else:
            for block in members:
                writer.block(block)
    return "".join(f"{chunk}\n" for chunk in writer.chunks)


def _unit(block: Block) -> tuple[int, MarkKind | None]:
    """What is written in one piece: the rows of a table, the lines of a listing."""
    if block.cells:
        return block.table, MarkKind.ROW
    plain = block.kind is MarkKind.PREFORMATTED and not block.items and not block.quotes and not block.heading
    return -1, MarkKind.PREFORMATTED if plain else None


class _Writer:
    """Writes block after block, with an empty line between all but neighbouring items of one list."""

    def __init__(self) -> None:
        self.chunks: list[str] = []
        self._quotes = 0  # of the block that is being written
        self._written = 0  # of the lines before it
        self._open: list[tuple[int, str, int]] = []  # indent, list type, number of the open items
        self._last_depth = 0  # of the item that was written last, 0 if something else was

    def table(self, rows: Sequence[Block]) -> None:
        self._leave_lists(0)
        width = max(cell.level for row in rows for cell in row.cells) + 1
        head, body = (rows[0], rows[1:]) if rows[0].is_header else (None, rows)
        lines = [_row(head, width), "|" + " --- |" * width, *(_row(row, width) for row in body)]
        self._write(["> " * rows[0].quotes + line for line in lines], rows[0].quotes)

    def fence(self, lines: Sequence[Block]) -> None:
        self._leave_lists(0)
        longest = max((len(run) for block in lines for run in re.findall("`+", block.text)), default=0)
        fence = "`" * max(3, longest + 1)
        self._write([fence, *(block.text for block in lines), fence], 0)

    def block(self, block: Block) -> None:
        text = "#" * block.heading + " " * bool(block.heading) + _inline(block, at_start=not block.heading)
        if block.quotes != self._quotes:
            self._leave_lists(block.quotes)
        markers = ""
        if block.items and block.items[-1][1] not in ("", BULLET) and ordinal(block.items[-1][1]) is None:
            text = _SPECIAL.sub(r"\\\g<0>", block.items[-1][1]) + f" {text}"
        is_sibling = False
        for depth, printed in block.items:
            if printed:
                is_sibling = not markers and depth == self._last_depth
                is_sibling = self._item(depth, printed, first=not markers) and is_sibling
                indent = self._open[-1][0] - (self._open[-2][0] if len(self._open) > 1 else 0)
                markers += _marker(self._open[-1]).ljust(indent)
        if not markers:
            depth = block.items[-1][0] if block.items else 0
            del self._open[depth:]
            lead = " " * (self._open[-1][0] if self._open else 0)
        else:
            begun = sum(1 for _, printed in block.items if printed)
            lead = " " * (self._open[-begun - 1][0] if len(self._open) > begun else 0)
        self._write(["> " * block.quotes + lead + markers + text], block.quotes, tight=is_sibling)
        self._last_depth = block.items[-1][0] if markers else 0

    def _item(self, depth: int, printed: str, *, first: bool) -> bool:
        """Open an item. Returns whether it follows on one of the same list."""
        style = ordinal(printed, roman=len(self._open) >= depth and self._open[depth - 1][1] in ("i", "I"))
        kind, number = style if style and style[1] >= 0 else ("", 0)
        before = self._open[depth - 1] if len(self._open) >= depth else None
        del self._open[depth - 1 :]
        follows = before is not None and before[1] == kind and (kind == "" or before[2] + 1 == number)
        if first and before is not None and before[1] and kind and not follows:
            outer = " " * (self._open[-1][0] if self._open else 0)
            self._write(["> " * self._quotes + outer + _SEPARATOR], self._quotes)
        outer_indent = self._open[-1][0] if self._open else 0
        width = 2 if kind == "" else len(str(number)) + 2
        self._open.append((outer_indent + width, kind, number))
        return follows

    def _leave_lists(self, quotes: int) -> None:
        self._open.clear()
        self._quotes, self._last_depth = quotes, 0

    def _write(self, lines: list[str], quotes: int, *, tight: bool = False) -> None:
        if self.chunks and not tight:
            self.chunks.append(("> " * quotes).rstrip() if quotes == self._written else "")
        self._quotes = self._written = quotes
        self.chunks += lines


def _marker(item: tuple[int, str, int]) -> str:
    _, kind, number = item
    return f"{number}. " if kind else "- "


def _row(row: Block | None, width: int) -> str:
    cells = [""] * width
    for cell in row.cells if row else ():
        part = Block(0, row.text[cell.start : cell.end]) if row else Block(0, "")
        part.inline = [
            Mark(m.start - cell.start, m.end - cell.start, m.kind, m.level, m.value)
            for m in (row.inline if row else ())
            if cell.start <= m.start and m.end <= cell.end
        ]
        cells[cell.level] = _inline(part, at_start=False)
    return "|" + "".join(f" {cell} |" for cell in cells)


def _inline(block: Block, *, at_start: bool) -> str:
    """The line with its inline marks written out."""
    opens: dict[int, list[str]] = {}
    closes: dict[int, list[str]] = {}
    for mark in block.inline:
        before, after = _delimiters(mark, block)
        opens.setdefault(mark.start, []).append(before)
        closes.setdefault(mark.end, []).insert(0, after)
    cuts = sorted({0, len(block.text), *opens, *closes})
    pieces: list[str] = []
    for start, end in zip(cuts, [*cuts[1:], len(block.text)], strict=True):
        pieces += closes.get(start, [])
        pieces += opens.get(start, [])
        piece = _SPECIAL.sub(r"\\\g<0>", block.text[start:end])
        if start == 0 and at_start and not opens.get(0):
            piece = _LINE_START.sub(_escaped_start, piece, count=1) if _LINE_START.match(piece) else piece
        pieces.append(piece)
    return "".join(pieces)


def _escaped_start(match: re.Match[str]) -> str:
    if match["sign"]:
        return "\\" + match["sign"]
    return f"{match['number']}\\{match['end']}"


def _delimiters(mark: Mark, block: Block) -> tuple[str, str]:
    if mark.kind is MarkKind.LINK:
        address = re.sub(r"[<>\s\\]", lambda m: "".join(f"%{byte:02X}" for byte in m[0].encode()), mark.value)
        return "[", f"](<{address}>)"
    if mark.kind is MarkKind.PROVISION:
        return "", ""
    if mark.kind is MarkKind.LANGUAGE:
        return f'<span lang="{escape(mark.value)}">', "</span>"
    tag = _HTML_TAG[mark.kind]
    if mark.kind is not MarkKind.CODE and _stands_free(mark, block):
        sign = "**" if mark.kind is MarkKind.STRONG else "_"
        return sign, sign
    return f"<{tag}>", f"</{tag}>"


def _stands_free(mark: Mark, block: Block) -> bool:
    """Whether * and _ are sure to be taken for emphasis (CommonMark 0.31, 6.2): flanked from the right sides.

    Beside another mark's delimiter they are not.
    """
    text = block.text
    if any(other is not mark and {other.start, other.end} & {mark.start, mark.end} for other in block.inline):
        return False
    begins_free = mark.start == 0 or _parts_words(text[mark.start - 1])
    ends_free = mark.end == len(text) or _parts_words(text[mark.end])
    if mark.kind is MarkKind.EMPHASIS:
        return begins_free and ends_free
    return (begins_free or text[mark.start].isalnum()) and (ends_free or text[mark.end - 1].isalnum())


def _parts_words(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] in "PS"
