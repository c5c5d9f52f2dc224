"""Counts of the work to do: the only file that aggregates its tables (house rule 8)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q

from conductatlas.work.models import Due


def due(now: datetime) -> dict[str, int]:
    """Public documents by what they wait for: `scheduled`, `due` (now or past) and `held` (a worker has it)."""
    is_held = Q(lease_until__gt=now)
    return Due.objects.filter(document__owner=None, document__retired_at=None).aggregate(
        scheduled=Count("pk", filter=Q(due_at__gt=now) & ~is_held),
        due=Count("pk", filter=Q(due_at__lte=now) & ~is_held),
        held=Count("pk", filter=is_held),
    )
