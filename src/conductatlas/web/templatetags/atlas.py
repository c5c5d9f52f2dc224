"""How values are written on pages: moments, sizes, languages, states. `{% load atlas %}`.

    {% asset "atlas.css" %}     address of a static file, with its digest
    {% title document %}        its title, with lang and dir
    {% shape "stale" %}         the shape that stands beside a state's word
    {% version_url document version.pk %}, {% change_url change %}    their addresses
    {{ at|moment }}             <time datetime="2026-11-22T06:10:00Z">22 November 2026, 06:10 UTC</time>
    {{ at|day }}                <time datetime="2026-11-22">22 November 2026</time>
    {{ at|stacked }}            the day and, on a line of its own, the time
    {{ at|clock }}              <time datetime="2026-11-22T06:10:00Z">06:10 UTC</time>
    {{ length|span }}           3 days 4 hours
    {{ length|every }}          once a day
    {{ n|size }}                214 KB
    {{ n|grouped }}             12,480
    {{ "1280x1024"|pixels }}    1280 × 1024
    {{ type|essence }}          text/html
    {{ "de"|language_name }}    German
    {{ "ar"|direction }}        rtl, else auto
    {{ "candidate"|words }}     seen, awaiting confirmation
    {% if on|is_ahead %}        whether a day is yet to come
    {{ url|bare }}              an address without its scheme and closing slash

Months and words go through gettext; digits are plain, so that columns align.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.dateformat import format as write_date
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info, ngettext, override
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from conductatlas.clock import SystemClock
from conductatlas.web.addresses import change_address, version_address

register = template.Library()

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ps", "sd", "yi", "dv", "ckb"})

WORDS: dict[str, str | Promise] = {
    # states of a document
    "current": later("current"),
    "stale": later("not confirmed lately"),
    "never": later("not read yet"),
    "retired": later("no longer watched"),
    "withheld": later("text withheld"),
    "removed": later("text removed"),
    "other_language": later("another language is served"),
    # states of a change
    "candidate": later("seen, awaiting confirmation"),
    "confirmed": later("confirmed"),
    "withdrawn": later("seen once, not confirmed"),
    "superseded": later("superseded"),
    "revised": later("corrected"),
    "contested": later("under review"),
    "two_texts": later("two texts in circulation"),
    "announced": later("announced once, gone again"),
    "alike": later("the same change in another text"),
    "review": later("seen again, before a person"),
    # kinds of a change
    "substantive": later("substantive"),
    "editorial": later("editorial"),
    "reverted": later("earlier text restored"),
    # severity and direction of a change
    "high": later("high"),
    "medium": later("medium"),
    "low": later("low"),
    "less_favourable": later("less favourable"),
    "more_favourable": later("more favourable"),
    "both": later("both"),
    "neither": later("neither"),
    "not_determined": later("not determined"),
    # outcomes of a check
    "changed": later("text differed"),
    "unchanged": later("same text"),
    "held": later("not read"),
    "failed": later("failed"),
    # outcomes of a capture
    "kept": later("kept"),
    "same": later("same as before"),
    "refused": later("refused"),
    # who asked for a check
    "schedule": later("on schedule"),
    "person": later("by a person"),
    "confirmation": later("to confirm a new text"),
    "replay": later("from a replay"),
}

# Drawn on a field of 16 by 16. What was read is full, what was not is open, what broke off is crossed.
_DISC = '<circle cx="8" cy="8" r="6" fill="currentColor"/>'
_RING = '<circle cx="8" cy="8" r="5.25" fill="none" stroke="currentColor" stroke-width="1.5"/>'
_HALF = _RING + '<path d="M8 2.75a5.25 5.25 0 0 0 0 10.5z" fill="currentColor"/>'
_BAR = _RING + '<path d="M4.5 8h7" stroke="currentColor" stroke-width="1.5"/>'
_CROSS = '<path d="M3.5 3.5l9 9m0-9l-9 9" stroke="currentColor" stroke-width="1.75" fill="none"/>'
_DASHED = (
    '<circle cx="8" cy="8" r="5.25" fill="none" stroke="currentColor" stroke-width="1.5"'
    ' stroke-dasharray="2.4 1.7"/>'
)
_SQUARE = '<path d="M3.25 3.25h9.5v9.5h-9.5z" fill="none" stroke="currentColor" stroke-width="1.5"/>'
_DIAMOND = '<path d="M8 1.5L14.5 8 8 14.5 1.5 8z" fill="currentColor"/>'
_PAIR = (
    '<g fill="none" stroke="currentColor" stroke-width="1.5"><circle cx="5.5" cy="8" r="4.25"/>'
    '<circle cx="10.5" cy="8" r="4.25"/></g>'
)
_STEPS = (  # three steps that rise, of which so many are full
    '<g fill="{}" stroke="currentColor" stroke-width="1.25"><path d="M1.6 14.4v-3.8h3v3.8z" fill="{}"/>'
    '<path d="M6.5 14.4v-7.8h3v7.8z" fill="{}"/><path d="M11.4 14.4v-12.8h3v12.8z" fill="{}"/></g>'
)
_FULL, _OPEN = "currentColor", "none"
_NO_STEPS = (
    '<g fill="none" stroke="currentColor" stroke-width="1.25" stroke-dasharray="1.8 1.5">'
    '<path d="M1.6 14.4v-3.8h3v3.8zM6.5 14.4v-7.8h3v7.8zM11.4 14.4v-12.8h3v12.8z"/></g>'
)
_FLAG = '<path d="M3.5 15V2h9l-2.2 3.4 2.2 3.4h-9" fill="none" stroke="currentColor" stroke-width="1.5"/>'
SHAPES = {
    "current": _DISC,
    "stale": _HALF,
    "never": _RING,
    "retired": _SQUARE,
    "withheld": _BAR,
    "removed": _CROSS,
    "other_language": _PAIR,
    "candidate": _DASHED,
    "confirmed": _DISC,
    "withdrawn": _CROSS,
    "superseded": _SQUARE,
    "revised": _SQUARE,
    "contested": _HALF,
    "two_texts": _PAIR,
    "announced": _FLAG,
    "alike": _PAIR,
    "review": _HALF,
    "high": _STEPS.format(_OPEN, _FULL, _FULL, _FULL),
    "medium": _STEPS.format(_OPEN, _FULL, _FULL, _OPEN),
    "low": _STEPS.format(_OPEN, _FULL, _OPEN, _OPEN),
    "not_determined": _NO_STEPS,
    "changed": _DIAMOND,
    "unchanged": _DISC,
    "held": _BAR,
    "failed": _CROSS,
    "kept": _DIAMOND,
    "same": _DISC,
    "refused": _BAR,
}


@register.simple_tag
def asset(path: str) -> str:
    """The address of a static file; its query changes when the file does, so caches may keep it for long."""
    return f"{static(path)}?v={_digest(path)}"


@lru_cache(maxsize=64)
def _digest(path: str) -> str:
    file = files("conductatlas.web").joinpath("static", *path.split("/"))
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10]


@register.simple_tag
def version_url(document: Any, version: int) -> str:
    """The address of a version of a document, by its key."""
    return version_address(document.platform.slug, document.slug, version)


@register.simple_tag
def change_url(change: Any) -> str:
    """The address of a change."""
    return change_address(change.slug)


@register.simple_tag
def shape(name: str) -> SafeString:
    """The sign of a state, for the eye only: the word always stands beside it."""
    inside = SHAPES.get(name, _RING)
    return mark_safe(f'<svg class="shape" viewBox="0 0 16 16" aria-hidden="true">{inside}</svg>')  # noqa: S308


@register.simple_tag
def title(document: Any) -> SafeString:
    """A document's title as its platform words it, in its language and direction."""
    return format_html(
        '<span lang="{}" dir="{}">{}</span>',
        document.language or "en",
        direction(document.language),
        document.title,
    )


