"""A reading cut into its lines, each with what writers of Markdown and HTML want to know of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from conductatlas.reading.text.marks import Mark, MarkKind, Reading

INLINE = (
    MarkKind.LINK,
    MarkKind.STRONG,
    MarkKind.EMPHASIS,
    MarkKind.CODE,
    MarkKind.LANGUAGE,
    MarkKind.PROVISION,
)

_PAGE = re.compile(r"page-(\d{1,5})")


@dataclass(slots=True)
class Block:
    """One line. `inline`: marks within it, with offsets from its start, outer before inner, properly nested.

    items: (depth, printed marker) of the list items that begin here, or one with marker "" that goes on. cells: the
    cells of a row with offsets from the start of the line. quotes: how many quotations it stands in. table: which
    table of the reading a row belongs to. page: the page of a PDF file that begins here, 0 if none.
    """

    start: int
    text: str
    heading: int = 0
    items: list[tuple[int, str]] = field(default_factory=list)
    inline: list[Mark] = field(default_factory=list)
    cells: list[Mark] = field(default_factory=list)
    is_header: bool = False
    quotes: int = 0
    kind: MarkKind | None = None
    table: int = -1
    page: int = 0


def blocks(reading: Reading) -> list[Block]:
    """The lines of the reading in order; none for an empty text."""
    if not reading.text:
        return []
    found: list[Block] = []
    start = 0
    for line in reading.text.split("\n"):
        found.append(Block(start, line))
        start += len(line) + 1
    starts = [block.start for block in found]
    tables = 0
    for mark in reading.marks:
        first = max(bisect_right(starts, mark.start) - 1, 0)
        if mark.kind is MarkKind.ANCHOR and (page := _PAGE.fullmatch(mark.value)):
            found[first].page = found[first].page or int(page[1])
        if mark.kind is MarkKind.TABLE:
            tables += 1
        for block in _covered(found, first, mark):
            _describe(block, mark, tables)
    for block in found:
        block.inline = list(_nested(block.inline))
    return found


def _covered(found: list[Block], first: int, mark: Mark) -> Iterator[Block]:
    for block in found[first:]:
        if block.start >= mark.end:
            return
        yield block


def _describe(block: Block, mark: Mark, table: int) -> None:
    match mark.kind:
        case MarkKind.HEADING:
            block.heading = min(max(mark.level, 1), 6)
        case MarkKind.ITEM:
            block.items.append((max(mark.level, 1), mark.value))
        case MarkKind.CELL:
            block.cells.append(_within(block, mark))
        case MarkKind.ROW:
            block.kind, block.is_header = MarkKind.ROW, mark.value == "header"
        case MarkKind.TABLE:
            block.table = table
        case MarkKind.QUOTE:
            block.quotes += 1
        case MarkKind.TERM | MarkKind.DEFINITION | MarkKind.PREFORMATTED:
            block.kind = mark.kind
        case _ if mark.kind in INLINE:
            block.inline.append(_within(block, mark))
        case _:
            pass


def _within(block: Block, mark: Mark) -> Mark:
    start, end = max(mark.start - block.start, 0), min(mark.end - block.start, len(block.text))
    return Mark(start, end, mark.kind, mark.level, mark.value)


def _nested(marks: list[Mark]) -> Iterator[Mark]:
    """The marks cut where they cross one another; a kind inside itself, and a link inside a link, are left out."""
    pending = sorted(marks, key=lambda m: (-m.start, m.end, m.kind.value, m.value))
    open_marks: list[Mark] = []
    while pending:
        mark = pending.pop()
        while open_marks and open_marks[-1].end <= mark.start:
            open_marks.pop()
        if any(outer.kind is mark.kind and outer.kind is not MarkKind.LANGUAGE for outer in open_marks):
            continue
        limit = open_marks[-1].end if open_marks else mark.end
        if mark.end > limit:
            rest = Mark(limit, mark.end, mark.kind, mark.level, mark.value)
            pending.append(rest)
            pending.sort(key=lambda m: (-m.start, m.end, m.kind.value, m.value))
            mark = Mark(mark.start, limit, mark.kind, mark.level, mark.value)
        if mark.start < mark.end:
            open_marks.append(mark)
            yield mark
