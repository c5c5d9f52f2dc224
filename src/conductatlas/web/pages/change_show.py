"""`/change/<date>-<p>-<doc>-<id>/`: one change, with its redline.

Template `change_show.html` (451 if a text is withheld, 200 if one was removed):
    document        see document_show
    change          ChangeRecord: .public_id .kind .state .seen_at .old_last_seen_at ("changed between") .summary
                    .sentences_added … .links_changed
    old, new        VersionRecord: .public_id .ordinal .stated_updated .stated_effective
    events          list[EventRecord]: .state .at .who .why, oldest first
    seen_in_turn    whether two texts were in circulation
    confirmed_at    datetime | None: when a later capture confirmed it
    told            Told | None: its differences, quoted and ranked (see web.told); None where no text is shown
    touched         list[(FindingRecord | None, FindingRecord | None)]: the provisions it touches, before and after
    earlier         Earlier: .of_document .substantive .of_platform, published changes seen before this one
    first_seen_at   datetime | None: where the record of the document starts
    redline         safe HTML, "" if withheld, removed or not open to the viewer
    is_open         whether the viewer may read whole texts of the document (see catalogue.queries.may_read)
    quotations      tuple[Excerpt]: in the place of the redline where the platform's texts go out in excerpts
    previous, next  ChangeRecord | None: of the same document
    returns_to      VersionRecord | None: the text is again that of this version
    revises         ChangeRecord | None: the record that this one corrects
    revised_by      ChangeRecord | None: the record that corrects this one
    replaced_by     list[ChangeRecord]: of a superseded change, those that tell it now, oldest first
    told_by         ChangeRecord | None: of one that is alike, the change of another text that tells it
    between         (datetime, datetime): the last time the old text was seen and the first the new one was, also by
                    captures that were taken in later
    date_mismatch   whether it is said that the wording differs and the printed date does not
    withheld        Withheld | None
    is_published    whether search engines may keep it, as they may what the sitemap names
    direction       "rtl" or "auto"
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from conductatlas.catalogue.models import Viewer
from conductatlas.history import change_queries, counts, version_queries
from conductatlas.history.models import ChangeState
from conductatlas.history.records import ChangeRecord, EventRecord, VersionRecord
from conductatlas.history.states import PUBLISHED
from conductatlas.provisions import queries as provisions
from conductatlas.web import texts
from conductatlas.web.found import change_or_404, first_address, versions_or_404, viewer_of
from conductatlas.web.quoted import quoted
from conductatlas.web.templatetags.atlas import direction
from conductatlas.web.told import told

QUOTATIONS = 6
CONFIRMING = (ChangeState.CONFIRMED, ChangeState.TWO_TEXTS)


def show(request: HttpRequest, slug: str) -> HttpResponse:
    key = slug.rpartition("-")[2]
    if not (key.isascii() and key.isdecimal() and len(key) <= 18):
        raise Http404
    viewer = viewer_of(request)
    change = change_or_404(request, int(key))
    if slug != change.slug:
        return redirect("change", change.slug, permanent=True)
    document = change.document
    named = [change.old_version, change.new_version]
    named += [change.returns_to] if change.returns_to else []
    old, new, *returns_to = versions_or_404(request, document, *named)
    withheld = new.withheld or old.withheld
    in_excerpts = document.texts == "excerpts" and not withheld
    beside = change_queries.changes_beside(viewer, change)
    with_words = iter(quoted([one for one in beside if one]))
    previous, following = (next(with_words) if one else None for one in beside)
    events = change_queries.events(change.pk)
    return render(
        request,
        "change_show.html",
        {
            "document": document,
            "change": change,
            "old": old,
            "new": new,
            "events": events,
            "seen_in_turn": any(event.state == ChangeState.TWO_TEXTS for event in events),
            "confirmed_at": _confirmed_at(events),
            "told": told(change, old, new),
            "touched": [] if withheld else provisions.touched_by(viewer, change.pk),
            "earlier": counts.earlier(viewer, change),
            "first_seen_at": version_queries.first_seen_at(viewer, document),
            "redline": texts.redline(change, old, new),
            "quotations": quoted([change], places=QUOTATIONS)[0].excerpts if in_excerpts else (),
            "is_open": old.is_open,
            "original_url": "" if old.is_open else first_address(viewer, document),
            "previous": previous,
            "next": following,
            "returns_to": returns_to[0] if returns_to else None,
            "revises": change_or_404(request, change.revises) if change.revises else None,
            "told_by": change_queries.told_by(viewer, change),
            "replaced_by": _replacements(viewer, change, old, new),
            "between": (
                max(change.old_last_seen_at, old.last_sighted_at or change.old_last_seen_at),
                min(change.seen_at, new.first_seen_at),
            ),
            "revised_by": change_queries.revision_of(viewer, change.pk),
            "date_mismatch": _is_mismatch_told(change, old, new),
            "withheld": withheld,
            "is_published": change.state in PUBLISHED and not withheld,
            "direction": direction(new.language or document.language),
        },
        # Of a removed text the record of the change stays, and is what the address is of.
        status=451 if withheld and not withheld.is_removed else 200,
    )


def _is_mismatch_told(change: ChangeRecord, old: VersionRecord, new: VersionRecord) -> bool:
    """Whether it is said that the words differ and the printed date does not: after two captures, and from two
    vantages where there are two. What the newest reading says of the dates comes before what was found at first."""
    is_found = bool(change.date_mismatch) and old.stated_updated == new.stated_updated
    if not is_found or change.state not in PUBLISHED:
        return False
    return not settings.CONFIG.second_vantage_proxy or change_queries.is_from_two_vantages(change.pk)


def _replacements(
    viewer: Viewer, change: ChangeRecord, old: VersionRecord, new: VersionRecord
) -> list[ChangeRecord]:
    if change.state != ChangeState.SUPERSEDED:
        return []
    return change_queries.replacements(viewer, change, old.at, new.at)


def _confirmed_at(events: Sequence[EventRecord]) -> datetime | None:
    return next((event.at for event in events if event.state in CONFIRMING), None)
