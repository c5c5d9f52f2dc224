"""The slow half of `doctor`: every snapshot read back out of its pack, against its SHA-256."""

from __future__ import annotations

from collections.abc import Iterable

from conductatlas.archive.models import LooseObject, Pack, Snapshot
from conductatlas.errors import RecordError
from conductatlas.evidence.audit.snapshots import unreadable
from conductatlas.work.doctor import Finding
from conductatlas.writing import storage_faults

TOLD = 20  # faults that are named one by one


def packs() -> list[int]:
    """Keys of all packs, sealed and open."""
    with storage_faults():
        return list(Pack.objects.order_by("pk").values_list("pk", flat=True))


def examine_packs(keys: Iterable[int]) -> list[Finding]:
    """What came of reading every snapshot of these packs; the first faults one by one, then their number."""
    faults: list[Finding] = []
    read = 0
    for key in keys:
        try:
            with storage_faults():
                count, fault = unreadable(key)
                read += count
        except RecordError as silent:
            fault = silent
        if fault is not None:
            faults.append(Finding("snapshots", "fault", fault.message, fault.remedy))
    with storage_faults():
        lost = Snapshot.objects.filter(member=None, removed=None).count()
        unfinished = Snapshot.objects.filter(member__isnull=False, removed__isnull=False).count()
        loose = LooseObject.objects.count()
    if lost:
        faults.append(Finding("snapshots", "fault", f"{lost} lie in no pack", "Restore them from a backup."))
    found = faults[:TOLD]
    if len(faults) > TOLD:
        found.append(Finding("snapshots", "fault", f"{len(faults) - TOLD} packs more", faults[-1].remedy))
    if unfinished or loose:
        words = f"{unfinished} removed snapshots and {loose} objects without a pack are still in the store"
        found.append(Finding("snapshots", "warning", words, "Run `conductatlas repack`."))
    if not found:
        found = [Finding("snapshots", "good", f"{read} read back, each with its own SHA-256")]
    return found
