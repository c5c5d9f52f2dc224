"""The order in which a PDF page is read: its columns one after the other, its lines from the top, its tables whole.

Where two readings of a page are possible (two columns of prose, or a table of two columns), the order in which the
file itself writes the words decides: who sets columns writes one after the other.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from conductatlas.reading.text.pdf_tables import Grid, aligned_table, ruled_tables
from conductatlas.reading.text.pdf_words import Row, Rule, Sheet, Word, base_lines, in_reading_order

PIECE = 1.2  # of the size of type: a space as wide parts a line in two pieces …
STRETCHED = 1.8  # … if it is so many times as wide as the line's other spaces (justified lines are stretched)
COLUMN_LINES = 4  # a column of a page has so many lines
COLUMN_SHARE = 0.22  # of the width of what is printed: its lines are as long
TURNS = 3  # a file may turn so often between two columns that it writes one after the other

MARKER = re.compile(
    r"[•◦▪■□●○‣⁃·➢➤❖✓–—*\-\u2022\uf0a7\uf0b7\uf0d8]|"
    r"\(?(?:\d{1,3}(?:\.\d{1,3}){0,5}|[a-zA-Z]{1,2}|[ivxlcIVXLC]{1,7})[.):]?|§+ ?\d{1,3}[a-z]?"
)


@dataclass(slots=True)
class Flow:
    """Lines and tables that are read on from top to bottom between two margins."""

    parts: list[Row | Grid]
    page: int
    width: float = 0.0  # of the page; 0 for one column of several
    left: float = 0.0
    right: float = 0.0

    @property
    def rows(self) -> list[Row]:
        return [part for part in self.parts if isinstance(part, Row)]


def set_margins(flows: Sequence[Flow]) -> None:
    """Find the margins: of a column its own; of what takes the whole page, those of all pages as wide."""
    starts: defaultdict[float, list[float]] = defaultdict(list)
    ends: defaultdict[float, list[float]] = defaultdict(list)
    for place, flow in enumerate(flows):
        of = round(flow.width) or -place
        starts[of] += [row.x0 for row in flow.rows]
        ends[of] += [row.x1 for row in flow.rows]
    for place, flow in enumerate(flows):
        of = round(flow.width) or -place
        if starts[of]:
            flow.left = sorted(starts[of])[len(starts[of]) // 50]
            flow.right = sorted(ends[of])[-1 - len(ends[of]) // 50]


def flows(sheet: Sheet, words: Sequence[Word]) -> Iterator[Flow]:
    """What is read on the page, in order. words: those of the sheet that belong to its text."""
    grids, free = ruled_tables(sheet, words)
    margin = max((word.x1 for word in free), default=0.0)
    pieces = [piece for line in base_lines(free) for piece in pieces_of(line, margin)]
    levels = [rule for rule in sheet.rules if rule.is_level]
    bounds = [0.0, *(grid.y for grid in grids), float("inf")]
    for place, (top, bottom) in enumerate(pairwise(bounds)):
        if place:
            yield Flow([grids[place - 1]], sheet.number)
        for column, is_one in _columns([piece for piece in pieces if top <= piece.y < bottom]):
            width = 0.0 if is_one else sheet.width
            yield Flow(list(_with_tables(column, levels)), sheet.number, width)


def pieces_of(line: Sequence[Word], margin: float) -> list[Row]:
    """The pieces of one base line: parts of it that stand far apart. A marker stays with what it marks.

    margin: where the longest lines of the page end; a line that does not reach it is not stretched to fit.
    """
    words = in_reading_order(line)
    gaps = [max(right.x0 - left.x1, left.x0 - right.x1) for left, right in pairwise(words)]
    may_be_stretched = len(words) > 3 and max(word.x1 for word in words) > margin - 2
    pieces = [Row([words[0]])]
    for place, (word, gap) in enumerate(zip(words[1:], gaps, strict=True)):
        others = sorted(gaps[:place] + gaps[place + 1 :])
        usual = others[len(others) // 2] if others else 0.0
        alone = pieces[-1].text
        is_apart = gap > PIECE * word.size and not (may_be_stretched and gap < STRETCHED * usual)
        if is_apart and not (place == 0 and MARKER.fullmatch(alone)):
            pieces.append(Row([word]))
        else:
            pieces[-1].words.append(word)
    return pieces


def _columns(pieces: list[Row], depth: int = 0) -> Iterator[tuple[list[Row], bool]]:
    """The pieces in reading order, in runs, and whether a run is one column of several."""
    if not pieces:
        return
    gutter = _gutter(pieces) if depth < 3 else None
    if gutter is None:
        yield pieces, depth > 0
        return
    whole: list[Row] = []
    for band in _bands(pieces, gutter):
        left = [piece for piece in band if piece.x1 <= gutter]
        right = [piece for piece in band if piece.x0 >= gutter]
        if len(left) + len(right) == len(band) and _are_columns(left, right, pieces):
            if whole:
                yield whole, depth > 0
                whole = []
            yield from _columns(left, depth + 1)
            yield from _columns(right, depth + 1)
        else:
            whole += band
    if whole:
        yield whole, depth > 0


def _gutter(pieces: list[Row]) -> float | None:
    """Where a second column begins that is one; None if there is none."""
    starts = Counter(round(piece.x0 / 4) for piece in pieces)
    for start, count in sorted(starts.items(), key=lambda found: -found[1]):
        if count < COLUMN_LINES:
            return None
        gutter = min(piece.x0 for piece in pieces if round(piece.x0 / 4) == start) - 1
        for band in _bands(pieces, gutter):
            left = [piece for piece in band if piece.x1 <= gutter]
            right = [piece for piece in band if piece.x0 >= gutter]
            if len(left) + len(right) == len(band) and _are_columns(left, right, pieces):
                return gutter
    return None


def _bands(pieces: list[Row], gutter: float) -> Iterator[list[Row]]:
    """The pieces from the top, parted where one crosses the gutter."""
    band: list[Row] = []
    crossing: bool | None = None
    for piece in sorted(pieces, key=lambda piece: (piece.y, piece.x0)):
        crosses = piece.x0 < gutter < piece.x1
        if band and crosses != crossing:
            yield band
            band = []
        band.append(piece)
        crossing = crosses
    if band:
        yield band


def _are_columns(left: list[Row], right: list[Row], page: list[Row]) -> bool:
    if min(len(left), len(right)) < COLUMN_LINES:
        return False
    width = max(piece.x1 for piece in page) - min(piece.x0 for piece in page)
    for side in (left, right):
        lengths = sorted(piece.x1 - piece.x0 for piece in side)
        if lengths[len(lengths) // 2] < COLUMN_SHARE * width:
            return False
    beside = [(piece.order, 0) for piece in left] + [(piece.order, 1) for piece in right]
    sides = [side for _, side in sorted(beside)]
    return sum(a != b for a, b in pairwise(sides)) <= TURNS


def _with_tables(column: list[Row], levels: Sequence[Rule]) -> Iterator[Row | Grid]:
    """The column's pieces as lines, and as tables where they stand in columns."""
    lines: list[list[Row]] = []
    for piece in sorted(column, key=lambda piece: (piece.y, piece.x0)):
        if lines and abs(piece.y - lines[-1][0].y) <= 0.4 * max(piece.size, lines[-1][0].size):
            lines[-1].append(piece)
        else:
            lines.append([piece])
    place = 0
    while place < len(lines):
        found = aligned_table(lines[place:], levels)
        if found is not None:
            grid, count = found
            yield grid
            place += count
            continue
        yield Row(in_reading_order([word for piece in lines[place] for word in piece.words]))
        place += 1
