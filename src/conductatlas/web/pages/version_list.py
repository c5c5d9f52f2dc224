"""`/platform/<p>/<doc>/versions/`: every version, newest first, 50 a page.

Template `version_list.html`:
    document, state see document_show
    timeline        tuple[VersionLine]: .version .change .note .last_seen_at
    variants        list[VariantRecord]
    volatile        tuple[VolatilePart]: .heading .line, the parts of the newest text that keep changing alone
    paging          Paging: .newest (query string to the first page or None), .older (query string or None)
A form with fields `old`, `new` (CA-V ids), GET to `compare_pick`, compares any two.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.clock import SystemClock
from conductatlas.history import queries, version_queries
from conductatlas.history.volatile_parts import volatile_parts
from conductatlas.web.found import document_or_404, version_or_404, viewer_of
from conductatlas.web.paging import SIZE, before, paged


def show(request: HttpRequest, platform_slug: str, slug: str) -> HttpResponse:
    viewer = viewer_of(request)
    document = document_or_404(request, platform_slug, slug)
    state = queries.document_state(document, SystemClock().now())
    key = before(request)
    mark = version_or_404(request, document, key) if key is not None else None
    lines = version_queries.timeline(viewer, document, state, before=mark, limit=SIZE + 1)
    newest = state.version
    timeline, paging = paged(request, lines, [line.version.pk for line in lines])
    return render(
        request,
        "version_list.html",
        {
            "document": document,
            "state": state,
            "timeline": timeline,
            "variants": queries.variants(viewer, document),
            "volatile": volatile_parts(document, newest.pk) if newest and newest.is_shown else (),
            "paging": paging,
        },
    )
