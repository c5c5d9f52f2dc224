"""Where snapshots lie: in packs of one source, each a keyframe followed by deltas.

    prepare   outside any transaction: find out what is kept already, compress against the snapshot before
    store     inside the caller's transaction: two or three INSERTs
    seal      a full pack becomes one immutable object under the name of its own digest, and its rows let go
    read      from either place, and never without checking the SHA-256

Until a pack is sealed its members' bytes are rows, and what is one transaction for the caller (capture,
version, snapshot) is one for the bytes too. A member never moves: its offset in the object to come is known
when it is stored, so sealing copies and does not re-encode. Every RUN-th member is a keyframe, whether or not
the pack could be sealed by then; so a store that does not answer, or a process killed before sealing, only
makes a pack longer.

An object that no pack names is noted as loose before it is written, so that what a killed process left behind is
found again; `repack` rewrites packs, and deletes what is loose.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from tempfile import SpooledTemporaryFile

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max, QuerySet

from conductatlas.archive.blobs import blobs
from conductatlas.archive.deltas import decode, encode
from conductatlas.archive.models import LooseObject, Pack, PackMember, RemovedSnapshot, Snapshot
from conductatlas.archive.pack_lock import packs_stay
from conductatlas.archive.recent import RecentBytes
from conductatlas.catalogue.models import Source
from conductatlas.clock import SystemClock
from conductatlas.errors import (
    NotFoundError,
    RecordError,
    RemovedError,
    SnapshotDamagedError,
    StalePreparationError,
    StoreUnavailableError,
)

FOLDER = "packs"  # of the store, in which sealed ones lie
RUN = 16  # members from one keyframe to the next: the longest chain a reader follows
SPOOL = (
    8_000_000  # bytes of a pack held in memory while it is written; the rest goes through a temporary file
)

STALE = "the source's pack has moved on since the bytes were prepared"

recent = RecentBytes(room=8_000_000)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Prepared:
    """Bytes ready to be stored: either `known` already, or `data` for the place `ordinal` of the open
    pack."""

    digest: str
    length: int
    known: Snapshot | None = None
    pack_id: int | None = None  # None: a pack is to be opened
    ordinal: int = 0
    offset: int = 0
    data: bytes = b""
    series: str = ""

    @property
    def fills_pack(self) -> bool:
        """Whether the pack it goes to is to be sealed then, or has waited for that since an earlier member."""
        return self.known is None and self.ordinal >= RUN - 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where one snapshot's frame lies: in its row while `key` is empty, else in [offset, offset + size) of
    the object."""

    pk: int
    digest: str
    length: int
    ordinal: int
    offset: int
    size: int
    key: str

    @property
    def is_keyframe(self) -> bool:
        return self.ordinal % RUN == 0


PLACE = ("pk", "snapshot__digest", "snapshot__length", "ordinal", "offset", "length", "pack__key")

# Asked at every check that brings bytes. Written out, since to have them made costs ten times what they cost.
KEPT = "SELECT * FROM archive_snapshot WHERE digest = %s"
TAIL = """
    SELECT m.pack_id, m.id, s.digest, s.length, m.ordinal, m.offset, m.length, p.key
    FROM archive_pack p JOIN archive_packmember m ON m.pack_id = p.id JOIN archive_snapshot s ON s.id = m.snapshot_id
    WHERE p.source_id = %s AND p.series = %s AND p.key = ''
    ORDER BY m.ordinal DESC LIMIT %s
"""


def digest(body: bytes) -> str:
    """SHA-256, hexadecimal: the address of a snapshot."""
    return hashlib.sha256(body).hexdigest()


def prepare(source: Source, body: bytes, series: str = "") -> Prepared:
    """Compress `body` for the next place in the source's open pack of that series, unless it is kept already.

    To be called with no transaction open: reads a few rows, takes 1 to 3 ms of CPU for a usual page.
    """
    address = digest(body)
    if known := _kept(address):
        return Prepared(address, len(body), known)
    with connection.cursor() as cursor:
        cursor.execute(TAIL, [source.pk, series, RUN])
        tail = cursor.fetchall()
    if not tail:
        return Prepared(address, len(body), data=encode(body), series=series)
    pack_id, places = tail[0][0], [Place(*row[1:]) for row in reversed(tail)]
    last = places[-1]
    base = (
        b""
        if (last.ordinal + 1) % RUN == 0
        else read_snapshot(last.digest, places[-1 - last.ordinal % RUN :])
    )
    data = encode(body, base)
    return Prepared(
        address, len(body), None, pack_id, last.ordinal + 1, last.offset + last.size, data, series
    )


