"""Incidents: one row for a document that several checks in a row did not read, instead of one alarm a check.

Verbs run inside the transaction that records a check; reads give plain values. Readers are not alerted: a document's
page says since when it was not read. Operators see the list, grouped by host, since one outage hits many documents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.db.models import Exists, OuterRef, QuerySet

from conductatlas.archive import services as archive
from conductatlas.archive.models import Capture, Check, RefusedBody
from conductatlas.archive.queries import why
from conductatlas.catalogue.models import Document, Viewer
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.work.models import Incident

log = structlog.get_logger("conductatlas.work")


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """An incident, open or resolved.

    since: start of the first check that did not read the document. last_read_at: start of the last one that did, None
    if none ever did. reason: of the newest check; `why` is its sentence. host: the one that answered so, "" if none
    was asked. capture: key of the newest capture that was refused or failed; has_bytes: whether an operator can
    still look at what came with it.
    """

    pk: int
    document: DocumentRecord
    since: datetime
    last_read_at: datetime | None
    opened_at: datetime
    checks: int
    last_check_at: datetime
    reason: str
    why: str
    host: str
    capture: int | None
    has_bytes: bool
    resolved_at: datetime | None

    @classmethod
    def of(cls, row: Any, viewer: Viewer = None) -> IncidentRecord:
        """`row` comes from `_rows`."""
        decision = row.capture.robots_decision if row.capture else ""
        return cls(
            pk=row.pk,
            document=DocumentRecord.of(row.document, viewer),
            since=row.since,
            last_read_at=row.last_read_at,
            opened_at=row.opened_at,
            checks=row.checks,
            last_check_at=row.last_check_at,
            reason=row.reason,
            why=why(row.reason, decision),
            host=row.host,
            capture=row.capture_id,
            has_bytes=row.has_bytes,
            resolved_at=row.resolved_at,
        )


@dataclass(frozen=True, slots=True)
class Step:
    """What a check did to an incident: `opened`, `continued` or `resolved` it."""

    incident: Incident
    verb: str

    def log(self) -> None:
        """Tell the log when an incident begins and ends: once each, not at every check. After the transaction."""
        row = self.incident
        about = {
            "document": row.document.path,
            "since": row.since.isoformat(),
            "reason": row.reason,
            "host": row.host,
        }
        if self.verb == "opened":
            log.warning("incident opened", checks=row.checks, **about)
        elif self.verb == "resolved":
            log.info("incident resolved", **about)


@dataclass(frozen=True, slots=True)
class HostGroup:
    """The open incidents of one host, the longest first."""

    host: str
    incidents: tuple[IncidentRecord, ...]

    @property
    def since(self) -> datetime:
        return self.incidents[0].since

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons that occur, each once."""
        return tuple(dict.fromkeys(incident.reason for incident in self.incidents))


def follow(
    document: Document,
    check: Check,
    captures: Sequence[Capture],
    *,
    failures: int,
    after: int,
    refused_days: int,
    now: datetime,
) -> Step | None:
    """Open, continue or resolve the document's incident; None where there is none.

    failures: checks in a row that did not read the document, this one counted; 0 if it did. after: how many of them
    make an incident.
    """
    incident = Incident.objects.filter(document=document, resolved_at=None).select_related("capture").first()
    if failures == 0:
        return _resolved(incident, check, now, refused_days) if incident else None
    if incident is None and failures < after:
        return None
    faulty = next((capture for capture in captures if capture.outcome in ("refused", "failed")), None)
    faulty = faulty or next((capture for capture in captures if capture.reason), None)
    verb = "continued"
    if incident is None:
        verb = "opened"
        read_at, since = archive.unread_since(document)
        incident = Incident(
            document=document,
            since=since or check.started_at,
            last_read_at=read_at,
            opened_at=now,
            opened_by=check,
        )
    incident.checks = failures
    incident.last_check_at = check.started_at
    incident.reason = (faulty.reason if faulty else check.reason)[:60]
    incident.host = (urlsplit(faulty.final_url or faulty.requested_url).netloc if faulty else "")[:260]
    incident.capture = faulty
    incident.save()
    return Step(incident, verb)


def _resolved(incident: Incident, check: Check, now: datetime, refused_days: int) -> Step:
    """Close it. The bytes that were kept for it are kept for the usual time from now on."""
    incident.resolved_at, incident.resolved_by = now, check
    incident.save(update_fields=["resolved_at", "resolved_by"])
    if incident.capture_id is not None:
        until = now + timedelta(days=refused_days)
        RefusedBody.objects.filter(capture=incident.capture_id, kept_until__lt=until).update(kept_until=until)
    return Step(incident, "resolved")


def captures_to_keep() -> QuerySet[Any, Any]:
    """The captures whose bytes an open incident shows: they are not forgotten before it is resolved."""
    return Incident.objects.filter(resolved_at=None, capture__isnull=False).values("capture")


def incidents(viewer: Viewer) -> list[IncidentRecord]:
    """Open incidents of documents that are watched and that the viewer may see, those that last longest first."""
    return [IncidentRecord.of(row, viewer) for row in _open(_rows().visible_to(viewer))]


def everywhere(*, resolved_too: bool = False) -> list[IncidentRecord]:
    """The same of all documents, for whoever runs the archive; with `resolved_too` the resolved ones after them, the
    newest first."""
    rows = list(_open(_rows()))
    if resolved_too:
        rows += _rows().exclude(resolved_at=None).order_by("-resolved_at", "-pk")
    return [IncidentRecord.of(row) for row in rows]


def open_incident(viewer: Viewer, document: DocumentRecord) -> IncidentRecord | None:
    """What is wrong with a document now; None if nothing is, or it is not watched any more."""
    row = _rows().visible_to(viewer).filter(document=document.pk, resolved_at=None).first()
    return IncidentRecord.of(row, viewer) if row and not document.retired_at else None


def by_host(open_incidents: Iterable[IncidentRecord]) -> list[HostGroup]:
    """Open incidents by host, the host with most of them first."""
    groups: dict[str, list[IncidentRecord]] = defaultdict(list)
    for incident in open_incidents:
        groups[incident.host].append(incident)
    found = [HostGroup(host, tuple(sorted(rows, key=lambda row: row.since))) for host, rows in groups.items()]
    return sorted(found, key=lambda group: (-len(group.incidents), group.since))


def _open(rows: Any) -> Any:
    return rows.filter(resolved_at=None, document__retired_at=None).order_by("since", "pk")


def _rows() -> Any:
    kept = RefusedBody.objects.filter(capture=OuterRef("capture"))
    return Incident.objects.select_related("document__platform", "capture").annotate(has_bytes=Exists(kept))
