"""The values of a declaration: each function takes what TOML holds and returns what it means.

All raise WrongValueError, with a remedy, for anything else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from conductatlas.catalogue.categories import CATEGORIES
from conductatlas.catalogue.faults import WrongValueError
from conductatlas.reading.text.filters import Filter, QueryParameters, Replace, Strip
from conductatlas.reading.text.kinds import KINDS, kind_for_alias
from conductatlas.reading.text.lines import clean
from conductatlas.reading.text.page import Selector
from conductatlas.reading.text.patterns import LONGEST as PATTERN_LONGEST
from conductatlas.reading.text.patterns import PatternError, compiled

FETCHERS = ("http", "browser")
# The key that makes a table a filter of its kind, and the one that may stand beside it.
FILTER_KEYS = {"replace": "with", "strip": "at", "query_parameters": ""}
KEPT_ATTRIBUTES = ("href",)
PUBLISH_TEXT = ("full", "excerpts", "signed-in", "private")
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=366)

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CADENCE = re.compile(r"([0-9]{1,6})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
# language, script, region, variants: the parts of RFC 5646 §2.1 that pages are declared in
_LANGUAGE = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"[a-z_:][a-z0-9_:.-]*\*?")
_HOST = re.compile(r"[^\s/?#@:\[\]%<>\\^`{|}]+|\[[0-9a-f:.]+\]", re.IGNORECASE)
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_EMPTY_PAGE = LexborHTMLParser("<p></p>")


def text(longest: int, *, may_be_empty: bool = False) -> Callable[[object], str]:
    """One line of at most `longest` characters, without space around it."""

    def parse(value: object) -> str:
        if not isinstance(value, str):
            raise WrongValueError("must be text", 'Write it in quotes: "…".')
        if not value.strip() and not may_be_empty:
            raise WrongValueError("is empty", "Fill it in, or remove the line.")
        if len(value) > longest:
            raise WrongValueError(
                f"is {len(value)} characters long", f"At most {longest} characters have room."
            )
        if odd := [c for c in value if _is_control(c)]:
            raise WrongValueError(
                f"holds the control character U+{ord(odd[0]):04X}", "Remove it: one line of plain text."
            )
        return value.strip()

    return parse


def slug(value: object) -> str:
    """Small letters, digits and single hyphens, at most 80."""
    name = text(80)(value)
    if not _SLUG.fullmatch(name):
        raise WrongValueError(
            f"{name!r} is no slug", "Small letters a to z, digits, and single hyphens between them."
        )
    return name


def category(value: object) -> str:
    return _known(text(40)(value), "category", CATEGORIES)


def kind(value: object) -> str:
    name = text(200)(value)
    if name not in KINDS and (meant := kind_for_alias(name)):
        raise WrongValueError(f"{name!r} is the name of a kind, not its slug", f'Write kind = "{meant}".')
    return _known(name, "kind", KINDS)


def fetcher(value: object) -> str:
    return _known(text(20)(value), "fetcher", FETCHERS)


def publish_text(value: object) -> str:
    return _known(text(20)(value), "way to publish texts", PUBLISH_TEXT)


def url(value: object) -> str:
    """An absolute http or https address, without user name, password or fragment."""
    address = text(2000)(value)
    remedy = "Write the whole address as a browser shows it: https://host/path."
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as fault:
        raise WrongValueError(f"{address!r} is no address: {fault}", remedy) from None
    if parts.scheme not in ("http", "https") or not host or " " in address:
        raise WrongValueError(f"{address!r} is no http or https address", remedy)
    if parts.username is not None or parts.password is not None:
        raise WrongValueError("holds a user name or a password", "Only public pages are watched; remove it.")
    if not _HOST.fullmatch(host if ":" not in host else f"[{host}]") or ".." in host:
        raise WrongValueError(f"{host!r} is no host name", remedy)
    if "#" in address:
        raise WrongValueError(
            "has a fragment (#…), which no server ever sees",
            "Remove it; name the part to read with `select`.",
        )
    return address


def cadence(value: object) -> timedelta:
    """A whole number of minutes, hours or days: "30m", "24h", "7d"."""
    name = text(20)(value)
    match = _CADENCE.fullmatch(name)
    if not match:
        raise WrongValueError(
            f"{name!r} is no span of time", 'A number and m, h or d, as in "30m", "24h", "7d".'
        )
    span = int(match[1]) * _UNITS[match[2]]
    if not SHORTEST <= span <= LONGEST:
        raise WrongValueError(f"{name!r} is out of range", "At least 5m, at most 366d.")
    return span


def language(value: object) -> str:
    """A BCP 47 tag, in the case that RFC 5646 §2.1.1 recommends; "" for none."""
    tag = text(20, may_be_empty=True)(value)
    if tag and not _LANGUAGE.fullmatch(tag):
        raise WrongValueError(f"{tag!r} is no language tag", 'Write it as in BCP 47: "en", "pt-BR".')
    first, *rest = tag.split("-")
    cased = [{2: part.upper(), 4: part.title()}.get(len(part), part.lower()) for part in rest]
    return "-".join([first.lower(), *cased])


def verified(value: object) -> date | None:
    """The day on which someone looked and found the right page there; None for `false`: nobody has."""
    if value is False:
        return None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise WrongValueError(
            "must be a date, or false",
            "Write the day without quotes: 2026-03-01; or false, if nobody has looked yet.",
        )
    return value


def selectors(value: object) -> tuple[Selector, ...]:
    """One selector or a list of them; each CSS, or a range {startBefore|startAfter, endBefore|endAfter}."""
    listed = value if isinstance(value, list) else [value]
    return tuple(_range(one) if isinstance(one, dict) else _css(one) for one in listed)


def filters(value: object) -> tuple[Filter, ...]:
    """One filter or a list of them: {replace, with}, {strip, at} or {query_parameters}."""
    return tuple(_filter(one) for one in (value if isinstance(value, list) else [value]))


def names(value: object) -> tuple[str, ...]:
    """One name or a list of them, each once."""
    listed = value if isinstance(value, list) else [value]
    if not listed:
        raise WrongValueError("names nothing", "Name one or more, or remove the filter.")
    return tuple(dict.fromkeys(map(text(200), listed)))


def moment(value: object) -> datetime:
    """A day or a moment; UTC where it names no zone, a day from its first moment."""
    if not isinstance(value, date):
        raise WrongValueError(
            "must be a date or a time", "Write it without quotes: 2026-03-01 or 2026-03-01T12:00:00Z."
        )
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - zoned in the next line
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError:
        raise WrongValueError(f"{value} is out of range", "Write a year from 2 to 9998.") from None


def tables(value: object) -> list[dict[str, object]]:
    """An array of tables that is not empty."""
    if not isinstance(value, list) or not value or not all(isinstance(table, dict) for table in value):
        raise WrongValueError("must be one or more tables", "Begin each with its own [[header]].")
    return value


def closest(name: str, known: Collection[str]) -> str:
    """`Did you mean …? ` where a known name is near, else ""."""
    near = get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return f"Did you mean {near[0]!r}? " if near else ""


def _known(name: str, what: str, known: Collection[str]) -> str:
    if name not in known:
        raise WrongValueError(f"{name!r} is no {what}", closest(name, known) + f"Known: {', '.join(known)}.")
    return name


def _filter(value: object) -> Filter:
    keys = dict(value) if isinstance(value, dict) else {}
    kind = next((name for name in FILTER_KEYS if name in keys), "")
    if not kind or keys.keys() - {kind, FILTER_KEYS[kind]}:
        odd = ", ".join(sorted(map(str, keys.keys() - {kind, FILTER_KEYS.get(kind, "")})))
        raise WrongValueError(
            f"hold something that is no filter{': ' + odd if odd else ''}",
            "A filter is a table with `replace` and perhaps `with`, with `strip` and perhaps `at`, or with "
            "`query_parameters`.",
        )
    if kind == "replace":
        return Replace(_pattern(keys["replace"]), _replacement(keys.get("with", "")))
    if kind == "strip":
        return Strip(_attributes(keys["strip"]), _css(keys["at"]) if "at" in keys else "")
    return QueryParameters(names(keys["query_parameters"]))


def _pattern(value: object) -> str:
    pattern = text(PATTERN_LONGEST)(value)
    try:
        compiled(pattern)
    except PatternError as fault:
        raise WrongValueError(f"{pattern!r} {fault.message}", fault.remedy) from None
    return pattern


def _replacement(value: object) -> str:
    words = text(PATTERN_LONGEST, may_be_empty=True)(value)
    if words != " ".join(clean(words).split()):
        raise WrongValueError(
            f"{words!r} is no text as readings hold it", "Single spaces, characters in composed form (NFC)."
        )
    return words


def _attributes(value: object) -> tuple[str, ...]:
    attributes = names(value)
    for name in attributes:
        if not _ATTRIBUTE.fullmatch(name):
            raise WrongValueError(
                f"{name!r} is no name of an attribute",
                'Small letters, as in "id", "aria-label"; "data-*" for all such.',
            )
        if any(kept == name or (name[-1] == "*" and kept.startswith(name[:-1])) for kept in KEPT_ATTRIBUTES):
            raise WrongValueError(
                f"{name!r} is what a document links to, and is never left out",
                "Name the part of the address that varies with `query_parameters`.",
            )
    return attributes


def _range(value: dict[str, object]) -> dict[str, str]:
    starts = value.keys() & {"startBefore", "startAfter"}
    ends = value.keys() & {"endBefore", "endAfter"}
    if len(starts) != 1 or len(ends) != 1 or len(value) != 2:
        raise WrongValueError(
            f"{', '.join(value) or 'an empty table'} makes no range of a page",
            "A range has one of startBefore, startAfter and one of endBefore, endAfter.",
        )
    return {edge: _css(selector) for edge, selector in value.items()}


def _css(value: object) -> str:
    """A selector, tried out on the parser that will use it."""
    selector = text(1000)(value)
    try:
        _EMPTY_PAGE.css(selector)
    except SelectolaxError:
        raise WrongValueError(
            f"{selector!r} is no CSS selector", "Try it in a browser: document.querySelectorAll('…')."
        ) from None
    return selector


def _is_control(character: str) -> bool:
    """Control characters, lone surrogates, line separators, and those that turn the direction of writing."""
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _BIDI_CONTROLS