@register.filter
def words(name: str) -> str:
    """The words that readers see for a state, kind or outcome; the name itself if it has none."""
    return str(WORDS.get(name, name))


@register.filter
def moment(at: datetime | None) -> str:
    """The moment in UTC to the minute, in a `<time>`; "" for None."""
    if at is None:
        return ""
    at = at.astimezone(UTC)
    said = _("%(day)s, %(time)s UTC") % {"day": write_date(at, "j F Y"), "time": write_date(at, "H:i")}
    return format_html('<time datetime="{}">{}</time>', at.strftime("%Y-%m-%dT%H:%M:%SZ"), said)


@register.filter
def day(on: date | None) -> str:
    """The day (of a moment: its day in UTC), in a `<time>`; "" for None."""
    if on is None:
        return ""
    if isinstance(on, datetime):
        on = on.astimezone(UTC).date()
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), write_date(on, "j F Y"))


@register.filter
def short_day(on: date | None) -> str:
    """The day with a short month, for columns: `22 Nov 2026`."""
    if on is None:
        return ""
    if isinstance(on, datetime):
        on = on.astimezone(UTC).date()
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), write_date(on, "j M Y"))


@register.filter
def is_ahead(on: date | None) -> bool:
    """Whether a day lies after today (UTC); False for None."""
    return on is not None and on > SystemClock().now().astimezone(UTC).date()


