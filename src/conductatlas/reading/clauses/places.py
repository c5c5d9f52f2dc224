"""Places of the law in a text: countries, states and other parts with their own law, groups of countries
(places.toml), as codes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Place(NamedTuple):
    """A place named at text[start:end]. code: ISO 3166-1 alpha-2, ISO 3166-2 ("US-CA"), EU or EEA."""

    code: str
    start: int
    end: int


def places(text: str) -> list[Place]:
    """The places that a text names, in order. "US" as a short form counts only in capitals, with or without stops."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a letter whose small form is longer: places would be shifted
        lowered = "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
    return [
        Place(_codes()[match[0]], *match.span())
        for match in _names().finditer(lowered)
        if match[0] not in _SHORT or text[match.start() : match.end()].isupper()
    ]


def place_code(words: str) -> str | None:
    """The code of the only place that some words name; of a part and its own country, that of the part."""
    codes = list(dict.fromkeys(place.code for place in places(words)))
    parts = [code for code in codes if "-" in code]
    whole = [
        code for code in codes if "-" not in code and not any(part.startswith(f"{code}-") for part in parts)
    ]
    found = parts + whole
    return found[0] if len(found) == 1 else None


def adjective_code(word: str) -> str | None:
    """The code of "Irish", "English", "Swiss"."""
    return _adjectives().get(" ".join(word.lower().split()))


def adjective_pattern() -> str:
    """A regular expression, without groups, for such words in lower case."""
    return "(?:" + "|".join(sorted(map(re.escape, _adjectives()), key=len, reverse=True)) + ")"


def place_pattern() -> str:
    """A regular expression, without groups, for the name of a place in lower case."""
    return _names().pattern


_SMALL = frozenset({"and", "of", "the"})


@cache
def place_name(code: str) -> str:
    """A place as people write it: "Ireland", "California, US"; the code itself of one that is not in the file."""
    table = _table()
    for group in ("countries", "parts", "unions"):
        if code in table[group]:
            words = table[group][code].split("|")[0].split()
            said = " ".join(word if word in _SMALL else word[:1].upper() + word[1:] for word in words)
            return f"{said}, {code[:2]}" if code.startswith("US-") else said
    return code


_SHORT = frozenset({"us", "uk", "eu", "eea", "prc", "uae", "usa"})


@cache
def _codes() -> Mapping[str, str]:
    table = _table()
    return {
        name: code
        for group in ("countries", "parts", "unions")
        for code, names in table[group].items()
        for name in names.split("|")
    }


@cache
def _adjectives() -> Mapping[str, str]:
    return {name: code for code, names in _table()["adjectives"].items() for name in names.split("|")}


@cache
def _names() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _codes()), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{names})(?!\w)")


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    table: Mapping[str, Mapping[str, str]] = tomllib.loads(
        files(__package__).joinpath("places.toml").read_text(encoding="utf-8")
    )
    return table
