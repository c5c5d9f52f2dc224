"""Reads of disappearances: of one document, and of all that were told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateformat import format as date_format
from django.utils.translation import gettext

from conductatlas.catalogue.models import Viewer
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.history.change_queries import matching_document
from conductatlas.history.models import Disappearance
from conductatlas.history.records import ChangeFilter
from conductatlas.ids import public_id

RULE = "S15"


@dataclass(frozen=True, slots=True)
class DisappearanceRecord:
    """A document whose page did not answer with it any more.

    last_read_at: start of the last check that read it. since: start of the first that found it gone. told_at: when that
    was beyond doubt, after `checks` checks from `vantages` vantages. version: key of the text captured last.
    returned_at: start of the check that read it again; None while it is gone.
    """

    pk: int
    document: DocumentRecord
    version: int
    last_read_at: datetime
    since: datetime
    told_at: datetime
    checks: int
    vantages: int
    returned_at: datetime | None

    @property
    def version_id(self) -> str:
        return public_id("V", self.version)

    @property
    def said_at(self) -> datetime:
        """When the newest of it was known."""
        return self.returned_at or self.told_at

    @property
    def sentence(self) -> str:
        """What is told of it: which captures it rests on, and nothing about why."""
        read, since = (date_format(at, "j F Y") for at in (self.last_read_at, self.since))
        if self.returned_at is None:
            said = gettext(
                "The page that we captured until %(read)s has not answered with this document since %(since)s."
            )
            return said % {"read": read, "since": since}
        said = gettext(
            "The page answered with this document again on %(again)s. After %(read)s, when it was captured before, it "
            "had not from %(since)s on."
        )
        return said % {"again": date_format(self.returned_at, "j F Y"), "read": read, "since": since}


def disappearances(
    viewer: Viewer, asked: ChangeFilter | None = None, *, limit: int
) -> list[DisappearanceRecord]:
    """What was told, the newest first, of the documents and the days that are asked for. A filter by what a change is
    (kind, severity, direction) leaves none: these are no changes of a text."""
    if asked is not None and (asked.change or asked.severity or asked.direction):
        return []
    rows = _rows(viewer)
    if asked is not None:
        rows = rows.filter(matching_document(asked))
        rows = rows.filter(since__gte=asked.since) if asked.since else rows
        rows = rows.filter(since__lt=asked.until) if asked.until else rows
    return _records(rows.order_by("-since", "-pk")[:limit], viewer)


def disappearances_of(viewer: Viewer, document: DocumentRecord) -> list[DisappearanceRecord]:
    """Those of one document, the newest first."""
    return _records(_rows(viewer).filter(document=document.pk).order_by("-pk"), viewer)


def _rows(viewer: Viewer) -> Any:
    told = Disappearance.objects.visible_to(viewer).filter(returned=False)
    return told.select_related("document__platform")


def _records(rows: Iterable[Any], viewer: Viewer) -> list[DisappearanceRecord]:
    found = list(rows)
    returned = Disappearance.objects.filter(document__in={row.document_id for row in found}, returned=True)
    returns = list(returned.order_by("pk").values_list("document", "pk", "since"))
    return [
        DisappearanceRecord(
            pk=row.pk,
            document=DocumentRecord.of(row.document, viewer),
            version=row.version_id,
            last_read_at=row.last_read_at,
            since=row.since,
            told_at=row.at,
            checks=row.checks,
            vantages=row.vantages,
            returned_at=next(
                (since for document, key, since in returns if document == row.document_id and key > row.pk),
                None,
            ),
        )
        for row in found
    ]