@register.filter
def stacked(at: datetime | None) -> str:
    """The moment in two lines, for columns: the short day, and below it the time of day in UTC."""
    if at is None:
        return ""
    at = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}">{}<span class="note">{} UTC</span></time>',
        at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        write_date(at, "j M Y"),
        f"{at:%H:%M}",
    )


@register.filter
def clock(at: datetime | None) -> str:
    """The time of day in UTC, in a `<time>` that holds the whole moment; "" for None."""
    if at is None:
        return ""
    at = at.astimezone(UTC)
    return format_html('<time datetime="{}">{} UTC</time>', at.strftime("%Y-%m-%dT%H:%M:%SZ"), f"{at:%H:%M}")


@register.filter
def span(length: timedelta | None) -> str:
    """A length of time in two neighbouring units from minutes up: days and hours, hours and minutes; "" for None."""
    if length is None:
        return ""
    minutes = max(0, round(length.total_seconds() / 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        minutes = 0
    said = [
        (days, ngettext("%d day", "%d days", days)),
        (hours, ngettext("%d hour", "%d hours", hours)),
        (minutes, ngettext("%d minute", "%d minutes", minutes)),
    ]
    parts = [text % number for number, text in said if number]
    return " ".join(parts) or ngettext("%d minute", "%d minutes", 0) % 0


@register.filter
def every(cadence: timedelta | None) -> str:
    """How often something is done whose interval is `cadence`."""
    if cadence is None:
        return ""
    if cadence == timedelta(days=1):
        return _("once a day")
    if cadence == timedelta(hours=1):
        return _("once an hour")
    if cadence == timedelta(days=7):
        return _("once a week")
    return _("every %(length)s") % {"length": span(cadence)}


@register.filter
def size(length: int | None) -> str:
    """A number of bytes in decimal units; "" for None."""
    if length is None:
        return ""
    if length < 1000:
        return ngettext("%d byte", "%d bytes", length) % length
    if length < 1_000_000:
        return f"{length / 1000:.0f}\N{NO-BREAK SPACE}KB"
    return f"{length / 1_000_000:.1f}\N{NO-BREAK SPACE}MB"


@register.filter
def pixels(viewport: str) -> str:
    """The size of a window as people write it: `1280 × 1024`."""
    return viewport.replace("x", "\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN}\N{NO-BREAK SPACE}")


@register.filter
def grouped(number: int | None) -> str:
    """A whole number with its thousands apart: `12,480`."""
    return "" if number is None else f"{number:,}"


@register.filter
def essence(media_type: str | None) -> str:
    """A media type without its parameters: `text/html`."""
    return (media_type or "").split(";", 1)[0].strip()


@register.filter
def language_name(tag: str | None) -> str:
    """The language's name in English, translated where that is known; the tag itself if it is no language."""
    if not tag:
        return ""
    try:
        with override("en"):
            name = get_language_info(tag.lower())["name"]
    except KeyError:
        return tag
    return _(name)


@register.filter
def direction(tag: str | None) -> str:
    """`rtl` for a language written from right to left; else `auto`, which lets the text itself decide."""
    return "rtl" if (tag or "").lower().split("-")[0] in RIGHT_TO_LEFT else "auto"


@register.filter
def bare(url: str | None) -> str:
    """An address as people say it: without scheme and closing slash."""
    return (url or "").split("://", 1)[-1].rstrip("/")
