"""The values of a declaration: each function takes what TOML holds and returns what it means.

All raise WrongValueError, with a remedy, for anything else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from conductatlas.catalogue.categories import CATEGORIES
from conductatlas.catalogue.faults import WrongValueError
from conductatlas.reading.text.kinds import KINDS, kind_for_alias
from conductatlas.reading.text.page import Selector

FETCHERS = ("http", "browser")
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=366)

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CADENCE = re.compile(r"([0-9]{1,6})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
# language, script, region, variants: the parts of RFC 5646 §2.1 that pages are declared in
_LANGUAGE = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*",
    re.IGNORECASE,
)
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
