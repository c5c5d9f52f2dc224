"""`/platform/<p>/<doc>/compare/<CA-V>..<CA-V>/`: any two versions, inline or side by side.

Template `version_compare.html` (status 451 if either is withheld, 410 if removed; X-Robots-Tag: noindex):
    document        see document_show
    old, new        VersionRecord, the older one first whatever the address says
    view            "inline" or "side"
    redline         safe HTML, "" if withheld, not open to the viewer, or nothing differs
    is_open         whether the viewer may read whole texts of the document
    counts          Counts: .sentences_added .sentences_removed .sentences_modified .words_added .words_removed
                    .clauses_moved .links_changed, or None if nothing may be shown
    summary         one sentence
    versions        list[VersionPlace]: to pick others, the newest 100 and these two: .public_id .ordinal .at
    withheld        Withheld | None
    direction       "rtl" or "auto"
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from conductatlas.history import version_queries
from conductatlas.history.sentences import summary
from conductatlas.ids import parse_id
from conductatlas.web import texts
from conductatlas.web.found import (
    document_or_404,
    first_address,
    status_of,
    versions_or_404,
    viewer_of,
)
from conductatlas.web.pages.errors import problem
from conductatlas.web.templatetags.atlas import direction

VIEWS = ("inline", "side")
CHOICE = 100


def pick(request: HttpRequest, platform_slug: str, slug: str) -> HttpResponse:
    """`compare/?old=…&new=…`: moves to the address of that comparison."""
    document = document_or_404(request, platform_slug, slug)
    picked = [parse_id(request.GET.get(field, "")) for field in ("old", "new")]
    keys = [found[1] for found in picked if found and found[0] == "V"]
    if len(keys) < len(picked):
        return problem(
            request,
            400,
            gettext("Two versions are needed for a comparison."),
            gettext("Pick an older and a newer one in the list of versions."),
        )
    versions = sorted(versions_or_404(request, document, *keys), key=lambda v: (v.at, v.pk))
    return redirect("compare", platform_slug, slug, *(version.public_id for version in versions))


def show(request: HttpRequest, platform_slug: str, slug: str, old: int, new: int) -> HttpResponse:
    viewer = viewer_of(request)
    document = document_or_404(request, platform_slug, slug)
    older, newer = sorted(
        versions_or_404(request, document, old, new), key=lambda version: (version.at, version.pk)
    )
    view = request.GET.get("view", VIEWS[0])
    view = view if view in VIEWS else VIEWS[0]
    withheld = newer.withheld or older.withheld
    compared = texts.comparison(older, newer, view)
    response = render(
        request,
        "version_compare.html",
        {
            "document": document,
            "old": older,
            "new": newer,
            "view": view,
            "redline": compared.html if compared else "",
            "counts": compared.counts if compared else None,
            "summary": summary(compared.counts) if compared else "",
            "versions": version_queries.choice(viewer, document, (older, newer), limit=CHOICE),
            "withheld": withheld,
            "is_open": older.is_open,
            "original_url": "" if older.is_open else first_address(viewer, document),
            "direction": direction(newer.language or document.language),
        },
        status=status_of(withheld),
    )
    response["X-Robots-Tag"] = "noindex"
    return response
