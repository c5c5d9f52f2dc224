"""Which changes the address of a list asks for, and how the answer is told: a sentence, and ways to ask for less."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.http import HttpRequest
from django.utils.dateformat import format as write_date
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext

from conductatlas.catalogue.queries import DocumentRecord, PlatformRecord
from conductatlas.history.drift import KINDS
from conductatlas.history.records import ChangeFilter


@dataclass(frozen=True, slots=True)
class Narrower:
    """A part of what is listed: how many there are, and the query string that asks for them alone; "" where there
    are none, or where the list already holds no others."""

    name: str
    number: int
    href: str


def asked_filter(
    request: HttpRequest, known: Mapping[str, Collection[str]]
) -> tuple[ChangeFilter, list[str]]:
    """The filter that the address asks for, and the names of the fields that could not be understood.

    The field `kind` also takes a kind of change, as older addresses have it.
    """
    ignored: list[str] = []
    words: dict[str, str] = {}
    days: dict[str, datetime | None] = {}
    for field, values in known.items():
        words[field] = request.GET.get(field, "")
        if words[field] and words[field] not in values:
            words[field] = ""
            ignored.append(field)
    for field, further in (("since", timedelta()), ("until", timedelta(days=1))):
        text = request.GET.get(field, "").strip()
        try:
            days[field] = _midnight(text) + further if text else None
        except (ValueError, OverflowError):
            days[field] = None
            ignored.append(field)
    if words.get("kind") in KINDS:
        words["change"] = words.get("change") or words["kind"]
        words["kind"] = ""
    return ChangeFilter(**words, since=days["since"], until=days["until"]), ignored


def problem(ignored: Sequence[str]) -> str:
    """A sentence naming the fields that could not be understood, "" if there are none."""
    if not ignored:
        return ""
    fields = get_text_list(list(ignored), gettext("and"))
    return gettext("Ignored, since it names nothing that is known: %(fields)s.") % {"fields": fields}


def narrower(request: HttpRequest, field: str, numbers: Mapping[str, int]) -> list[Narrower]:
    """The parts of a list by the words of one field."""
    total = sum(numbers.values())
    found = []
    for name, number in numbers.items():
        asked = request.GET.copy()
        asked.pop("before", None)
        if field == "change" and asked.get("kind") in KINDS:  # an older address
            asked.pop("kind")
        asked[field] = name
        is_part = 0 < number < total
        found.append(Narrower(name, number, f"?{asked.urlencode()}" if is_part else ""))
    return found


def sentence(
    asked: ChangeFilter, total: int, platform: PlatformRecord | None, document: DocumentRecord | None
) -> str:
    """What the list holds, as one sentence: "Between 1 November 2026 and 22 November 2026, 14 published changes …"."""
    values = {
        "n": f"{total:,}" if total else gettext("no"),
        "where": _where(platform, document, is_empty=not total),
        "since": _day(asked.since.date()) if asked.since else "",
        "until": _day(asked.until_day) if asked.until_day else "",
    }
    if asked.since and asked.until and asked.since.date() == asked.until_day:
        said = ngettext(
            "On %(since)s, %(n)s published change %(where)s.",
            "On %(since)s, %(n)s published changes %(where)s.",
            total,
        )
    elif asked.since and asked.until:
        said = ngettext(
            "Between %(since)s and %(until)s, %(n)s published change %(where)s.",
            "Between %(since)s and %(until)s, %(n)s published changes %(where)s.",
            total,
        )
    elif asked.since:
        said = ngettext(
            "Since %(since)s, %(n)s published change %(where)s.",
            "Since %(since)s, %(n)s published changes %(where)s.",
            total,
        )
    elif asked.until:
        said = ngettext(
            "Up to %(until)s, %(n)s published change %(where)s.",
            "Up to %(until)s, %(n)s published changes %(where)s.",
            total,
        )
    else:
        said = ngettext("%(n)s published change %(where)s.", "%(n)s published changes %(where)s.", total)
    if any((asked.kind, asked.category, asked.change, asked.severity, asked.direction)):
        said = said.removesuffix(".") + gettext(", as chosen below.")
    said %= values
    return said[:1].upper() + said[1:]


def _where(platform: PlatformRecord | None, document: DocumentRecord | None, *, is_empty: bool) -> str:
    if document:
        named = {"platform": document.platform.name, "document": document.title}
        return gettext("of %(platform)s: %(document)s") % named
    if platform:
        return gettext("of %(platform)s") % {"platform": platform.name}
    return gettext("on any platform") if is_empty else gettext("on all platforms")


def _day(on: date) -> str:
    return write_date(on, "j F Y")


def _midnight(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), time(), tzinfo=UTC)
