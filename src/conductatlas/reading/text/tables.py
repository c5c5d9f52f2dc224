"""Tables: which ones hold data, and in which column a cell stands."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from conductatlas.reading.text.content import content

ROWS = "tr,[role=row]"
CELLS = "td,th,[role=cell],[role=gridcell],[role=columnheader],[role=rowheader]"
MAX_COLUMNS = 60
LONG_CELL = 3000  # characters; a cell with more is a column of a page, not of a table


def is_data(table: LexborNode) -> bool:
    """Whether the table's rows are rows of data: not there for layout, with two filled cells in some row."""
    if (table.attributes.get("role") or "") in ("presentation", "none"):
        return False
    if len(table.css("table,[role=table],[role=grid]")) > 1:  # the table itself is among them
        return False
    if table.css_first("h1,h2") is not None:
        return False
    has_roles = table.css_first("[role]") is not None
    widest = 0
    for row in table.css(ROWS if has_roles else "tr"):
        # Where no role makes cells, they are children of their row, and need no selector to be found.
        cells = row.css(CELLS) if has_roles else [cell for cell in row.iter() if cell.tag in ("td", "th")]
        lengths = [len(content(cell).strip()) for cell in cells]
        if len(lengths) > MAX_COLUMNS:
            return False
        if any(length > LONG_CELL for length in lengths):
            return False
        widest = max(widest, sum(1 for length in lengths if length))
    return widest >= 2


def spanned(value: str | None) -> int:
    """A colspan or rowspan as a number from 1 to 20."""
    if value is None:
        return 1
    match = re.match(r"\s*(\d{1,4})", value)
    return min(max(int(match[1]), 1), 20) if match else 1


class Grid:
    """Hands out columns to cells, row by row, around those that earlier rows' `rowspan` holds (HTML, 4.9.12)."""

    def __init__(self) -> None:
        self._held: dict[int, int] = {}  # column → rows it is still taken for
        self._column = 0

    def next_row(self) -> None:
        self._held = {column: rows - 1 for column, rows in self._held.items() if rows > 1}
        self._column = 0

    def place(self, columns: int, rows: int) -> int:
        """The column of the next cell, which spans `columns` and `rows`."""
        while self._column < MAX_COLUMNS and self._held.get(self._column, 0) > 0:
            self._column += 1
        column = self._column
        self._column += columns
        if rows > 1:
            self._held |= dict.fromkeys(range(column, column + columns), rows)
        return column
