"""Verbs of the catalogue: bring its rows to what is declared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction

from conductatlas.catalogue.declaration_file import (
    DeclaredDocument,
    DeclaredPast,
    DeclaredPlatform,
    DeclaredSource,
)
from conductatlas.catalogue.declarations import Catalogue
from conductatlas.catalogue.models import Document, Platform, Source
from conductatlas.reading.text.filters import to_row

SourcesOf = Mapping[int, list[Source]]
"""The sources of documents, by the documents' keys."""


@dataclass(slots=True)
class LoadReport:
    """What loading did, as paths `platform/document`. All lists empty: nothing was written.

    changed: another title, kind, …, other sources or another history. blocked: an organisation's own document has
    that path, so the declared one has no place.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    platforms_written: list[str] = field(default_factory=list)


def load(catalogue: Catalogue, *, now: datetime) -> LoadReport:
    """Make rows as declared, in one transaction. Done twice it writes nothing the second time.

    Nothing is ever deleted: a document no longer declared is retired, and back in use if it returns; a source
    whose address, selectors or filters change is retired, since captures cite it, and a new one takes its place.
    What is declared as history becomes sources that were retired then. Documents of an organisation are not
    touched, nor those of a platform whose file is at fault.
    """
    report = LoadReport()
    with transaction.atomic():
        platforms = {row.slug: row for row in Platform.objects.all()}
        documents: dict[int, dict[str, Document]] = defaultdict(dict)
        for document in Document.objects.select_related("platform"):
            documents[document.platform_id][document.slug] = document
        sources = _by_document(Source.objects.filter(retired_at=None))
        past = _by_document(Source.objects.filter(is_past=True))
        for declared in catalogue.platforms:
            platform = _platform(declared, platforms.get(declared.slug), report)
            rows = documents[platform.pk]
            for wanted in declared.documents:
                _document(platform, wanted, rows.get(wanted.slug), sources, past, now, report)
            _retire(rows, {wanted.slug for wanted in declared.documents}, now, report)
        for slug, platform in platforms.items():
            if catalogue.has_dropped(slug):
                _retire(documents[platform.pk], set(), now, report)
    return report


def _by_document(rows: models.QuerySet[Source]) -> SourcesOf:
    found: dict[int, list[Source]] = defaultdict(list)
    for source in rows.order_by("position", "pk"):
        found[source.document_id].append(source)
    return found


def _platform(declared: DeclaredPlatform, row: Platform | None, report: LoadReport) -> Platform:
    row = row or Platform(slug=declared.slug)
    wanted: dict[str, object] = {
        "name": declared.name,
        "category": declared.category,
        "website": declared.website,
        "is_publish_text_declared": declared.publish_text is not None,
    }
    if declared.publish_text is not None:  # else it stays as an operator set it
        wanted["publish_text"] = declared.publish_text
    if _bring_to(row, wanted):
        report.platforms_written.append(row.slug)
    return row


def _document(
    platform: Platform,
    declared: DeclaredDocument,
    row: Document | None,
    sources: SourcesOf,
    past: SourcesOf,
    now: datetime,
    report: LoadReport,
) -> None:
    is_new = row is None
    row = row or Document(platform=platform, slug=declared.slug)
    if row.owner_id is not None:
        report.blocked.append(row.path)
        return
    was_retired = row.retired_at is not None
    wanted = {
        "kind": declared.kind,
        "title": declared.title,
        "language": declared.language,
        "region": declared.region,
        "audience": declared.audience,
        "cadence": declared.cadence,
        "verified": declared.verified,
        "retired_at": None,
    }
    is_changed = _bring_to(row, wanted)
    is_changed |= _bring_sources(row, declared.sources, [] if is_new else sources.get(row.pk, []), now)
    is_changed |= _bring_past(row, declared.history, [] if is_new else past.get(row.pk, []))
    if is_new:
        report.added.append(row.path)
    elif was_retired:
        report.restored.append(row.path)
    elif is_changed:
        report.changed.append(row.path)


def _bring_sources(
    document: Document, declared: tuple[DeclaredSource, ...], live: list[Source], now: datetime
) -> bool:
    """Retire what is declared no more, add what is new; whether anything was written."""
    wanted = _rows(declared)
    gone = [source for source in live if source.declared not in wanted]
    standing = [source.declared for source in live]
    new = [values for values in wanted if values not in standing]
    for source in gone:
        _bring_to(source, {"retired_at": now})
    for values in new:
        Source.objects.create(document=document, declared_at=now if live else None, **values)
    return bool(gone or new)


def _bring_past(document: Document, history: tuple[DeclaredPast, ...], rows: list[Source]) -> bool:
    """Add past sources that are declared, each with the span in which it stood; whether anything was written.

    Captures may cite one that is declared no more: it stays, with an empty span.
    """
    is_changed = False
    unclaimed = list(rows)
    since = None
    for past in history:
        for values in _rows(past.sources):
            row = next(
                (r for r in unclaimed if r.retired_at == past.valid_until and r.declared == values), None
            )
            if row is not None:
                unclaimed.remove(row)
            row = row or Source(document=document, is_past=True, retired_at=past.valid_until, **values)
            is_changed |= _bring_to(row, {"declared_at": since})
        since = past.valid_until
    for row in unclaimed:
        is_changed |= _bring_to(row, {"declared_at": row.retired_at})
    return is_changed


def _rows(declared: tuple[DeclaredSource, ...]) -> list[dict[str, Any]]:
    """What the rows of these sources hold: see Source.declared."""
    return [
        {
            "position": position,
            "url": source.url,
            "select": list(source.select),
            "remove": list(source.remove),
            "filters": [to_row(noise) for noise in source.filters],
            "fetcher": source.fetcher,
        }
        for position, source in enumerate(declared)
    ]


def _retire(rows: Mapping[str, Document], declared: set[str], now: datetime, report: LoadReport) -> None:
    for slug, row in rows.items():
        if (
            slug not in declared
            and row.owner_id is None
            and _bring_to(row, {"retired_at": row.retired_at or now})
        ):
            report.retired.append(row.path)


def _bring_to(row: models.Model, wanted: Mapping[str, Any]) -> bool:
    """Write `row` with these values if it is new or has others; whether it was written."""
    is_new = row.pk is None
    differing = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in differing:
        setattr(row, name, wanted[name])
    if is_new:
        row.save(force_insert=True)
    elif differing:
        row.save(update_fields=differing)
    return is_new or bool(differing)
