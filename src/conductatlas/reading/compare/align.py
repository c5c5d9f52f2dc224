"""Which clause of the new text is which clause of the old one, in order.

Clauses that are equal in normal form are matched first; between those anchors, the ones that share their words.
Nothing compares all clauses with all.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from conductatlas.reading.compare.likeness import Bags, candidates
from conductatlas.reading.compare.normal import Clause
from conductatlas.reading.compare.runs import Region, Run, common_runs, gaps, intern, joined, unique_matches

_STRONG = 24  # characters of a clause that may anchor the rest when it is unique
_LIKE = 0.5  # likeness from which two clauses are versions of one
_LIKE_IN_PLACE = 0.3  # the same where position says so, too
_SHORT = 40  # weight up to which a clause that took the only other's place is its version, like or not
_HELD = 0.6  # share of a neighbour's words that a clause must hold to be split into it


def same_clauses(old: Sequence[Clause], new: Sequence[Clause]) -> list[Run]:
    """Runs of clauses that are equal in normal form, in rising order.

    Of two ways to match them, the one that keeps more text: all clauses at once, or the long unique ones first, so
    that "None." or "Back to top" anchor nothing.
    """
    old_keys, new_keys = intern([clause.key for clause in old], [clause.key for clause in new])
    at_once = common_runs(old_keys, new_keys)
    if sum(run.size for run in at_once) == min(len(old), len(new)):
        return at_once
    anchored = _anchored(old, old_keys, new, new_keys)
    return max(anchored, at_once, key=lambda runs: _kept_text(old, runs))


def _anchored(
    old: Sequence[Clause], old_keys: array[int], new: Sequence[Clause], new_keys: array[int]
) -> list[Run]:
    strong_old = [i for i, clause in enumerate(old) if len(clause.key) >= _STRONG]
    strong_new = [j for j, clause in enumerate(new) if len(clause.key) >= _STRONG]
    anchors = [
        Run(strong_old[i], strong_new[j], 1)
        for i, j in unique_matches([old_keys[i] for i in strong_old], [new_keys[j] for j in strong_new])
    ]
    between = [
        Run(a + run.old, c + run.new, run.size)
        for a, b, c, d in gaps(anchors, len(old), len(new))
        for run in common_runs(old_keys[a:b], new_keys[c:d])
    ]
    return joined(anchors + between)


def _kept_text(old: Sequence[Clause], runs: Sequence[Run]) -> int:
    return sum(len(clause.key) for run in runs for clause in old[run.old : run.old + run.size])


def alike_clauses(old: Bags, new: Bags, region: Region, gone: set[int], come: set[int]) -> list[Region]:
    """The clauses of a region that are versions of each other, in rising order, among the lines gone and come.

    A region of more than one clause on a side is a clause that was split, or clauses that were merged.
    """
    old_lines = [i for i in range(region.old_start, region.old_end) if i in gone]
    new_lines = [j for j in range(region.new_start, region.new_end) if j in come]
    if not old_lines or not new_lines:
        return []
    likely = [found for found in candidates(old, new, old_lines, new_lines) if found.likeness >= _LIKE]
    pairs = _heaviest_chain([(found.shared * found.likeness, found.old, found.new) for found in likely])
    pairs = _filled_in_place(old, new, pairs, old_lines, new_lines)
    return _widened(old, new, pairs, set(old_lines), set(new_lines))


def _heaviest_chain(weighed: list[tuple[float, int, int]]) -> list[tuple[int, int]]:
    """The rising list of (i, j) of greatest weight. O(n log n): a staircase of best weights by j."""
    weighed = sorted(weighed, key=lambda found: (found[1], -found[2]))
    places: list[int] = []  # rising j ...
    weights: list[float] = []  # ... and the rising weight of the best list that ends at or before it
    ends: list[int] = []
    before: list[int] = []
    for index, (weight, _, j) in enumerate(weighed):
        at = bisect_right(places, j - 1)
        before.append(ends[at - 1] if at else -1)
        total = weight + (weights[at - 1] if at else 0.0)
        if at < len(places) and places[at] == j and weights[at] >= total:
            continue
        stop = at
        while stop < len(places) and weights[stop] <= total:
            stop += 1
        places[at:stop], weights[at:stop], ends[at:stop] = [j], [total], [index]
    chain: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append((weighed[index][1], weighed[index][2]))
        index = before[index]
    return chain[::-1]


def _filled_in_place(
    old: Bags, new: Bags, pairs: list[tuple[int, int]], old_lines: list[int], new_lines: list[int]
) -> list[tuple[int, int]]:
    """Pairs, and between them those less like that stand at the same place among as many neighbours."""
    filled = list(pairs)
    old_at = {line: n for n, line in enumerate(old_lines)}
    new_at = {line: n for n, line in enumerate(new_lines)}
    anchors = [Run(old_at[i], new_at[j], 1) for i, j in pairs]
    for a, b, c, d in gaps(anchors, len(old_lines), len(new_lines)):
        if b - a == d - c:
            for i, j in zip(old_lines[a:b], new_lines[c:d], strict=True):
                alone = b - a == 1 and max(old[i].weight, new[j].weight) <= _SHORT
                if alone or old[i].extends(new[j]) or old[i].likeness(new[j]) >= _LIKE_IN_PLACE:
                    filled.append((i, j))
    return sorted(filled)


def _widened(
    old: Bags, new: Bags, pairs: list[tuple[int, int]], free_old: set[int], free_new: set[int]
) -> list[Region]:
    """Each pair with the free neighbours whose words the other side holds beyond those of the pair."""
    free_old -= {i for i, _ in pairs}
    free_new -= {j for _, j in pairs}
    wide: list[Region] = []
    for i, j in pairs:
        c, d = _grown(j, new, free_new, old[i].words)
        a, b = (i, i + 1) if d - c > 1 else _grown(i, old, free_old, new[j].words)
        wide.append(Region(a, b, c, d))
    return wide


def _grown(line: int, bags: Bags, free: set[int], whole: Counter[str]) -> tuple[int, int]:
    """Lines around `line` that with it make up `whole`, as start and end; they are no longer free."""
    start, end = line, line + 1
    if line - 1 not in free and line + 1 not in free:
        return start, end
    rest = whole - bags[line].words
    for step in (-1, 1):
        neighbour = line + step
        while rest and neighbour in free and _holds(rest, bags[neighbour].words):
            free.discard(neighbour)
            rest -= bags[neighbour].words
            start, end = min(start, neighbour), max(end, neighbour + 1)
            neighbour += step
    return start, end


def _holds(whole: Counter[str], part: Counter[str]) -> bool:
    return (part & whole).total() >= max(1.0, _HELD * part.total())
