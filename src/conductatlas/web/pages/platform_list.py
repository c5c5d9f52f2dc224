"""`/platforms/`: every platform, filtered by category and searched by name.

Template `platform_list.html`:
    platforms       tuple[PlatformLine]: .platform (PlatformRecord), .documents, .read, .stale (whole numbers),
                    .last_change_at (datetime | None)
    categories      list[(slug, words)]
    category, q     what was asked for ("" if nothing)
    problem         a sentence about a filter that was ignored, "" if none
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from conductatlas.catalogue import queries as catalogue
from conductatlas.clock import SystemClock
from conductatlas.history import queries as history
from conductatlas.web.found import viewer_of

LONGEST_SEARCH = 100


def show(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    categories = catalogue.categories(viewer)
    category, problem = request.GET.get("category", ""), ""
    if category and category not in dict(categories):
        category, problem = "", gettext("There is no such category, so all platforms are listed.")
    search = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST_SEARCH]
    platforms = {row.pk for row in catalogue.platforms(viewer, search, category)}
    documents = [row for row in catalogue.documents(viewer) if row.platform.pk in platforms]
    lines = history.document_states(documents, SystemClock().now())
    return render(
        request,
        "platform_list.html",
        {
            "platforms": history.platform_lines(lines),
            "categories": categories,
            "category": category,
            "q": search,
            "problem": problem,
        },
    )
