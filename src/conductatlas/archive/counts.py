"""Counts of the archive: the only file that aggregates its tables (house rule 8)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, F, Window
from django.db.models.functions import Lag

from conductatlas.archive.models import Capture, Check, CheckOutcome
from conductatlas.archive.queries import READ, Gap
from conductatlas.catalogue.models import Viewer


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
