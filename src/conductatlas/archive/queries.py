"""Reads of the archive: checks and captures, as plain values for pages, feeds and commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import zstandard
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext

from conductatlas.archive.models import (
    IMPORTED,
    Capture,
    CaptureOutcome,
    Check,
    CheckOutcome,
    RefusedBody,
    RemovedSnapshot,
    Snapshot,
    Tombstone,
)
from conductatlas.archive.reasons import in_words
from conductatlas.catalogue.models import Document, Viewer
from conductatlas.catalogue.queries import DocumentRecord

# A check that read the document, and so says which text stood there at that moment.
READ = (CheckOutcome.CHANGED, CheckOutcome.UNCHANGED)


@dataclass(frozen=True, slots=True)
class RenderingRecord:
    """How a browser rendered the page that a text was read from. connections: how many were asked for while it
    loaded; refused: how many of them were refused or failed. snapshot_digest: of the rendered page, "" if refused."""

    browser: str
    viewport: str
    connections: int
    refused: int
    snapshot_digest: str
    snapshot_length: int | None

    @classmethod
    def of(cls, row: Any) -> RenderingRecord:
        return cls(
            row.browser,
            row.viewport,
            len(row.requests),
            sum(line["verdict"] != "passed" for line in row.requests),
            row.snapshot.digest if row.snapshot else "",
            row.snapshot.length if row.snapshot else None,
        )


@dataclass(frozen=True, slots=True)
class CaptureRecord:
    """One request for one source. Digests are SHA-256 in hexadecimal, lengths are bytes; "" and None: not known.

    `detail` may quote a page that is no public record (a challenge prints the visitor's address): operators only.
    """

    pk: int
    source: int  # key
    source_url: str
    source_position: int
    outcome: str  # kept, same, refused, failed
    reason: str
    detail: str
    retry_at: datetime | None
    provenance: str  # observed, imported, manual
    claimed_by: str  # whoever it comes from: what its date rests on, if it was not observed here
    licence: str  # as they state it
    record_id: str  # its id over there
    file: str  # the file or repository it was taken from
    taken_in_at: datetime | None
    requested_url: str
    final_url: str
    hops: tuple[object, ...]
    status: int | None
    http_version: str
    headers: tuple[tuple[str, str], ...]
    peer_address: str
    tls: Mapping[str, object] | None
    started_at: datetime
    finished_at: datetime
    vantage: Mapping[str, object]
    clock_given: bool
    software: str
    robots_decision: str
    media_type: str
    encoding: str
    encoding_source: str
    wire_digest: str
    wire_length: int | None
    body_digest: str
    body_length: int | None
    snapshot_digest: str
    has_refused_body: bool
    is_erased: bool  # what may be personal had to go: addresses, headers, redirects
    rendering: RenderingRecord | None = None

    @classmethod
    def of(cls, row: Any) -> CaptureRecord:
        """`row` is a Capture that carries source, snapshot, origin and `has_refused_body` (see `_captures`)."""
        origin = getattr(row, "origin", None)
        return cls(
            pk=row.pk,
            source=row.source_id,
            source_url=row.source.url,
            source_position=row.source.position,
            outcome=row.outcome,
            reason=row.reason,
            detail=row.detail,
            retry_at=row.retry_at,
            provenance=row.provenance,
            claimed_by=row.claimed_by,
            licence=origin.licence if origin else "",
            record_id=origin.record_id if origin else "",
            file=origin.file if origin else "",
            taken_in_at=origin.taken_in_at if origin else None,
            requested_url=row.requested_url,
            final_url=row.final_url,
            hops=tuple(row.hops),
            status=row.status,
            http_version=row.http_version,
            headers=tuple((str(name), str(value)) for name, value in row.headers),
            peer_address=row.peer_address,
            tls=row.tls,
            started_at=row.started_at,
            finished_at=row.finished_at,
            vantage=row.vantage,
            clock_given=row.clock_given,
            software=row.software,
            robots_decision=row.robots_decision,
            media_type=row.media_type,
            encoding=row.encoding,
            encoding_source=row.encoding_source,
            wire_digest=row.wire_digest,
            wire_length=row.wire_length,
            body_digest=row.body_digest,
            body_length=row.body_length,
            snapshot_digest=row.snapshot.digest if row.snapshot else "",
            has_refused_body=row.has_refused_body,
            is_erased=row.salt == "",
            rendering=RenderingRecord.of(row.rendering) if getattr(row, "rendering", None) else None,
        )

    @property
    def reason_words(self) -> str:
        """Why it was refused or failed, as a sentence; "" for a good capture."""
        return why(self.reason, self.robots_decision)


def why(reason: str, robots_decision: str) -> str:
    """The sentence for a capture's reason. Of robots.txt it says which of the two it was: that it asks robots to stay
    away, with its line, or that it could not be read, which means the same (RFC 9309, 2.3.1.4)."""
    if reason != "robots" or not robots_decision:
        return in_words(reason)
    _, asks, rule = robots_decision.partition("disallowed by ")
    if asks:
        return gettext("The site's robots.txt asks robots to stay away from this page: %(rule)s.") % {
            "rule": rule.strip("'")
        }
    return gettext("The site's robots.txt could not be read, so its pages are left alone (%(decision)s).") % {
        "decision": robots_decision.removeprefix("disallowed: ")
    }


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """One attempt on a document, with a capture per source (in the sources' order)."""

    pk: int
    started_at: datetime
    finished_at: datetime
    outcome: str  # changed, unchanged, held, failed
    reason: str
    started_by: str
    clock_given: bool
    software: str
    captures: tuple[CaptureRecord, ...]

    @classmethod
    def of(cls, row: Check, captures: Iterable[CaptureRecord]) -> CheckRecord:
        return cls(
            row.pk,
            row.started_at,
            row.finished_at,
            row.outcome,
            row.reason,
            row.started_by,
            row.clock_given,
            row.software,
            tuple(captures),
        )

    @property
    def reason_words(self) -> str:
        """Why the document was not read, or what was special about it, as a sentence; "" where nothing was."""
        faulty = next((capture for capture in self.captures if capture.reason), None)
        return faulty.reason_words if faulty else in_words(self.reason)

    @property
    def vantage(self) -> Mapping[str, object]:
        """Where and how it was asked: language, network, client."""
        return self.captures[0].vantage if self.captures else {}

    @property
    def claimed_by(self) -> str:
        """On whose word its date rests, "" if it was made here."""
        return self.captures[0].claimed_by if self.captures else ""

    @property
    def by_hand(self) -> bool:
        """Whether a person saved what it took in."""
        return any(capture.provenance == "manual" for capture in self.captures)


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of time in which a document was not read: nobody here can say what stood there between."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Reads:
    """The checks that read a document: how many, and when the first and the last of them began."""

    number: int
    first: datetime
    last: datetime


def checks(
    viewer: Viewer,
    document: DocumentRecord,
    *,
    outcome: str = "",
    before: int | None = None,
    limit: int = 50,
) -> list[CheckRecord]:
    """The newest checks of a document with their captures; `before` is the key of a check that they precede."""
    found = Check.objects.filter(document=document.pk).visible_to(viewer)
    if outcome:
        found = found.filter(outcome=outcome)
    if before is not None:
        mark = found.filter(pk=before).values_list("started_at", flat=True).first()
        if mark is None:
            return []
        found = found.filter(Q(started_at__lt=mark) | Q(started_at=mark, pk__lt=before), started_at__lte=mark)
    rows = found.order_by("-started_at", "-pk").prefetch_related(Prefetch("captures", _captures()))[:limit]
    return [CheckRecord.of(row, map(CaptureRecord.of, row.captures.all())) for row in rows]


def reading_check_around(
    viewer: Viewer, document: DocumentRecord, moment: datetime
) -> tuple[CheckRecord | None, CheckRecord | None]:
    """The last check at or before `moment` that read the document, and the first one after it."""
    read = Check.objects.filter(document=document.pk, outcome__in=READ).visible_to(viewer)
    read = read.prefetch_related(Prefetch("captures", _captures()))
    before = read.filter(started_at__lte=moment).order_by("-started_at", "-pk").first()
    after = read.filter(started_at__gt=moment).order_by("started_at", "pk").first()
    return _check_record(before), _check_record(after)


def captures_of(keys: Iterable[int]) -> list[CaptureRecord]:
    """Captures by key, in the sources' order. For keys that were reached through a document one may see."""
    return [CaptureRecord.of(row) for row in _captures().filter(pk__in=keys)]


def askings_of(keys: Iterable[int]) -> dict[int, tuple[str, tuple[tuple[str, str], ...]]]:
    """Key of a capture → (who started its check, the headers of its request in the order sent)."""
    rows = Capture.objects.filter(pk__in=keys).values_list("pk", "check_row__started_by", "request_headers")
    return {key: (by, tuple((str(name), str(value)) for name, value in sent)) for key, by, sent in rows}


def first_check_at(viewer: Viewer) -> datetime | None:
    """When the first check was made here: what others captured before is not this archive's doing."""
    own = Check.objects.visible_to(viewer).exclude(started_by=IMPORTED)
    return own.order_by("started_at").values_list("started_at", flat=True).first()


def last_check_at(viewer: Viewer) -> datetime | None:
    """When the last check was made here."""
    own = Check.objects.visible_to(viewer).exclude(started_by=IMPORTED)
    return own.order_by("-started_at").values_list("started_at", flat=True).first()


def vantages_of(documents: Iterable[int]) -> list[Mapping[str, object]]:
    """Where and how the last checks of some documents (keys) asked, each once."""
    last = Check.objects.filter(document=OuterRef("pk")).order_by("-started_at", "-pk").values("pk")[:1]
    checks = Document.objects.filter(pk__in=list(documents)).order_by().values(last=Subquery(last))
    rows = Capture.objects.filter(check_row__in=checks).order_by("pk").values_list("vantage", flat=True)
    return list({repr(sorted(row.items())): row for row in rows}.values())


def read_moments(viewer: Viewer, document: DocumentRecord, since: datetime) -> list[datetime]:
    """When the document was read, oldest first, from `since` on."""
    return list(
        Check.objects.filter(document=document.pk, outcome__in=READ, started_at__gte=since)
        .visible_to(viewer)
        .order_by("started_at")
        .values_list("started_at", flat=True)
    )


def longest_gap(moments: Iterable[datetime], until: datetime) -> Gap | None:
    """The longest stretch between neighbouring moments, the last one ending at `until`; None without moments."""
    line = [*moments, until]
    if len(line) < 2:
        return None
    return max((Gap(start, end) for start, end in pairwise(line)), key=lambda gap: gap.length)


def snapshot_media_type(digest: str) -> str | None:
    """Media type of the snapshot with this digest ("" if not stated); None if there is none."""
    return Snapshot.objects.filter(digest=digest).values_list("media_type", flat=True).first()


def refused_bytes(capture_key: int) -> bytes | None:
    """The body of a refused or failed capture, unpacked; None if none is kept (any more). For operators."""
    packed = RefusedBody.objects.filter(capture=capture_key).values_list("data", flat=True).first()
    return None if packed is None else zstandard.ZstdDecompressor().decompressobj().decompress(bytes(packed))


def refused_until(capture_key: int) -> datetime | None:
    """Until when that body is kept; None if none is."""
    return RefusedBody.objects.filter(capture=capture_key).values_list("kept_until", flat=True).first()


def removed_snapshot(digest: str) -> Tombstone | None:
    """The tombstone in the place of the snapshot with this digest; None if it was not removed."""
    row = RemovedSnapshot.objects.filter(snapshot__digest=digest).select_related("tombstone").first()
    return row.tombstone if row else None


def removed_capture(capture_key: int) -> Tombstone | None:
    """The tombstone in the place of a capture's refused bytes; None if they were not removed."""
    capture = Capture.objects.filter(pk=capture_key).select_related("check_row").first()
    if capture is None or capture.outcome not in {CaptureOutcome.REFUSED, CaptureOutcome.FAILED}:
        return None
    whole = Q(whole_document=True, document=capture.check_row.document_id, at__gte=capture.finished_at)
    return Tombstone.objects.filter(Q(capture=capture) | whole).order_by("pk").first()


def _captures() -> QuerySet[Capture]:
    # The refused body itself may be megabytes: only whether there is one is asked.
    kept = RefusedBody.objects.filter(capture=OuterRef("pk"))
    return (
        Capture.objects.select_related("source", "snapshot", "origin", "rendering__snapshot")
        .defer("request_headers")
        .annotate(has_refused_body=Exists(kept))
        .order_by("source__position", "pk")
    )


def _check_record(row: Check | None) -> CheckRecord | None:
    return CheckRecord.of(row, map(CaptureRecord.of, row.captures.all())) if row else None
