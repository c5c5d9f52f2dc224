"""The ledger: a log of all that the archive states, which can grow and never change.

    enter    in the transaction that writes a row: the hash of its leaf, without a place yet
    number   one holder of the pen gives places in batches, and keeps the tree's hashes
    seal     signs the head: from then on everything before it can be proven by anyone who holds that checkpoint

Killed between any two of them, the next run goes on where the rows say. Two writers cannot both go on from one
size: the pen is a lease, each batch moves the size from what it was read to be, and a place is a primary key.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from django.db import models
from django.db.models import Q

from conductatlas.archive import ledger_keys, merkle, tiles
from conductatlas.archive.blobs import blobs
from conductatlas.archive.checkpoint import Head, Note
from conductatlas.archive.leaves import KINDS, hash_of, kind_of
from conductatlas.archive.ledger_models import Checkpoint, Leaf, Ledger, PendingLeaf, Tile
from conductatlas.clock import Clock
from conductatlas.errors import LeaseLostError, LedgerRolledBackError, StoreUnavailableError
from conductatlas.writing import forced_to_disk, writing

Extensions = Callable[[datetime], tuple[str, ...]]

BATCH = 2_000  # leaves numbered in one transaction
LEASE = timedelta(minutes=2)
COPY = "ledger/checkpoint"  # the newest checkpoint lies beside the packs too: a database set back is noticed


def nothing(_at: datetime) -> tuple[str, ...]:
    """A checkpoint of three lines."""
    return ()


def enter(*rows: models.Model) -> None:
    """Write the leaves of rows that were just written, in the same transaction."""
    PendingLeaf.objects.bulk_create(
        PendingLeaf(kind=kind_of(row).name, subject=row.pk, hash=hash_of(row)) for row in rows
    )


def seal(
    holder: str,
    clock: Clock,
    *,
    extensions: Extensions = nothing,
    progress: Callable[[int], None] = lambda _: None,
) -> Checkpoint | None:
    """Number what waits and sign the head, if there is anything new to sign; None if not, or another holds the pen.

    extensions: further lines of the checkpoint, asked for just before it is signed. progress: called with the number
    of leaves of each batch.

    LedgerRolledBackError: the database is older than a checkpoint that was given out. CheckpointError: the key is
    not there. StoreUnavailableError: what is numbered stays numbered. LeaseLostError: someone else goes on.
    """
    if not _is_news():
        _put_copy_back()
        return None
    if not _take_pen(holder):
        return None
    try:
        keys = ledger_keys.ready(clock)
        _refuse_rollback(keys)
        while count := _number(holder):
            progress(count)
        return _sign(holder, keys, clock, extensions)
    finally:
        _lay_down(holder)


def pending() -> int:
    """How many leaves wait for a place."""
    return PendingLeaf.objects.count()


def stored_copy() -> Note | None:
    """The checkpoint that lies beside the packs; None before the first."""
    found = blobs().get(COPY)
    return None if found is None else Note.parse(found.decode())


def tile(level: int, number: int) -> bytes:
    """The hashes of a tile, as many as there are. StoreUnavailableError where it is missing: it can be made again."""
    row = Tile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
    if row is None:
        raise StoreUnavailableError(
            f"tile {level}/{number} of the ledger is missing",
            remedy="`conductatlas verify --archive` says whether leaves are missing too.",
        )
    return bytes(row)


def _take_pen(holder: str) -> bool:
    now = datetime.now(UTC)
    with writing():
        Ledger.objects.get_or_create(pk=Ledger.ONLY)
        free = Q(holder="") | Q(holder=holder) | Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * LEASE)
        taken = Ledger.objects.filter(free, pk=Ledger.ONLY).update(holder=holder, lease_until=now + LEASE)
    return bool(taken)


def _lay_down(holder: str) -> None:
    with writing():
        Ledger.objects.filter(pk=Ledger.ONLY, holder=holder).update(holder="", lease_until=None)


def _number(holder: str) -> int:
    """Give places to one batch of leaves; how many."""
    waiting = list(PendingLeaf.objects.order_by("pk")[:BATCH])
    if not waiting:
        return 0
    hashes = _hashes(waiting)
    with writing():
        size = _size()
        held = Ledger.objects.filter(pk=Ledger.ONLY, holder=holder, size=size).update(
            size=size + len(waiting), lease_until=datetime.now(UTC) + LEASE
        )
        if not held:
            raise LeaseLostError("another process numbers the ledger's leaves")
        Leaf.objects.bulk_create(
            Leaf(index=size + n, kind=leaf.kind, subject=leaf.subject, hash=one)
            for n, (leaf, one) in enumerate(zip(waiting, hashes, strict=True))
        )
        _grow(size, hashes)
        deleted, _ = PendingLeaf.objects.filter(pk__in=[leaf.pk for leaf in waiting]).delete()
        if deleted != len(waiting):
            raise LeaseLostError("another process numbers the ledger's leaves")
    return len(waiting)


def _hashes(waiting: Iterable[PendingLeaf]) -> list[bytes]:
    """The hashes of leaves; of rows older than the ledger they are made now."""
    older: dict[str, list[int]] = {}
    for leaf in waiting:
        if leaf.hash is None:
            older.setdefault(leaf.kind, []).append(leaf.subject)
    rows = {kind: KINDS[kind].rows(keys) for kind, keys in older.items()}
    return [
        bytes(leaf.hash) if leaf.hash is not None else hash_of(rows[leaf.kind][leaf.subject])
        for leaf in waiting
    ]


def _grow(size: int, hashes: list[bytes]) -> None:
    open_tiles = tiles.unfinished(size)
    found = Q(pk__in=[])
    for level, number in open_tiles:
        found |= Q(level=level, number=number)
    before = {(row.level, row.number): row for row in Tile.objects.filter(found)}
    grown = {place: bytes(row.hashes) for place, row in before.items()}
    missing = [place for place in open_tiles if len(grown.get(place, b"")) != _bytes_at(size, place)]
    if missing:
        raise StoreUnavailableError(
            f"tiles of the ledger are missing or short: {missing}",
            remedy="Run `conductatlas verify --archive`; the tiles can be made again of the leaves.",
        )
    tiles.grow(grown, size, hashes)
    fresh = []
    for (level, number), content in grown.items():
        if row := before.get((level, number)):
            row.hashes = content
            row.save(update_fields=["hashes"])
        else:
            fresh.append(Tile(level=level, number=number, hashes=content))
    Tile.objects.bulk_create(fresh)


def _bytes_at(size: int, place: tiles.Place) -> int:
    return tiles.width_at(size, *place) * merkle.HASH_SIZE


def _refuse_rollback(keys: ledger_keys.Keys) -> None:
    copy = stored_copy()
    size = _size()
    if copy is not None and copy.head.origin == keys.row.origin and copy.head.size > size + pending():
        raise LedgerRolledBackError(
            f"a checkpoint over {copy.head.size} leaves was given out, and the database has {size}"
        )


def _sign(holder: str, keys: ledger_keys.Keys, clock: Clock, extensions: Extensions) -> Checkpoint | None:
    size = _size()
    last = Checkpoint.objects.select_related("key").order_by("-size").first()
    if last is not None and last.size == size:
        return None
    at = clock.now()
    head = Head(keys.row.origin, size, merkle.root(size, tiles.nodes(tile)), extensions(at))
    note = Note(head, tuple(signer.sign(head.text) for signer in keys.signing(last)))
    with forced_to_disk(), writing():
        if not Ledger.objects.filter(pk=Ledger.ONLY, holder=holder, size=size).exists():
            raise LeaseLostError("another process signs the ledger's head")
        row = Checkpoint.objects.create(key=keys.row, size=size, root=head.root.hex(), note=str(note), at=at)
    _put_copy(row.note)
    return row


def _is_news() -> bool:
    """Whether there is something to number or to sign."""
    signed = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
    return PendingLeaf.objects.exists() or _size() > signed


def _put_copy_back() -> None:
    """The newest checkpoint beside the packs, where it is not: a process was killed in between, or it was lost."""
    last, copy = Checkpoint.objects.order_by("-size").first(), stored_copy()
    if last is not None and (copy is None or copy.head.size < last.size):
        _put_copy(last.note)


def _size() -> int:
    return Ledger.objects.filter(pk=Ledger.ONLY).values_list("size", flat=True).first() or 0


def _put_copy(note: str) -> None:
    blobs().put(COPY, io.BytesIO(note.encode()))
