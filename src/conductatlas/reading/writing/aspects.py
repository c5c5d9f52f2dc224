"""What a clause says and leaves open beyond its facts (aspects.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from conductatlas.reading.clauses.finding import Span
from conductatlas.reading.clauses.taxonomy import taxonomy

LONGEST = 8000  # characters of a clause that are looked through


@dataclass(frozen=True, slots=True)
class Aspect:
    """Something that clauses may say. named: in words, behind "names" and "does not
    state"; groups, types: where its absence is told; ask:
    the question that its absence raises. is_told: its words are quoted where it is found."""

    id: str
    named: str
    pattern: re.Pattern[str]
    groups: frozenset[str]
    types: frozenset[str]
    ask: str
    is_told: bool

    def is_expected_of(self, type_: str) -> bool:
        """Whether its absence from a clause of a type tells something."""
        return type_ in self.types or taxonomy()[type_].group in self.groups


@dataclass(frozen=True, slots=True)
class Open:
    """Words whose measure is left open, and the question that they raise."""

    id: str
    pattern: re.Pattern[str]
    ask: str


class Seen(NamedTuple):
    """An aspect and where the clause has it; None where it has it not."""

    aspect: Aspect
    span: Span | None


def seen(text: str, span: Span, type_: str) -> tuple[Seen, ...]:
    """All aspects that the clause has or, of those expected of its type, has not."""
    words = _plain(text, span)
    found = []
    for aspect in aspects():
        match = aspect.pattern.search(words)
        if match is not None:
            found.append(Seen(aspect, Span(span.start + match.start(), span.start + match.end())))
        elif aspect.is_expected_of(type_):
            found.append(Seen(aspect, None))
    return tuple(found)


def left_open(text: str, span: Span) -> Iterator[tuple[Open, Span]]:
    """The words of a clause whose measure is left open: of each kind the first, in the text's order."""
    words = _plain(text, span)
    matches = [(one, match) for one in open_words() if (match := one.pattern.search(words)) is not None]
    for one, match in sorted(matches, key=lambda pair: pair[1].start()):
        start, end = match.span()
        start += len(match[0]) - len(match[0].lstrip())
        end -= len(match[0]) - len(match[0].rstrip())
        yield one, Span(span.start + start, span.start + end)


@cache
def aspects() -> tuple[Aspect, ...]:
    """All of them, in the order of the file."""
    return tuple(
        Aspect(
            entry["id"],
            entry["named"],
            _any(entry["patterns"]),
            frozenset(entry.get("groups", ())),
            frozenset(entry.get("types", ())),
            entry["ask"],
            entry.get("is_told", False),
        )
        for entry in _table()["aspects"]
    )


@cache
def open_words() -> tuple[Open, ...]:
    """All of them, in the order of the file."""
    return tuple(Open(entry["id"], _any(entry["patterns"]), entry["ask"]) for entry in _table()["open"])


def _plain(text: str, span: Span) -> str:
    """The clause in small letters and straight quotes, character for character."""
    words = text[span.start : min(span.end, span.start + LONGEST)]
    lowered = words.lower()
    if len(lowered) != len(words):
        lowered = "".join(small if len(small := letter.lower()) == 1 else letter for letter in words)
    return lowered.replace("’", "'").replace("\n", " ")


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("aspects.toml").read_text(encoding="utf-8"))
