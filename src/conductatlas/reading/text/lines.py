"""Writing a reading line by line: white space collapsed, unwanted characters dropped, marks kept in step.

The writer is told about text, inline spans and blocks in the order of the page, and never looks back: it knows
nothing of HTML. Offsets inside a line become offsets in the text only when the kept lines are assembled, so that
lines may still be dropped in between.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from conductatlas.reading.text.marks import Mark, MarkKind, sort_marks

# Never text: controls that are no white space, soft hyphens, zero-width spaces, joiners next to Latin letters,
# bidirectional controls (they can make a sentence look like another), surrogates, private use (icon fonts) and
# non-characters.
UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]"
    "|(?<![\u0300-\uffff\U00010000-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?![\u0300-\uffff\U00010000-\U0010ffff])"
)

ORNAMENTS = "•·|*_–—- "
"""A line of nothing else parts what stands around it, and says nothing."""


def clean(text: str) -> str:
    """`text` in NFC without unwanted characters. White space is left as it is."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", UNWANTED.sub("", text))


@dataclass(slots=True)
class Line:
    """One line of text with its marks, whose offsets count from the start of the line."""

    text: str
    marks: list[Mark]


@dataclass(slots=True)
class Run:
    """A mark over whole lines, by their positions; `end` is exclusive."""

    start: int
    end: int
    kind: MarkKind
    level: int = 0
    value: str = ""


@dataclass(slots=True)
class _Span:
    kind: MarkKind
    level: int
    value: str
    start: int = -1  # not yet on this line


@dataclass(slots=True)
class _Item:
    level: int
    marker: str
    printed: bool = False


@dataclass(slots=True)
class LineWriter:
    """Collects lines and runs. Each `open_*` has its `close_*`; they nest as elements do."""

    lines: list[Line] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _space: bool = False
    _spans: list[_Span] = field(default_factory=list)
    _ended: list[Mark] = field(default_factory=list)
    _anchors: list[str] = field(default_factory=list)
    _items: list[_Item] = field(default_factory=list)
    _blocks: list[tuple[MarkKind, int]] = field(default_factory=list)
    _joins: int = 0
    _in_row: bool = False
    _column: int = 0
    _last_column: int = 0

    # text

    def text(self, chunk: str) -> None:
        """Add text to the line; white space at either end parts words, whatever element it stands in."""
        if chunk.isascii() and chunk.isprintable() and "  " not in chunk:  # white space is single spaces
            piece = chunk.strip()
        else:
            piece = " ".join(chunk.split())
            if not (piece.isascii() and piece.isprintable()):  # else nothing in it is to be cleaned
                chunk = clean(chunk)
                piece = " ".join(chunk.split())
        if not piece:
            self._space = self._space or bool(chunk)
            return
        if self._parts:
            if self._in_row and self._column > self._last_column:
                self._append("\t" * (self._column - self._last_column))
            elif self._space or chunk[0].isspace():
                self._append(" ")
        self._last_column = self._column
        for span in self._spans:
            if span.start < 0:
                span.start = self._length
        self._append(piece)
        self._space = chunk[-1].isspace()

    def space(self) -> None:
        """Part what comes next from what stands before it."""
        self._space = True

    @property
    def last_character(self) -> str:
        """The last character of the unfinished line, "" where a space is due or the line has not begun."""
        return self._parts[-1][-1] if self._parts and not self._space else ""

    def _append(self, piece: str) -> None:
        self._parts.append(piece)
        self._length += len(piece)

    # inline spans

    def open_span(self, kind: MarkKind, value: str = "", level: int = 0) -> None:
        self._spans.append(_Span(kind, level, value))

    @property
    def open_spans(self) -> int:
        """How many spans are open."""
        return len(self._spans)

    def close_span(self) -> None:
        self._end(self._spans.pop())

    def _end(self, span: _Span) -> None:
        if 0 <= span.start < self._length:
            self._ended.append(Mark(span.start, self._length, span.kind, span.level, span.value))
        span.start = -1

    def anchor(self, name: str) -> None:
        """Remember an id of the page for the line that is being written, or the next one."""
        self._anchors.append(name)

    # blocks

    def break_line(self) -> None:
        """End the line, if there is one. Inside a heading or a table row, where a block is a line, only part words."""
        self._space = True
        if not self._joins and not self._in_row:
            self._flush()

    def open_block(self, kind: MarkKind, level: int = 0) -> None:
        """A block whose lines all carry the mark: heading, term, definition, preformatted."""
        self._blocks.append((kind, level))

    def close_block(self) -> None:
        self._blocks.pop()

    def open_line(self) -> None:
        """What follows is one line, whatever blocks are in it."""
        self._joins += 1

    def close_line(self) -> None:
        self._joins -= 1

    def open_item(self, marker: str) -> None:
        self._items.append(_Item(len(self._items) + 1, marker))

    def close_item(self) -> None:
        self._items.pop()

    # tables

    def open_row(self) -> None:
        self._in_row, self._column, self._last_column = True, 0, 0

    def open_cell(self, column: int, *, header: bool) -> None:
        self._column = column
        self._space = True
        self.open_span(MarkKind.CELL, "th" if header else "td", column)

    def close_row(self, *, header: bool) -> None:
        self._in_row = False
        if self._parts:
            self._ended.append(Mark(0, self._length, MarkKind.ROW, 0, "header" if header else ""))
        self._flush(is_row=True)

    # lines

    def position(self) -> int:
        """How many lines are finished."""
        return len(self.lines)

    def run(self, start: int, kind: MarkKind, level: int = 0, value: str = "") -> None:
        """Mark the lines finished since position `start`."""
        if start < len(self.lines):
            self.runs.append(Run(start, len(self.lines), kind, level, value))

    def _flush(self, *, is_row: bool = False) -> None:
        if not self._parts:
            self._space = False
            return
        for span in reversed(self._spans):
            self._end(span)
        text, marks = _normal("".join(self._parts), self._ended)
        self._parts, self._ended = [], []
        self._length, self._space = 0, False
        if is_row:  # a table stands by itself, also inside a list
            self._add(text, marks)
        elif text.strip(ORNAMENTS):
            self._add(text, marks + self._block_marks(len(text)))

    def _add(self, text: str, marks: list[Mark]) -> None:
        if self._anchors:
            marks += [Mark(0, 0, MarkKind.ANCHOR, 0, name) for name in dict.fromkeys(self._anchors)]
            self._anchors = []
        self.lines.append(Line(text, _merged(marks, text)))

    def _block_marks(self, end: int) -> list[Mark]:
        marks = [Mark(0, end, kind, level) for kind, level in dict.fromkeys(self._blocks)]
        if not self._items:
            return marks
        fresh = [item for item in self._items if not item.printed]
        for item in fresh:
            item.printed = True
            marks.append(Mark(0, end, MarkKind.ITEM, item.level, item.marker))
        if not fresh:
            marks.append(Mark(0, end, MarkKind.ITEM, len(self._items), ""))
        return marks


