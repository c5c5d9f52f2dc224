"""What became of a change, as the database can ask it: the state in its newest event."""

from __future__ import annotations

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from conductatlas.history.models import ChangeEvent, ChangeState

# States in which a change stands in lists, feeds and counts. What is withdrawn, superseded or revised only
# answers at its own address.
PUBLISHED = (ChangeState.CONFIRMED, ChangeState.CONTESTED, ChangeState.TWO_TEXTS, ChangeState.ANNOUNCED)
REPLACED = (ChangeState.SUPERSEDED, ChangeState.REVISED)  # another record tells the same better


def stays_with_a_person(known: str, state: str) -> bool:
    """Whether a change that awaits a person goes on doing so where the sightings would have it published: they do not
    hold what the second vantage was shown."""
    return known == ChangeState.REVIEW and state in {ChangeState.CONFIRMED, ChangeState.ALIKE}


def with_state(changes: QuerySet[Any]) -> QuerySet[Any]:
    """Changes annotated with `state` and `state_at`, since when it is so.

    Events are only ever appended, so the newest has the highest key, whatever its clock said.
    """
    newest = ChangeEvent.objects.filter(change=OuterRef("pk")).order_by("-pk")
    annotated: QuerySet[Any] = changes.annotate(
        state=Coalesce(Subquery(newest.values("state")[:1]), Value(ChangeState.CANDIDATE.value)),
        state_at=Coalesce(Subquery(newest.values("at")[:1]), F("seen_at")),
    )
    return annotated
