"""Differences that the text does not show: where links lead, and how clauses are set."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from conductatlas.reading.compare.linking import is_rule, page_of
from conductatlas.reading.compare.normal import Clause, normal
from conductatlas.reading.compare.pairing import Pairing
from conductatlas.reading.compare.parents import parents
from conductatlas.reading.compare.runs import Region
from conductatlas.reading.text.marks import Mark, MarkKind, Reading

_NOT_SETTING = frozenset({MarkKind.LINK, MarkKind.ANCHOR, MarkKind.SOURCE, MarkKind.TABLE, MarkKind.QUOTE})

_Setting = tuple[int, int, str, int, str]


class Relink(NamedTuple):
    """A clause in which a link with the same words leads elsewhere, and where: the first such link of the clause."""

    clause: Region
    old_target: str
    new_target: str


class Marking(NamedTuple):
    """relinked: where it matters that a link leads elsewhere (S13). links: other link targets that differ, in clauses
    that have a partner. marks: equal clauses that are set otherwise (heading, list item, cell, emphasis)."""

    relinked: tuple[Relink, ...]
    links: int
    marks: int


class LinkedLines:
    """The links, and the other marks relative to the line, of each line of a reading that has some."""

    def __init__(self, reading: Reading, lines: Sequence[Clause]) -> None:
        self.reading, self.lines = reading, lines
        self.links: Mapping[int, list[Mark]] = defaultdict(list)
        self.setting: Mapping[int, list[_Setting]] = defaultdict(list)
        starts = [line.start for line in lines]
        for mark in reading.marks:
            line = max(0, bisect_right(starts, mark.start) - 1)
            if mark.kind is MarkKind.LINK:
                self.links[line].append(mark)
            elif mark.kind not in _NOT_SETTING and starts:
                at = starts[line]
                self.setting[line].append(
                    (mark.start - at, mark.end - at, mark.kind.value, mark.level, mark.value)
                )

    @cached_property
    def _parents(self) -> list[int]:
        return parents(self.reading, self.lines)

    def targets(self, first: int, end: int) -> list[Mark]:
        """The links of a run of lines."""
        return [link for line in range(first, end) for link in self.links.get(line, ())]

    def labelled(self, links: Sequence[Mark]) -> dict[tuple[str, int], str]:
        """The words of each link, and how often they were met before -> where it leads."""
        met: Counter[str] = Counter()
        found: dict[tuple[str, int], str] = {}
        for link in links:
            label = normal(self.reading.text[link.start : link.end]).casefold()
            found[label, met[label]] = link.value
            met[label] += 1
        return found

    def is_rule(self, first: int, end: int) -> bool:
        """Whether it matters where the links of a clause lead (S13)."""
        return any(is_rule(words, self.reading.language) for words in self._about(first, end))

    def _about(self, first: int, end: int) -> Iterator[str]:
        """The words of a clause, and of the heading over it if that is not the title of the whole."""
        yield self.reading.text[self.lines[first].start : self.lines[end - 1].end]
        over = self._parents[first]
        if over > 0:
            yield self.reading.text[self.lines[over].start : self.lines[over].end]


def compare_marks(
    old: Reading, old_lines: Sequence[Clause], new: Reading, new_lines: Sequence[Clause], pairing: Pairing
) -> Marking:
    """What differs in the marks of clauses that have a partner."""
    before, after = LinkedLines(old, old_lines), LinkedLines(new, new_lines)
    moved = (Region(i, i + 1, j, j + 1) for i, j in pairing.moved)
    relinked: list[Relink] = []
    links = marks = 0
    for clause in (*pairing.kept, *moved):
        a, b, c, d = clause
        went, came = before.targets(a, b), after.targets(c, d)
        if [link.value for link in went] != [link.value for link in came]:
            lost, gained = Counter(link.value for link in went), Counter(link.value for link in came)
            differing = max((lost - gained).total(), (gained - lost).total())
            elsewhere = _elsewhere(before.labelled(went), after.labelled(came))
            if elsewhere and (before.is_rule(a, b) or after.is_rule(c, d)):
                relinked.append(Relink(clause, *elsewhere[0]))
                differing -= len(elsewhere)
            links += max(0, differing)
        if b - a == d - c == 1 and old_lines[a].key == new_lines[c].key:
            same_length = _length(old_lines[a]) == _length(new_lines[c])
            marks += same_length and before.setting.get(a) != after.setting.get(c)
    return Marking(tuple(relinked), links, marks)


def _elsewhere(
    before: Mapping[tuple[str, int], str], after: Mapping[tuple[str, int], str]
) -> list[tuple[str, str]]:
    """Old and new target of the links with equal words that lead to another place."""
    return [
        (target, after[label])
        for label, target in before.items()
        if label in after and page_of(target) != page_of(after[label])
    ]


def _length(line: Clause) -> int:
    return line.end - line.start
