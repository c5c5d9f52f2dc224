"""`/registry/`: every provision of every document, or those that are asked for, 50 a page.

Template `registry.html`:
    provisions      tuple[FindingRecord]
    hits            list[Hit] in their place where words are asked for: .entry .snippet
    asked           ProvisionFilter; filtered: whether anything is asked for; problem: fields ignored, as words
    total           how many there are; by_severity, by_type: {name: number} of all pages together
    types, groups   the taxonomy, for the form; platforms, kinds, regions: what there is to choose
    paging          Paging
Fields of the GET form: q (words), type, group, severity, platform, kind, region, state (active, removed), since
(YYYY-MM-DD, UTC).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.catalogue import queries as catalogue
from conductatlas.history.drift import SEVERITIES
from conductatlas.provisions import counts, queries
from conductatlas.provisions.records import ProvisionFilter
from conductatlas.provisions.search import search
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.web.filtering import narrower, problem
from conductatlas.web.found import viewer_of
from conductatlas.web.paging import SIZE, before, paged

STATES = ("active", "removed")
LONGEST_QUESTION = 300


def show(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    platforms, kinds, regions = (
        catalogue.platforms(viewer),
        catalogue.kinds(viewer),
        catalogue.regions(viewer),
    )
    types = taxonomy()
    groups = list(dict.fromkeys(one.group for one in types.values()))
    known = {
        "type": set(types),
        "group": set(groups),
        "severity": set(SEVERITIES),
        "platform": {row.slug for row in platforms},
        "kind": set(dict(kinds)),
        "region": set(regions),
        "state": set(STATES),
    }
    asked, ignored = _asked(request, known)
    hits = search(viewer, asked.words, provisions_only=True) if asked.words else []
    rows = [] if asked.words else queries.listed(viewer, asked, after=before(request), limit=SIZE + 1)
    page, paging = paged(request, rows, [row.provision for row in rows])
    return render(
        request,
        "registry.html",
        {
            "provisions": page,
            "hits": hits,
            "asked": asked,
            "filtered": asked != ProvisionFilter(),
            "problem": problem(ignored),
            "total": counts.provisions(viewer, asked),
            "by_severity": narrower(request, "severity", _named(counts.by(viewer, asked, "severity"))),
            "types": types.values(),
            "groups": groups,
            "platforms": platforms,
            "kinds": kinds,
            "regions": regions,
            "severities": SEVERITIES,
            "states": STATES,
            "paging": paging,
        },
    )


def _named(numbers: dict[str, int]) -> dict[str, int]:
    return {name: numbers.get(name, 0) for name in SEVERITIES if numbers.get(name)}


def _asked(request: HttpRequest, known: dict[str, set[str]]) -> tuple[ProvisionFilter, list[str]]:
    """The filter that the address asks for, and the fields that could not be understood."""
    words: dict[str, str] = {}
    ignored: list[str] = []
    for field, values in known.items():
        text = request.GET.get(field, "")
        if text and text not in values:
            ignored.append(field)
        elif text:
            words[field] = text
    text = request.GET.get("since", "").strip()
    try:
        since = datetime.combine(date.fromisoformat(text), time(), tzinfo=UTC) if text else None
    except ValueError:
        since = None
        ignored.append("since")
    question = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    return ProvisionFilter(**words, words=question, since=since), ignored
