"""Counts of the history: the only file that aggregates its tables (house rule 8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import Count, Q

from conductatlas.catalogue.models import Viewer
from conductatlas.history.models import Change, Version
from conductatlas.history.records import Coverage
from conductatlas.history.states import PUBLISHED, with_state


def versions(viewer: Viewer) -> int:
    """Versions of documents that the viewer may see, texts in other languages not counted."""
    return Version.objects.visible_to(viewer).filter(variant=None).count()


def published_changes(viewer: Viewer) -> int:
    """Changes that stand: confirmed, also those under review."""
    return with_state(Change.objects.visible_to(viewer)).filter(state__in=PUBLISHED).count()


def changes_by_state(viewer: Viewer) -> dict[str, int]:
    """State → changes that are in it."""
    rows = with_state(Change.objects.visible_to(viewer)).order_by().values_list("state")
    return dict(rows.annotate(n=Count("pk")))


def versions_of(documents: Iterable[int]) -> dict[int, int]:
    """Document → its versions, texts in other languages not counted; documents without any are left out."""
    found = Version.objects.filter(document__in=documents, variant=None).order_by()
    return dict(found.values_list("document").annotate(n=Count("pk")))


def places(versions: Sequence[Version]) -> dict[int, tuple[int, int]]:
    """Version → (place, number) among those of its document or variant: "version 3 of 5". They share that one."""
    found = Version.objects.filter(document=versions[0].document_id, variant=versions[0].variant_id)
    counted = found.aggregate(
        number=Count("pk"),
        **{
            f"place_{row.pk}": Count("pk", filter=Q(at__lt=row.at) | Q(at=row.at, pk__lte=row.pk))
            for row in versions
        },
    )
    return {row.pk: (counted[f"place_{row.pk}"], counted["number"]) for row in versions}


def coverage(state_names: Iterable[str]) -> Coverage:
    """Documents by the names of their states."""
    names = Counter(state_names)
    parts = {
        "read": names["current"],
        "stale": names["stale"] + names["other_language"],
        "never": names["never"],
        "withheld": names["withheld"] + names["removed"],
    }
    return Coverage(documents=sum(parts.values()), retired=names["retired"], **parts)
