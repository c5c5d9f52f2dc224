"""Atom feeds (RFC 4287) of published changes, and of documents that are gone: of all platforms, of one, of a document.

An entry's id is a tag URI (RFC 4151) made of the change's CA-C id, so it outlives a change of its address.
Changes that await confirmation are in no feed: an entry cannot be taken back from a feed reader.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import feedgenerator
from django.utils.cache import get_conditional_response
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext

from conductatlas import __version__
from conductatlas.history import change_queries
from conductatlas.history.disappearance_queries import DisappearanceRecord, disappearances
from conductatlas.history.records import ChangeFilter, ChangeRecord
from conductatlas.history.withheld import Withholdings, withholdings
from conductatlas.web.context import site_url
from conductatlas.web.found import document_or_404, platform_or_404, viewer_of
from conductatlas.web.quoted import quoted
from conductatlas.web.templatetags.excerpts import plain_quotation

LENGTH = 50
QUOTES = 3  # places quoted of each change
# RFC 4151: the year in which whoever makes these ids surely had the host's name.
YEAR = 2026


def of_all(request: HttpRequest) -> HttpResponse:
    """`/feeds/changes.atom`"""
    title = gettext("Changes on all platforms")
    return _feed(request, title, reverse("changes"), "changes", ChangeFilter())


def of_platform(request: HttpRequest, platform_slug: str) -> HttpResponse:
    """`/feeds/<p>.atom`"""
    platform = platform_or_404(request, platform_slug)
    title = gettext("Changes of %(platform)s") % {"platform": platform.name}
    page = reverse("platform", args=[platform.slug])
    return _feed(request, title, page, platform.slug, ChangeFilter(platform=platform.slug))


def of_document(request: HttpRequest, platform_slug: str, slug: str) -> HttpResponse:
    """`/feeds/<p>/<doc>.atom`"""
    document = document_or_404(request, platform_slug, slug)
    title = gettext("Changes of %(platform)s: %(document)s") % {
        "platform": document.platform.name,
        "document": document.title,
    }
    page = reverse("document", args=[platform_slug, slug])
    asked = ChangeFilter(platform=document.platform.slug, document=document.slug)
    return _feed(request, title, page, document.public_id, asked)


class _Feed(feedgenerator.Atom1Feed):
    """Django's, except that a feed without entries has a fixed date, so that asking again finds it unchanged."""

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else datetime(YEAR, 1, 1, tzinfo=UTC)


def _feed(request: HttpRequest, title: str, page: str, name: str, asked: ChangeFilter) -> HttpResponse:
    viewer = viewer_of(request)
    changes = change_queries.changes(viewer, asked=asked, limit=LENGTH)
    gone = disappearances(viewer, asked, limit=LENGTH)
    hidden = withholdings({change.document.pk for change in changes})
    etag = _etag(title, changes, gone, hidden)
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    site = site_url(request)
    feed = _Feed(
        title=f"{title} — ConductAtlas",
        link=site + page,
        description=gettext(
            "Published changes only: a later capture found the same text, or it was an announcement, seen once."
        ),
        language=get_language(),
        author_name="ConductAtlas",
        feed_url=site + request.path,
        feed_guid=_tag(site, name),
    )
    for one in gone:
        feed.add_item(
            title=f"{one.document.platform.name}: {one.document.title}",
            link=site
            + reverse("document", args=[one.document.platform.slug, one.document.slug])
            + "#disappeared",
            description=format_html("<p>{}</p>", one.sentence),
            unique_id=_tag(site, f"{one.document.public_id}-gone-{one.pk}"),
            unique_id_is_permalink=False,
            pubdate=one.told_at,
            updateddate=one.said_at,
            categories=["gone"],
        )
    for change in quoted(changes, places=QUOTES):
        address = site + reverse("change", args=[change.slug])
        feed.add_item(
            title=f"{change.document.platform.name}: {change.document.title}",
            link=address,
            description=_summary(change),
            unique_id=_tag(site, change.public_id),
            unique_id_is_permalink=False,
            pubdate=change.seen_at,
            updateddate=change.state_at,
            categories=[change.kind],
        )
    response = HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    response["ETag"] = etag
    return response


def _etag(
    title: str, changes: Sequence[ChangeRecord], gone: Sequence[DisappearanceRecord], hidden: Withholdings
) -> str:
    """Names everything that the feed is made of, at the price of the list alone."""
    rows = [(change.pk, change.state, change.state_at, change.document.texts) for change in changes]
    told = [(one.pk, one.said_at) for one in gone]
    made_of = (__version__, title, rows, told, hidden)
    return f'"{hashlib.sha256(repr(made_of).encode()).hexdigest()[:32]}"'


def _tag(site: str, name: str) -> str:
    return f"tag:{urlsplit(site).hostname},{YEAR}:{name}"


def _summary(change: ChangeRecord) -> str:
    """The change as escaped HTML: what is quoted of it, and what it counts."""
    quotes = ((plain_quotation(one),) for one in change.excerpts)
    return format_html_join("", "<p>{}</p>", quotes) + format_html("<p>{}</p>", change.summary)
