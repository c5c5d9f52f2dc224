"""Under what a clause stands: the heading over it, or the words that introduce its list.

A clause that moved with the same words says the same only where it stands under the same parent: "Italy" means
another thing under "You may ship to" than under "You may not ship to".
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from conductatlas.reading.compare.normal import Clause
from conductatlas.reading.text.marks import MarkKind, Reading

_NO_PARENT = -1


def parents(reading: Reading, lines: Sequence[Clause]) -> list[int]:
    """For each line, the line that it stands under; -1 for none.

    A list item stands under the nearest line before it that is no item or an outer one; a heading under the
    nearest heading of a higher rank; every other line under the nearest heading.
    """
    starts = [line.start for line in lines]
    heading: dict[int, int] = {}
    item: dict[int, int] = {}
    for mark in reading.marks:
        if mark.kind in (MarkKind.HEADING, MarkKind.ITEM):
            line = bisect_right(starts, mark.start) - 1
            (heading if mark.kind is MarkKind.HEADING else item)[line] = mark.level

    found: list[int] = []
    over: list[tuple[int, int]] = []  # headings above the line we are at, as (level, line)
    lists: list[tuple[int, int]] = []  # items and the line before them, as (depth, line)
    for n in range(len(lines)):
        if n in item:
            while lists and lists[-1][0] >= item[n]:
                lists.pop()
            found.append(lists[-1][1] if lists else over[-1][1] if over else _NO_PARENT)
            lists.append((item[n], n))
            continue
        lists = [(0, n)]
        if n in heading:
            while over and over[-1][0] >= heading[n]:
                over.pop()
        found.append(over[-1][1] if over else _NO_PARENT)
        if n in heading:
            over.append((heading[n], n))
    return found
