"""Two readings in, what changed out: hunks in reading order, what they count, and what kind of change they make.

Clauses in no hunk are equal to the letter, and the n-th of them on one side is the n-th of them on the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from conductatlas.reading.compare.counts import Counts, count
from conductatlas.reading.compare.dates import StatedDates, stated_dates
from conductatlas.reading.compare.finding import HunkFinder
from conductatlas.reading.compare.hunks import Hunk, rows
from conductatlas.reading.compare.marking import compare_marks
from conductatlas.reading.compare.normal import clauses
from conductatlas.reading.compare.pairing import pair
from conductatlas.reading.compare.significance import ChangeKind
from conductatlas.reading.text.marks import Reading


class BothDates(NamedTuple):
    """The dates that each text states of itself."""

    old: StatedDates
    new: StatedDates


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two readings.

    kind: None where the texts are equal to the letter, else substantive if one hunk is, else editorial.
    hunks: in reading order of the new text, what went before what came in its place.
    links_changed, marks_changed: differences that the text does not show; they never make a hunk.
    """

    old: Reading = field(repr=False)
    new: Reading = field(repr=False)
    hunks: tuple[Hunk, ...]
    counts: Counts
    dates: BothDates
    links_changed: int
    marks_changed: int

    @property
    def kind(self) -> ChangeKind | None:
        if not self.hunks:
            return None
        substantive = any(hunk.significance is ChangeKind.SUBSTANTIVE for hunk in self.hunks)
        return ChangeKind.SUBSTANTIVE if substantive else ChangeKind.EDITORIAL

    def to_dict(self) -> dict[str, Any]:
        """The comparison as one JSON object; keys and their meaning are stable."""
        return {
            "kind": self.kind.value if self.kind else None,
            "counts": self.counts.to_dict(),
            "dates": {"old": self.dates.old.to_dict(), "new": self.dates.new.to_dict()},
            "links_changed": self.links_changed,
            "marks_changed": self.marks_changed,
            "hunks": [hunk.to_dict(self.old.text, self.new.text) for hunk in self.hunks],
        }


def compare(old: Reading, new: Reading) -> Comparison:
    """What changed from `old` to `new`. Never fails; comparing backwards gives the same hunks backwards."""
    old_lines, new_lines = clauses(old.text, new.text)
    # One direction is computed and the other mirrored, so that a comparison reads the same both ways.
    if old.text <= new.text:
        pairing = pair(old_lines, new_lines)
    else:
        pairing = pair(new_lines, old_lines).mirrored()
    found = HunkFinder(old, old_lines, new, new_lines, pairing).hunks()
    hunks = tuple(row.hunk for row in rows(old.text, new.text, found) if row.kind == "hunk" and row.hunk)
    marking = compare_marks(old, old_lines, new, new_lines, pairing)
    return Comparison(
        old=old,
        new=new,
        hunks=hunks,
        counts=count(old.text, new.text, hunks),
        dates=BothDates(stated_dates(old), stated_dates(new)),
        links_changed=marking.links,
        marks_changed=marking.marks,
    )
