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
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from tempfile import SpooledTemporaryFile

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, Max, QuerySet

from conductatlas.archive.blobs import blobs
from conductatlas.archive.deltas import decode, encode
from conductatlas.archive.models import Pack, PackMember, Snapshot
from conductatlas.archive.recent import RecentBytes
from conductatlas.catalogue.models import Source
from conductatlas.clock import SystemClock
from conductatlas.errors import NotFoundError, RecordError, SnapshotDamagedError, StalePreparationError

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


def digest(body: bytes) -> str:
    """SHA-256, hexadecimal: the address of a snapshot."""
    return hashlib.sha256(body).hexdigest()


def prepare(source: Source, body: bytes, series: str = "") -> Prepared:
    """Compress `body` for the next place in the source's open pack of that series, unless it is kept already.

    To be called with no transaction open: reads a few rows, takes 1 to 3 ms of CPU for a usual page.
    """
    address = digest(body)
    if known := Snapshot.objects.filter(digest=address).first():
        return Prepared(address, len(body), known)
    members = PackMember.objects.filter(pack__source=source, pack__series=series, pack__key="").order_by(
        "-ordinal"
    )
    tail = members.values_list("pack_id", "ordinal", "offset", "length", "snapshot__digest").first()
    if tail is None:
        return Prepared(address, len(body), data=encode(body), series=series)
    pack_id, last, offset, length, before = tail
    base = b"" if (last + 1) % RUN == 0 else read_snapshot(before)
    data = encode(body, base)
    return Prepared(address, len(body), None, pack_id, last + 1, offset + length, data, series)


def store(prepared: Prepared, source: Source, at: datetime, media_type: str) -> Snapshot:
    """Write prepared bytes down in the caller's transaction; the snapshot that holds them.

    StalePreparationError, with nothing written, if another writer has meanwhile used the place. The same
    bytes from two sources at once are one snapshot: the second writer gets the first one's.
    """
    if prepared.known is not None:
        return prepared.known
    try:
        with transaction.atomic():
            snapshot, is_new = Snapshot.objects.get_or_create(
                digest=prepared.digest,
                defaults={"length": prepared.length, "media_type": media_type[:120], "first_kept_at": at},
            )
            if is_new:
                PackMember.objects.create(
                    pack=_pack_for(prepared, source, at),
                    snapshot=snapshot,
                    ordinal=prepared.ordinal,
                    offset=prepared.offset,
                    length=len(prepared.data),
                    data=prepared.data,
                )
    except IntegrityError:  # the place in the pack, or the right to open one, went to another writer
        raise StalePreparationError(STALE) from None
    return snapshot


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
    Killed on the way, it leaves an object nobody points to, and the next call writes it again under the same
    key. SnapshotDamagedError and StoreUnavailableError leave the pack open.
    """
    members = PackMember.objects.filter(pack=pack).order_by("ordinal")
    rows = _places(members)
    sum_of = hashlib.sha256()
    with SpooledTemporaryFile(max_size=SPOOL) as spool:
        for data in members.values_list("data", flat=True).iterator(chunk_size=1):
            if data is None:  # sealed by another writer while we looked
                return False
            spool.write(data)
            sum_of.update(data)
        size = spool.tell()
        spool.seek(0)
        key = f"packs/{sum_of.hexdigest()}.zpack"
        blobs().put(key, spool)
    _check_readable([replace(place, key=key) for place in rows])
    with transaction.atomic():
        still_open = Pack.objects.select_for_update().filter(pk=pack.pk, key="").first()
        if still_open is None or members.count() != len(rows):
            return False
        members.update(data=None)
        Pack.objects.filter(pk=pack.pk).update(
            key=key, digest=sum_of.hexdigest(), length=size, sealed_at=SystemClock().now()
        )
    return True


def read_snapshot(address: str) -> bytes:
    """The bytes whose SHA-256 is `address`, checked against it.

    NotFoundError if no snapshot has this address, SnapshotDamagedError if what lies there is something else,
    StoreUnavailableError if the place where it lies does not answer or the pack is missing there.
    """
    if (body := recent.get(address)) is not None:
        return body
    base, rest = _after_a_recent_one(_chain_to(address))
    for place, frame in zip(rest, _frames(rest), strict=True):
        base = _unpacked(place, frame, base)
    _check_digest(rest[-1], base)
    recent.put(address, base)
    return base


def _pack_for(prepared: Prepared, source: Source, at: datetime) -> Pack:
    """The pack `prepared` was made for, held against sealing until the transaction ends; or a new one."""
    if prepared.pack_id is None:
        return Pack.objects.create(source=source, series=prepared.series, opened_at=at)
    pack = Pack.objects.select_for_update().filter(pk=prepared.pack_id, key="").first()
    if pack is None:
        raise StalePreparationError(STALE)
    return pack


def _chain_to(address: str) -> list[Place]:
    """The snapshot's own place, last, after those its delta rests on, from the keyframe. One query, so one
    moment."""
    own = F("pack__members__ordinal")
    chain = PackMember.objects.filter(
        pack__members__snapshot__digest=address, ordinal__lte=own, ordinal__gte=own - own % RUN
    ).order_by("ordinal")
    places = _places(chain)
    if not places:
        raise NotFoundError(f"no snapshot has the digest {address}")
    return places


def _places(members: QuerySet[PackMember]) -> list[Place]:
    columns = ("pk", "snapshot__digest", "snapshot__length", "ordinal", "offset", "length", "pack__key")
    return [Place(*row) for row in members.values_list(*columns)]


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
    rows = members.values_list("data", "pack__key").iterator(chunk_size=1)
    for place, (data, key) in zip(places, rows, strict=True):
        yield bytes(data) if data is not None else blobs().get_range(key, place.offset, place.size)


def _check_readable(places: list[Place]) -> None:
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
