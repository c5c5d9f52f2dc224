"""Counts of the history: the only file that aggregates its tables (house rule 8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from conductatlas.archive import counts as archive
from conductatlas.archive.queries import Gap
from conductatlas.catalogue.models import Viewer
from conductatlas.history import circulation
from conductatlas.history.change_queries import matching
from conductatlas.history.circulation import CirculatingText
from conductatlas.history.drift import Cell, DocumentDrift, Drift, Tally, by_month
from conductatlas.history.models import Change, ChangeKind, Version
from conductatlas.history.records import ChangeFilter, ChangeRecord, Coverage, DocumentLine, Earlier
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


def tally(viewer: Viewer, asked: ChangeFilter) -> Tally:
    """The published changes that a reader asks for, by kind, severity and direction."""
    return Tally.of(_cells(_published(viewer).filter(matching(asked))))


def earlier(viewer: Viewer, change: ChangeRecord) -> Earlier:
    """How many published changes of the same document, and of the same platform, were seen before this one."""
    mark = Q(seen_at__lt=change.seen_at) | Q(seen_at=change.seen_at, pk__lt=change.pk)
    own = Q(document=change.document.pk)
    found = _published(viewer).filter(mark, document__platform=change.document.platform.pk)
    counted = found.aggregate(
        of_document=Count("pk", filter=own),
        substantive=Count("pk", filter=own & Q(kind=ChangeKind.SUBSTANTIVE)),
        of_platform=Count("pk"),
    )
    return Earlier(**counted)


def drift(
    viewer: Viewer,
    lines: Sequence[DocumentLine],
    since: datetime,
    now: datetime,
    only: str = "",
) -> Drift:
    """What changed in the documents of a platform, all of which `lines` holds.

    only: a kind of change, "" for all. since: from when on texts count as in circulation. now: the end of a stretch
    without captures that goes on.
    """
    keys = [line.document.pk for line in lines]
    own = Change.objects.visible_to(viewer).filter(document__in=keys)
    every = _cells(with_state(own).filter(state__in=PUBLISHED))
    cells = [cell for cell in every if not only or cell.kind == only]
    changes: Counter[int] = Counter()
    for cell in cells:
        changes[cell.document] += cell.number
    reads, gaps, numbers = archive.reads(keys), archive.longest_gaps(keys), versions_of(keys)
    texts = texts_in_circulation(keys, since)
    documents = []
    for line in lines:
        key, last = line.document.pk, line.state.confirmed_at
        closed = gaps.get(key)
        since_then = Gap(last, now) if last and not line.document.retired_at else None
        gap = max(filter(None, (closed, since_then)), key=lambda found: found.length, default=None)
        documents.append(
            DocumentDrift(
                document=key,
                changes=changes[key],
                versions=numbers.get(key, 0),
                reads=reads.get(key),
                gap=gap,
                is_open=gap is not None and gap is since_then,
                texts=texts.get(key, 0),
            )
        )
    found = Drift(
        tally=Tally.of(cells),
        everything=sum(cell.number for cell in every),
        months=(),
        documents=tuple(documents),
        beside=_by_state(own.order_by(), leave_out=PUBLISHED),
    )
    return replace(found, months=by_month(cells, found.window))


def circulating(document: int, since: datetime) -> tuple[CirculatingText, ...]:
    """The texts of a document (key) that its checks from `since` on found in turn, the one met last first; nothing
    where it is always the same, or one followed the other."""
    found = circulation.found_since([document], since)[document]
    texts = circulation.digests({one.version for one in found})
    groups = circulation.in_circulation(found, texts)
    if len(groups) < 2:
        return ()
    own = {row.pk: row for row in Version.objects.filter(document=document, variant=None)}
    texts = circulation.digests(set(own))
    newest = [own[met[-1].version] for met in groups]
    ordinals = places(newest)
    of = sum(len(met) for met in groups)
    return tuple(
        CirculatingText(
            version=version.pk,
            ordinal=ordinals[version.pk][0],
            first_at=min(row.at for row in own.values() if texts[row.pk] == texts[version.pk]),
            last_at=met[-1].at,
            captures=len(met),
            of=of,
            vantages=circulation.vantages([one.check for one in met]),
        )
        for version, met in zip(newest, groups, strict=True)
    )


def texts_in_circulation(documents: Sequence[int], since: datetime) -> dict[int, int]:
    """Document → how many texts its checks from `since` on found in turn; 1 where it is always the same or one
    followed the other, 0 where none read it."""
    found = circulation.found_since(documents, since)
    texts = circulation.digests({one.version for met in found.values() for one in met})
    return {document: len(circulation.in_circulation(met, texts)) for document, met in found.items()}


def _published(viewer: Viewer) -> QuerySet[Any]:
    return with_state(Change.objects.visible_to(viewer)).filter(state__in=PUBLISHED)


def _cells(changes: QuerySet[Any]) -> list[Cell]:
    rows = changes.order_by().annotate(month=TruncMonth("seen_at", tzinfo=UTC))
    cells = rows.values_list("document", "kind", "severity", "direction", "month").annotate(
        number=Count("pk")
    )
    return [
        Cell(document, kind, severity, direction, month.date(), number)
        for document, kind, severity, direction, month, number in cells
    ]


def _by_state(changes: QuerySet[Any], leave_out: Sequence[str]) -> dict[str, int]:
    rows = with_state(changes).exclude(state__in=leave_out).values_list("state")
    return dict(rows.annotate(n=Count("pk")).order_by("state"))