def _normal(text: str, marks: list[Mark]) -> tuple[str, list[Mark]]:
    """The line in NFC: pieces that are normal may compose where they meet."""
    if unicodedata.is_normalized("NFC", text):
        return text, marks
    normal = unicodedata.normalize("NFC", text)

    def moved(offset: int) -> int:
        return min(len(unicodedata.normalize("NFC", text[:offset])), len(normal))

    shifted = (Mark(moved(m.start), moved(m.end), m.kind, m.level, m.value) for m in marks)
    return normal, [m for m in shifted if m.start < m.end]


def _merged(marks: list[Mark], text: str) -> list[Mark]:
    """Marks in order, those that repeat or continue one another made one."""
    if len(marks) < 2:
        return marks
    merged: list[Mark] = []
    latest: dict[tuple[MarkKind, int, str], int] = {}
    for mark in sort_marks(marks):
        key = (mark.kind, mark.level, mark.value)
        before = latest.get(key)
        if before is not None and mark.kind in INLINE and _touch(merged[before], mark, text):
            first = merged[before]
            merged[before] = Mark(first.start, max(first.end, mark.end), *key)
            continue
        latest[key] = len(merged)
        merged.append(mark)
    return merged


INLINE = frozenset({MarkKind.LINK, MarkKind.STRONG, MarkKind.EMPHASIS, MarkKind.CODE, MarkKind.LANGUAGE})


def _touch(first: Mark, second: Mark, text: str) -> bool:
    return text[first.end : second.start] in ("", " ") or second.start < first.end


def assemble(
    lines: Sequence[Line], runs: Iterable[Run], kept: Sequence[int] | None = None
) -> tuple[str, tuple[Mark, ...]]:
    """The text of the lines and its marks in order. `kept`: positions of the lines to keep, ascending; None is all."""
    positions = range(len(lines)) if kept is None else kept
    starts: list[int] = []
    marks: list[Mark] = []
    offset = 0
    for position in positions:
        line = lines[position]
        starts.append(offset)
        marks += [Mark(offset + m.start, offset + m.end, m.kind, m.level, m.value) for m in line.marks]
        offset += len(line.text) + 1
    for run in runs:
        first, after = bisect_left(positions, run.start), bisect_left(positions, run.end)
        if first < after:
            end = starts[after - 1] + len(lines[positions[after - 1]].text)
            marks.append(Mark(starts[first], end, run.kind, run.level, run.value))
    return "\n".join(lines[position].text for position in positions), sort_marks(marks)
