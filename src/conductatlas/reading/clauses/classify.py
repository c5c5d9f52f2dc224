"""Which types passages have: what rules, titles and words say, weighed by what readers found in such clauses.

- In a document all that speaks for a type is weighed together (signals.py, leaning.py), what rules say as one signal
  among others. A clause is called by the type that leads, if that is probable enough; else it has none. Further types
  are said with the probability that a careful reader would find them there, too.
- Of a sentence on its own nothing else is known, and a rule would take each mention for a clause. There the eight kinds
  that a model of such sentences knows (model.py; `labels` in taxonomy.toml, under unfair_tos) are said if it says them.
- In other languages than English, only what a rule is sure of is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import numpy as np

from conductatlas.reading.clauses.finding import Typed
from conductatlas.reading.clauses.leaning import NO_TYPE, Floats, Leaning, leaning, probabilities
from conductatlas.reading.clauses.model import Model, model
from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.clauses.rules import FALLBACK_LANGUAGE, Hit, hits, titled
from conductatlas.reading.clauses.signals import signals
from conductatlas.reading.clauses.taxonomy import taxonomy

SURE = 0.85  # of a rule, in a language that no model knows
LISTED = 0.3  # how probable a further type has to be to be said
# Of a sentence alone little else speaks for or against a type: it is said, and how probable it is.
LEAST_ALONE, LISTED_ALONE = 0.25, 0.2
BESIDE = 4  # types after the first that are asked for by their score
FEW_WORDS = 60  # of a passage: the more up to so many, the surer
LABEL_WORDS, LONGEST_LABEL = 3, 40  # at most of words that stand alone and say nothing
_WORD = re.compile(r"[^\W\d_]{2,}")
_TELLING = re.compile(r"[@:;.?!]|\d")  # an address, a sentence, an introduction
BY_MODEL = "model"
# What a kind is called where no rule says which of its types it is.
COMMONLY: Mapping[str, str] = {
    "Limitation of liability": "liability_exclusion",
    "Unilateral termination": "termination",
    "Unilateral change": "unilateral_change",
    "Content removal": "content_moderation",
    "Contract by using": "consent_by_use",
    "Choice of law": "governing_law",
    "Jurisdiction": "venue",
    "Arbitration": "arbitration",
}

Probabilities = Mapping[str, float]  # by kind


def classify(passages: Sequence[Passage], *, alone: bool = False) -> list[tuple[Typed, ...]]:
    """The types of each passage, what it is called by first, then the most probable; () where nothing is probable
    enough to call it so. alone: the passages are of no document, or it is not known.

    What is said of a passage does not depend on the others.
    """
    found = [hits(passage) for passage in passages]
    asked = [n for n, passage in enumerate(passages) if _is_english(passage) and passage.text.strip()]
    said: dict[int, tuple[Typed, ...]] = {}
    if asked:
        judge = _alone if alone else _in_document
        said = dict(zip(asked, judge([passages[n] for n in asked], [found[n] for n in asked]), strict=True))
    return [
        said[n] if n in said else tuple(_by_rule(hit) for hit in found[n] if hit.confidence >= SURE)
        for n in range(len(passages))
    ]


def _in_document(passages: Sequence[Passage], found: Sequence[Sequence[Hit]]) -> list[tuple[Typed, ...]]:
    led = _led(passages, found, leaning().least, LISTED)
    return [
        () if _is_label(passage, of_it) else typed
        for passage, of_it, typed in zip(passages, found, led, strict=True)
    ]


def _is_label(passage: Passage, found: Sequence[Hit]) -> bool:
    """Whether a passage says nothing: a number that lost its title, a word of a menu. What it stands under would give
    it a type all the same. An item says something together with what introduces it."""
    if passage.lead or len(passage.text) > LONGEST_LABEL:
        return False
    words = _WORD.findall(passage.text)
    if not words:
        return True
    is_bare = len(words) <= LABEL_WORDS and not _TELLING.search(passage.text)
    return is_bare and all(hit.is_context for hit in found)


def _led(
    passages: Sequence[Passage], found: Sequence[Sequence[Hit]], least: float, listed: float
) -> list[tuple[Typed, ...]]:
    """The type that leads if it is as probable as `least`, then those further ones that are as probable as `listed`."""
    learned = leaning()
    named = [titled(passage) for passage in passages]
    seen = [signals(*each) for each in zip(passages, found, named, strict=True)]
    ranked = [
        Ranked(learned, row, *each)
        for row, each in zip(learned.scores(seen), zip(found, named, passages, strict=True), strict=True)
    ]
    leading = probabilities([one.first_row() for one in ranked], learned.first)
    others = [(n, name) for n, one in enumerate(ranked) for name in one.others]
    further = probabilities([ranked[n].beside_row(name) for n, name in others], learned.beside)
    beside: list[list[Typed]] = [[] for _ in ranked]
    for (n, name), probability in zip(others, further, strict=True):
        if probability >= listed:
            beside[n].append(ranked[n].typed(name, probability))
    return [
        (one.typed(one.first, sure), *sorted(rest, key=lambda typed: -typed.confidence))
        if sure >= least and one.first != NO_TYPE
        else ()
        for one, sure, rest in zip(ranked, leading, beside, strict=True)
    ]


class Ranked:
    """What a passage's scores and rules say of the types that it may have. first: the type that leads, NO_TYPE if none
    does. others: those after it that may be said as well."""

    def __init__(
        self, learned: Leaning, scores: Floats, found: Sequence[Hit], named: Sequence[str], passage: Passage
    ) -> None:
        self._scores = scores
        self._places = _places(learned.types)
        self._hits = {hit.type: hit for hit in reversed(found)}
        self._leads = found[0].type if found else None
        self._named = frozenset(named)
        self._best: list[int] = np.argsort(-scores, kind="stable")[: BESIDE + 1].tolist()
        self._words = min(len(passage.text[: 20 * FEW_WORDS].split()), FEW_WORDS) / FEW_WORDS
        self.first = learned.types[self._best[0]]
        near = [learned.types[place] for place in self._best[1:]]
        self.others = [
            name for name in dict.fromkeys((*near, *self._hits)) if name not in (self.first, NO_TYPE)
        ]

    def first_row(self) -> list[float]:
        """A judgement of the type that leads: its score, by how much it leads, and what rules say."""
        top, second, third = (float(self._scores[place]) for place in self._best[:3])
        hit = self._hits.get(self.first)
        is_led = self.first == self._leads
        return [
            top,
            top - second,
            top - third,
            is_led,
            hit.confidence if hit is not None and is_led else 0.0,
            hit is not None,
            self.first in self._named,
            not self._hits,
            self._words,
        ]

    def beside_row(self, name: str) -> list[float]:
        """A judgement of a further type."""
        score = float(self._scores[self._places[name]])
        hit = self._hits.get(name)
        return [
            score,
            float(self._scores[self._best[0]]) - score,
            hit is not None,
            hit.confidence if hit is not None else 0.0,
            hit is not None and not hit.is_context,
            name in self._named,
            name == self._leads,
        ]

    def typed(self, name: str, probability: float) -> Typed:
        hit = self._hits.get(name)
        basis = f"rule:{hit.rule} + {BY_MODEL}" if hit is not None else BY_MODEL
        return Typed(name, round(probability, 4), basis)


def _alone(passages: Sequence[Passage], found: Sequence[Sequence[Hit]]) -> list[tuple[Typed, ...]]:
    learned = model()
    rows = learned.probabilities([passage.text for passage in passages])
    led = _led(passages, found, LEAST_ALONE, LISTED_ALONE)
    return [
        tuple(_weighed(typed, hit, dict(zip(learned.kinds, row.tolist(), strict=True)), learned))
        for typed, hit, row in zip(led, found, rows, strict=True)
    ]


def _weighed(
    led: Sequence[Typed], found: Sequence[Hit], said: Probabilities, learned: Model
) -> Iterator[Typed]:
    """Of types that belong to a kind those whose kinds the model says, by the names that rules give them; all others
    as they come."""
    least = dict(zip(learned.kinds, learned.least.tolist(), strict=True))
    kinds = {kind for kind, probability in said.items() if probability >= least[kind]}
    told: set[str] = set()
    for typed in (*led, *map(_by_rule, found)):
        its = _kinds_of(typed.type)
        if not its and typed in led:
            yield typed
        elif its and its <= kinds and not its <= told:
            told |= its
            sure = max(said[kind] for kind in its)
            basis = typed.basis if typed.basis.endswith(BY_MODEL) else f"{typed.basis} + {BY_MODEL}"
            yield Typed(typed.type, round(sure, 4), basis)
    for kind in sorted(kinds - told, key=lambda kind: -said[kind]):
        yield Typed(COMMONLY[kind], round(said[kind], 4), BY_MODEL)


def _by_rule(hit: Hit) -> Typed:
    return Typed(hit.type, round(hit.confidence, 4), f"rule:{hit.rule}")


@cache
def _kinds_of(type_: str) -> frozenset[str]:
    return frozenset(taxonomy()[type_].labels.get("unfair_tos", ()))


@cache
def _places(types: tuple[str, ...]) -> Mapping[str, int]:
    return {name: place for place, name in enumerate(types)}


def _is_english(passage: Passage) -> bool:
    return (passage.language or FALLBACK_LANGUAGE).casefold().split("-")[0] == FALLBACK_LANGUAGE
