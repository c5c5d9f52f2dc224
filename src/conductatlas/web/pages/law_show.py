"""`/law/<instrument>/`: one instrument: how it stands, and each of its articles with what it is about and which types
of clauses it may govern, on which conditions.

Template `law_show.html`:
    instrument      Instrument
    articles        list[(Article, rules that map it)]
    whole           rules that map the instrument as a whole
    today           date: against which "checked" is said
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from conductatlas.reading.law.register import register
from conductatlas.reading.law.rules import rules_of_article


def show(request: HttpRequest, name: str) -> HttpResponse:
    instrument = register().get(name)
    if instrument is None:
        raise Http404
    of_article = rules_of_article()
    return render(
        request,
        "law_show.html",
        {
            "instrument": instrument,
            "articles": [(article, of_article.get(article.id, ())) for article in instrument.articles],
            "whole": of_article.get(instrument.id, ()),
            "today": timezone.now().date(),
        },
    )
