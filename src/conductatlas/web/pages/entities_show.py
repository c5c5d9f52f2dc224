"""`/compare/entities/<a>-vs-<b>/`: two platforms beside each other; `.json` beside it.

Template `entities_show.html`:
    found           Beside: .sides (two, .platform .only .read .unread) .both .untold
    parts           list[(title, list[(AnswerRow, list[(Side, AnswerCell)])])]: those that differ first
    neither         tuple[AnswerRow, …] that neither states
    pair            "a-vs-b" as the address has it
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as later

from conductatlas.catalogue import queries as catalogue
from conductatlas.provisions.comparison import Outcome
from conductatlas.provisions.entities import Beside, beside
from conductatlas.provisions.tables import beside_object

BETWEEN = "-vs-"
PARTS = (
    (Outcome.DIFFERENT, later("They differ")),
    (Outcome.SOME, later("One states it")),
    (Outcome.SAME, later("They state the same")),
)


def show(request: HttpRequest, pair: str) -> HttpResponse:
    found = _found(pair)
    parts = [
        (title, [(row, list(zip(found.sides, row.cells, strict=True))) for row in found.of(outcome)])
        for outcome, title in PARTS
    ]
    own = [(row, list(zip(found.sides, row.cells, strict=True))) for row in found.own]
    parts.append((later("Who and when"), own))
    return render(
        request,
        "entities_show.html",
        {
            "found": found,
            "parts": [part for part in parts if part[1]],
            "neither": found.of(Outcome.NONE),
            "pair": pair,
        },
    )


def as_json(_request: HttpRequest, pair: str) -> HttpResponse:
    return JsonResponse(beside_object(_found(pair)), json_dumps_params={"ensure_ascii": False})


def _found(pair: str) -> Beside:
    """The two that an address names: a slug may hold "-vs-" itself, so every place where it stands is tried."""
    parts = pair.split(BETWEEN)
    splits = [
        (BETWEEN.join(parts[:place]), BETWEEN.join(parts[place:])) for place in range(1, min(len(parts), 6))
    ]
    known = {
        one.slug: one for one in catalogue.platforms_named(None, [slug for two in splits for slug in two])
    }
    for one, other in splits:
        if one in known and other in known and one != other:
            return beside(known[one], known[other])
    raise Http404
