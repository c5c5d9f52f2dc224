"""`/status/`: what the captures did, what is stale, and why.

Template `status_show.html`:
    figures         Figures: .as_of .spans .states (of documents) .stale (longest first) .never (declared, never read,
                    with .state.why) .coverage .longest_gap (in the last 90 days) .last_check_at
    is_operator     whether `incidents` is shown
    incidents       list[HostGroup]: .host .since .reasons .incidents (IncidentRecord), for operators
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.archive import counts as archive_counts
from conductatlas.archive import queries as archive
from conductatlas.archive.queries import Gap
from conductatlas.archive.reasons import in_words
from conductatlas.catalogue import queries as catalogue
from conductatlas.catalogue.models import Viewer
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.clock import SystemClock
from conductatlas.history import queries
from conductatlas.history.records import DocumentLine, PlatformLine
from conductatlas.web.found import viewer_of
from conductatlas.web.kept import kept
from conductatlas.work import incidents

SPANS = (24, 7 * 24)
GAP_DAYS = 90
KEPT = 60  # seconds; the page says of which moment it is
GAP_KEPT = 300


@dataclass(frozen=True, slots=True)
class OutcomeSpan:
    """Checks of the last `hours`: by outcome, and why captures were refused or failed."""

    hours: int
    total: int
    outcomes: tuple[tuple[str, int], ...]
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything on the page, as of a moment."""

    as_of: datetime
    spans: tuple[OutcomeSpan, ...]
    states: list[tuple[str, int]]
    stale: list[DocumentLine]
    never: list[DocumentLine]
    coverage: list[PlatformLine]
    longest_gap: tuple[DocumentRecord, Gap] | None
    last_check_at: datetime | None


def show(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    return render(
        request,
        "status_show.html",
        {
            "figures": kept("status", viewer, lambda: figures(viewer), KEPT),
            "is_operator": bool(viewer and viewer.is_staff),
            "incidents": incidents.by_host(incidents.incidents(viewer)) if viewer and viewer.is_staff else [],
        },
    )


def figures(viewer: Viewer) -> Figures:
    now = SystemClock().now()
    lines = queries.document_states(catalogue.documents(viewer), now)
    unread = [line for line in lines if line.state.stale_since and not line.document.retired_at]
    return Figures(
        as_of=now,
        spans=tuple(outcome_span(viewer, now, hours) for hours in SPANS),
        states=Counter(line.state.name for line in lines).most_common(),
        stale=sorted(unread, key=lambda line: line.state.stale_since or now),
        never=[line for line in lines if line.state.name == "never"],
        coverage=queries.platform_lines(lines),
        longest_gap=longest_gap(viewer, now, lines),
        last_check_at=archive.last_check_at(viewer),
    )


def outcome_span(viewer: Viewer, now: datetime, hours: int) -> OutcomeSpan:
    since = now - timedelta(hours=hours)
    outcomes = archive_counts.checks_by_outcome(viewer, since)
    reasons: Counter[str] = Counter()
    for (_, reason), number in archive_counts.captures_by_reason(viewer, since).items():
        if reason:
            reasons[in_words(reason)] += number
    return OutcomeSpan(hours, sum(outcomes.values()), tuple(outcomes.items()), tuple(reasons.most_common()))


def longest_gap(
    viewer: Viewer, now: datetime, lines: list[DocumentLine]
) -> tuple[DocumentRecord, Gap] | None:
    """The longest time of the last 90 days in which a document was not read, whether it has ended or goes on."""
    since = now - timedelta(days=GAP_DAYS)
    documents = {line.document.pk: line.document for line in lines}
    gaps = [
        (line.document, Gap(line.state.confirmed_at, now))
        for line in lines
        if line.state.confirmed_at and not line.document.retired_at
    ]
    # Over all checks of 90 days, so it is asked less often still.
    closed = kept("longest-gap", viewer, lambda: archive_counts.longest_closed_gap(viewer, since), GAP_KEPT)
    if closed is not None and closed[0] in documents:
        gaps.append((documents[closed[0]], closed[1]))
    return max(gaps, key=lambda found: found[1].length, default=None)
