"""What a document comes to: for a person a sentence of each thing that weighs most, for files what it states by group.

Each sentence is of one fact, in the forms that analyses use, and leads to the provision that has the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conductatlas.reading.clauses.finding import Fact, Finding
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.compare.scales import Severity
from conductatlas.reading.writing.analysis import Sentence
from conductatlas.reading.writing.draft import for_whom, on_fact, sentence
from conductatlas.reading.writing.sayings import said, sayings

MOST = 8  # sentences for a person
MOST_OF_GROUP = 2
_WEIGHTS = {Severity.HIGH: 3, Severity.MEDIUM: 2, Severity.LOW: 1}


@dataclass(frozen=True, slots=True)
class Point:
    """A sentence, and the place of the finding that it is of."""

    place: int
    sentence: Sentence


def for_a_person(findings: Sequence[Finding], platform: str) -> tuple[Point, ...]:
    """What weighs most first, one sentence of a type and at most two of a group; () where no fact is stated."""
    kept: list[Point] = []
    types: set[str] = set()
    groups: dict[str, int] = {}
    for place in sorted(range(len(findings)), key=lambda n: (*_weight(findings[n]), n)):
        finding = findings[place]
        group = taxonomy()[finding.type].group
        if finding.type in types or groups.get(group, 0) >= MOST_OF_GROUP:
            continue
        point = next(_points(place, finding, "you", platform), None)
        if point is not None:
            types.add(finding.type)
            groups[group] = groups.get(group, 0) + 1
            kept.append(point)
        if len(kept) == MOST:
            break
    return tuple(kept)


def by_group(findings: Sequence[Finding], platform: str) -> tuple[tuple[str, tuple[Point, ...]], ...]:
    """What the document states, (group, sentences) in the order of the taxonomy, each sentence once."""
    found: dict[str, dict[str, Point]] = {}
    for place, finding in enumerate(findings):
        for point in _points(place, finding, "says", platform):
            found.setdefault(taxonomy()[finding.type].group, {}).setdefault(point.sentence.text, point)
    order = dict.fromkeys(one.group for one in taxonomy().values())
    return tuple((group, tuple(found[group].values())) for group in order if group in found)


def _weight(finding: Finding) -> tuple[int, int, int]:
    """Low for what weighs much: by severity, then by the right or the exposure that is at stake, then by score."""
    rating = finding.rating
    if rating is None:
        return 0, 0, 0
    at_stake = max(rating.rights.points, rating.exposure.points)
    return -_WEIGHTS.get(rating.severity, 0), -at_stake, -rating.score


def _points(place: int, finding: Finding, form: str, platform: str) -> Iterator[Point]:
    for fact in finding.facts:
        saying = sayings().get((fact.type, fact.name))
        words = said(getattr(saying, form), fact, platform) if saying else ""
        if words:
            yield Point(place, _sentence(fact, words if form == "you" else f"the text {words}"))


def _sentence(fact: Fact, words: str) -> Sentence:
    """With those for whom it holds ahead, and that there is a condition or a limit behind: its words stand with the
    provision."""
    behind = " (on a condition)" if fact.condition else " (as far as law permits)" if fact.limit else ""
    stop = "." if words.endswith(".") else ""
    return sentence(for_whom(fact.scope, f"{words.removesuffix('.')}{behind}{stop}"), on_fact(fact))
