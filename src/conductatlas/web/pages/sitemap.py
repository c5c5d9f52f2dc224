"""`/sitemap.xml`: platforms, documents, types, law, reports, provisions and confirmed changes, for search engines
(sitemaps.org, protocol 0.9).

Pages that show a whole text are left out, those of versions and those of documents whose text stands beside its
provisions: texts belong to their owners, and their pages ask not to be indexed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import escape

from conductatlas.catalogue import queries as catalogue
from conductatlas.history import change_queries
from conductatlas.provisions import queries as provisions
from conductatlas.provisions.reports.definition import definitions
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.law.register import register as law
from conductatlas.web.addresses import change_address
from conductatlas.web.context import site_url
from conductatlas.web.kept import kept

KEPT = 600  # seconds
LONGEST = 50_000  # addresses that the protocol allows in one file
PAGES = (
    "home",
    "platforms",
    "changes",
    "registry",
    "types",
    "law",
    "questions",
    "compare_choose",
    "matrix",
    "reports",
    "ledger",
    "status",
    "methodology",
    "legal",
    "privacy",
)


def show(request: HttpRequest) -> HttpResponse:
    # What everyone may see, whoever asks: a sitemap is kept by strangers.
    site = escape(site_url(request))
    response = HttpResponse(
        kept(f"sitemap-{site}", None, lambda: _map(site), KEPT), content_type="application/xml; charset=utf-8"
    )
    response["Cache-Control"] = f"public, max-age={KEPT}"
    return response


def _map(site: str) -> str:
    # Paths are made of slugs and numbers, which need no escaping.
    rows = (
        f"<url><loc>{site}{path}</loc>{_modified(at)}</url>" for path, at in islice(_addresses(), LONGEST)
    )
    return "\n".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>',
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
            *rows,
            "</urlset>\n",
        ]
    )


def _addresses() -> Iterator[tuple[str, datetime | None]]:
    for name in PAGES:
        yield reverse(name), None
    for platform in catalogue.platforms(None):
        yield reverse("platform", args=[platform.slug]), None
        yield reverse("drift", args=[platform.slug]), None
    for name in taxonomy():
        yield reverse("type", args=[name]), None
    for name in law():
        yield reverse("instrument", args=[name]), None
    for slug in definitions():
        yield reverse("report", args=[slug]), None
    with_text = provisions.read_documents(None)
    for document in catalogue.documents(None):
        if document.pk in with_text and document.texts == "full":
            continue
        yield reverse("document", args=[document.platform.slug, document.slug]), None
    for slug, at in change_queries.change_addresses(limit=LONGEST):
        yield change_address(slug), at
    for names in provisions.addresses(LONGEST):
        yield reverse("provision", args=names), None


def _modified(at: datetime | None) -> str:
    return f"<lastmod>{at:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if at else ""