def store(prepared: Prepared, source: Source, at: datetime, media_type: str) -> Snapshot:
    """Write prepared bytes down in the caller's transaction; the snapshot that holds them.

    StalePreparationError, with nothing written, if another writer has meanwhile used the place. The same
    bytes from two sources at once are one snapshot: the second writer gets the first one's.
    """
    if prepared.known is not None:
        return prepared.known
    try:
        with transaction.atomic():
            if meanwhile := _kept(prepared.digest):
                return meanwhile
            snapshot = Snapshot.objects.create(
                digest=prepared.digest,
                length=prepared.length,
                media_type=media_type[:120],
                first_kept_at=at,
            )
            PackMember.objects.create(
                pack_id=_pack_for(prepared, source, at),
                snapshot=snapshot,
                ordinal=prepared.ordinal,
                offset=prepared.offset,
                length=len(prepared.data),
                data=prepared.data,
            )
    except IntegrityError:  # the bytes, the place in the pack or the right to open one went to another writer
        raise StalePreparationError(STALE) from None
    return snapshot


def _kept(address: str) -> Snapshot | None:
    return next(iter(Snapshot.objects.raw(KEPT, [address])), None)


def seal_if_full(source: Source, series: str = "") -> bool:
    """Seal the source's open pack of that series if it holds RUN members or more; whether it was sealed.

    Whoever stores calls this afterwards, with no transaction open. A pack that can't be sealed now is logged
    and stays as it is: nothing depends on it, and the next call tries again.
    """
    packs = Pack.objects.filter(source=source, series=series, key="").annotate(last=Max("members__ordinal"))
    pack = packs.filter(last__gte=RUN - 1).first()
    if pack is None:
        return False
    try:
        return seal(pack)
    except RecordError as fault:
        log.warning("pack not sealed", pack=pack.pk, source=source.pk, **fault.diagnostics())
        return False


def seal(pack: Pack) -> bool:
    """Turn an open pack into one immutable object, then let its rows go; False if another writer was at it
    meanwhile.

    The rows are let go only after every snapshot has been read back out of the object and matched its digest.
    Killed on the way, it leaves an object nobody points to, noted as loose, and the next call writes it again
    under the same key. SnapshotDamagedError and StoreUnavailableError leave the pack open.
    """
    with packs_stay():
        return _seal(pack)


def _seal(pack: Pack) -> bool:
    members = PackMember.objects.filter(pack=pack).order_by("ordinal")
    rows = places_of(members)
    sum_of = hashlib.sha256()
    with SpooledTemporaryFile(max_size=SPOOL) as spool:
        for data in members.values_list("data", flat=True).iterator(chunk_size=1):
            if data is None:  # sealed by another writer while we looked
                return False
            spool.write(data)
            sum_of.update(data)
        size = spool.tell()
        spool.seek(0)
        key = f"{FOLDER}/{sum_of.hexdigest()}.zpack"
        note_loose(key)
        blobs().put(key, spool)
    check_readable([replace(place, key=key) for place in rows])
    with transaction.atomic():
        still_open = Pack.objects.select_for_update().filter(pk=pack.pk, key="").first()
        if still_open is None or members.count() != len(rows):
            return False
        members.update(data=None)
        Pack.objects.filter(pk=pack.pk).update(
            key=key, digest=sum_of.hexdigest(), length=size, sealed_at=SystemClock().now()
        )
        LooseObject.objects.filter(key=key).delete()
    return True


def note_loose(key: str) -> None:
    """Write down that an object may lie in the store which no pack names: before it does."""
    LooseObject.objects.get_or_create(key=key, defaults={"noted_at": SystemClock().now()})


def read_snapshot(address: str, chain: list[Place] | None = None) -> bytes:
    """The bytes whose SHA-256 is `address`, checked against it.

    chain: where they lie, if the caller has just asked: their place, last, after those that it rests on.
    NotFoundError if no snapshot has this address (RemovedError if it had to go), SnapshotDamagedError if what lies
    there is something else, StoreUnavailableError if the place where it lies does not answer or the pack is missing
    there.
    """
    if (body := recent.get(address)) is not None:
        return body
    chain = chain or _chain_to(address)
    try:
        return _unpacked_chain(chain)
    except (StoreUnavailableError, SnapshotDamagedError):
        if (moved := _chain_to(address)) == chain:
            raise
        return _unpacked_chain(moved)  # its pack was rewritten since we looked


