"""Counts of the archive: the only file that aggregates its tables (house rule 8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, F, Max, Min, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import Lag

from conductatlas.archive.models import Capture, Check, CheckOutcome
from conductatlas.archive.queries import READ, Gap, Reads
from conductatlas.catalogue.models import Document, Viewer


def checks(viewer: Viewer) -> int:
    """All attempts ever made on documents that the viewer may see."""
    return Check.objects.visible_to(viewer).count()


def checks_by_outcome(viewer: Viewer, since: datetime | None = None) -> dict[str, int]:
    """Checks that began at or after `since`, for every outcome (also those that did not occur)."""
    found = Check.objects.visible_to(viewer)
    if since is not None:
        found = found.filter(started_at__gte=since)
    counted = dict(found.order_by().values_list("outcome").annotate(n=Count("pk")))
    return {outcome: counted.get(outcome, 0) for outcome in CheckOutcome.values}


def captures_by_reason(viewer: Viewer, since: datetime | None = None) -> dict[tuple[str, str], int]:
    """(outcome, reason) → captures whose check began at or after `since`; reason is "" for good captures."""
    found = Capture.objects.visible_to(viewer)
    if since is not None:
        found = found.filter(check_row__started_at__gte=since)
    rows = found.order_by().values_list("outcome", "reason").annotate(n=Count("pk"))
    return {(outcome, reason): n for outcome, reason, n in rows}


def chosen(captures: QuerySet[Capture]) -> int:
    """How many captures a choice of them holds."""
    return captures.order_by().count()


def longest_closed_gap(viewer: Viewer, since: datetime) -> tuple[int, Gap] | None:
    """The longest time between two neighbouring checks that read a document, with the document's key.

    Only checks from `since` on are looked at, and only stretches that have ended.
    """
    before = Window(Lag("started_at"), partition_by=F("document"), order_by=F("started_at").asc())
    row = (
        Check.objects.visible_to(viewer)
        .filter(outcome__in=READ, started_at__gte=since)
        .annotate(before=before)
        .annotate(length=F("started_at") - F("before"))
        .filter(before__isnull=False)
        .order_by("-length")
        .values_list("document", "before", "started_at")
        .first()
    )
    return (row[0], Gap(row[1], row[2])) if row else None


def reads(documents: Sequence[int]) -> dict[int, Reads]:
    """Document → the checks that read it; documents that none has read are left out."""
    found = Check.objects.filter(document__in=documents, outcome__in=READ).order_by()
    rows = found.values_list("document").annotate(
        number=Count("pk"), first=Min("started_at"), last=Max("started_at")
    )
    return {document: Reads(number, first, last) for document, number, first, last in rows}


def longest_gaps(documents: Sequence[int]) -> dict[int, Gap]:
    """Document → the longest time between two neighbouring checks that read it, of all its record; documents that
    fewer than two have read are left out."""
    before = Window(Lag("started_at"), order_by=F("started_at").asc())
    stretches = Check.objects.filter(document=OuterRef("pk"), outcome__in=READ).annotate(before=before)
    longest = stretches.annotate(length=F("started_at") - F("before")).order_by(
        F("length").desc(nulls_last=True), "started_at"
    )
    rows = Document.objects.filter(pk__in=documents).order_by()
    found = rows.annotate(
        start=Subquery(longest.values("before")[:1]), end=Subquery(longest.values("started_at")[:1])
    )
    return {
        document: Gap(start, end) for document, start, end in found.values_list("pk", "start", "end") if start
    }
