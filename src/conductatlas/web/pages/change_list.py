"""`/changes/`: what changed on all platforms, 50 a page.

Template `change_list.html`:
    changes         tuple[ChangeRecord]: confirmed ones, newest first
    candidates      tuple[ChangeRecord]: seen, awaiting confirmation (10, first page only)
    filters         ChangeFilter: .platform .kind .category .since .until (None or "" if not asked for)
    platforms       list[PlatformRecord]; kinds: list[(slug, words)] of documents; categories: list[(slug, words)]
    problem         a sentence naming filters that were ignored because they cannot be read, "" if none
    paging          Paging: .newest .older
Fields of the GET form: platform, kind (document kind), category, since, until (YYYY-MM-DD, UTC, inclusive).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import get_text_list
from django.utils.translation import gettext

from conductatlas.catalogue import queries as catalogue
from conductatlas.history import change_queries
from conductatlas.history.models import ChangeKind
from conductatlas.history.records import ChangeFilter
from conductatlas.web.found import viewer_of
from conductatlas.web.paging import SIZE, before, paged
from conductatlas.web.quoted import quoted_lists


def show(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    platforms, kinds = catalogue.platforms(viewer), catalogue.kinds(viewer)
    categories = catalogue.categories(viewer)
    known = {
        "platform": {row.slug for row in platforms},
        "kind": {*dict(kinds), *ChangeKind.values},
        "category": set(dict(categories)),
    }
    filters, ignored = asked_filter(request, known)
    rows = change_queries.changes(viewer, asked=filters, before=before(request), limit=SIZE + 1)
    page, paging = paged(request, rows, [row.pk for row in rows])
    waiting = change_queries.candidates(viewer, asked=filters) if paging.newest is None else []
    changes, candidates = quoted_lists(page, waiting)
    return render(
        request,
        "change_list.html",
        {
            "changes": changes,
            "candidates": candidates,
            "filters": filters,
            "platforms": platforms,
            "kinds": kinds,
            "change_kinds": ChangeKind.choices,
            "categories": categories,
            "problem": _problem(ignored),
            "paging": paging,
        },
    )


def asked_filter(request: HttpRequest, known: dict[str, set[str]]) -> tuple[ChangeFilter, list[str]]:
    """The filter that the address asks for, and the names of the fields that could not be understood."""
    ignored: list[str] = []
    words: dict[str, str] = {}
    days: dict[str, datetime | None] = {}
    for field, values in known.items():
        words[field] = request.GET.get(field, "")
        if words[field] and words[field] not in values:
            words[field] = ""
            ignored.append(field)
    for field, further in (("since", timedelta()), ("until", timedelta(days=1))):
        text = request.GET.get(field, "").strip()
        try:
            days[field] = _midnight(text) + further if text else None
        except (ValueError, OverflowError):
            days[field] = None
            ignored.append(field)
    return ChangeFilter(**words, since=days["since"], until=days["until"]), ignored


def _midnight(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), time(), tzinfo=UTC)


def _problem(ignored: list[str]) -> str:
    if not ignored:
        return ""
    fields = get_text_list(ignored, gettext("and"))
    return gettext("Ignored, since it names nothing that is known: %(fields)s.") % {"fields": fields}
