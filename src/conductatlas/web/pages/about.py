"""`/methodology/`, `/legal/`, `/privacy/`: templates `methodology.html`, `legal.html`, `privacy.html`.

operator, contact   as configured, "" if not said
refused_days        days for which bytes of refused captures are kept
spacing             seconds between two requests to one host
user_agent          what captures call themselves
reader_version      version of the reader in use
readers             list[(reader_version, first_used_at)]: the reader log
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.archive.fetch import user_agent
from conductatlas.history import queries
from conductatlas.reading.text.reader import READER_VERSION


def methodology(request: HttpRequest) -> HttpResponse:
    return _page(request, "methodology.html")


def legal(request: HttpRequest) -> HttpResponse:
    return _page(request, "legal.html")


def privacy(request: HttpRequest) -> HttpResponse:
    return _page(request, "privacy.html")


def _page(request: HttpRequest, template: str) -> HttpResponse:
    config = settings.CONFIG
    return render(
        request,
        template,
        {
            "operator": config.operator,
            "contact": config.contact,
            "refused_days": config.refused_days,
            "spacing": config.host_spacing["default"],
            "user_agent": user_agent(config.contact),
            "reader_version": READER_VERSION,
            "readers": queries.readers(),
        },
    )
