"""What a clause is about, by its words, and how much a change weighs that touches such a clause (topics.toml).

The points of a topic are those that the severity rubric gives a clause of its kind as it usually reads: a default
for changes, not a rating of the clause at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.lexicon import FALLBACK_LANGUAGE
from conductatlas.reading.compare.phrasebook import Phrasebook
from conductatlas.reading.compare.points import Points
from conductatlas.reading.compare.scales import Severity


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of clause. severity: what the points of such a clause, as it usually reads, come to."""

    name: str
    title: str
    group: str
    points: Points
    severity: Severity


class How(StrEnum):
    """How a passage speaks of a topic: it does it itself, speaks of it, or says that it is not done."""

    STATES = "states"
    NAMES = "names"
    DENIES = "denies"


class Spoken(NamedTuple):
    """What one phrase tells: a topic, and how it is spoken of."""

    topic: str
    how: How


@dataclass(frozen=True, slots=True)
class Topics:
    """What a passage is about. stated: what it does itself; the others it only speaks of."""

    stated: frozenset[str]
    named: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        return self.stated | self.named

    def weigh(self, name: str) -> Severity:
        """High only for what the passage itself states."""
        severity = topics()[name].severity
        return Severity.MEDIUM if severity is Severity.HIGH and name not in self.stated else severity

    def __or__(self, other: Topics) -> Topics:
        return Topics(self.stated | other.stated, self.named | other.named)


NO_TOPICS = Topics(frozenset(), frozenset())


@cache
def topics() -> Mapping[str, Topic]:
    """All topics by name, in the order of the file."""
    found: dict[str, Topic] = {}
    for name, entry in table("topics").items():
        points = Points(*entry["points"])
        found[name] = Topic(name, entry["title"], entry["group"], points, points.severity)
    return found


def topics_of(text: str, language: str) -> Topics:
    """What a passage is about. `language`: BCP 47 primary tag, "" is read as English."""
    return told_by(found.value for found in _phrases(language.casefold().split("-")[0]).find(text))


def told_by(phrases: Iterable[Spoken]) -> Topics:
    """What the phrases of a passage tell of its topics."""
    held = set(phrases)
    if not held:
        return NO_TOPICS
    denied = {topic for topic, how in held if how is How.DENIES}
    stated = frozenset(topic for topic, how in held if how is How.STATES and topic not in denied)
    return Topics(stated, frozenset(topic for topic, _ in held) - stated)


def is_typed(text: str, language: str) -> bool:
    """Whether a passage speaks of something that a topic names."""
    return topics_of(text, language) is not NO_TOPICS


def in_order(names: frozenset[str]) -> tuple[str, ...]:
    """Topics, the weightiest first, else as the file has them."""
    return tuple(sorted(names, key=_places().__getitem__))


@cache
def _places() -> Mapping[str, tuple[int, int]]:
    order = list(Severity)
    return {name: (order.index(topic.severity), n) for n, (name, topic) in enumerate(topics().items())}


def phrases(language: str) -> Iterator[tuple[str, Spoken]]:
    """The phrases of a language, "" for English, and what each tells."""
    for name, entry in table("topics").items():
        for how in How:
            for phrase in entry.get(how, {}).get(language or FALLBACK_LANGUAGE, ()):
                yield phrase, Spoken(name, how)


@cache
def _phrases(language: str) -> Phrasebook[Spoken]:
    return Phrasebook(phrases(language))
