"""`/questions/`: the fifty questions and how many platforms state an answer; with `?platform=`, one platform's answers.

Template `question_list.html`:
    platform        Platform | None: whose answers are shown
    cells           list[Cell] of that platform, in the order of the questionnaire
    questions       list[(Question, stated, asked)] where no platform is named
    platforms       list[PlatformRecord] to choose from
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.catalogue import queries as catalogue
from conductatlas.provisions import asking, counts
from conductatlas.reading.clauses.questions import questions
from conductatlas.web.found import platform_or_404, viewer_of


def show(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    slug = request.GET.get("platform", "")
    platform = platform_or_404(request, slug) if slug else None
    stated, asked = counts.answers(viewer) if platform is None else ({}, 0)
    return render(
        request,
        "question_list.html",
        {
            "platform": platform,
            "cells": asking.answers_of(viewer, platform.slug) if platform else [],
            "questions": [(one, stated.get(key, 0)) for key, one in questions().items()],
            "asked": asked,
            "platforms": catalogue.platforms(viewer),
        },
    )
