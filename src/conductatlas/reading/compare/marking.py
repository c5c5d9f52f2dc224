"""Differences that the text does not show: where links lead, and how clauses are set."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from conductatlas.reading.compare.normal import Clause
from conductatlas.reading.compare.pairing import Pairing
from conductatlas.reading.compare.runs import Region
from conductatlas.reading.text.marks import MarkKind, Reading

_NOT_SETTING = frozenset({MarkKind.LINK, MarkKind.ANCHOR, MarkKind.SOURCE, MarkKind.TABLE, MarkKind.QUOTE})


class Marking(NamedTuple):
    """links: link targets that differ in clauses that have a partner. marks: equal clauses that are set otherwise
    (heading, list item, cell, emphasis)."""

    links: int
    marks: int


def compare_marks(
    old: Reading, old_lines: Sequence[Clause], new: Reading, new_lines: Sequence[Clause], pairing: Pairing
) -> Marking:
    """What differs in the marks of clauses that have a partner."""
    old_links, old_setting = _by_line(old, old_lines)
    new_links, new_setting = _by_line(new, new_lines)
    moved = (Region(i, i + 1, j, j + 1) for i, j in pairing.moved)
    links = marks = 0
    for a, b, c, d in (*pairing.kept, *moved):
        before = [target for i in range(a, b) for target in old_links.get(i, ())]
        after = [target for j in range(c, d) for target in new_links.get(j, ())]
        if before != after:
            lost, gained = Counter(before), Counter(after)
            links += max((lost - gained).total(), (gained - lost).total())
        if b - a == d - c == 1 and old_lines[a].key == new_lines[c].key:
            same_length = _length(old_lines[a]) == _length(new_lines[c])
            marks += same_length and old_setting.get(a) != new_setting.get(c)
    return Marking(links, marks)


def _by_line(
    reading: Reading, lines: Sequence[Clause]
) -> tuple[dict[int, list[str]], dict[int, list[tuple[int, int, str, int, str]]]]:
    """Targets of links, and the other marks relative to the line, for each line that has some."""
    starts = [line.start for line in lines]
    links: dict[int, list[str]] = defaultdict(list)
    setting: dict[int, list[tuple[int, int, str, int, str]]] = defaultdict(list)
    for mark in reading.marks:
        line = max(0, bisect_right(starts, mark.start) - 1)
        if mark.kind is MarkKind.LINK:
            links[line].append(mark.value)
        elif mark.kind not in _NOT_SETTING and starts:
            at = starts[line]
            setting[line].append((mark.start - at, mark.end - at, mark.kind.value, mark.level, mark.value))
    return links, setting


def _length(line: Clause) -> int:
    return line.end - line.start
