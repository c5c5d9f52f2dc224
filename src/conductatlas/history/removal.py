"""What law forces out: words and bytes go for good, and a tombstone says in public that they did, and why.

    find      which captures hold the text, which of their bytes something else still rests on
    remove    one transaction: the tombstone, the words of the readings, the bytes of refused captures
    erase     the snapshots, by writing their packs anew; `archive.repack.finish` does it again if this is killed

Ids, dates, digests, lengths and the records of changes stay and keep answering. Withholding hides and can be
lifted; this cannot be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from conductatlas.accounts.models import User
from conductatlas.archive import ledger, packs, repack
from conductatlas.archive.models import (
    Capture,
    PackMember,
    RefusedBody,
    RemovedSnapshot,
    Snapshot,
    Tombstone,
)
from conductatlas.archive.reasons import OTHER_LANGUAGE
from conductatlas.catalogue.models import Document, Source
from conductatlas.errors import NotFoundError
from conductatlas.history import life
from conductatlas.history.forgetting import forgetting
from conductatlas.history.models import Reading, RemovedVersion, RenderedReading, Version
from conductatlas.reading.text.marks import Reading as TextReading
from conductatlas.writing import storage_faults, writing

# Ways from a snapshot to the captures whose bytes it holds: as they came, and as a browser rendered them.
WAYS = ("captures", "renderings__capture")

# Asked of every new text. Written out, since to have it made costs far more than it costs.
IS_REMOVED = """
    SELECT EXISTS (
        SELECT 1 FROM history_removedversion r JOIN history_version v ON v.id = r.version_id
        JOIN history_reading t ON t.version_id = v.id WHERE v.document_id = %s AND t.digest = %s
    ) OR EXISTS (
        SELECT 1 FROM archive_removedsnapshot r JOIN archive_snapshot s ON s.id = r.snapshot_id
        WHERE s.digest IN ({})
    )
"""


@dataclass(frozen=True, slots=True)
class Extent:
    """What a removal takes away, and what it has to leave.

    shared: digests of bytes that stay, since something that is not removed rests on them.
    twins: other versions, not removed, that have the same text as one of these.
    """

    document: Document
    versions: tuple[Version, ...]
    capture: Capture | None
    whole_document: bool
    snapshots: tuple[Snapshot, ...]
    refused: tuple[int, ...]  # keys of captures whose refused bytes go
    shared: tuple[str, ...]
    twins: tuple[Version, ...]


def extent_of_version(version: Version) -> Extent:
    """A version's text, and the bytes of every capture that held it: those of the checks from its own up to the next
    version, for a page may serve the same words in other bytes each time."""
    versions = Version.objects.filter(pk=version.pk, removed__isnull=True)
    return _extent(version.document, list(versions), _holding(version), refused=[])


def extent_of_document(document: Document) -> Extent:
    """All versions of a document, all bytes of its captures, also of the refused ones."""
    versions = Version.objects.filter(document=document, removed__isnull=True).order_by("pk")
    captures = Capture.objects.filter(check_row__document=document)
    refused = RefusedBody.objects.filter(capture__check_row__document=document)
    keys = refused.values_list("capture", flat=True)
    return _extent(document, list(versions), captures, keys, whole_document=True)


def extent_of_capture(capture: Capture) -> Extent:
    """One capture's bytes. NotFoundError if there are none, or a version was read from them."""
    document = capture.check_row.document
    own = Capture.objects.filter(pk=capture.pk)
    held = _snapshots_of(own)
    resting = Version.objects.filter(parts__snapshot__in=held, removed__isnull=True).first()
    if resting is not None:
        raise NotFoundError(
            f"{resting.public_id} was read from the bytes of this capture",
            remedy=f"Remove {resting.public_id}; its bytes go with it.",
        )
    refused = RefusedBody.objects.filter(capture=capture).values_list("capture", flat=True)
    found = _extent(document, [], own, refused, capture)
    if not (found.snapshots or found.refused or found.shared):
        raise NotFoundError("the archive keeps no bytes of this capture", remedy="Nothing has to be removed.")
    return found


def remove(extent: Extent, reason: str, ground: str, *, at: datetime, by: User | None) -> Tombstone:
    """Take the words away and put the tombstone in their place: one transaction. `erase` takes the bytes away.

    To be called with no transaction open. NotFoundError without a reason, or where nothing is left to remove.
    """
    if not reason.strip():
        raise NotFoundError("a text is removed for a stated reason only", remedy="Say why with --reason.")
    if not (extent.versions or extent.snapshots or extent.refused):
        raise NotFoundError("nothing of it is left to remove", remedy="Its page says when and why it went.")
    readings = Reading.objects.filter(version__in=extent.versions)
    with writing():
        stone = Tombstone.objects.create(
            document=extent.document,
            capture=extent.capture,
            reason=reason.strip()[:500],
            ground=ground.strip()[:200],
            whole_document=extent.whole_document,
            at=at,
            by=by,
        )
        RemovedVersion.objects.bulk_create(
            RemovedVersion(tombstone=stone, version=version) for version in extent.versions
        )
        RemovedSnapshot.objects.bulk_create(
            RemovedSnapshot(tombstone=stone, snapshot=snapshot) for snapshot in extent.snapshots
        )
        ledger.enter(stone)
        RenderedReading.objects.filter(reading__in=readings).delete()
        forgetting.send(Reading, readings=readings)
        readings.update(text="", marks="[]", title="")
        RefusedBody.objects.filter(capture__in=extent.refused).delete()
    return stone


