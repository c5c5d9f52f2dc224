"""`/platform/<p>/<doc>/`: is the record current, what does it hold; with `?on=DATE`, as published around DATE.

Template `document_show.html`:
    document        DocumentRecord: .public_id .title .kind .kind_title .language .region .audience .cadence
                    .is_private .platform
    state           DocumentState: .name (current, stale, never, retired, withheld, removed, other_language)
                    .confirmed_at .stale_since .checked_at .outcome .why .version (VersionRecord) .withheld
    sources         list[SourceRecord]: .url .select .remove .filters .fetcher
    timeline        tuple[VersionLine] newest first, at most 8: .version (VersionRecord), .change (ChangeRecord that
                    led to it, or None), .note (a sentence where .change is None), .last_seen_at (datetime | None)
    changes         list[ChangeRecord]: the last 4 that led to a version, with .excerpts
    more_versions   whether `versions` has older ones
    circulating     tuple[CirculatingText]: where several texts are in circulation, each: .version .ordinal .public_id
                    .first_at .last_at .captures .of .percent .vantages, the one met last first; else ()
    days            over how many days they are looked for
    variants        list[VariantRecord]: .language .first_seen_at .latest (CA-V id or "")
    checks          list[CheckRecord]: the last 5
    first_seen_at   datetime | None: where the record starts
    disappearances  list[DisappearanceRecord]: when its page did not answer with it, the newest first: .last_read_at
                    .since .checks .vantages .version .returned_at (None while it is gone) .sentence
    incident        IncidentRecord | None: .since .why .checks .last_check_at, and for operators .capture .has_bytes
    extraction      Extraction | None: .words .typed_words of what the document says now
    summary         Summary | None, where the text is shown: .for_a_person (Told: .said .finding), .by_group (group,
                    Told …), .within, .between (Differing: .title .sides, of each the value and its FindingRecord)
    provisions      list[FindingRecord] in the order of the text; by_severity: [(name, number)]
    provisions_at   list[(FindingRecord, address)]: where each is marked, in this page or a part of the version's
    text            safe HTML of the text with its provisions marked, of a long one its first part; "" where none is
                    shown: then no part of the page is the platform's text. parts: how many there are
    original_url    where the platform publishes the text; direction: "rtl" or "auto"
    named           list[(NamedDocument, DocumentRecord | None)]: documents that the text names: .title .target, and
                    which of those watched it is
    is_operator     whether the way to what came instead is shown
    on_error        "" or a sentence with the remedy (only on the 400 answer)

Template `document_on.html` (200): as published, as we captured it around DATE
    document        as above
    on              datetime, UTC; on_is_date: only a day was given (it means the end of that day)
    version         VersionRecord | None; None: DATE lies before the first capture, see first_seen_at
    before, after   CheckRecord | None: last check that read the document at or before DATE, first after it
    gap             Gap | None (.start .end .length timedelta): between the two
    takes_effect    date | None: the text states that it takes effect later than DATE
    replaced        VersionRecord | None: the version it replaces, if takes_effect
    first_seen_at   datetime | None
    vantage         Mapping of `before` (or `after`): language, network, client …
A DATE that cannot be read: status 400, template `document_show.html` with on_error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from conductatlas.archive import queries as archive
from conductatlas.archive.models import CheckOutcome
from conductatlas.catalogue import queries as catalogue
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.clock import SystemClock, parse_moment
from conductatlas.history import counts, queries, version_queries
from conductatlas.history.disappearance_queries import disappearances_of
from conductatlas.history.drift import SEVERITIES
from conductatlas.history.records import VersionRecord
from conductatlas.provisions import queries as provisions
from conductatlas.provisions.records import FindingRecord
from conductatlas.provisions.summaries import summary_of
from conductatlas.web import texts
from conductatlas.web.found import document_or_404, viewer_of
from conductatlas.web.quoted import quoted
from conductatlas.web.templatetags.atlas import direction
from conductatlas.work.incidents import open_incident

TIMELINE = 8
CHANGES = 4
CHECKS = 5
CIRCULATION = timedelta(days=90)
UNREAD = (CheckOutcome.HELD, CheckOutcome.FAILED)


def show(request: HttpRequest, platform_slug: str, slug: str) -> HttpResponse:
    document = document_or_404(request, platform_slug, slug)
    asked = request.GET.get("on", "").strip()
    if not asked:
        return _overview(request, document)
    try:
        moment, is_date = asked_moment(asked)
    except (ValueError, OverflowError):  # the latter: a zone that leads out of the calendar
        return _overview(
            request,
            document,
            on_error=gettext("The date cannot be read. Write it as 2026-11-22 or 2026-11-22T06:10, in UTC."),
        )
    return _around(request, document, moment, is_date)


def asked_moment(text: str) -> tuple[datetime, bool]:
    """The moment meant by an ISO date (its last instant) or date-time, and whether it was a date. ValueError,
    OverflowError."""
    moment = parse_moment(text.replace(" ", "+") if "T" in text else text)
    is_date = "T" not in text and len(text) <= len("2026-11-22")
    return (moment + timedelta(days=1, microseconds=-1) if is_date else moment), is_date


def _overview(request: HttpRequest, document: DocumentRecord, on_error: str = "") -> HttpResponse:
    viewer, now = viewer_of(request), SystemClock().now()
    state = queries.document_state(document, now)
    timeline = version_queries.timeline(viewer, document, state, limit=TIMELINE + 1)
    extraction = provisions.extraction_of(document) if state.version and not state.withheld else None
    found = provisions.of_document(viewer, document) if extraction else []
    version = state.version
    pages = texts.pages(version, found) if extraction and version and version.is_shown else texts.NOTHING
    sources = catalogue.sources(viewer, document)
    severities = Counter(one.severity for one in found if one.severity)
    response = render(
        request,
        "document_show.html",
        {
            "document": document,
            "state": state,
            "sources": sources,
            "timeline": timeline[:TIMELINE],
            "more_versions": len(timeline) > TIMELINE,
            "changes": quoted([line.change for line in timeline if line.change][:CHANGES]),
            "circulating": counts.circulating(document.pk, now - CIRCULATION),
            "days": CIRCULATION.days,
            "variants": queries.variants(viewer, document),
            "checks": archive.checks(viewer, document, limit=CHECKS),
            "first_seen_at": version_queries.first_seen_at(viewer, document),
            "incident": open_incident(viewer, document) if state.outcome in UNREAD else None,
            "disappearances": disappearances_of(viewer, document),
            "is_operator": bool(viewer and viewer.is_staff),
            "on_error": on_error,
            "extraction": extraction,
            "summary": summary_of(viewer, document, found) if pages.parts[0] else None,
            "provisions": found,
            "by_severity": [(name, severities[name]) for name in SEVERITIES if severities[name]],
            "provisions_at": _places(document, version, found, pages) if version else [],
            "text": pages.parts[0],
            "parts": len(pages.parts),
            "original_url": sources[0].url if sources else "",
            "direction": direction((version and version.language) or document.language),
            "named": provisions.named_documents(viewer, document, extraction) if extraction else [],
        },
        status=400 if on_error else 200,
    )
    if pages.parts[0]:  # a text that belongs to its platform is not for search engines, wherever it is shown
        response["X-Robots-Tag"] = "noindex"
    return response


def _places(
    document: DocumentRecord, version: VersionRecord, found: Sequence[FindingRecord], pages: texts.Pages
) -> list[tuple[FindingRecord, str]]:
    """Each provision with the address of its mark: in the first part of the text, which this page shows, or in a
    later one, which the page of the version does."""
    address = reverse("version", args=[document.platform.slug, document.slug, version.pk])
    placed, part = [], 1
    for one in found:
        here = f'id="{one.public_id}"'
        part = next((n for n in range(part, len(pages.parts) + 1) if here in pages.parts[n - 1]), part)
        placed.append((one, f"{f'{address}?part={part}' if part > 1 else ''}#{one.public_id}"))
    return placed


def _around(request: HttpRequest, document: DocumentRecord, moment: datetime, is_date: bool) -> HttpResponse:
    now = SystemClock().now()
    found = version_queries.around(viewer_of(request), document, moment)
    return render(
        request,
        "document_on.html",
        {
            "document": document,
            "on": moment,
            "on_is_date": is_date,
            "is_future": moment > now,
            "version": found.version,
            "before": found.before,
            "after": found.after,
            "gap": found.gap,
            "takes_effect": found.takes_effect,
            "replaced": found.replaced,
            "first_seen_at": found.first_seen_at,
            "vantage": found.vantage,
        },
    )
