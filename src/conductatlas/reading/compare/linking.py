"""Where links lead: when two addresses are the same place, and in which clauses another place matters (S13)."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from contextlib import suppress
from functools import cache, lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.lexicon import FALLBACK_LANGUAGE
from conductatlas.reading.compare.phrasebook import Phrasebook

_LONGEST = 20_000  # characters of a clause beyond which it is not looked into
_ENCODED = "a1"  # before a target in Base64
# An id that is drawn at random, in a part of the path that is not the last: what the last names may be a document.
_SESSION = re.compile(
    r"(?<![0-9a-f])(?:[0-9a-f]{24,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f])(?=[^/]*/[^/])"
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAMED = re.compile(r"[a-z]+(?:-[a-z]+)+")  # the last part of a path that names its page in several words
_INDEX = ("/index.html", "/index.htm", "/index.php")


@lru_cache(maxsize=4_096)
def place_of(target: str) -> str:
    """The host, path and query that an address leads to: without scheme, "www.", default port, tracking parameters,
    fragment and the slash at its end, without random ids within the path, and beyond addresses that only lead on. An
    address that is none is itself."""
    try:
        parts = urlsplit(target.strip())
        if beyond := _beyond(parts):
            parts = urlsplit(beyond)
        if parts.scheme.lower() == "mailto":
            return f"mailto:{unquote(parts.path).casefold()}"
        if parts.scheme.lower() not in _DEFAULT_PORTS:
            return target.strip()
        return f"{_host(parts)}{_path(parts)}{_query(parts)}"
    except ValueError:
        return target.strip()


def page_of(target: str) -> str:
    """The place that an address leads to, wherever its page stands on the site: "blog/our-terms" and "legal/our_terms"
    of one host are one page, for a name of several words is not given twice.

    Only folders that say nothing of a page are left out: those of a region, a language or a version stay.
    """
    place = place_of(target)
    host, *folders = place.replace("_", "-").split("/")
    if not folders or not _NAMED.fullmatch(folders[-1]):
        return place
    return "/".join([host, *(name for name in folders[:-1] if name not in _folders()), folders[-1]])


def is_rule(clause: str, language: str) -> bool:
    """Whether it matters where the links of a clause lead: incorporation, opt-out, notice, sub-processors, rights,
    arbitration."""
    book = _phrases(language.casefold().split("-")[0] or FALLBACK_LANGUAGE)
    return bool(book.find(clause[:_LONGEST]))


def _beyond(parts: SplitResult) -> str:
    """Where an address leads that only leads on, as the exits of social networks do; "" of any other."""
    if not parts.query:
        return ""
    known, path = table("linking")["redirects"], parts.path.rstrip("/")
    name = known.get(f"{(parts.hostname or '').removeprefix('www.')}{path}") or known.get(f"*{path}")
    beyond = dict(parse_qsl(parts.query)).get(name, "") if name else ""
    if beyond.startswith(_ENCODED):
        with suppress(ValueError):
            beyond = urlsafe_b64decode(f"{beyond[len(_ENCODED) :]}===").decode()
    return beyond if urlsplit(beyond).scheme.lower() in _DEFAULT_PORTS else ""


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    port = parts.port
    return host if port in (None, _DEFAULT_PORTS[parts.scheme.lower()]) else f"{host}:{port}"


def _path(parts: SplitResult) -> str:
    path = _SESSION.sub("*", quote(unquote(parts.path), safe="/:@!$&'()*+,;=~"))
    for index in _INDEX:
        path = path.removesuffix(index)
    return path.rstrip("/")


def _query(parts: SplitResult) -> str:
    exact, beginnings = _tracking()
    kept = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in exact and not name.lower().startswith(beginnings)
    )
    return f"?{urlencode(kept)}" if kept else ""


@cache
def _folders() -> frozenset[str]:
    """Folders of a site that say nothing of the pages in them."""
    return frozenset(table("linking")["folders"])


@cache
def _tracking() -> tuple[frozenset[str], tuple[str, ...]]:
    """Names of parameters that only track, and beginnings of such names."""
    names = table("linking")["parameters"]
    return (
        frozenset(name for name in names if not name.endswith("*")),
        tuple(name[:-1] for name in names if name.endswith("*")),
    )


@cache
def _phrases(language: str) -> Phrasebook[str]:
    return Phrasebook(
        (phrase, name)
        for name, entry in table("linking")["clauses"].items()
        for phrase in entry.get(language, ())
    )