def erase(extent: Extent) -> int:
    """Write the packs of removed snapshots anew without them, and delete the old objects; how many of those had to
    stay, since a backup is running that still needs them.

    SnapshotDamagedError, StoreUnavailableError: the words are gone, bytes are left; `repack` goes on.
    """
    held = PackMember.objects.filter(snapshot__in=extent.snapshots)
    for source in Source.objects.filter(pk__in=held.values("pack__source")):
        repack.repack(source)
    for snapshot in extent.snapshots:
        packs.recent.forget(snapshot.digest)
    left = repack.sweep()
    _forget_pages()
    return left


def is_removed(document: Document, text: TextReading, snapshots: Iterable[str]) -> bool:
    """Whether this text of the document, or any of the bytes with these digests, had to be removed."""
    digests = list(snapshots) or [""]
    with connection.cursor() as cursor:
        cursor.execute(
            IS_REMOVED.format(", ".join(["%s"] * len(digests))), [document.pk, text.digest, *digests]
        )
        return bool(cursor.fetchone()[0])


def _extent(
    document: Document,
    versions: Sequence[Version],
    captures: QuerySet[Capture],
    refused: Iterable[int],
    capture: Capture | None = None,
    whole_document: bool = False,
) -> Extent:
    taken = set(captures.values_list("pk", flat=True))
    held = list(_snapshots_of(captures))
    everywhere = Snapshot.objects.filter(pk__in=[row.pk for row in held])  # also where others hold them
    needed = {
        snapshot
        for way in WAYS
        for snapshot, other in everywhere.values_list("pk", way)
        if other is not None and other not in taken and not _is_covered(other)
    }
    digests = Reading.objects.filter(version__in=versions).values("digest")
    twins = Version.objects.filter(readings__digest__in=digests, removed__isnull=True)
    return Extent(
        document=document,
        versions=tuple(versions),
        capture=capture,
        whole_document=whole_document,
        snapshots=tuple(row for row in held if row.pk not in needed),
        refused=tuple(refused),
        shared=tuple(row.digest for row in held if row.pk in needed),
        twins=tuple(twins.exclude(pk__in=[version.pk for version in versions]).distinct().order_by("pk")),
    )


def _holding(version: Version) -> QuerySet[Capture]:
    """The captures of the checks that met this version's text, or a part of it."""
    own = Capture.objects.filter(check_row__document=version.document_id)
    if version.variant_id is None:
        checks = [check for check, met in life.met(version.document).items() if met == version.pk]
        return own.filter(check_row__in=checks).exclude(check_row__reason=OTHER_LANGUAGE)
    later = Version.objects.filter(variant=version.variant_id, check_row__gt=version.check_row_id)
    end = later.order_by("check_row").values_list("check_row", flat=True).first()
    held = own.filter(check_row__reason=OTHER_LANGUAGE, check_row__gte=version.check_row_id)
    return held.filter(check_row__lt=end) if end else held


def _snapshots_of(captures: QuerySet[Capture]) -> QuerySet[Snapshot]:
    """The snapshots that hold bytes of these captures and were not removed."""
    holding = Q()
    for way in WAYS:
        holding |= Q(**{f"{way}__in": captures})
    return Snapshot.objects.filter(holding, removed__isnull=True).distinct().order_by("pk")


def _is_covered(key: int) -> bool:
    """Whether what this capture was of has been removed: the version that stood at its check, or itself."""
    capture = Capture.objects.select_related("check_row__document").get(pk=key)
    if Tombstone.objects.filter(capture=capture).exists():
        return True
    check = capture.check_row
    met: int | None
    if check.reason == OTHER_LANGUAGE:
        versions = Version.objects.filter(
            document=check.document_id, variant__isnull=False, check_row__lte=check.pk
        )
        met = versions.order_by("-check_row").values_list("pk", flat=True).first()
    else:
        met = life.met(check.document).get(check.pk)
    return met is not None and RemovedVersion.objects.filter(version=met).exists()


def _forget_pages() -> None:
    """What the database's own files still hold of deleted rows: SQLite's log is emptied, PostgreSQL's dead rows are
    given up. What a disk keeps of freed blocks is for the disk."""
    if connection.in_atomic_block:
        return
    with storage_faults(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            for model in (Reading, RenderedReading, RefusedBody, PackMember):
                cursor.execute(f"VACUUM {model._meta.db_table}")
