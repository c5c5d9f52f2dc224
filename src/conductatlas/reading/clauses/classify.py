"""Which types passages have: what the rules say, weighed with what the learned model says.

The model knows eight kinds of clauses, each one or several of our types (`labels` in taxonomy.toml, under unfair_tos).

- In a document the rules lead, since they see titles and what introduces a list. The model makes a rule that it agrees
  with surer, and speaks itself where no rule has found a type in the passage's own words.
- Of a sentence on its own nothing else is known, and a rule would take each mention for a clause. There the types that
  the model knows are said if the model says them; it was made from such sentences.
- In other languages than English, only what a rule is sure of is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from conductatlas.reading.clauses.finding import Typed
from conductatlas.reading.clauses.model import Model, model
from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.clauses.rules import FALLBACK_LANGUAGE, Hit, hits
from conductatlas.reading.clauses.taxonomy import taxonomy

SURE = 0.85  # of a rule, in a language that the model does not know
SPEAKS = 0.6  # probability from which the model speaks in a document without a rule
OF_TERMS = frozenset({"", "terms"})  # kinds of documents like those the model was made from; "" is not known
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
    """The types of each passage, the most apt first; () where neither rules nor model are sure enough.

    alone: the passages are of no document, or it is not known. Each is typed as if the others were not there.
    """
    found = [hits(passage) for passage in passages]
    asked = [n for n, passage in enumerate(passages) if _is_asked(passage, found[n], alone)]
    learned = model() if asked else None
    said: dict[int, Probabilities] = {}
    if learned is not None:
        rows = learned.probabilities([passages[n].text for n in asked])
        said = {n: _by_kind(learned, row.tolist()) for n, row in zip(asked, rows, strict=True)}
    return [
        tuple(_weighed(passage, found[n], said.get(n), learned, alone)) for n, passage in enumerate(passages)
    ]


def _is_asked(passage: Passage, found: Sequence[Hit], alone: bool) -> bool:
    """Whether the model is asked: always of a sentence alone, of a document where no rule has spoken of its words."""
    if not _is_english(passage) or not passage.text.strip():
        return False
    if alone:
        return True
    return passage.kind in OF_TERMS and all(hit.is_context for hit in found)


def _weighed(
    passage: Passage,
    found: Sequence[Hit],
    said: Probabilities | None,
    learned: Model | None,
    alone: bool,
) -> Iterator[Typed]:
    if not _is_english(passage):
        yield from (_by_rule(hit) for hit in found if hit.confidence >= SURE)
        return
    if said is None or learned is None:
        yield from map(_by_rule, found)
        return
    least = dict(zip(learned.kinds, learned.least.tolist(), strict=True))
    if alone:
        kinds = {kind for kind, probability in said.items() if probability >= least[kind]}
    else:
        kinds = {kind for kind, probability in said.items() if probability >= max(least[kind], SPEAKS)}
    unsaid = set(kinds)
    by_rule: list[Typed] = []
    for hit in found:
        its = _kinds_of(hit.type)
        if its and its <= kinds:
            unsaid -= its
            by_rule.append(_by_both(hit, max(said[kind] for kind in its), alone))
        elif not its or not alone:
            by_rule.append(_by_rule(hit))
    by_model = sorted(
        (Typed(COMMONLY[kind], round(said[kind], 4), BY_MODEL) for kind in unsaid),
        key=lambda typed: -typed.confidence,
    )
    if any(not hit.is_context for hit in found):
        yield from (*by_rule, *by_model)
    else:  # the passage's own words come before the title above it
        yield from (*by_model, *(typed for typed in by_rule if typed.type not in {t.type for t in by_model}))


def _by_rule(hit: Hit) -> Typed:
    return Typed(hit.type, round(hit.confidence, 4), f"rule:{hit.rule}")


def _by_both(hit: Hit, probability: float, alone: bool) -> Typed:
    """Alone the model's probability is the calibrated one; in a document, both speak independently."""
    sure = probability if alone else 1 - (1 - hit.confidence) * (1 - probability)
    return Typed(hit.type, round(sure, 4), f"rule:{hit.rule} + {BY_MODEL}")


def _by_kind(learned: Model, row: Sequence[float]) -> Probabilities:
    return dict(zip(learned.kinds, row, strict=True))


@cache
def _kinds_of(type_: str) -> frozenset[str]:
    return frozenset(taxonomy()[type_].labels.get("unfair_tos", ()))


def _is_english(passage: Passage) -> bool:
    return (passage.language or FALLBACK_LANGUAGE).casefold().split("-")[0] == FALLBACK_LANGUAGE
