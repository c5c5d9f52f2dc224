"""Reads of the history of documents: whether their records are current, and if not, since when and why.

Versions and changes have files of their own: `version_queries`, `change_queries`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from conductatlas.archive.models import Capture, Check
from conductatlas.archive.queries import READ, why
from conductatlas.archive.reasons import OTHER_LANGUAGE, in_words
from conductatlas.catalogue.models import Document, Viewer
from conductatlas.catalogue.queries import DocumentRecord, PlatformRecord
from conductatlas.history import counts
from conductatlas.history.models import Change, ReaderLog, Sighting, Variant, Version
from conductatlas.history.records import (
    DocumentLine,
    DocumentState,
    PlatformLine,
    VariantRecord,
    VersionRecord,
    Withheld,
)
from conductatlas.history.states import PUBLISHED, with_state
from conductatlas.history.version_queries import last_found, newest_readings, version_record
from conductatlas.history.withheld import withholdings
from conductatlas.ids import public_id

# A record is stale once it was not confirmed for more than this many times the document's cadence.
STALE_AFTER = 2


def document_state(document: DocumentRecord, now: datetime) -> DocumentState:
    """Whether the record of a document is current. For a document that the viewer was allowed to see."""
    return document_states([document], now)[0].state


def confirmed_at(document: DocumentRecord) -> datetime | None:
    """When the last check that read a document began; None before the first. For a document that the viewer was allowed
    to see; where nothing else of its state is shown."""
    rows = Check.objects.filter(document=document.pk, outcome__in=READ).order_by("-started_at", "-pk")
    return rows.values_list("started_at", flat=True).first()


def document_states(documents: Sequence[DocumentRecord], now: datetime) -> list[DocumentLine]:
    """The same for many, in their order: six queries however many they are."""
    keys = [document.pk for document in documents]
    facts = {row.pk: row for row in _facts(keys)}
    checks = Check.objects.in_bulk([row.last_check for row in facts.values() if row.last_check])
    faults = _faults([key for key, check in checks.items() if check.outcome not in READ])
    hidden = withholdings(keys)
    found = {
        key: last_found((row.version, row.version_at), (row.again, row.again_at))
        for key, row in facts.items()
    }
    readings = newest_readings([version for version in found.values() if version])
    totals = counts.versions_of(keys) if readings else {}
    lines = []
    for document in documents:
        row = facts[document.pk]
        total = totals.get(document.pk, 0)
        reading = readings.get(found[document.pk] or 0)
        place = (total, total)
        if reading and found[document.pk] != row.version:  # an earlier text was found again
            place = counts.places([reading.version])[reading.version_id]
        version = version_record(document, reading, place, hidden) if reading else None
        check = checks.get(row.last_check)
        unread = check is not None and check.outcome not in READ
        fault = faults.get(check.pk) or in_words(check.reason) if check and unread else ""
        is_late = row.confirmed_at is not None and now - row.confirmed_at > STALE_AFTER * document.cadence
        withheld = hidden.of(document.pk, found[document.pk])
        state = DocumentState(
            name=_state_name(document, version, withheld, check, is_late),
            confirmed_at=row.confirmed_at,
            stale_since=row.confirmed_at if is_late else None,
            checked_at=check.started_at if check else None,
            outcome=check.outcome if check else "",
            why=fault,
            version=version,
            withheld=withheld,
        )
        lines.append(DocumentLine(document, state))
    return lines


def platform_lines(lines: Iterable[DocumentLine]) -> list[PlatformLine]:
    """The platforms of some documents, in the order in which they first appear."""
    by_platform: dict[PlatformRecord, list[DocumentLine]] = defaultdict(list)
    for line in lines:
        by_platform[line.document.platform].append(line)
    changed = _changed([line.document.pk for own in by_platform.values() for line in own])
    return [
        PlatformLine(
            platform=platform,
            coverage=counts.coverage(line.state.name for line in own),
            last_change_at=max(filter(None, (changed[line.document.pk] for line in own)), default=None),
        )
        for platform, own in by_platform.items()
    ]


def variants(viewer: Viewer, document: DocumentRecord) -> list[VariantRecord]:
    """Other languages in which the document was served, the first seen first."""
    newest = Version.objects.filter(variant=OuterRef("pk")).visible_to(viewer).order_by("-at", "-pk")
    rows = Variant.objects.filter(document=document.pk).annotate(latest=Subquery(newest.values("pk")[:1]))
    return [
        VariantRecord(row.language, row.first_seen_at, public_id("V", row.latest) if row.latest else "")
        for row in rows.order_by("first_seen_at", "pk")
    ]


def readers() -> list[tuple[int, datetime]]:
    """The reader log: each reader version and when it was first used."""
    return list(ReaderLog.objects.order_by("reader_version").values_list("reader_version", "first_used_at"))


def _facts(documents: Sequence[int]) -> QuerySet[Any]:
    """Documents with the keys and moments from which their state is made, each one step into an index."""
    own = OuterRef("pk")
    checks = Check.objects.filter(document=own).order_by("-started_at", "-pk")
    versions = Version.objects.filter(document=own, variant=None).order_by("-at", "-pk")
    again = Sighting.objects.current().filter(version__document=own).order_by("-check_row__started_at", "-pk")
    return (
        Document.objects.filter(pk__in=documents)
        .only("pk")
        .order_by()
        .annotate(
            last_check=Subquery(checks.values("pk")[:1]),
            confirmed_at=Subquery(checks.filter(outcome__in=READ).values("started_at")[:1]),
            version=Subquery(versions.values("pk")[:1]),
            version_at=Subquery(versions.values("at")[:1]),
            again=Subquery(again.values("version")[:1]),
            again_at=Subquery(again.values("check_row__started_at")[:1]),
        )
    )


def _changed(documents: Sequence[int]) -> dict[int, datetime | None]:
    """Document → when its last published change was seen, each one step into an index."""
    published = with_state(Change.objects.filter(document=OuterRef("pk"))).filter(state__in=PUBLISHED)
    newest = Subquery(published.order_by("-seen_at").values("seen_at")[:1])
    rows = Document.objects.filter(pk__in=documents).order_by().annotate(changed_at=newest)
    return dict(rows.values_list("pk", "changed_at"))


def _state_name(
    document: DocumentRecord,
    version: VersionRecord | None,
    withheld: Withheld | None,
    check: Check | None,
    is_late: bool,
) -> str:
    if withheld:
        return "removed" if withheld.is_removed else "withheld"
    if document.retired_at:
        return "retired"
    if version is None:
        return "never"
    if check and check.reason == OTHER_LANGUAGE:
        return "other_language"
    return "stale" if is_late else "current"


def _faults(checks: Sequence[int]) -> dict[int, str]:
    """Check → why it did not read its document: the reason of the first of its captures that has one."""
    rows = (
        Capture.objects.filter(check_row__in=checks)
        .exclude(reason="")
        .order_by("-source__position", "-pk")
        .values_list("check_row", "reason", "robots_decision")
    )
    return {check: why(reason, decision) for check, reason, decision in rows} if checks else {}
