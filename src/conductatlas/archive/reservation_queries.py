"""Reads of what pages and robots.txt reserve, for operators: it is theirs to judge, and stops nothing by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from conductatlas.archive.models import Capture, Reservation
from conductatlas.catalogue.models import Document

ROBOTS = "robots.txt"


@dataclass(frozen=True, slots=True)
class ReservationRecord:
    """One thing that a page of a document, or its host's robots.txt, was seen to state.

    place: header, meta, text, robots.txt. kind: see reading.text.reservations; `robots` for robots.txt. at: when it was
    first seen to (robots.txt: at the last capture, which it forbade).
    """

    document: str  # platform/document
    document_key: int
    source_url: str
    place: str
    kind: str
    evidence: str
    capture: int
    at: datetime


def reservations(platform: str = "", document: int | None = None) -> list[ReservationRecord]:
    """What is reserved by documents that are watched, by document: of one platform (slug), of one document, or all."""
    documents = Document.objects.filter(retired_at=None)
    if platform:
        documents = documents.filter(platform__slug=platform)
    if document is not None:
        documents = documents.filter(pk=document)
    rows = Reservation.objects.filter(source__document__in=documents.values("pk"), source__retired_at=None)
    rows = rows.select_related("source__document__platform").order_by("pk")
    found = [
        ReservationRecord(
            row.source.document.path,
            row.source.document_id,
            row.source.url,
            row.place,
            row.kind,
            row.evidence,
            row.capture_id,
            row.at,
        )
        for row in rows
    ]
    newest = Capture.objects.filter(source=OuterRef("source")).order_by("-pk").values("pk")[:1]
    barred = Capture.objects.filter(
        source__document__in=documents.values("pk"),
        source__retired_at=None,
        reason="robots",
        pk=Subquery(newest),
    ).select_related("source__document__platform")
    found += [
        ReservationRecord(
            row.source.document.path,
            row.source.document_id,
            row.source.url,
            ROBOTS,
            "robots",
            row.robots_decision,
            row.pk,
            row.started_at,
        )
        for row in barred
    ]
    return sorted(found, key=lambda row: row.document)
