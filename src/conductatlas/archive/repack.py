"""Packs written anew: short ones joined, members that were removed left out, chains based on what is left.

New objects are written first, and every snapshot is read back out of them. Then the rows are switched in one short
transaction, and only then do the old objects go. Killed at any instant nothing is lost: either the old rows still
stand, or the new ones do; an object that neither names is noted as loose, and the next `sweep` deletes it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from itertools import islice
from tempfile import SpooledTemporaryFile

from django.db.models import Count, Exists, OuterRef, Q

from conductatlas.archive import packs
from conductatlas.archive.blobs import blobs
from conductatlas.archive.deltas import encode
from conductatlas.archive.models import LooseObject, Pack, PackMember, RemovedSnapshot
from conductatlas.archive.pack_lock import may_delete, packs_stay
from conductatlas.archive.packs import RUN, SPOOL, Place
from conductatlas.catalogue.models import Source
from conductatlas.clock import SystemClock
from conductatlas.errors import StalePreparationError
from conductatlas.writing import storage_faults, writing

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Repacked:
    """What became of a source's packs: their number and bytes before and after, and members left out. All 0 where
    nothing was to do."""

    packs_before: int = 0
    packs_after: int = 0
    bytes_before: int = 0
    bytes_after: int = 0
    left_out: int = 0

    def __add__(self, other: Repacked) -> Repacked:
        return Repacked(
            self.packs_before + other.packs_before,
            self.packs_after + other.packs_after,
            self.bytes_before + other.bytes_before,
            self.bytes_after + other.bytes_after,
            self.left_out + other.left_out,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """Packs to be rewritten, and their members in order: those that stay, and those that were removed."""

    packs: tuple[Pack, ...]
    stay: tuple[Place, ...]
    go: tuple[Place, ...]

    @property
    def before(self) -> Repacked:
        """The plan's half that is known before anything is written; the number of packs after it, too."""
        size = sum(place.size for place in (*self.stay, *self.go))
        return Repacked(len(self.packs), -(-len(self.stay) // RUN), size, 0, len(self.go))


@dataclass(frozen=True, slots=True)
class Written:
    """A new object and the places of its members in it."""

    key: str
    digest: str
    length: int
    places: tuple[Place, ...]


def sources() -> list[int]:
    """Keys of the sources that have packs, in order."""
    return list(Pack.objects.order_by("source").values_list("source", flat=True).distinct())


def unfinished() -> list[int]:
    """Keys of the sources that still hold bytes which were removed."""
    held = PackMember.objects.filter(snapshot__removed__isnull=False)
    return list(held.order_by("pack__source").values_list("pack__source", flat=True).distinct())


def plans(source: Source, *, everything: bool = False) -> list[Plan]:
    """What of a source's packs is to be written anew, a plan for each of its series; none where nothing is gained.

    That is: a pack, sealed or open, with a member that was removed; and sealed packs with fewer than RUN members,
    where joining them makes fewer. With `everything` every sealed pack.
    """
    removed = RemovedSnapshot.objects.filter(snapshot__member__pack=OuterRef("pk"))
    rows = Pack.objects.filter(source=source).annotate(
        members_now=Count("members"), holds_removed=Exists(removed)
    )
    sealed = ~Q(key="")
    wanted = sealed if everything else sealed & Q(members_now__lt=RUN)
    by_series: dict[str, list[Pack]] = defaultdict(list)
    for pack in rows.filter(wanted | Q(holds_removed=True)).order_by("pk"):
        by_series[getattr(pack, "series", "")].append(pack)  # a delta between two series would save nothing
    found = [_plan(chosen) for chosen in by_series.values()]
    return [one for one in found if one.go or everything or one.before.packs_after < len(one.packs)]


def _plan(chosen: Sequence[Pack]) -> Plan:
    members = PackMember.objects.filter(pack__in=chosen).order_by("pack", "ordinal")
    stay = packs.places_of(members.filter(snapshot__removed__isnull=True))
    go = packs.places_of(members.filter(snapshot__removed__isnull=False))
    return Plan(tuple(chosen), tuple(stay), tuple(go))


def repack(source: Source, *, everything: bool = False) -> Repacked:
    """Rewrite what `plans` name. What it replaces is noted as loose: `sweep` deletes it.

    To be called with no transaction open. SnapshotDamagedError, StoreUnavailableError: nothing was switched, and
    all that was readable still is. StalePreparationError: other writers were faster, three times.
    """
    for attempt in range(ATTEMPTS):
        try:
            with storage_faults(), packs_stay():
                done = [_carried_out(found) for found in plans(source, everything=everything)]
            return sum(done, Repacked())
        except StalePreparationError:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _carried_out(found: Plan) -> Repacked:
    written = [_write(chunk) for chunk in _chunks(found.stay)]
    _switch(found, written)
    for place in found.go:
        packs.recent.forget(place.digest)
    return replace(found.before, bytes_after=sum(new.length for new in written))


def sweep() -> int:
    """Delete the objects that no pack names any more, and what killed processes left half written; how many objects
    had to stay, since a backup still needs them."""
    with storage_faults(), may_delete() as may:
        if not may:
            return LooseObject.objects.count()
        for row in LooseObject.objects.order_by("pk"):
            if not Pack.objects.filter(key=row.key).exists():
                blobs().delete(row.key)
            row.delete()
        blobs().delete_unfinished(packs.FOLDER)
        return 0


def finish() -> None:
    """Do what a killed `repack` or removal left to do."""
    for source in Source.objects.filter(pk__in=unfinished()):
        repack(source)
    if LooseObject.objects.exists() or blobs().unfinished(packs.FOLDER):
        sweep()


def _write(places: Sequence[Place]) -> Written:
    """One new object with these snapshots, each read back out of it."""
    sum_of, moved, base = hashlib.sha256(), [], b""
    with SpooledTemporaryFile(max_size=SPOOL) as spool:
        for ordinal, place in enumerate(places):
            body = packs.read_snapshot(place.digest)
            frame = encode(body, base)
            moved.append(replace(place, ordinal=ordinal, offset=spool.tell(), size=len(frame)))
            spool.write(frame)
            sum_of.update(frame)
            base = body
        size = spool.tell()
        spool.seek(0)
        key = f"{packs.FOLDER}/{sum_of.hexdigest()}.zpack"
        packs.note_loose(key)
        blobs().put(key, spool)
    there = tuple(replace(place, key=key) for place in moved)
    packs.check_readable(list(there))
    return Written(key, sum_of.hexdigest(), size, there)


def _switch(found: Plan, written: Sequence[Written]) -> None:
    """Let the rows name the new objects instead of the old. StalePreparationError if they are no longer as planned."""
    now = SystemClock().now()
    keys = [pack.pk for pack in found.packs]
    with writing():
        held = list(Pack.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
        members = PackMember.objects.filter(pack__in=keys).order_by("pack", "ordinal")
        planned = {place.pk: place.ordinal for place in (*found.stay, *found.go)}
        is_as_planned = [pack.key for pack in held] == [pack.key for pack in found.packs]
        if not is_as_planned or dict(members.values_list("pk", "ordinal")) != planned:
            raise StalePreparationError(packs.STALE)
        PackMember.objects.filter(pk__in=[place.pk for place in found.go]).delete()
        for new in written:
            pack = copy(held[0])  # of the same source and series, opened when the first was
            pack.pk, pack.key, pack.digest, pack.length = None, new.key, new.digest, new.length
            pack.sealed_at = now
            pack.save(force_insert=True)
            for place in new.places:
                PackMember.objects.filter(pk=place.pk).update(
                    pack=pack, ordinal=place.ordinal, offset=place.offset, length=place.size, data=None
                )
        Pack.objects.filter(pk__in=keys).delete()
        for old in held:
            if old.key:
                packs.note_loose(old.key)
        LooseObject.objects.filter(key__in=[new.key for new in written]).delete()


def _chunks(places: Sequence[Place]) -> Iterator[tuple[Place, ...]]:
    rest = iter(places)
    while chunk := tuple(islice(rest, RUN)):
        yield chunk
