"""Counts of the work to do: the only file that aggregates its tables (house rule 8)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q

from conductatlas.catalogue.models import Document, Viewer
from conductatlas.work.models import Due, Incident


def due(now: datetime) -> dict[str, int]:
    """Public documents by what they wait for: `scheduled`, `due` (now or past) and `held` (a worker has it)."""
    is_held = Q(lease_until__gt=now)
    public = Document.objects.visible_to(None).filter(retired_at=None)
    return Due.objects.filter(document__in=public.values("pk")).aggregate(
        scheduled=Count("pk", filter=Q(due_at__gt=now) & ~is_held),
        due=Count("pk", filter=Q(due_at__lte=now) & ~is_held),
        held=Count("pk", filter=is_held),
    )


def open_incidents(viewer: Viewer) -> int:
    """Documents that are watched and have an open incident."""
    return Incident.objects.visible_to(viewer).filter(resolved_at=None, document__retired_at=None).count()


def open_incidents_by_platform(viewer: Viewer) -> dict[int, int]:
    """Platform → its documents with an open incident; platforms without any are left out."""
    found = Incident.objects.visible_to(viewer).filter(resolved_at=None, document__retired_at=None).order_by()
    return dict(found.values_list("document__platform").annotate(n=Count("pk")))


def incidents(viewer: Viewer) -> int:
    """Incidents ever opened, resolved or not."""
    return Incident.objects.visible_to(viewer).count()
