"""Lines that were broken elsewhere: a clause that took in the short lines beside it, or let them go (N1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from conductatlas.reading.compare.normal import Clause, normal
from conductatlas.reading.compare.pairing import Pairing
from conductatlas.reading.compare.runs import Region

_MOST = 40  # lines on a side that are looked at around one


def laid_anew(
    old: str, old_lines: Sequence[Clause], new: str, new_lines: Sequence[Clause], pairing: Pairing
) -> tuple[frozenset[int], frozenset[int]]:
    """Where the lines begin, in the old and in the new text, that hold the same words but for where they end.

    They are a clause with a partner and the lines beside it that have none, equal together once white space is gone.
    """
    removed, added = set(pairing.removed), set(pairing.added)
    before: set[int] = set()
    after: set[int] = set()
    if not removed and not added:
        return frozenset(), frozenset()
    for clause in pairing.kept:
        for a, b, c, d in _grown(clause, removed, added):
            went = old[old_lines[a].start : old_lines[b - 1].end]
            came = new[new_lines[c].start : new_lines[d - 1].end]
            if _squeezed(went) == _squeezed(came):
                before.update(line.start for line in old_lines[a:b])
                after.update(line.start for line in new_lines[c:d])
                break
    return frozenset(before), frozenset(after)


def _grown(clause: Region, removed: Set[int], added: Set[int]) -> Iterator[Region]:
    """The clause with the lines without a partner before it, behind it, and both."""
    a, b, c, d = clause
    first, last = _reach(a, b, removed)
    start, end = _reach(c, d, added)
    if (first, start) != (a, c):
        yield Region(first, b, start, d)
    if (last, end) != (b, d):
        yield Region(a, last, c, end)
        yield Region(first, last, start, end)


def _reach(start: int, end: int, alone: Set[int]) -> tuple[int, int]:
    first, last = start, end
    while first - 1 in alone and start - first < _MOST:
        first -= 1
    while last in alone and last - end < _MOST:
        last += 1
    return first, last


def _squeezed(text: str) -> str:
    return "".join(normal(text).split())
