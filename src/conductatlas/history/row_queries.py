"""The rows behind versions and changes: what the ledger has leaves of, told without a word of any text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from conductatlas.archive.models import Capture, Erasure, Provenance, Tombstone
from conductatlas.archive.queries import CaptureRecord, captures_of
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.history.models import Reading, Sighting, VersionSource
from conductatlas.history.records import EventRecord
from conductatlas.ids import public_id

FOUND_AGAIN = 20  # captures that met a text again which are listed: the newest


@dataclass(frozen=True, slots=True)
class ReadingRecord:
    """A reading without its text. Digests are SHA-256, hexadecimal, "" where an early reading has none: of the text, of
    its normal form (what comparisons see), of where its links lead."""

    pk: int
    version: int
    reader_version: int
    read_at: datetime
    words: int
    digest: str
    normal_digest: str
    links_digest: str

    @property
    def version_id(self) -> str:
        return public_id("V", self.version)


@dataclass(frozen=True, slots=True)
class TombstoneRecord:
    """What had to go, when and why. snapshots: digests; versions: ids; erasures: how many rows let go of what may be
    personal."""

    pk: int
    at: datetime
    reason: str
    ground: str
    whole_document: bool
    snapshots: tuple[str, ...]
    versions: tuple[str, ...]
    erasures: int


@dataclass(frozen=True, slots=True)
class CaptureRows:
    """The captures that versions rest on. read: those their texts were read from, in the sources' order. again: those
    that met such a text again after another one, or were taken in with it; the newest. imports: keys of the rows that
    say whence captures come."""

    read: tuple[CaptureRecord, ...]
    again: tuple[CaptureRecord, ...]
    imports: tuple[int, ...]

    @property
    def keys(self) -> tuple[int, ...]:
        return tuple(one.pk for one in (*self.read, *self.again))


def captures_behind(versions: Sequence[int]) -> CaptureRows:
    """The captures behind versions that one may see. At most seven queries."""
    pages = list(VersionSource.objects.filter(version__in=versions).values_list("version", "capture"))
    read = [capture for _, capture in pages]
    if textual := set(versions) - {version for version, _ in pages}:  # only a text was taken in
        read += Capture.objects.filter(check_row__version__in=textual).values_list("pk", flat=True)
    again = Sighting.objects.current().filter(version__in=versions).order_by("-check_row__started_at", "-pk")
    checks = list(again.values_list("check_row", flat=True)[:FOUND_AGAIN])
    found = list(Capture.objects.filter(check_row__in=checks).values_list("pk", flat=True)) if checks else []
    keys = {*read, *found}
    records = {record.pk: record for record in captures_of(keys)}
    return CaptureRows(
        read=tuple(record for key, record in records.items() if key in read),
        again=tuple(
            sorted(
                (record for key, record in records.items() if key not in read),
                key=lambda record: record.started_at,
                reverse=True,
            )
        ),
        imports=tuple(Provenance.objects.filter(capture__in=keys).values_list("pk", flat=True)),
    )


def readings_of(versions: Iterable[int]) -> list[ReadingRecord]:
    """Every reading of versions that one may see, in the order in which they were made."""
    rows = Reading.objects.filter(version__in=list(versions)).defer("text", "marks").order_by("read_at", "pk")
    return [
        ReadingRecord(
            row.pk,
            row.version_id,
            row.reader_version,
            row.read_at,
            row.words,
            row.digest,
            row.normal_digest or "",
            row.links_digest or "",
        )
        for row in rows
    ]


def tombstones_of(
    document: DocumentRecord,
    versions: Sequence[int],
    captures: CaptureRows,
    events: Sequence[EventRecord] = (),
) -> list[TombstoneRecord]:
    """What of these versions, captures and events had to go, oldest first."""
    records = (*captures.read, *captures.again)
    digests = {record.snapshot_digest for record in records} - {""}
    erased = Erasure.objects.filter(
        Q(kind="capture", subject__in=[record.pk for record in records if record.is_erased])
        | Q(kind="change event", subject__in=[event.pk for event in events if event.is_erased])
    )
    touching = (
        Q(versions__version__in=versions)
        | Q(snapshots__snapshot__digest__in=digests)
        | Q(capture__in=captures.keys)
        | Q(pk__in=erased.values("tombstone"))
    )
    rows = Tombstone.objects.filter(touching, document=document.pk).distinct().order_by("pk")
    return [
        TombstoneRecord(
            row.pk,
            row.at,
            row.reason,
            row.ground,
            row.whole_document,
            tuple(sorted(part.snapshot.digest for part in row.snapshots.all())),
            tuple(sorted(public_id("V", part.version_id) for part in row.versions.all())),
            len(row.erasures.all()),
        )
        for row in rows.prefetch_related("snapshots__snapshot", "versions", "erasures")
    ]
