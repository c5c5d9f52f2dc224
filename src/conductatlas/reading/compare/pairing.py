"""The clauses of two texts, paired: what stayed, what was reworded, what moved, what went and what came."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence, Set
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


def headings_first(
    pairing: Pairing, old: Sequence[Clause], old_titles: Set[int], new: Sequence[Clause], new_titles: Set[int]
) -> Pairing:
    """The pairing in which a heading has the equal heading for its partner, not the line of a table of contents that
    repeats it, if order allows."""
    swapped = _headings_first(pairing, new, old_titles, new_titles)
    return _headings_first(swapped.mirrored(), old, new_titles, old_titles).mirrored()


def _headings_first(
    pairing: Pairing, new: Sequence[Clause], old_titles: Set[int], new_titles: Set[int]
) -> Pairing:
    spare: dict[str, list[int]] = defaultdict(list)
    for j in pairing.added:
        if j in new_titles:
            spare[new[j].key].append(j)
    if not spare:
        return pairing
    kept, added = list(pairing.kept), set(pairing.added)
    for n, (a, b, c, d) in enumerate(kept):
        if b - a == d - c == 1 and a in old_titles and c not in new_titles and new[c].key in spare:
            lines = spare[new[c].key]
            after = kept[n - 1].new_end if n else 0
            before = kept[n + 1].new_start if n + 1 < len(kept) else len(new)
            at = bisect_left(lines, after)
            if at < len(lines) and lines[at] < before:
                j = lines.pop(at)
                kept[n] = Region(a, b, j, j + 1)
                added = (added - {j}) | {c}
    return Pairing(tuple(kept), pairing.moved, pairing.removed, tuple(sorted(added)))
