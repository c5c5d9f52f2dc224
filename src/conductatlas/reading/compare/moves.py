"""Clauses that left one place and stand at another: told once, as a move, not as a removal and an addition."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from conductatlas.reading.compare.likeness import Bags, candidates
from conductatlas.reading.compare.normal import Clause

_LIKE = 0.75  # likeness from which a clause that is elsewhere, and was edited, is taken for the same one
_SUBSTANCE = 48  # weight that an edited clause must have: short ones are like many others


def exact_moves(
    old: Sequence[Clause], new: Sequence[Clause], gone: Iterable[int], come: Iterable[int]
) -> list[tuple[int, int]]:
    """Pairs (old line, new line) of clauses equal in normal form, among the lines gone and come, in old order.

    Of several equal ones, the first that went is the first that came.
    """
    arrivals: dict[str, list[int]] = defaultdict(list)
    for j in sorted(come, reverse=True):
        arrivals[new[j].key].append(j)
    return [(i, arrivals[old[i].key].pop()) for i in sorted(gone) if arrivals.get(old[i].key)]


def edited_moves(old: Bags, new: Bags, gone: Iterable[int], come: Iterable[int]) -> list[tuple[int, int]]:
    """Pairs (old line, new line) of clauses that moved and were edited on the way, the most alike first."""
    gone = [i for i in gone if old[i].weight >= _SUBSTANCE]
    come = [j for j in come if new[j].weight >= _SUBSTANCE]
    found = sorted(candidates(old, new, gone, come), key=lambda pair: (-pair.likeness, pair.old, pair.new))
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    pairs: list[tuple[int, int]] = []
    for like, i, j, _ in found:
        if like >= _LIKE and i not in taken_old and j not in taken_new:
            taken_old.add(i)
            taken_new.add(j)
            pairs.append((i, j))
    return pairs