def _unpacked_chain(chain: list[Place]) -> bytes:
    """The bytes of the last of these places, whose delta rests on those before it, from a keyframe on."""
    base, rest = _after_a_recent_one(chain)
    for place, frame in zip(rest, _frames(rest), strict=True):
        base = _unpacked(place, frame, base)
    _check_digest(rest[-1], base)
    recent.put(rest[-1].digest, base)
    return base


def _pack_for(prepared: Prepared, source: Source, at: datetime) -> int:
    """Key of the pack `prepared` was made for, held against sealing until the transaction ends; or of a new one."""
    if prepared.pack_id is None:
        return Pack.objects.create(source=source, series=prepared.series, opened_at=at).pk
    still_open = Pack.objects.select_for_update().filter(pk=prepared.pack_id, key="").order_by()
    if not still_open.values_list("pk", flat=True):
        raise StalePreparationError(STALE)
    return prepared.pack_id


def _chain_to(address: str) -> list[Place]:
    """The snapshot's own place, last, after those its delta rests on, from the keyframe. One query, so one
    moment."""
    own = F("pack__members__ordinal")
    chain = PackMember.objects.filter(
        pack__members__snapshot__digest=address, ordinal__lte=own, ordinal__gte=own - own % RUN
    ).order_by("ordinal")
    places = places_of(chain)
    if not places:
        if RemovedSnapshot.objects.filter(snapshot__digest=address).exists():
            raise RemovedError(f"the bytes with the digest {address} were removed")
        raise NotFoundError(f"no snapshot has the digest {address}")
    return places


def places_of(members: QuerySet[PackMember]) -> list[Place]:
    return [Place(*row) for row in members.values_list(*PLACE)]


def _after_a_recent_one(chain: list[Place]) -> tuple[bytes, list[Place]]:
    """What is left to unpack of a chain, and the bytes it begins from: those of the nearest snapshot at
    hand."""
    for index in range(len(chain) - 2, -1, -1):
        if (body := recent.get(chain[index].digest)) is not None:
            return body, chain[index + 1 :]
    return b"", chain


def _frames(places: list[Place]) -> Iterator[bytes]:
    """The frames of neighbouring places: from their rows, or in one request, or one by one where they are
    large."""
    key, start = places[0].key, places[0].offset
    if not key:
        yield from _frames_in_rows(places)
    elif (size := sum(place.size for place in places)) <= SPOOL:
        run = blobs().get_range(key, start, size)
        yield from (run[place.offset - start :][: place.size] for place in places)
    else:
        yield from (blobs().get_range(key, place.offset, place.size) for place in places)


def _frames_in_rows(places: list[Place]) -> Iterator[bytes]:
    """One row in memory at a time. Where the pack was sealed since we looked, the object has the frame."""
    members = PackMember.objects.filter(pk__in=[place.pk for place in places]).order_by("ordinal")
    rows = members.values_list("ordinal", "data", "pack__key").iterator(chunk_size=1)
    for place in places:
        ordinal, data, key = next(rows, (None, None, ""))
        if ordinal != place.ordinal:
            raise StoreUnavailableError("the pack was rewritten while it was read")
        yield bytes(data) if data is not None else blobs().get_range(key, place.offset, place.size)


def check_readable(places: list[Place]) -> None:
    """Unpack all of a pack, one snapshot in memory at a time. SnapshotDamagedError at the first that is not
    itself."""
    body = b""
    for place, frame in zip(places, _frames(places), strict=True):
        body = _unpacked(place, frame, body)
        _check_digest(place, body)


def _unpacked(place: Place, frame: bytes, base: bytes) -> bytes:
    try:
        return decode(frame, place.length, b"" if place.is_keyframe else base)
    except ValueError as fault:
        raise SnapshotDamagedError(f"snapshot {place.digest}: {fault}") from None


def _check_digest(place: Place, body: bytes) -> None:
    if digest(body) != place.digest:
        raise SnapshotDamagedError(f"snapshot {place.digest}: the stored bytes have another digest")
