"""Counts of the provisions: the only file that aggregates its tables (house rule 8).

Of platforms those are counted whose documents could be read; private documents are in no count that others see.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import Count, Sum

from conductatlas.catalogue.models import Viewer
from conductatlas.provisions import asking, queries
from conductatlas.provisions.models import Analysis, CurrentExtraction
from conductatlas.provisions.records import Distribution, ProvisionFilter, Share
from conductatlas.provisions.values import fact_in_words
from conductatlas.reading.clauses.fact_rules import attributes


def provisions(viewer: Viewer, asked: ProvisionFilter) -> int:
    """The provisions that a reader asks for."""
    return queries.chosen(viewer, asked).order_by().values("provision").distinct().count()


def by(viewer: Viewer, asked: ProvisionFilter, field: str) -> dict[str, int]:
    """The provisions that a reader asks for, by their first `type` or by `severity`, the most frequent first."""
    rows = queries.chosen(viewer, asked).order_by().values_list(field)
    found = dict(rows.annotate(n=Count("provision", distinct=True)))
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0] or "")))


def share(type_: str, kinds: tuple[str, ...] = ()) -> Share:
    """On how many platforms a document says something of a type, of those whose documents of these kinds (none: of
    any kind) could be read."""
    read = CurrentExtraction.objects.visible_to(None)
    having = queries.current(None).filter(types__type=type_)
    if kinds:
        read = read.filter(document__kind__in=kinds)
        having = having.filter(provision__document__kind__in=kinds)
    return Share(
        number=_platforms(having, "provision__document__platform"),
        of=_platforms(read, "document__platform"),
        kinds=kinds,
    )


def _platforms(rows: Any, field: str) -> int:
    return int(rows.aggregate(n=Count(field, distinct=True))["n"])


def platforms_read() -> int:
    """Platforms of which a public document could be read."""
    return _platforms(CurrentExtraction.objects.visible_to(None), "document__platform")


def shares() -> dict[str, Share]:
    """Type → on how many platforms a document says something of it, of those of which any document could be read."""
    of = platforms_read()
    rows = queries.current(None).order_by().values_list("types__type")
    counted = rows.annotate(n=Count("provision__document__platform", distinct=True))
    return {name: Share(number, of) for name, number in counted}


def provisions_by_type(viewer: Viewer) -> dict[str, int]:
    """Type → provisions that have it among their types."""
    rows = queries.current(viewer).order_by().values_list("types__type")
    return dict(rows.annotate(n=Count("provision", distinct=True)))


def clauses_by_type(platform: int) -> dict[str, dict[str, int]]:
    """Type → kind of document → provisions of a platform's public documents that have it among their types."""
    own = queries.current(None).filter(
        provision__document__platform=platform, provision__document__retired_at=None
    )
    rows = own.order_by().values_list("types__type", "provision__document__kind")
    found: dict[str, dict[str, int]] = {}
    for name, kind, number in rows.annotate(n=Count("provision", distinct=True)):
        found.setdefault(name, {})[kind] = number
    return found


def distributions(viewer: Viewer, type_: str, least: int = 1) -> list[Distribution]:
    """Of each fact of a type its values, each counted once a platform: numbers in their order, others the most
    frequent first. Facts in the order in which they are looked for; those that fewer platforms state are left out."""
    stated_by = queries.facts_of_type(viewer, type_)
    order = [name for of, name in attributes() if of == type_]
    found = []
    for name in sorted(
        stated_by, key=lambda name: (order.index(name) if name in order else len(order), name)
    ):
        said = {(platform, fact_in_words(type_, name, value)) for platform, value in stated_by[name]}
        numbers = {fact_in_words(type_, name, value): value for _, value in stated_by[name]}
        values = Counter(value for _, value in said)
        platforms = len({platform for platform, _ in said})
        if platforms >= least:
            ordered = sorted(values.items(), key=lambda item: (_number(numbers[item[0]]), -item[1], item[0]))
            found.append(Distribution(type_, name, tuple(ordered), platforms))
    return found


def tokens_since(moment: datetime) -> int:
    """Tokens that language models read and wrote since a moment, for whatever came of it."""
    found = Analysis.objects.filter(at__gte=moment).aggregate(read=Sum("tokens_in"), wrote=Sum("tokens_out"))
    return int(found["read"] or 0) + int(found["wrote"] or 0)


def _number(value: Any) -> float:
    """Where a value stands among numbers; all others in one place."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def answers(viewer: Viewer) -> tuple[dict[str, int], int]:
    """Question → platforms that state an answer to it; and how many platforms were asked."""
    cells = asking.all_answers(viewer)
    stated = Counter(cell.key for cell in cells if cell.value is not None)
    return dict(stated), len({cell.platform.pk for cell in cells})
