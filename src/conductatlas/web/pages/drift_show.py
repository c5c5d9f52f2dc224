"""`/platform/<p>/drift/`: how often the documents of a platform changed, counted; every table has the same sum.

Template `drift_show.html`:
    platform        PlatformRecord
    drift           Drift: .tally (.total .kinds .severities .directions), .months, .window, .affected, .everything,
                    .versions .beside (see history.drift)
    lines           list[Line]: .document (DocumentRecord), .drift (DocumentDrift: .changes .versions .reads .gap
                    .is_open .texts), by title
    only            "substantive" where editorial changes and returns are left out (`?only=substantive`), else ""
    kinds, severities, directions    the words in their order
    days            over how many days texts count as in circulation
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.catalogue import queries as catalogue
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.clock import SystemClock
from conductatlas.history import counts, queries
from conductatlas.history.drift import DIRECTIONS, KINDS, SEVERITIES, DocumentDrift
from conductatlas.history.models import ChangeKind
from conductatlas.web.found import platform_or_404, viewer_of
from conductatlas.web.pages.document_show import CIRCULATION


@dataclass(frozen=True, slots=True)
class Line:
    """A document and what is counted of it."""

    document: DocumentRecord
    drift: DocumentDrift


def show(request: HttpRequest, platform_slug: str) -> HttpResponse:
    viewer, now = viewer_of(request), SystemClock().now()
    platform = platform_or_404(request, platform_slug)
    only = ChangeKind.SUBSTANTIVE.value if request.GET.get("only") == ChangeKind.SUBSTANTIVE else ""
    documents = queries.document_states(catalogue.documents(viewer, platform), now)
    drift = counts.drift(viewer, documents, since=now - CIRCULATION, now=now, only=only)
    lines = [Line(one.document, counted) for one, counted in zip(documents, drift.documents, strict=True)]
    return render(
        request,
        "drift_show.html",
        {
            "platform": platform,
            "drift": drift,
            "lines": lines,
            "only": only,
            "kinds": KINDS,
            "severities": SEVERITIES,
            "directions": DIRECTIONS,
            "days": CIRCULATION.days,
        },
    )
