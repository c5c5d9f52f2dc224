"""Two readings in, what changed out: hunks in reading order, what they count, and what kind of change they make.

Clauses in no hunk are equal to the letter, and the n-th of them on one side is the n-th of them on the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from conductatlas.reading.compare.counts import Counts, count
from conductatlas.reading.compare.dates import StatedDates, stated_dates
from conductatlas.reading.compare.definitions import touched
from conductatlas.reading.compare.finding import HunkFinder
from conductatlas.reading.compare.hunks import Hunk, rows
from conductatlas.reading.compare.items import headings
from conductatlas.reading.compare.marking import compare_marks
from conductatlas.reading.compare.normal import clauses
from conductatlas.reading.compare.pairing import headings_first, pair
from conductatlas.reading.compare.presentation import Presented, presentation
from conductatlas.reading.compare.relinking import with_relinked
from conductatlas.reading.compare.replacing import is_replaced, pair_replaced
from conductatlas.reading.compare.scales import Direction, Severity, highest, overall
from conductatlas.reading.compare.significance import ChangeKind
from conductatlas.reading.compare.summary import Summary, summarise
from conductatlas.reading.compare.telling import tell
from conductatlas.reading.compare.weighing import Weigher
from conductatlas.reading.text.marks import Reading


class BothDates(NamedTuple):
    """The dates that each text states of itself."""

    old: StatedDates
    new: StatedDates


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two readings.

    kind: None where nothing differs that makes a hunk, else substantive if one hunk is, else editorial.
    hunks: in reading order of the new text, what went before what came in its place.
    date_mismatch: whether it is substantive and both texts print the same date of their last update.
    is_replaced: whether the new text is another document: emptied, in another language, nearly nothing in common.
    presentation: clauses of equal words that are bold, in capitals or a heading on one side only (N10).
    links_changed, marks_changed: differences that the text does not show and that make no hunk.
    """

    old: Reading = field(repr=False)
    new: Reading = field(repr=False)
    hunks: tuple[Hunk, ...]
    counts: Counts
    dates: BothDates
    links_changed: int
    marks_changed: int
    date_mismatch: bool | None = None
    is_replaced: bool = False
    presentation: tuple[Presented, ...] = field(default=(), repr=False)
    summary: Summary | None = field(default=None, repr=False)

    @property
    def severity(self) -> Severity | None:
        """That of the weightiest hunk; None where texts are equal, or nobody asked."""
        known = [hunk.severity for hunk in self.hunks if hunk.severity is not None]
        return highest(known) if known else None

    @property
    def direction(self) -> Direction | None:
        """What the directions of all hunks of substance come to."""
        told = [hunk for hunk in self.hunks if hunk.direction is not None]
        weighty = [
            hunk.direction for hunk in told if hunk.significance is ChangeKind.SUBSTANTIVE and hunk.direction
        ]
        return overall(weighty or [Direction.NEITHER]) if told else None

    @property
    def audience(self) -> tuple[str, ...]:
        """The words with which the texts say for whom the differences hold, of the hunk that comes first first."""
        return tuple(
            dict.fromkeys(
                (self.old if hunk.new is None else self.new).text[slice(*span)]
                for hunk in sorted(self.hunks, key=lambda hunk: hunk.rank or 0)
                for span in hunk.audience
            )
        )

    @property
    def links_elsewhere(self) -> int:
        """How many links lead elsewhere: those that hunks tell of, and the others."""
        return self.links_changed + sum(hunk.new_target is not None for hunk in self.hunks)

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
            "severity": self.severity,
            "direction": self.direction,
            "audience": list(self.audience),
            "date_mismatch": self.date_mismatch,
            "is_replaced": self.is_replaced,
            "counts": self.counts.to_dict(),
            "dates": {"old": self.dates.old.to_dict(), "new": self.dates.new.to_dict()},
            "links_changed": self.links_changed,
            "marks_changed": self.marks_changed,
            "presentation": [one.to_dict(self.old.text, self.new.text) for one in self.presentation],
            "hunks": [
                {
                    **hunk.to_dict(self.old.text, self.new.text),
                    "touched": [list(span) for span in touched(hunk, self.old.text, self.new.text)],
                }
                for hunk in self.hunks
            ],
            "summary": self._summary_dict(),
        }

    def _summary_dict(self) -> dict[str, Any] | None:
        if self.summary is None:
            return None
        told = tell(self.summary, self.hunks, self.old, self.new)
        return {
            "sentences": [
                str(sentence) for sentence in (told.opening, *told.items, *filter(None, [told.rest]))
            ],
            "items": [item.to_row() for item in self.summary.items],
            "actions": [
                {**action.to_row(), "words": self.new.text[slice(*action.new)]}
                for action in self.summary.actions
            ],
        }


def compare(old: Reading, new: Reading) -> Comparison:
    """What changed from `old` to `new`. Never fails; comparing backwards gives the same hunks backwards."""
    old_lines, new_lines = clauses(old.text, new.text)
    replaced = is_replaced(old, old_lines, new, new_lines)
    pair_all = pair_replaced if replaced else pair
    # One direction is computed and the other mirrored, so that a comparison reads the same both ways.
    if old.text <= new.text:
        pairing = pair_all(old_lines, new_lines)
    else:
        pairing = pair_all(new_lines, old_lines).mirrored()
    titles = (headings(old, old_lines), headings(new, new_lines))
    pairing = headings_first(pairing, old_lines, titles[0], new_lines, titles[1])
    finder = HunkFinder(old, old_lines, new, new_lines, pairing)
    found = finder.hunks_of_another_text() if replaced else finder.hunks()
    marking = compare_marks(old, old_lines, new, new_lines, pairing)
    found = with_relinked(found, marking.relinked, old_lines, new_lines)
    hunks = tuple(row.hunk for row in rows(old.text, new.text, found) if row.kind == "hunk" and row.hunk)
    dates = BothDates(stated_dates(old), stated_dates(new))
    hunks = Weigher(old, old_lines, new, new_lines, dates).weighed(hunks)
    return Comparison(
        old=old,
        new=new,
        hunks=hunks,
        counts=count(old.text, new.text, hunks),
        dates=dates,
        links_changed=marking.links,
        marks_changed=marking.marks,
        date_mismatch=_mismatch(hunks, dates),
        is_replaced=replaced,
        presentation=presentation(old, old_lines, new, new_lines, pairing),
        summary=summarise(old, new, hunks),
    )


def _mismatch(hunks: tuple[Hunk, ...], dates: BothDates) -> bool:
    before, after = dates.old.updated, dates.new.updated
    same = before is not None and after is not None and before.value == after.value
    return same and any(hunk.significance is ChangeKind.SUBSTANTIVE for hunk in hunks)
