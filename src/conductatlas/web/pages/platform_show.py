"""`/platform/<p>/`: the documents of one platform, and what changed in them.

Template `platform_show.html`:
    platform        PlatformRecord: .slug .name .category .category_title .website
    documents       tuple[DocumentLine]: .document (DocumentRecord), .state (DocumentState)
    quick_facts     list[QuickFact]: .key .title .stated (.value .quote .finding) .more .searched .unread; [] where no
                    public document could be read. provisions: how many there are
    changes         tuple[ChangeRecord]: newest confirmed, at most 20
    candidates      tuple[ChangeRecord]
    coverage        Coverage: .documents .read .stale .never .retired (whole numbers that sum to .documents,
                    .read being those with a current record)
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.catalogue import queries as catalogue
from conductatlas.clock import SystemClock
from conductatlas.history import change_queries, counts, queries
from conductatlas.history.records import ChangeFilter
from conductatlas.provisions import counts as provision_counts
from conductatlas.provisions import fact_queries
from conductatlas.provisions.records import ProvisionFilter
from conductatlas.web.found import platform_or_404, viewer_of
from conductatlas.web.quoted import quoted_lists


def show(request: HttpRequest, platform_slug: str) -> HttpResponse:
    viewer = viewer_of(request)
    platform = platform_or_404(request, platform_slug)
    lines = queries.document_states(catalogue.documents(viewer, platform), SystemClock().now())
    here = ChangeFilter(platform=platform.slug)
    changes, candidates = quoted_lists(
        change_queries.changes(viewer, asked=here, limit=20), change_queries.candidates(viewer, asked=here)
    )
    return render(
        request,
        "platform_show.html",
        {
            "platform": platform,
            "documents": lines,
            "quick_facts": fact_queries.quick_facts(platform),
            "provisions": provision_counts.provisions(viewer, ProvisionFilter(platform=platform.slug)),
            "changes": changes,
            "candidates": candidates,
            "coverage": counts.coverage(line.state.name for line in lines),
        },
    )
