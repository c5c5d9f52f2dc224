"""The kinds of documents: their names, the names others give them, and a guess from a title or an address.

All knowledge is in kinds.toml. A guess is only ever a suggestion for someone who declares a document: a page
that matches nothing has no kind, and there is no kind for "everything else".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

# Scripts written without spaces: a name is found anywhere in the line, not only between word boundaries.
UNSPACED = frozenset({"zh", "ja", "ko"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: its slug ("dpa"), what we call it, and the names it may be declared under."""

    slug: str
    title: str
    aliases: tuple[str, ...]


def kind_title(slug: str) -> str:
    """What we call this kind ("Data processing agreement"). KeyError for a slug that is not in KINDS."""
    return KINDS[slug].title


def kind_for_alias(name: str) -> str:
    """The slug declared as `name`: a slug, our title, or an alias such as a terms type; "" if none is."""
    return _by_alias().get(_fold(name), "")


@lru_cache(maxsize=4096)  # the same titles and links come back at every check
@lru_cache(4096)
def guess_kind(title: str, url: str = "") -> str:
    """The slug that the title suggests, else the path of the address, else its host; "" if nothing does.

    Where several names occur in a title the first decides ("Privacy and cookie policy" is a privacy policy),
    and of those that begin together the longest. Of a path the last one decides, since addresses go from the
    general to the particular (`/legal/terms/subprocessors`).
    """
    in_title = _found(_fold(title), _title_patterns())
    if in_title:
        return min(in_title, key=lambda found: (found.start, -found.end)).slug
    try:
        parts = urlsplit(url)
    except ValueError:  # no address at all
        return ""
    in_path = _found(_address_words(parts.path), _address_patterns())
    if in_path:
        return max(in_path, key=lambda found: (found.end, found.end - found.start)).slug
    in_host = _found(_address_words(parts.netloc), _address_patterns())
    return in_host[0].slug if in_host else ""


@dataclass(frozen=True, slots=True)
class _Found:
    slug: str
    start: int
    end: int


def _found(words: str, patterns: Iterable[tuple[str, re.Pattern[str]]]) -> list[_Found]:
    return [_Found(slug, *match.span()) for slug, pattern in patterns for match in pattern.finditer(words)]


def _address_words(part: str) -> str:
    """What an address says, in words: "legal terms of use" for /legal/Terms-of_use.html."""
    words = re.sub(r"\.(html?|php|aspx?|pdf|md|txt)$", "", unquote(part).lower())
    return " ".join(re.findall(r"[^\W_]+", words))


def _fold(name: str) -> str:
    return " ".join(name.casefold().replace("’", "'").split())


@cache
def _data() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("kinds.toml").read_text("utf-8"))


@cache
def _title_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((slug, _compiled(kind["names"], kind.get("alone", ()))) for slug, kind in _data().items())


@cache
def _address_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (slug, _compiled(kind["names"] | {"address": kind["address"]})) for slug, kind in _data().items()
    )


def _compiled(names: Mapping[str, list[str]], alone: Iterable[str] = ()) -> re.Pattern[str]:
    inside = [
        expression if language in UNSPACED else rf"(?<!\w)(?:{expression})(?!\w)"
        for language, expressions in names.items()
        for expression in sorted(expressions, key=len, reverse=True)
    ]
    # Two sides that are the edge of the title or a separator, as sites put between a page's name and their own.
    between = [rf"(?:(?<=^)|(?<=[|–—·:/\\>] )|(?<= - ))(?:{name})(?= [|–—·:/\\<-]|:|$)" for name in alone]
    return re.compile("|".join(inside + between))


@cache
def _by_alias() -> dict[str, str]:
    return {
        _fold(name): kind.slug for kind in KINDS.values() for name in (kind.slug, kind.title, *kind.aliases)
    }


KINDS: Mapping[str, Kind] = MappingProxyType(
    {slug: Kind(slug, kind["title"], tuple(kind["aliases"])) for slug, kind in _data().items()}
)
