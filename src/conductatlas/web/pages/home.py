"""`/`: what this is, the latest changes, the platforms.

Template `home.html`:
    counts          Population: .platforms .documents .versions .changes (whole numbers, of what the viewer may see)
    since           datetime | None: the first check of the archive
    week            tuple[ChangeRecord]: confirmed changes of the last 7 days, newest first, at most 12
    changes         tuple[ChangeRecord]: the newest confirmed changes, whatever their age (12), for a quiet week
    candidates      tuple[ChangeRecord]: seen, awaiting confirmation (5)
    platforms       tuple[PlatformLine]: all platforms, see platform_list
    categories      list[(slug, words)]
    reports         list[(slug, title)]
The search box is a GET form to `platforms` with the field `q`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.archive import queries as archive
from conductatlas.catalogue import counts as catalogue_counts
from conductatlas.catalogue import queries as catalogue
from conductatlas.catalogue.models import Viewer
from conductatlas.clock import SystemClock
from conductatlas.history import change_queries
from conductatlas.history import counts as history_counts
from conductatlas.history import queries as history
from conductatlas.provisions.reports.definition import definitions
from conductatlas.web.found import viewer_of
from conductatlas.web.kept import kept
from conductatlas.web.quoted import quoted_lists

LATEST = 12
WAITING = 5
COUNTS_KEPT = 60  # seconds


@dataclass(frozen=True, slots=True)
class Population:
    """How much the archive holds for this viewer. `documents` are those that are watched now."""

    platforms: int
    documents: int
    versions: int
    changes: int


def population(viewer: Viewer) -> Population:
    return Population(
        platforms=catalogue_counts.platforms(viewer),
        documents=catalogue_counts.documents(viewer),
        versions=history_counts.versions(viewer),
        changes=history_counts.published_changes(viewer),
    )


def show(request: HttpRequest) -> HttpResponse:
    viewer, now = viewer_of(request), SystemClock().now()
    changes, candidates = quoted_lists(
        change_queries.changes(viewer, limit=LATEST), change_queries.candidates(viewer, limit=WAITING)
    )
    lines = history.document_states(catalogue.documents(viewer), now)
    return render(
        request,
        "home.html",
        {
            "counts": kept("population", viewer, lambda: population(viewer), COUNTS_KEPT),
            "reports": [(slug, one.title.replace("{platforms} ", "")) for slug, one in definitions().items()],
            "since": archive.first_check_at(viewer),
            "week": tuple(change for change in changes if change.seen_at > now - timedelta(days=7)),
            "changes": changes,
            "candidates": candidates,
            "platforms": history.platform_lines(lines),
            "categories": catalogue.categories(viewer),
        },
    )
