"""Reads for comparisons: one type of clause on some platforms, and two platforms beside each other.

All is of public documents as they stand, whoever asks; private documents are compared with nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from conductatlas.catalogue import queries as catalogue
from conductatlas.catalogue.queries import DocumentRecord, PlatformRecord
from conductatlas.history.models import Change
from conductatlas.history.states import PUBLISHED, with_state
from conductatlas.provisions import counts
from conductatlas.provisions.comparison import (
    Column,
    Comparison,
    FactCell,
    FactRow,
    Outcome,
    State,
    Touched,
    outcome_of,
)
from conductatlas.provisions.fact_queries import stated
from conductatlas.provisions.models import Finding, TouchedProvision
from conductatlas.provisions.queries import current, read_documents, records
from conductatlas.provisions.records import Stated
from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.taxonomy import ClauseType, taxonomy

FEWEST, MOST = 2, 6  # platforms side by side
CLAUSES = 3  # of one platform that are shown with their words
CHANGES = 5  # of one platform that are shown
LONGEST = 900  # characters of a quote


def compare(type_: str, platforms: Sequence[PlatformRecord], since: datetime) -> Comparison:
    """What platforms say of one type of clause, in the order in which they are named. since: from when on changes are
    told. KeyError for a type that is not in the taxonomy."""
    one = taxonomy()[type_]
    read, unread = coverage(platforms, one.kinds)
    rows = fact_rows(one, platforms, {platform.pk for platform in platforms if read[platform.pk]})
    stating = {said.finding.pk for row in rows for cell in row.cells for said in cell.stated}
    clauses = defaultdict(list, _clauses(type_, platforms, stating))
    shown = {
        finding.pk: finding
        for finding in records(
            None,
            Finding.objects.filter(pk__in=[pk for keys in clauses.values() for pk in keys[:CLAUSES]]),
            longest=LONGEST,
        )
    }
    changes = changes_of(type_, platforms, since)
    columns = tuple(
        Column(
            platform,
            tuple(shown[pk] for pk in clauses[platform.pk][:CLAUSES] if pk in shown),
            max(0, len(clauses[platform.pk]) - CLAUSES),
            tuple(changes[platform][:CHANGES]),
            read[platform.pk],
            unread[platform.pk],
        )
        for platform in platforms
    )
    return Comparison(
        one,
        columns,
        tuple(row for row in rows if row.outcome is not Outcome.NONE),
        tuple(row.title for row in rows if row.outcome is Outcome.NONE),
        counts.share(type_, tuple(sorted(one.kinds))),
        since,
    )


def coverage(
    platforms: Sequence[PlatformRecord], kinds: Iterable[str] = ()
) -> tuple[Mapping[int, tuple[DocumentRecord, ...]], Mapping[int, tuple[DocumentRecord, ...]]]:
    """Platform → its public documents of some kinds (none: of any) that could be read, and those that could not."""
    asked, keys = frozenset(kinds), read_documents(None)
    of = {platform.pk for platform in platforms}
    found: tuple[defaultdict[int, tuple[DocumentRecord, ...]], ...] = (defaultdict(tuple), defaultdict(tuple))
    for document in catalogue.documents_of(None, of):
        if document.retired_at is None and (not asked or document.kind in asked):
            found[document.pk not in keys][document.platform.pk] += (document,)
    return found[0], found[1]


def fact_rows(one: ClauseType, platforms: Sequence[PlatformRecord], read: set[int]) -> tuple[FactRow, ...]:
    """The facts of a type over platforms, in the order in which facts are looked for. read: platforms of which a
    document that may state them could be read."""
    titles = {name: known.title for (of, name), known in attributes().items() if of == one.name}
    said = stated([(one.name, name) for name in titles], [platform.pk for platform in platforms])
    rows = []
    for name, title in titles.items():
        cells = tuple(
            fact_cell(said.get((platform.pk, one.name, name), ()), is_read=platform.pk in read)
            for platform in platforms
        )
        outcome = outcome_of([(cell.state, cell.said) for cell in cells])
        rows.append(FactRow(name, title, cells, outcome))
    return tuple(rows)


def fact_cell(said: tuple[Stated, ...], *, is_read: bool) -> FactCell:
    """A cell; a value that is stated for everyone comes first, then by its words."""
    ordered = tuple(sorted(said, key=lambda one: (any(one.scope), one.scope, one.value)))
    if ordered:
        return FactCell(State.STATED, ordered)
    return FactCell(State.NOT_STATED if is_read else State.NOT_READ)


def _clauses(type_: str, platforms: Sequence[PlatformRecord], stating: set[int]) -> Mapping[int, list[int]]:
    """Platform → its findings of a type, each text once: those that state a fact of it first, then those that are
    called by it, the surest first; those that are also of it only where there are no others."""
    rows = (
        current(None)
        .filter(
            types__type=type_,
            provision__document__platform__in=[platform.pk for platform in platforms],
            provision__document__retired_at=None,
        )
        .order_by("types__position", "-types__confidence", "provision__document", "ordinal")
    )
    found: defaultdict[int, list[int]] = defaultdict(list)
    also: defaultdict[int, list[int]] = defaultdict(list)
    seen: set[tuple[int, str]] = set()
    ranked = sorted(
        rows.values_list("pk", "provision__document__platform", "digest", "types__position"),
        key=lambda row: row[0] not in stating,
    )
    for pk, platform, digest, position in ranked:
        if (platform, digest) not in seen:
            seen.add((platform, digest))
            (found if position == 0 or pk in stating else also)[platform].append(pk)
    return {platform: found[platform] or also[platform] for platform in found.keys() | also.keys()}


def changes_of(
    type_: str, platforms: Sequence[PlatformRecord], since: datetime
) -> Mapping[PlatformRecord, list[Touched]]:
    """Platform → the published changes since a moment that touched a clause of the type, the newest first."""
    of_type = Q(after__types__type=type_) | Q(before__types__type=type_)
    rows = (
        TouchedProvision.objects.filter(
            of_type,
            change__in=published_since(since),
            change__document__platform__in=[platform.pk for platform in platforms],
            change__document__owner=None,
        )
        .select_related("change__document", "before", "after")
        .order_by("-change__seen_at", "-change", "pk")
        .distinct()
    )
    found: dict[PlatformRecord, list[Touched]] = {platform: [] for platform in platforms}
    by_key = {platform.pk: platform for platform in platforms}
    for row in rows:
        finding: Any = row.after or row.before
        how = "new" if row.before is None else "gone" if row.after is None else "reworded"
        told = Touched(
            row.change.seen_at, row.change.slug, finding.title, how, row.change_id, row.provision_id
        )
        found[by_key[row.change.document.platform_id]].append(told)
    return found


def published_since(since: datetime) -> Any:
    """Keys of the published changes that were seen since a moment; for a subquery."""
    rows = with_state(Change.objects.filter(seen_at__gte=since)).filter(state__in=PUBLISHED)
    return rows.values("pk")
