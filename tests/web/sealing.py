"""A ledger under the small archive: what was written without leaves gets them, and the head is signed."""

from __future__ import annotations

from datetime import UTC, datetime

from conductatlas.archive import ledger
from conductatlas.archive.ledger_models import Checkpoint, Leaf, PendingLeaf
from conductatlas.archive.models import Capture
from conductatlas.clock import SetClock

SIGNED_AT = datetime(2026, 11, 22, 11, 30, tzinfo=UTC)


def enter_captures() -> None:
    """The shelf writes its captures row by row; give those without a leaf one."""
    known = {*leaves_of(Leaf), *leaves_of(PendingLeaf)}
    ledger.enter(*Capture.objects.exclude(pk__in=known).order_by("pk"))


def leaves_of(table: type[Leaf] | type[PendingLeaf]) -> set[int]:
    return set(table._default_manager.filter(kind="capture").values_list("subject", flat=True))


def seal() -> Checkpoint:
    """Sign what waits."""
    made = ledger.seal("test", SetClock(SIGNED_AT))
    assert made is not None
    return made
