"""`/provisions/`: the types of clauses by group, and on how many platforms each was found.

Template `type_list.html`:
    groups          list[(group, list[(ClauseType, Share | None, provisions)])]
    of              platforms of which a document could be read
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.provisions import counts
from conductatlas.reading.clauses.taxonomy import ClauseType, taxonomy
from conductatlas.web.found import viewer_of


def show(request: HttpRequest) -> HttpResponse:
    shares, numbers = counts.shares(), counts.provisions_by_type(viewer_of(request))
    groups: dict[str, list[tuple[ClauseType, object, int]]] = {}
    for name, one in taxonomy().items():
        groups.setdefault(one.group, []).append((one, shares.get(name), numbers.get(name, 0)))
    return render(request, "type_list.html", {"groups": list(groups.items()), "of": counts.platforms_read()})
