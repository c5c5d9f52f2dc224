"""`/provisions/<type>/`: one type of clause: what it is, who has it, and how the facts of it are spread.

Template `type_show.html`:
    type            ClauseType: .name .title .group .definition .neighbours
    share           Share: .number .of, platforms whose documents of these kinds could be read
    distributions   list[Distribution]: .name .values [(words, number)] .platforms
    law             list[(Article, Instrument, MappingRule)]: what may govern such clauses; each article once
    provisions      tuple[FindingRecord]: 50 a page; paging: Paging; total
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.provisions import counts, queries
from conductatlas.provisions.records import ProvisionFilter
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.law.entry import Article, Instrument
from conductatlas.reading.law.register import register
from conductatlas.reading.law.rules import MappingRule, rules_of_type
from conductatlas.web.found import viewer_of
from conductatlas.web.paging import SIZE, before, paged


def show(request: HttpRequest, name: str) -> HttpResponse:
    viewer = viewer_of(request)
    one = taxonomy().get(name)
    if one is None:
        raise Http404
    asked = ProvisionFilter(type=name)
    rows = queries.listed(viewer, asked, after=before(request), limit=SIZE + 1)
    page, paging = paged(request, rows, [row.provision for row in rows])
    return render(
        request,
        "type_show.html",
        {
            "type": one,
            "share": counts.share(name, tuple(sorted(one.kinds))),
            "distributions": counts.distributions(viewer, name),
            "law": _law(name),
            "provisions": page,
            "paging": paging,
            "total": counts.provisions(viewer, asked),
        },
    )


def _law(name: str) -> list[tuple[Article, Instrument, MappingRule]]:
    found: dict[str, tuple[Article, Instrument, MappingRule]] = {}
    for rule in rules_of_type().get(name, ()):
        for key in rule.articles:
            instrument = register()[key.partition("/")[0]]
            article = next((one for one in instrument.articles if one.id == key), None)
            if article is not None:
                found.setdefault(key, (article, instrument, rule))
    return list(found.values())
