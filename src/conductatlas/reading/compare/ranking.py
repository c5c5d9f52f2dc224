"""Which difference a reader should see first.

A hunk's place follows from its severity, the rules that it is substantive by, what it is about, and how much of it is
new. What is editorial comes last, in the order of the text.
"""

from __future__ import annotations

from collections.abc import Collection
from math import log2
from typing import NamedTuple

from conductatlas.reading.compare.scales import Severity
from conductatlas.reading.compare.topics import Topics, topics

_SEVERITIES = {Severity.HIGH: 60.0, Severity.MEDIUM: 35.0, Severity.LOW: 0.0}
# What the rules of substance say of a difference, weightiest first. A rule that is not here says little by itself.
_RULES = {
    "S14": 40,
    "S15": 40,
    "S9": 14,
    "S7": 12,
    "S8": 12,
    "S12": 12,
    "S13": 8,
    "S3": 8,
    "S4": 8,
    "S1": 8,
    "S6": 8,
    "S11": 12,
    "S5": 4,
    "S10": 4,
    "S2": 2,
}
_OTHER_RULES = 0.2  # of the rules beside the weightiest one
_ENOUGH = 80  # words beyond which more of them add nothing
_KNOWN_COSTS = 25.0  # where all that a clause says is said elsewhere on the other side
_AGAIN_COSTS = 12.0  # of an edit that is made in several places, all but the first
_LABEL_COSTS = 25.0


class Weighed(NamedTuple):
    """What is known of a hunk when its place is asked.

    edit: the words that differ. words: their number. is_label: whether the clause is hardly more than a heading or an
    entry of a menu. news: 0..1, how much of it is not said elsewhere on the other side.
    """

    substantive: bool
    severity: Severity
    rules: Collection[str]
    topics: Topics
    edit: tuple[str, str]
    words: int
    is_label: bool
    signed: bool
    news: float


def ranks(hunks: list[Weighed]) -> list[int]:
    """The place of each hunk, 1 first; of equals the first in the text. The same edit again comes later."""
    seen: set[tuple[str, str]] = set()
    scores: list[float] = []
    for hunk in hunks:
        is_again = hunk.edit in seen and any(hunk.edit)
        scores.append(_score(hunk) - (_AGAIN_COSTS if is_again else 0.0))
        seen.add(hunk.edit)
    order = sorted(range(len(hunks)), key=lambda n: (not hunks[n].substantive, -scores[n], n))
    places = [0] * len(hunks)
    for place, n in enumerate(order, start=1):
        places[n] = place
    return places


def _score(hunk: Weighed) -> float:
    told = sorted((_RULES.get(rule, 0) for rule in hunk.rules), reverse=True) or [0]
    about = max((topics()[name].points.score for name in hunk.topics.all), default=0)
    score = _SEVERITIES[hunk.severity] + told[0] + _OTHER_RULES * sum(told[1:]) + about
    score += 3 * log2(1 + min(hunk.words, _ENOUGH)) - _KNOWN_COSTS * (1 - hunk.news)
    if hunk.signed:
        score += 5
    if hunk.is_label:
        score -= _LABEL_COSTS
    return score
