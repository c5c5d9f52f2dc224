"""Charts: small, labelled directly, always with their table beside them. `{% load charts %}`.

    {% life timeline document until %}    the versions of a document on a line of time
    {% naming named %}                    the documents that it names, read and not read

Positions are percentages of the width, so the same drawing serves every sheet and its words never shrink.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils.dateformat import format as write_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from conductatlas.web.addresses import version_address
from conductatlas.web.templatetags.atlas import words

register = template.Library()

LEFT, RIGHT = 1.0, 99.0  # percent of the width: half a dot stays inside
LINE, STEP = 18, 8  # pixels from the top to the line, and from the line to a dot that would not fit on it
TOO_NEAR = 1.2  # percent: dots nearer than this do not fit beside each other
FREE_OF_LABELS = (12.0, 88.0)  # percent: where a year does not run into the first or the last date

DOT = (
    '<a href="{}"{}><title>{}</title><rect x="{}%" y="{}" width="24" height="24" transform="translate(-12)"/>'
    '<circle cx="{}%" cy="{}" r="5"/></a>'
)
YEAR = (
    '<line class="tick" x1="{0}%" x2="{0}%" y1="8" y2="30"/>'
    '<text x="{0}%" y="44" text-anchor="middle">{1}</text>'
)
DRAWING = (
    '<svg role="group" aria-label="{label}" height="64">{years}'
    '<line class="axis" x1="{left}%" x2="{right}%" y1="{line}" y2="{line}"/>{dots}'
    '<text y="44">{first}</text><text x="100%" y="44" text-anchor="end">{last}</text></svg>'
)


@register.simple_tag
def life(timeline: Sequence[Any], document: Any, until: datetime | None = None) -> SafeString:
    """An SVG with one linked dot a version, and a tick at each new year; "" without versions.

    `timeline` holds VersionLines, newest first. `until`: where the line ends, the last confirmation. A full
    dot is a substantive change, an open one any other version; the newest is in the link colour.
    """
    lines = list(reversed(timeline))
    if not lines:
        return SafeString()
    first = lines[0].version.at.astimezone(UTC)
    last = max(lines[-1].version.at, until or lines[-1].version.at).astimezone(UTC)
    length = (last - first).total_seconds() or 1.0

    def across(at: datetime) -> float:
        share: float = (at - first).total_seconds() / length
        return LEFT + (RIGHT - LEFT) * share

    places = [across(line.version.at) for line in lines]
    return format_html(
        DRAWING,
        label=_("Versions on a line of time"),
        years=_years(first, last, across),
        left=LEFT,
        right=RIGHT,
        line=LINE,
        dots=format_html_join(
            "",
            DOT,
            (
                (
                    version_address(document.platform.slug, document.slug, line.version.pk),
                    _class(line, newest=line is lines[-1]),
                    _title(line),
                    f"{place:.2f}",
                    height - 12,
                    f"{place:.2f}",
                    height,
                )
                for line, place, height in zip(lines, places, _heights(places), strict=True)
            ),
        ),
        first=write_date(first, "j M Y"),
        last=write_date(last, "j M Y") if last.date() != first.date() else "",
    )


NAME = '<line class="{}" x1="26%" x2="38%" y1="{}" y2="{}"/><text x="40%" y="{}">{}</text>'
NAMES = (
    '<svg role="group" aria-label="{label}" height="{height}"><text y="{middle}">{this}</text>{names}</svg>'
)
ROW, MOST_NAMES, LONGEST_NAME = 26, 12, 30


@register.simple_tag
def naming(named: Sequence[tuple[Any, Any]]) -> SafeString:
    """An SVG with a line from the document to each of those it names, dashed to those that are not watched here.
    named: pairs of a NamedDocument and its DocumentRecord or None; at most MOST_NAMES are drawn."""
    drawn = named[:MOST_NAMES]
    height = ROW * len(drawn) + 8
    return format_html(
        NAMES,
        label=_("Documents that this text names"),
        height=height,
        middle=height // 2 + 5,
        this=_("This text"),
        names=format_html_join(
            "",
            NAME,
            (
                (
                    "read" if read else "unread",
                    height // 2,
                    ROW * number + ROW // 2 + 4,
                    ROW * number + ROW // 2 + 9,
                    _named(read, one.title),
                )
                for number, (one, read) in enumerate(drawn)
            ),
        ),
    )


def _named(read: Any, title: str) -> SafeString:
    """A title cut to what fits, linked to what is watched here."""
    short = title if len(title) <= LONGEST_NAME else f"{title[: LONGEST_NAME - 1].rstrip()}…"
    if not read:
        return format_html("{}", short)
    return format_html(
        '<a href="{}">{}</a>', reverse("document", args=[read.platform.slug, read.slug]), short
    )


def _years(first: datetime, last: datetime, across: Callable[[datetime], float]) -> SafeString:
    begun = (datetime(year, 1, 1, tzinfo=UTC) for year in range(first.year + 1, last.year + 1))
    places = ((across(new_year), new_year.year) for new_year in begun)
    free_from, free_to = FREE_OF_LABELS
    return format_html_join(
        "", YEAR, ((f"{place:.2f}", year) for place, year in places if free_from < place < free_to)
    )


def _heights(places: Sequence[float]) -> list[int]:
    """Of each dot: on the line, or a step above it where the one before is too near."""
    heights: list[int] = []
    for number, place in enumerate(places):
        near = number > 0 and place - places[number - 1] < TOO_NEAR
        heights.append(LINE - STEP if near and heights[-1] == LINE else LINE)
    return heights


def _class(line: Any, *, newest: bool) -> SafeString:
    if newest:
        return SafeString(' class="now"')
    is_substantive = line.change is not None and line.change.kind == "substantive"
    return SafeString(' class="full"' if is_substantive else "")


def _title(line: Any) -> str:
    version, change = line.version, line.change
    what = words(change.kind) if change is not None else _("first version")
    return f"{version.public_id}, {write_date(version.at.astimezone(UTC), 'j F Y')}: {what}"
