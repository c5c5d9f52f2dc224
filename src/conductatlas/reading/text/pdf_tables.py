"""Tables on a PDF page: cells between ruled lines, or columns that stand in line without any.

A table is told by what is drawn or where words stand; what is in it, nobody asks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conductatlas.reading.text.pdf_words import Row, Rule, Sheet, Word, base_lines, in_reading_order

NEAR = 3.0  # points: ruled lines that come so near one another touch
MAX_RULES = 1_500  # of a page: with more it is a drawing
MAX_COLUMNS = 60
GUTTER = 0.8  # of the size of type: the least space between two columns
FAR = 3.5  # of the size of type: lines further apart are not of one table


@dataclass(slots=True)
class Grid:
    """A table. rows: for each, the lines of its cells by column. edges: where its columns begin, and the last ends."""

    rows: list[dict[int, list[Row]]]
    edges: tuple[float, ...]
    y: float
    bottom: float
    is_ruled: bool = True

    @property
    def has_header(self) -> bool:
        """Whether its first row alone is set in bold."""
        bold = [all(line.bold for lines in row.values() for line in lines) for row in self.rows]
        return len(bold) > 1 and bold[0] and not all(bold)


def ruled_tables(sheet: Sheet, words: Sequence[Word]) -> tuple[list[Grid], list[Word]]:
    """The tables between ruled lines, from the top, and the words outside of them."""
    rules = [rule for rule in sheet.rules if not _is_page_edge(rule, sheet)]
    if len(rules) > MAX_RULES:
        return [], list(words)
    grids: list[Grid] = []
    left = list(words)
    for group in _touching(rules):
        xs = _distinct(rule.x0 for rule in group if not rule.is_level)
        ys = _distinct(rule.y0 for rule in group if rule.is_level)
        if not (3 <= len(xs) <= MAX_COLUMNS + 1 and len(ys) >= 2):
            continue
        inside = [
            w for w in left if xs[0] - NEAR < _middle(w) < xs[-1] + NEAR and ys[0] < _height(w) < ys[-1]
        ]
        grid = _filled(group, xs, ys, inside)
        if grid is not None:
            grids.append(grid)
            taken = set(map(id, inside))
            left = [word for word in left if id(word) not in taken]
    return sorted(grids, key=lambda grid: grid.y), left


def _is_page_edge(rule: Rule, sheet: Sheet) -> bool:
    """Whether the rule is the edge of the page itself: the box of its background."""
    if rule.is_level:
        return rule.x1 - rule.x0 > 0.97 * sheet.width
    return rule.y1 - rule.y0 > 0.97 * sheet.height


def _middle(word: Word) -> float:
    return (word.x0 + word.x1) / 2


def _height(word: Word) -> float:
    return word.y - word.size / 4


def _distinct(values: Iterable[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > 2 * NEAR:
            found.append(value)
    return found


def _touching(rules: list[Rule]) -> list[list[Rule]]:
    """The rules in groups that hang together."""
    groups: list[list[Rule]] = []
    waiting = list(rules)
    while waiting:
        group, edge = [], [waiting.pop()]
        while edge:
            rule = edge.pop()
            group.append(rule)
            near = [other for other in waiting if _touch(rule, other)]
            if near:
                taken = set(map(id, near))
                waiting = [other for other in waiting if id(other) not in taken]
                edge += near
        groups.append(group)
    return groups


def _touch(one: Rule, other: Rule) -> bool:
    return (
        one.x0 - NEAR <= other.x1
        and other.x0 - NEAR <= one.x1
        and one.y0 - NEAR <= other.y1
        and other.y0 - NEAR <= one.y1
    )


def _filled(group: list[Rule], xs: list[float], ys: list[float], words: Sequence[Word]) -> Grid | None:
    """The grid with its words in its cells; None if it has no two cells beside one another."""
    cells: dict[tuple[int, int], list[Word]] = {}
    for word in words:
        row = min(max(bisect_right(ys, _height(word)) - 1, 0), len(ys) - 2)
        column = min(max(bisect_right(xs, _middle(word)) - 1, 0), len(xs) - 2)
        while column and not _is_parted(group, xs[column], _height(word), level=False):
            column -= 1  # a cell over several columns
        while row and not _is_parted(group, ys[row], _middle(word), level=True):
            row -= 1  # a cell over several rows
        cells.setdefault((row, column), []).append(word)
    rows: list[dict[int, list[Row]]] = []
    for place in range(len(ys) - 1):
        filled = {
            column: lines_of(cells[place, column]) for column in range(len(xs)) if (place, column) in cells
        }
        if filled:
            rows.append(filled)
    if not any(len(row) > 1 for row in rows):
        return None
    used = sorted({column for row in rows for column in row})  # frames draw columns that hold nothing
    rows = [{used.index(column): lines for column, lines in row.items()} for row in rows]
    return Grid(rows, (*(xs[column] for column in used), xs[-1]), ys[0], ys[-1])


def _is_parted(group: list[Rule], at: float, along: float, *, level: bool) -> bool:
    """Whether a rule runs at `at` past the place `along`."""
    if level:
        return any(r.is_level and abs(r.y0 - at) <= 2 * NEAR and r.x0 <= along <= r.x1 for r in group)
    return any(not r.is_level and abs(r.x0 - at) <= 2 * NEAR and r.y0 <= along <= r.y1 for r in group)


def lines_of(words: Sequence[Word]) -> list[Row]:
    """The words of one cell or column as its lines."""
    return [Row(in_reading_order(line)) for line in base_lines(words)]


# columns without ruled lines


def aligned_table(lines: Sequence[list[Row]], levels: Sequence[Rule]) -> tuple[Grid, int] | None:
    """The table that begins with the first of these lines (each in its pieces), and how many lines it takes.

    It has two lines at least with a piece in two columns or more. levels: the page's level ruled lines.
    """
    if len(lines[0]) < 2:
        return None
    spans: list[tuple[float, float]] = []
    count = last = several = 0
    for place, pieces in enumerate(lines):
        size = pieces[0].size
        if place and pieces[0].y - lines[place - 1][0].y > FAR * size:
            break
        merged = _merged([*spans, *((piece.x0, piece.x1) for piece in pieces)], GUTTER * size)
        if len(merged) < max(len(spans), 2) or len(merged) > MAX_COLUMNS:
            break
        if len(pieces) == 1 and _column(merged, pieces[0]) == 0 and pieces[0].x1 - pieces[0].x0 > 200:
            break
        spans, count = merged, place + 1
        if len(pieces) > 1:
            several += 1
            last = count
        elif _column(merged, pieces[0]) > 0:
            last = count
    if several < 2:
        return None
    taken = lines[:last]
    spans = _merged([(piece.x0, piece.x1) for pieces in taken for piece in pieces], GUTTER * taken[0][0].size)
    rows: list[dict[int, list[Row]]] = []
    for place, pieces in enumerate(taken):
        if place == 0 or _begins_row(taken, place, spans, levels):
            rows.append({})
        for piece in pieces:
            rows[-1].setdefault(_column(spans, piece), []).append(piece)
    edges = (*(start for start, _ in spans), spans[-1][1])
    return Grid(rows, edges, taken[0][0].y, taken[-1][0].y, is_ruled=False), last


def _merged(spans: list[tuple[float, float]], gutter: float) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if merged and start - merged[-1][1] < gutter:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _column(spans: list[tuple[float, float]], piece: Row) -> int:
    return max(bisect_right([start - 0.5 for start, _ in spans], piece.x0) - 1, 0)


def _begins_row(
    lines: Sequence[list[Row]], place: int, spans: list[tuple[float, float]], levels: Sequence[Rule]
) -> bool:
    above, here = lines[place - 1][0].y, lines[place][0].y
    if any(above < rule.y0 < here and rule.x1 - rule.x0 > 30 for rule in levels):
        return True
    first = lines[place][0]
    if _column(spans, first) != 0:
        return False
    steps = [lines[n][0].y - lines[n - 1][0].y for n in range(1, len(lines))]
    if max(steps) > 1.3 * min(steps):  # rows stand further apart than the lines of a cell
        return here - above > 1.15 * min(steps)
    return not first.text[:1].islower()
