"""`/platform/<p>/<doc>/v/<CA-V>/`: the text of one version, its contents, and how it was captured.

Template `version_show.html` (status 451 if withheld, 410 if removed; header X-Robots-Tag: noindex):
    document, state see document_show
    version         VersionRecord: .public_id .at .ordinal .total .words .title .language .stated_updated
                    .stated_effective .digest .reader_version .variant .withheld .is_open .is_shown .is_imported
                    .first_seen_at
    previous, next  VersionRecord | None (their .public_id, .ordinal, .at)
    change          ChangeRecord | None: the one that led here
    last_seen_at    datetime | None
    text            safe HTML of this part, "" if withheld, removed or not open to the viewer (.is_open of the version)
    contents        tuple[Entry]: .anchor .number .level (1..6) .title .part .is_here (in this part)
    provisions      list[FindingRecord] of this part: .title .slug .public_id (its anchor in the text) .severity
    part, parts     whole numbers from 1; parts > 1 only for texts above 300 KB; link with `?part=`
    sources         tuple[CaptureRecord]: the captures it was read from: .requested_url .final_url .status .started_at
                    .snapshot_digest .body_length .media_type .peer_address .http_version .robots_decision
                    .vantage .software .clock_given (a replay set the time)
    original_url    where the platform publishes it (canonical)
    direction       "rtl" or "auto" (for dir=)
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from conductatlas.archive.queries import captures_of
from conductatlas.clock import SystemClock
from conductatlas.history import change_queries, queries, version_queries
from conductatlas.provisions import queries as provisions
from conductatlas.web import texts
from conductatlas.web.found import document_or_404, status_of, version_or_404, viewer_of
from conductatlas.web.templatetags.atlas import direction


def show(request: HttpRequest, platform_slug: str, slug: str, key: int) -> HttpResponse:
    viewer = viewer_of(request)
    document = document_or_404(request, platform_slug, slug)
    version = version_or_404(request, document, key)
    address = reverse("version", args=[platform_slug, slug, version.pk])
    if request.path != address:
        return redirect(address, permanent=True)
    found = provisions.of_reading(viewer, version.reading) if version.is_shown else []
    pages = texts.pages(version, found)
    part = _asked_part(request, len(pages.parts)) if version.is_shown else 1
    state = queries.document_state(document, SystemClock().now())
    previous, following = version_queries.neighbours(viewer, document, version)
    into, out_of = change_queries.changes_touching(viewer, document, [version.pk])
    captures = captures_of(version_queries.capture_keys(version))
    response = render(
        request,
        "version_show.html",
        {
            "document": document,
            "state": state,
            "version": version,
            "previous": previous,
            "next": following,
            "change": into.get(version.pk),
            "last_seen_at": version_queries.last_seen_at(version, state, out_of.get(version.pk)),
            "text": pages.parts[part - 1],
            "contents": pages.contents(part),
            "provisions": [one for one in found if f'id="{one.public_id}"' in pages.parts[part - 1]],
            "part": part,
            "parts": len(pages.parts),
            "sources": captures,
            "original_url": captures[0].requested_url if captures else "",
            "direction": direction(version.language or document.language),
        },
        status=status_of(version.withheld),
    )
    response["X-Robots-Tag"] = "noindex"
    return response


def _asked_part(request: HttpRequest, parts: int) -> int:
    text = request.GET.get("part", "1")
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= parts):
        raise Http404
    return int(text)
