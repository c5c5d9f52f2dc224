"""`/platform/<p>/<doc>/v/<CA-V>/records/`, `/change/<slug>/records/`: what a version or a change rests on, and where
each row of it stands in the ledger. Digests and moments, and no word of any text.

Template `records_show.html` (status 200, also of what is withheld or removed; header X-Robots-Tag: noindex):
    document        see document_show
    about           public id of the version or change
    change          ChangeRecord | None; None on the page of a version
    versions        list[VersionRecord]: the version, or those before and after the change
    captures        CaptureRows: .read .again, each CaptureRecord
    readings        list[ReadingRecord]
    events          list[EventRecord]: of the change, or of the change that led to the version
    into            ChangeRecord | None: that change
    tombstones      list[TombstoneRecord]
    rows            list[Row]: .what .detail and .place (Position, or None where the row has no leaf)
    pending         how many of them are not under a checkpoint
    head            CheckpointRecord | None: the first one over all of them, None while one is pending
    stamps          list[StampRecord]: of each authority the earliest one over all of them
    withheld        Withheld | None
    citation        Citation: .plain .bibtex .csl_json (its digest is that of the newer text)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from conductatlas.archive import ledger_queries, stamp_queries
from conductatlas.archive.ledger_queries import Position
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.evidence import citation
from conductatlas.evidence.citation import Citation
from conductatlas.history import change_queries, row_queries
from conductatlas.history.records import ChangeRecord, EventRecord, VersionRecord
from conductatlas.history.row_queries import CaptureRows, ReadingRecord, TombstoneRecord
from conductatlas.web.context import site_url
from conductatlas.web.found import (
    change_or_404,
    document_or_404,
    version_or_404,
    versions_or_404,
    viewer_of,
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the record and its place in the ledger. detail, at: which one it is."""

    what: str
    detail: str
    at: datetime | None
    kind: str
    subject: int
    place: Position | None = None


def version(request: HttpRequest, platform_slug: str, slug: str, key: int) -> HttpResponse:
    document = document_or_404(request, platform_slug, slug)
    found = version_or_404(request, document, key)
    address = reverse("version_records", args=[platform_slug, slug, found.pk])
    if request.path != address:
        return redirect(address, permanent=True)
    into, _out_of = change_queries.changes_touching(viewer_of(request), document, [found.pk])
    return _page(request, document, [found], into.get(found.pk), is_of_change=False)


def change(request: HttpRequest, slug: str) -> HttpResponse:
    key = slug.rpartition("-")[2]
    if not (key.isascii() and key.isdecimal() and len(key) <= 18):
        raise Http404
    found = change_or_404(request, int(key))
    if slug != found.slug:
        return redirect("change_records", found.slug, permanent=True)
    versions = versions_or_404(request, found.document, found.old_version, found.new_version)
    return _page(request, found.document, versions, found, is_of_change=True)


def _page(
    request: HttpRequest,
    document: DocumentRecord,
    versions: list[VersionRecord],
    change: ChangeRecord | None,
    *,
    is_of_change: bool,
) -> HttpResponse:
    keys = [one.pk for one in versions]
    captures = row_queries.captures_behind(keys)
    readings = row_queries.readings_of(keys)
    events = change_queries.events(change.pk) if change else []
    tombstones = row_queries.tombstones_of(document, keys, captures, events)
    rows = _placed(list(_rows(versions, captures, readings, change, events, tombstones)))
    indexes = [row.place.index for row in rows if row.place and row.place.index is not None]
    pending = [row for row in rows if row.place and row.place.is_pending]
    sealed = [row.place.checkpoint for row in rows if row.place and row.place.checkpoint]
    about = change.public_id if change and is_of_change else versions[0].public_id
    response = render(
        request,
        "records_show.html",
        {
            "document": document,
            "about": about,
            "change": change if is_of_change else None,
            "versions": versions,
            "captures": captures,
            "readings": readings,
            "events": events,
            "into": change if not is_of_change else None,
            "tombstones": tombstones,
            "rows": rows,
            "pending": len(pending),
            "head": max(sealed, key=lambda one: one.size) if sealed and not pending else None,
            "stamps": stamp_queries.first_over(max(indexes)) if indexes and not pending else [],
            "withheld": next((one.withheld for one in reversed(versions) if one.withheld), None),
            "citation": _citation(
                request, document, versions[-1], change if is_of_change else None, captures
            ),
        },
    )
    response["X-Robots-Tag"] = "noindex"
    return response


def _rows(
    versions: Sequence[VersionRecord],
    captures: CaptureRows,
    readings: Sequence[ReadingRecord],
    change: ChangeRecord | None,
    events: Sequence[EventRecord],
    tombstones: Sequence[TombstoneRecord],
) -> Iterator[Row]:
    """The rows of the record, what was first caught first."""
    for capture in (*captures.read, *captures.again):
        yield Row(_("Capture"), "", capture.started_at, "capture", capture.pk)
    for key in captures.imports:
        yield Row(_("Whence a capture comes"), "", None, "import", key)
    for version in versions:
        yield Row(_("Version"), version.public_id, version.at, "version", version.pk)
    for reading in readings:
        detail = _("%(id)s, by reader %(number)s") % {
            "id": reading.version_id,
            "number": reading.reader_version,
        }
        yield Row(_("Reading"), detail, reading.read_at, "reading", reading.pk)
    if change:
        yield Row(_("Change"), change.public_id, change.seen_at, "change", change.pk)
    for event in events:
        yield Row(_("What became of it"), event.state, event.at, "change event", event.pk)
    for stone in tombstones:
        yield Row(_("Removal"), "", stone.at, "tombstone", stone.pk)


def _placed(rows: Sequence[Row]) -> list[Row]:
    by_kind: dict[str, list[int]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row.subject)
    places = ledger_queries.positions_among(by_kind)
    return [replace(row, place=places.get((row.kind, row.subject))) for row in rows]


def _citation(
    request: HttpRequest,
    document: DocumentRecord,
    version: VersionRecord,
    change: ChangeRecord | None,
    captures: CaptureRows,
) -> Citation:
    claimed_by = ""
    if version.by_hand:
        claimed_by = _("an operator of this archive, who saved it by hand")
    elif version.is_imported:
        claimed_by = next((one.claimed_by for one in reversed(captures.read) if one.claimed_by), "")
    site = site_url(request)
    if change is not None:
        return citation.of_change(change, version, site, claimed_by=claimed_by)
    return citation.of_version(document, version, site, claimed_by=claimed_by)
