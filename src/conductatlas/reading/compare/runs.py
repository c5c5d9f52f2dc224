"""Longest common subsequences of bounded cost: the one engine under the alignment of clauses and of words."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import Indel

# Items of one side times items of the other that one alignment may take; its bit matrix has CELLS / 8 bytes (16 MB).
CELLS = 1 << 27
# Items on a side of the pieces into which a larger region is cut where nothing anchors it.
PIECE = 8192


class Run(NamedTuple):
    """old[old:old+size] equals new[new:new+size]."""

    old: int
    new: int
    size: int


class Region(NamedTuple):
    """old[old_start:old_end] stands where new[new_start:new_end] stands; either side may be empty."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int

    @property
    def cells(self) -> int:
        return (self.old_end - self.old_start) * (self.new_end - self.new_start)


def intern(old: Sequence[Hashable], new: Sequence[Hashable]) -> tuple[array[int], array[int]]:
    """Both sequences as numbers; equal items have equal numbers."""
    numbers: dict[Hashable, int] = {}
    return (
        array("I", [numbers.setdefault(item, len(numbers)) for item in old]),
        array("I", [numbers.setdefault(item, len(numbers)) for item in new]),
    )


def common_runs(old: array[int], new: array[int]) -> list[Run]:
    """A longest common subsequence as runs in rising order; nearly longest where a region is beyond CELLS.

    Such a region is cut at the items that occur once on each side, and where there are none, into pieces of
    equal share: time and memory stay bounded whatever the input.
    """
    runs: list[Run] = []
    regions = [Region(0, len(old), 0, len(new))]
    while regions:
        a, b, c, d = regions.pop()
        head = _common_prefix(old, new, a, b, c, d)
        runs.append(Run(a, c, head))
        a, c = a + head, c + head
        tail = _common_suffix(old, new, a, b, c, d)
        runs.append(Run(b - tail, d - tail, tail))
        rest = Region(a, b - tail, c, d - tail)
        if rest.cells > CELLS:
            regions.extend(_cut(old, new, rest))
        elif rest.cells:
            blocks = Indel.opcodes(old[a : rest.old_end], new[c : rest.new_end]).as_matching_blocks()
            runs.extend(Run(a + block.a, c + block.b, block.size) for block in blocks)
    return joined(runs)


def joined(runs: Sequence[Run]) -> list[Run]:
    """Runs in rising order, empty ones dropped, neighbours without a gap made one."""
    merged: list[Run] = []
    for run in sorted(run for run in runs if run.size):
        last = merged[-1] if merged else None
        if last and (last.old + last.size, last.new + last.size) == (run.old, run.new):
            merged[-1] = Run(last.old, last.new, last.size + run.size)
        else:
            merged.append(run)
    return merged


def gaps(runs: Sequence[Run], old_size: int, new_size: int) -> Iterator[Region]:
    """The regions between runs, in order; those that are empty on both sides are left out."""
    a = c = 0
    for run in (*runs, Run(old_size, new_size, 0)):
        if run.old > a or run.new > c:
            yield Region(a, run.old, c, run.new)
        a, c = run.old + run.size, run.new + run.size


def unique_matches(old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    """The longest rising list of (place in old, place in new) of items that occur exactly once on each side.

    This is the anchor of "patience" comparison: what is unique is seldom matched by accident.
    """
    once_old = {item for item, count in Counter(old).items() if count == 1}
    once_new = {item for item, count in Counter(new).items() if count == 1}
    place = {item: j for j, item in enumerate(new) if item in once_new}
    candidates = [(i, place[item]) for i, item in enumerate(old) if item in once_old and item in place]
    tails: list[int] = []  # tails[n]: least last place in new of a rising list of n + 1 candidates
    ends: list[int] = []  # the candidate that holds it
    before: list[int] = []
    for index, (_, j) in enumerate(candidates):
        rank = bisect_left(tails, j)
        before.append(ends[rank - 1] if rank else -1)
        tails[rank : rank + 1] = [j]
        ends[rank : rank + 1] = [index]
    chain: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append(candidates[index])
        index = before[index]
    return chain[::-1]


def _cut(old: array[int], new: array[int], region: Region) -> list[Region]:
    """The region in at least two parts. It neither begins nor ends with equal items."""
    a, b, c, d = region
    cuts = [(a + i, c + j) for i, j in unique_matches(old[a:b], new[c:d])]
    if not cuts:
        pieces = -(-max(b - a, d - c) // PIECE)
        cuts = [(a + (b - a) * n // pieces, c + (d - c) * n // pieces) for n in range(1, pieces)]
    return [Region(i, k, j, m) for (i, j), (k, m) in pairwise([(a, c), *cuts, (b, d)])]


def _common_prefix(old: array[int], new: array[int], a: int, b: int, c: int, d: int) -> int:
    size = min(b - a, d - c)
    return next((n for n in range(size) if old[a + n] != new[c + n]), size)


def _common_suffix(old: array[int], new: array[int], a: int, b: int, c: int, d: int) -> int:
    size = min(b - a, d - c)
    return next((n for n in range(size) if old[b - 1 - n] != new[d - 1 - n]), size)
