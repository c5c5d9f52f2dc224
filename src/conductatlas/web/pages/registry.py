"""`/registry/`: every provision of every document, or those that are asked for, 50 a page.

Template `registry.html`:
    provisions      tuple[FindingRecord]
    hits            list[(DocumentRecord, Hit)] in their place where words are asked for, the best first, at most 50:
                    .entry .snippet; the snippet is not for those who may not read the text
    asked           ProvisionFilter; filtered: whether anything is asked for; problem: fields ignored, as words
    total           how many there are, words aside; by_severity, by_group, by_type: list[Narrower] of all pages
                    together, by_type only of one group
    types, groups   the taxonomy, for the form; platforms, kinds, regions: what there is to choose
    paging          Paging
Fields of the GET form: q (words), type, group, severity, platform, kind, region, state (active, removed), since
(YYYY-MM-DD, UTC).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.catalogue import queries as catalogue
from conductatlas.catalogue.models import Viewer
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.history.drift import SEVERITIES
from conductatlas.provisions import counts, queries
from conductatlas.provisions.records import ProvisionFilter
from conductatlas.provisions.search import Hit, search
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
    rows = [] if asked.words else queries.listed(viewer, asked, after=before(request), limit=SIZE + 1)
    page, paging = paged(request, rows, [row.provision for row in rows])
    by_type = counts.by(viewer, asked, "type")
    return render(
        request,
        "registry.html",
        {
            "provisions": page,
            "hits": _hits(viewer, asked),
            "asked": asked,
            "filtered": asked != ProvisionFilter(),
            "problem": problem(ignored),
            "total": counts.provisions(viewer, asked),
            "by_severity": narrower(request, "severity", _named(counts.by(viewer, asked, "severity"))),
            "by_group": narrower(request, "group", _by_group(by_type)),
            "by_type": narrower(request, "type", by_type) if asked.group and not asked.type else [],
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


def _hits(viewer: Viewer, asked: ProvisionFilter) -> list[tuple[DocumentRecord, Hit]]:
    """What answers to the words that are asked for, among all that the filter leaves."""
    if not asked.words:
        return []
    is_narrowed = replace(asked, words="") != ProvisionFilter()
    found = search(
        viewer,
        asked.words,
        provisions_only=True,
        among=queries.chosen(viewer, asked) if is_narrowed else None,
    )
    hits = [(DocumentRecord.of(hit.entry.document, viewer), hit) for hit in found]
    return [
        (document, hit if document.texts != "none" else replace(hit, snippet=())) for document, hit in hits
    ]


def _by_group(by_type: Mapping[str, int]) -> dict[str, int]:
    """The numbers of types added up by group, in the order of the taxonomy; groups without any are left out."""
    found: dict[str, int] = {}
    for name, one in taxonomy().items():
        if by_type.get(name):
            found[one.group] = found.get(one.group, 0) + by_type[name]
    return found


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
