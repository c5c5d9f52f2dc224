"""When captures are said to have been made, against the checkpoints around their leaves.

A checkpoint is dated by the operator's clock, as a capture is. What cannot be: a capture that was made after the first
checkpoint over it; and one that was made long before the checkpoint that does not have it yet, since a row enters the
ledger with the transaction that writes it. What was taken in from elsewhere carries a claim, and has to say so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from conductatlas.archive.ledger_models import Checkpoint
from conductatlas.archive.models import IMPORTED, Capture, Provenance
from conductatlas.clock import in_minutes
from conductatlas.evidence.audit.findings import Area, Kind, Tally, Verdict
from conductatlas.evidence.audit.heads import SKEW
from conductatlas.evidence.audit.rows import Rows

LATE = timedelta(hours=1)  # the longest that a check takes from its last request to its row, by far
OBSERVED = "observed"


@dataclass(frozen=True, slots=True)
class Around:
    """The checkpoints around a run of leaves, in the order of their sizes."""

    sizes: Sequence[int]
    moments: Sequence[datetime]

    @classmethod
    def read(cls, start: int, end: int) -> Around:
        """Those within [start, end), the last before them and the first after them."""
        fields = ("size", "at")
        before = Checkpoint.objects.filter(size__lte=start).order_by("-size").values_list(*fields)[:1]
        within = (
            Checkpoint.objects.filter(size__gt=start, size__lte=end).order_by("size").values_list(*fields)
        )
        after = Checkpoint.objects.filter(size__gt=end).order_by("size").values_list(*fields)[:1]
        found = [*before, *within, *after]
        return cls([size for size, _ in found], [at for _, at in found])

    def of(self, index: int) -> tuple[datetime | None, datetime | None]:
        """The moments of the last checkpoint without this leaf, and of the first with it."""
        place = bisect_right(self.sizes, index)
        before = self.moments[place - 1] if place else None
        return before, self.moments[place] if place < len(self.sizes) else None


def examine(captures: Rows, around: Around, tally: Tally) -> None:
    """Captures with their leaves, as `rows.examine` gives them."""
    origins = Provenance.objects.in_bulk([leaf.subject for leaf, _ in captures], field_name="capture_id")
    for leaf, row in captures:
        name, origin = f"capture {leaf.subject}", origins.get(leaf.subject)
        if row.provenance != OBSERVED or origin is not None or row.check_row.started_by == IMPORTED:
            _examine_import(row, origin, around.of(leaf.index)[1], name, tally)
        elif row.clock_given:
            tally.count(Area.MOMENTS, Verdict.UNKNOWN)
            tally.found[Kind.CLOCK_GIVEN] += 1
        else:
            _examine_observed(row, *around.of(leaf.index), name, tally)


def _examine_observed(
    row: Capture, before: datetime | None, over: datetime | None, name: str, tally: Tally
) -> None:
    made = row.finished_at
    if over is not None and made > over + SKEW:
        sentence = (
            f"It is said to be of {in_minutes(made)}, and stands under a checkpoint of {in_minutes(over)}."
        )
        tally.note(Area.MOMENTS, Kind.DATED_AHEAD, name, sentence)
    elif before is not None and made < before - LATE:
        sentence = (
            f"It is said to have been observed on {in_minutes(made)}, and the checkpoint of {in_minutes(before)} does "
            "not have it yet: it was dated back, or entered by nobody for so long."
        )
        tally.note(Area.MOMENTS, Kind.DATED_BACK, name, sentence)
    else:
        tally.count(Area.MOMENTS)


def _examine_import(
    row: Capture, origin: Provenance | None, over: datetime | None, name: str, tally: Tally
) -> None:
    if row.provenance == OBSERVED:
        sentence = "It was taken in from elsewhere, and its row says that it was observed here."
        tally.note(Area.IMPORTS, Kind.IMPORT_HIDDEN, name, sentence)
    elif origin is None:
        sentence = "It was taken in from elsewhere, and no row says where from."
        tally.note(Area.IMPORTS, Kind.IMPORT_UNSAID, name, sentence)
    elif over is not None and origin.taken_in_at > over + SKEW:
        sentence = f"It was taken in after {in_minutes(over)}, when a checkpoint had it."
        tally.note(Area.IMPORTS, Kind.DATED_AHEAD, name, sentence)
    else:
        tally.count(Area.IMPORTS)
