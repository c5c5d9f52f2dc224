"""`/questions/<key>/`: what each platform answers to one question, each with the words it rests on.

Template `question_show.html`:
    question        Question: .key .title .kinds
    cells           list[Cell]: .platform .value .quote .document .version .is_conflict .searched
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.provisions import asking
from conductatlas.reading.clauses.questions import questions
from conductatlas.web.found import viewer_of


def show(request: HttpRequest, key: str) -> HttpResponse:
    question = questions().get(key)
    if question is None:
        raise Http404
    cells = asking.answers_to(viewer_of(request), key)
    return render(
        request,
        "question_show.html",
        {
            "question": question,
            "cells": cells,
            "stated": sum(cell.value is not None for cell in cells),
        },
    )
