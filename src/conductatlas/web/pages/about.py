"""`/methodology/`, `/legal/`, `/privacy/`: templates `methodology.html`, `legal.html`, `privacy.html`.

operator, contact   as configured, "" if not said
refused_days        days for which bytes of refused captures are kept
spacing             seconds between two requests to one host
user_agent          what captures call themselves
reader_version      version of the reader in use
types               how many types of clauses there are (methodology only)
accuracy            how right the reading of clauses was (methodology only): accuracy.json, which a command writes
figures             as on `/status/` (methodology only)
law                 .instruments .articles .unverified: numbers; .oldest check of a status (methodology only)
readers             list[(reader_version, first_used_at)]: the reader log
notice              the lines that a notice should answer
notice_mail         a mailto: link that holds them, "" unless the operator's contact is an e-mail address
notice_address      that address; notice_page: the contact if it is another site's page instead, else ""
"""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from conductatlas.archive.fetch import user_agent
from conductatlas.history import queries
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.law.entry import Status
from conductatlas.reading.law.register import register
from conductatlas.reading.text.reader import READER_VERSION
from conductatlas.web.found import viewer_of
from conductatlas.web.kept import kept
from conductatlas.web.pages import status_show


def methodology(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    return _page(
        request,
        "methodology.html",
        types=len(taxonomy()),
        accuracy=_accuracy(),
        figures=kept("status", viewer, lambda: status_show.figures(viewer), status_show.KEPT),
        law=_law(),
    )


def legal(request: HttpRequest) -> HttpResponse:
    contact = settings.CONFIG.contact_url
    lines = _notice_lines()
    address = contact.removeprefix("mailto:").partition("?")[0] if "@" in contact else ""
    letter = urlencode({"subject": gettext("Notice about a record"), "body": lines}, quote_via=quote)
    return _page(
        request,
        "legal.html",
        notice=lines,
        notice_address=address,
        notice_mail=f"mailto:{quote(address, safe='@')}?{letter}" if address else "",
        notice_page=contact if contact.startswith(("https://", "http://")) and not address else "",
    )


def privacy(request: HttpRequest) -> HttpResponse:
    return _page(request, "privacy.html")


@cache
def _accuracy() -> dict[str, Any]:
    """How right the reading of clauses was, as `python -m tests.bench.accuracy` wrote it."""
    source = files("conductatlas.web").joinpath("accuracy.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(source)
    return found | {"measured_on": date.fromisoformat(found["measured_on"])}


@cache
def _law() -> dict[str, Any]:
    instruments = register().values()
    return {
        "instruments": len(instruments),
        "articles": sum(len(one.articles) for one in instruments),
        "unverified": sum(one.status is Status.UNVERIFIED for one in instruments),
        "oldest": min(one.checked_on for one in instruments),
    }


def _notice_lines() -> str:
    lines = (
        gettext("Record (CA-D, CA-V, CA-C or CA-P with its number, or an address on this site):"),
        gettext("Part of it that is meant, if not the whole:"),
        gettext("What is asked for (correction, withholding of a text or a part, end of captures):"),
        gettext("Right or fact that the notice rests on:"),
        gettext("Who writes, and on whose behalf:"),
        gettext("How to reach the writer:"),
    )
    return "\r\n".join(lines)  # as letters have it: RFC 6068, 5


def _page(request: HttpRequest, template: str, **more: object) -> HttpResponse:
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
            **more,
        },
    )
