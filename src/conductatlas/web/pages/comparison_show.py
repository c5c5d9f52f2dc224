"""`/compare/<type>/?p=a,b,…`: one type of clause on two to six platforms; `.json` beside it. Without platforms: choose.

Template `comparison_show.html`:
    found           Comparison: .type .columns .rows .unstated .share .sentences .since
    rows            list[(FactRow, list[(Column, FactCell)])]
    different, alike  sentences: of rows that differ, and of the others
    both            address of the page of two platforms, "" where there are more
    query           "p=a,b" as the address has it; without: list[(PlatformRecord, query string without it)]
    platforms       list[PlatformRecord] that can be added, () where there are enough
"""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from conductatlas.catalogue import queries as catalogue
from conductatlas.clock import SystemClock
from conductatlas.provisions import comparing
from conductatlas.provisions.comparison import Comparison, Outcome, sentence
from conductatlas.provisions.tables import comparison_object
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.web.pages.compare_pick import slugs

YEAR = timedelta(days=365)


def show(request: HttpRequest, name: str) -> HttpResponse:
    found = _found(request, name)
    if found is None:
        return HttpResponseRedirect(f"{reverse('compare_choose')}?type={name}")
    chosen = [column.platform.slug for column in found.columns]
    names = [column.platform.name for column in found.columns]
    told = [(row.outcome, sentence(row.title, names, row.cells, row.outcome)) for row in found.rows]
    return render(
        request,
        "comparison_show.html",
        {
            "found": found,
            "rows": [(row, list(zip(found.columns, row.cells, strict=True))) for row in found.rows],
            "different": [said for outcome, said in told if outcome is Outcome.DIFFERENT],
            "alike": [said for outcome, said in told if outcome is not Outcome.DIFFERENT],
            "both": reverse("entities", args=["-vs-".join(chosen)])
            if len(chosen) == comparing.FEWEST
            else "",
            "query": f"p={','.join(chosen)}",
            "without": [
                (column.platform, f"?p={','.join(slug for slug in chosen if slug != column.platform.slug)}")
                for column in found.columns
            ]
            if len(chosen) > comparing.FEWEST
            else [],
            "platforms": [one for one in catalogue.platforms(None) if one.slug not in chosen]
            if len(chosen) < comparing.MOST
            else [],
        },
    )


def as_json(request: HttpRequest, name: str) -> HttpResponse:
    found = _found(request, name)
    if found is None:
        raise Http404
    return JsonResponse(comparison_object(found), json_dumps_params={"ensure_ascii": False})


def _found(request: HttpRequest, name: str) -> Comparison | None:
    """None where the address names too few platforms that are known; of too many the first count."""
    if name not in taxonomy():
        raise Http404
    platforms = catalogue.platforms_named(None, slugs(request.GET.getlist("p")))[: comparing.MOST]
    if len(platforms) < comparing.FEWEST:
        return None
    return comparing.compare(name, platforms, SystemClock().now() - YEAR)
