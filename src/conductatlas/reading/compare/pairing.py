"""The clauses of two texts, paired: what stayed, what was reworded, what moved, what went and what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conductatlas.reading.compare.align import alike_clauses, same_clauses
from conductatlas.reading.compare.likeness import Bags
from conductatlas.reading.compare.moves import edited_moves, exact_moves
from conductatlas.reading.compare.normal import Clause
from conductatlas.reading.compare.runs import Region, gaps


@dataclass(frozen=True, slots=True)
class Pairing:
    """Every line of both texts is in exactly one of these.

    kept: one line and one line, or one and several; in rising order on both sides, each a version of the other.
    moved: lines that stand elsewhere. removed, added: lines without a partner.
    """

    kept: tuple[Region, ...]
    moved: tuple[tuple[int, int], ...]
    removed: tuple[int, ...]
    added: tuple[int, ...]

    def mirrored(self) -> Pairing:
        """The pairing of the new text with the old one."""
        return Pairing(
            tuple(Region(r.new_start, r.new_end, r.old_start, r.old_end) for r in self.kept),
            tuple((j, i) for i, j in self.moved),
            self.added,
            self.removed,
        )


def pair(old: Sequence[Clause], new: Sequence[Clause]) -> Pairing:
    """Pair the clauses of two texts: the equal ones in order, the moved ones, then the reworded ones."""
    same = same_clauses(old, new)
    open_regions = list(gaps(same, len(old), len(new)))
    gone = {i for region in open_regions for i in range(region.old_start, region.old_end)}
    come = {j for region in open_regions for j in range(region.new_start, region.new_end)}

    moved = exact_moves(old, new, gone, come)
    gone -= {i for i, _ in moved}
    come -= {j for _, j in moved}

    old_bags, new_bags = Bags(old), Bags(new)
    alike = [
        found for region in open_regions for found in alike_clauses(old_bags, new_bags, region, gone, come)
    ]
    for region in alike:
        gone -= set(range(region.old_start, region.old_end))
        come -= set(range(region.new_start, region.new_end))

    edited = edited_moves(old_bags, new_bags, sorted(gone), sorted(come))
    gone -= {i for i, _ in edited}
    come -= {j for _, j in edited}

    kept = [Region(r.old + n, r.old + n + 1, r.new + n, r.new + n + 1) for r in same for n in range(r.size)]
    return Pairing(
        tuple(sorted(kept + alike)), tuple(sorted(moved + edited)), tuple(sorted(gone)), tuple(sorted(come))
    )
