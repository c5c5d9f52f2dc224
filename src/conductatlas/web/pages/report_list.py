"""`/reports/`: the reports there are, each with how many platforms were read for it.

Template `report_list.html`:
    reports         list[Line]: .slug .title .lead .read .until, as they were some minutes ago at most; until: None
                    where nothing has been read yet
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.catalogue.queries import words_of_slug
from conductatlas.provisions.reports.definition import definitions
from conductatlas.web.kept import kept
from conductatlas.web.pages.report_show import report_of

KEPT = 300  # seconds; no words of a text are in it


@dataclass(frozen=True, slots=True)
class Line:
    """A report in the list. read: platforms of which a document could be read."""

    slug: str
    title: str
    lead: str
    read: int
    until: datetime | None


def show(request: HttpRequest) -> HttpResponse:
    return render(request, "report_list.html", {"reports": kept("reports", None, _lines, KEPT)})


def _lines() -> list[Line]:
    found = []
    for slug, definition in definitions().items():
        report = report_of(slug)
        if report is None:
            found.append(Line(slug, words_of_slug(slug), "", 0, None))
        else:
            found.append(Line(definition.slug, report.title, report.lead, report.read, report.until))
    return found
