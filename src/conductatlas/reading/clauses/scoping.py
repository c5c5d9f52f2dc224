"""For whom a statement holds, under which condition, and with which words of limit (facts/scopes.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from conductatlas.reading.clauses.fact_rules import compiled
from conductatlas.reading.clauses.finding import EVERYONE, Scope
from conductatlas.reading.clauses.places import places
from conductatlas.reading.clauses.statement import Statement

_FIELDS = ("audience", "plan", "product")
_GOES_ON = re.compile(
    r"(?:these|such|this|those|in (?:that|this|such) (?:case|event)|they|it|otherwise|the same)\b"
)
_IN_ALL = re.compile(
    r"\b(?:all|any) other (?:users|customers|consumers|regions|countries|cases)\b|\belsewhere\b"
)
_PARTING = re.compile(
    r"\b(?:we|you|your|our|the following|these|this|shall|will|may|is|are|please|that|which|who|under|to"
    r"|laws?|courts?)\b"
)


def scope_of(statement: Statement, start: int, end: int) -> Scope:
    """For whom statement.text[start:end] holds: what its part of the sentence (up to a semicolon) and the words that
    introduce it say; else what the titles say. "These disputes …" holds for whom the sentence ahead of it does."""
    said = statement.text
    left = max(said.rfind(";", statement.own, start) + 1, statement.own)
    right = said.find(";", end)
    part = said[left : right if right >= 0 else None]
    if left > statement.own and _IN_ALL.search(part):
        return EVERYONE
    if statement.previous and _GOES_ON.match(said, statement.own):
        part = f"{statement.previous} {part}"
    found = _said(part)
    if statement.own:
        ahead = _said(said[: statement.own])
        found = {name: value or ahead[name] for name, value in found.items()}
    for name in _FIELDS:
        found[name] = found[name] or _named(name, "titled", statement.titles)
    found["region"] = found["region"] or _regions("titled", statement.titles)
    return Scope(**found) if any(found.values()) else EVERYONE


def _said(words: str) -> dict[str, str]:
    return {**{name: _named(name, "said", words) for name in _FIELDS}, "region": _regions("said", words)}


def condition_of(statement: Statement, text: str) -> str:
    """The first condition of the sentence, as written; "" if there is none."""
    span = _condition(statement.text, statement.own)
    return _as_written(statement, span, text) if span else ""


def limit_of(statement: Statement, text: str) -> str:
    """Words such as "to the extent permitted by law", as written; "" if there are none."""
    span = _limit(statement.text)
    return _as_written(statement, span, text) if span else ""


@lru_cache(512)
def _condition(words: str, own: int) -> tuple[int, int] | None:
    for match in _pattern("condition").finditer(words, own):
        if not _pattern("limit").search(match[0]):
            return match.span()
    return None


@lru_cache(512)
def _limit(words: str) -> tuple[int, int] | None:
    match = _pattern("limit").search(words)
    return match.span() if match else None


def _as_written(statement: Statement, span: tuple[int, int], text: str) -> str:
    spans = statement.spans(*span)
    return spans[0].of(text).strip(" ,;:") if spans else ""


@lru_cache(2048)  # titles come again with every sentence, and a sentence with every fact
def _named(field: str, where: str, words: str) -> str:
    if not words:
        return ""
    names = [value for value, pattern in _scopes(field, where) if pattern.search(words)]
    return ",".join(names)


@lru_cache(2048)
def _regions(where: str, words: str) -> str:
    """The places that whom a statement holds for are said to be in, as codes; those they are not in do not count."""
    codes: dict[str, None] = {}
    for pattern in _table()["region"][where]:
        for match in compiled(pattern).finditer(words):
            stretch = match["where"]
            if stop := _PARTING.search(stretch):
                stretch = stretch[: stop.start()]
            if stop := _comma().search(stretch):
                stretch = stretch[: stop.start()]
            ahead = words[max(0, match.start("where") - 40) : match.start("where")]
            for place in places(stretch.upper()):
                if not _elsewhere().search(ahead + stretch[: place.start]):
                    codes[place.code] = None
    return ",".join(codes)


@cache
def _comma() -> re.Pattern[str]:
    """A comma behind which no further place is named: there the condition ends."""
    return compiled(r",(?! ?(?:and |or |the )*{place}(?! (?:state )?laws?\b| courts?\b))")


@cache
def _elsewhere() -> re.Pattern[str]:
    return compiled("|".join(_table()["region"]["elsewhere"]))


@cache
def _scopes(field: str, where: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (entry["value"], compiled("|".join(f"(?:{pattern})" for pattern in entry[where])))
        for entry in _table()["scopes"]
        if entry["field"] == field and entry.get(where)
    )


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return compiled("|".join(f"(?:{pattern})" for pattern in _table()[name]["patterns"]))


@cache
def _table() -> Mapping[str, Any]:
    source = files(__package__).joinpath("facts", "scopes.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))
