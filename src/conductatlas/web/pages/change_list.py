"""`/changes/`: what changed, on all platforms or on those that are asked for, 50 a page.

Template `change_list.html`:
    changes         tuple[ChangeRecord]: published ones, newest first
    candidates      tuple[ChangeRecord]: seen, awaiting confirmation (10, first page only)
    disappearances  list[DisappearanceRecord]: documents whose page does not answer with them, or did not (10, first
                    page only): .document .last_read_at .since .checks .vantages .version .returned_at .sentence
    filters         ChangeFilter (None or "" if not asked for); filtered: whether anything is asked for
    said            one sentence: how many, where, between which days
    tally           Tally: .total .kinds .severities .directions, of all pages together
    by_kind, by_severity, by_direction    list[Narrower]: .name .number .href
    platforms       list[PlatformRecord]; documents: list[DocumentRecord] of the platform asked for
    kinds           list[(slug, words)] of documents; categories: list[(slug, words)]
    change_kinds, severities, directions    the words that may be asked for
    problem         a sentence naming filters that were ignored because they cannot be read, "" if none
    paging          Paging: .newest .older
Fields of the GET form: platform, document (slug, with a platform), kind (of the document), category, change (its
kind), severity, direction, since, until (YYYY-MM-DD, UTC, inclusive).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.catalogue import queries as catalogue
from conductatlas.catalogue.models import Viewer
from conductatlas.history import change_queries, counts
from conductatlas.history.disappearance_queries import disappearances
from conductatlas.history.drift import DIRECTIONS, KINDS, SEVERITIES, Tally
from conductatlas.history.records import ChangeFilter
from conductatlas.web.filtering import asked_filter, narrower, problem, sentence
from conductatlas.web.found import viewer_of
from conductatlas.web.kept import kept
from conductatlas.web.paging import SIZE, before, paged
from conductatlas.web.quoted import quoted_lists

COUNTS_KEPT = 60  # seconds
DISAPPEARANCES = 10


def show(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    platforms, kinds = catalogue.platforms(viewer), catalogue.kinds(viewer)
    categories = catalogue.categories(viewer)
    platform = next((row for row in platforms if row.slug == request.GET.get("platform")), None)
    documents = catalogue.documents(viewer, platform) if platform else []
    known = {
        "platform": {row.slug for row in platforms},
        "document": {row.slug for row in documents},
        "kind": {*dict(kinds), *KINDS},
        "category": set(dict(categories)),
        "change": KINDS,
        "severity": SEVERITIES,
        "direction": DIRECTIONS,
    }
    filters, ignored = asked_filter(request, known)
    tally = _tally(viewer, filters)
    rows = change_queries.changes(viewer, asked=filters, before=before(request), limit=SIZE + 1)
    page, paging = paged(request, rows, [row.pk for row in rows])
    waiting = change_queries.candidates(viewer, asked=filters) if paging.newest is None else []
    is_first = paging.newest is None
    changes, candidates = quoted_lists(page, waiting)
    document = next((row for row in documents if row.slug == filters.document), None)
    return render(
        request,
        "change_list.html",
        {
            "changes": changes,
            "candidates": candidates,
            "disappearances": disappearances(viewer, filters, limit=DISAPPEARANCES) if is_first else [],
            "filters": filters,
            "filtered": filters != ChangeFilter(),
            "said": sentence(filters, tally.total, platform, document),
            "tally": tally,
            "by_kind": narrower(request, "change", tally.kinds),
            "by_severity": narrower(request, "severity", tally.severities),
            "by_direction": narrower(request, "direction", tally.directions),
            "platforms": platforms,
            "documents": documents,
            "kinds": kinds,
            "change_kinds": KINDS,
            "severities": SEVERITIES,
            "directions": DIRECTIONS,
            "categories": categories,
            "problem": problem(ignored),
            "paging": paging,
        },
    )


def _tally(viewer: Viewer, asked: ChangeFilter) -> Tally:
    """What is asked for in particular is counted now; all there is, once in a while."""
    if asked != ChangeFilter():
        return counts.tally(viewer, asked)
    return kept("tally", viewer, lambda: counts.tally(viewer, asked), COUNTS_KEPT)
