"""Counts of the catalogue: the only file that aggregates its tables (house rule 8)."""

from __future__ import annotations

from django.db.models import Count

from conductatlas.catalogue.models import Document, Viewer


def platforms(viewer: Viewer) -> int:
    """Platforms of which the viewer may see a document."""
    counted = Document.objects.visible_to(viewer).aggregate(n=Count("platform", distinct=True))
    return int(counted["n"])


def documents(viewer: Viewer) -> int:
    """Documents that are watched: visible and not retired."""
    return Document.objects.visible_to(viewer).filter(retired_at=None).count()


def documents_by_platform(viewer: Viewer) -> dict[int, int]:
    """Platform → its documents that are watched; platforms without any are left out."""
    found = Document.objects.visible_to(viewer).filter(retired_at=None).order_by()
    return dict(found.values_list("platform").annotate(n=Count("pk")))
