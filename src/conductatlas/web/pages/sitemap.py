"""`/sitemap.xml`: platforms, documents and confirmed changes, for search engines (sitemaps.org, protocol 0.9).

Texts of versions are left out: they belong to their owners, and their pages ask not to be indexed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from conductatlas.catalogue import queries as catalogue
from conductatlas.history import change_queries
from conductatlas.web.context import site_url

LONGEST = 50_000  # addresses that the protocol allows in one file
PAGES = ("home", "platforms", "changes", "status", "methodology", "legal", "privacy")


def show(request: HttpRequest) -> HttpResponse:
    # What everyone may see, whoever asks: a sitemap is kept by strangers.
    site = site_url(request)
    rows = ((site + address, _modified(at)) for address, at in islice(_addresses(), LONGEST))
    body = format_html(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{}</urlset>\n',
        format_html_join("", "<url><loc>{}</loc>{}</url>\n", rows),
    )
    return HttpResponse(body, content_type="application/xml; charset=utf-8")


def _addresses() -> Iterator[tuple[str, datetime | None]]:
    for name in PAGES:
        yield reverse(name), None
    for platform in catalogue.platforms(None):
        yield reverse("platform", args=[platform.slug]), None
    for document in catalogue.documents(None):
        yield reverse("document", args=[document.platform.slug, document.slug]), None
    for slug, at in change_queries.change_addresses(limit=LONGEST):
        yield reverse("change", args=[slug]), at


def _modified(at: datetime | None) -> str:
    return format_html("<lastmod>{}</lastmod>", at.strftime("%Y-%m-%dT%H:%M:%SZ")) if at else ""
