"""Snapshots: whether the bytes that lie in the packs are those of their digests. Each pack is unpacked once."""

from __future__ import annotations

from collections.abc import Iterator

from conductatlas.archive.models import Pack, PackMember, Snapshot
from conductatlas.archive.packs import Place, check_readable, places_of
from conductatlas.errors import RecordError, SnapshotDamagedError
from conductatlas.evidence.audit.findings import Area, Kind, Tally, Verdict


def unreadable(pack: int) -> tuple[int, RecordError | None]:
    """How many snapshots a pack has, and what is wrong with the first that cannot be read, if any."""
    places = _places(pack)
    while True:
        try:
            check_readable(places) if places else None
        except RecordError as fault:
            if (moved := _places(pack)) == places:
                return len(places), fault
            places = moved  # sealed, or written anew, since we looked
        else:
            return len(places), None


def packs_after(last: int, *, with_members_after: int = 0) -> Iterator[int]:
    """Keys of packs above `last`, in order; of those only that hold a member with a key above the other."""
    rows = Pack.objects.filter(pk__gt=last).order_by("pk")
    if with_members_after:
        rows = rows.filter(
            pk__in=PackMember.objects.filter(pk__gt=with_members_after).values_list("pack", flat=True)
        )
    yield from rows.values_list("pk", flat=True).iterator()


def last_member() -> int:
    """The key of the newest member of a pack."""
    return PackMember.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def examine(pack: int, tally: Tally) -> None:
    """One pack. Of a damaged snapshot those that rest on it are not looked at."""
    count, fault = unreadable(pack)
    if fault is None:
        tally.count(Area.SNAPSHOTS, number=count)
    elif isinstance(fault, SnapshotDamagedError):
        tally.note(Area.SNAPSHOTS, Kind.SNAPSHOT_DAMAGED, f"pack {pack}", f"{fault.message}.")
    elif isinstance(fault.__cause__, FileNotFoundError):
        tally.note(Area.SNAPSHOTS, Kind.SNAPSHOT_LOST, f"pack {pack}", "Its object is not in the store.")
    else:
        tally.note(Area.SNAPSHOTS, Kind.STORE_SILENT, f"pack {pack}", f"{fault.message}.", Verdict.UNKNOWN)


def examine_lost(tally: Tally) -> None:
    """Names the snapshots that lie in no pack and were not removed."""
    lost = Snapshot.objects.filter(member=None, removed=None).order_by("pk").values_list("digest", flat=True)
    for digest in lost.iterator():
        sentence = "Its bytes lie in no pack, and no removal says why."
        tally.note(Area.SNAPSHOTS, Kind.SNAPSHOT_LOST, f"snapshot {digest}", sentence)


def _places(pack: int) -> list[Place]:
    return places_of(PackMember.objects.filter(pack=pack).order_by("ordinal"))
