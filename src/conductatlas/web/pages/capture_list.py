"""`/platform/<p>/<doc>/captures/`: every check with its captures, also the refused and failed ones, 50 a page.

Template `capture_list.html`:
    document, state see document_show
    checks          list[CheckRecord]: .started_at .outcome .reason_words .started_by .clock_given .captures
                    (.outcome .reason_words .status .final_url .snapshot_digest .body_length .media_type
                    .has_refused_body; .detail only for operators)
    outcome         filter in force: "", changed, unchanged, held, failed (`?outcome=`)
    longest_gap     Gap | None: the longest time in the last 365 days in which it was not read
    paging          Paging: .newest .older
    is_operator     whether links to `snapshot` and `refused` are shown
"""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.archive import queries as archive
from conductatlas.archive.models import CheckOutcome
from conductatlas.clock import SystemClock
from conductatlas.history import queries
from conductatlas.web.found import document_or_404, viewer_of
from conductatlas.web.paging import SIZE, before, paged

GAP_DAYS = 365


def show(request: HttpRequest, platform_slug: str, slug: str) -> HttpResponse:
    viewer, now = viewer_of(request), SystemClock().now()
    document = document_or_404(request, platform_slug, slug)
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in CheckOutcome.values else ""
    checks = archive.checks(viewer, document, outcome=outcome, before=before(request), limit=SIZE + 1)
    shown, paging = paged(request, checks, [check.pk for check in checks])
    moments = archive.read_moments(viewer, document, since=now - timedelta(days=GAP_DAYS))
    return render(
        request,
        "capture_list.html",
        {
            "document": document,
            "state": queries.document_state(document, now),
            "checks": shown,
            "outcome": outcome,
            "longest_gap": archive.longest_gap(moments, until=document.retired_at or now),
            "paging": paging,
            "is_operator": bool(viewer and viewer.is_staff),
        },
    )
