"""Which types a passage has by the words in it, and by the titles it stands under (rules/*.toml).

A rule speaks of one sentence: it holds if in that sentence a phrase of each of its groups occurs (`must`) and none of
`must_not`. An item of a list is read together with the words that introduce the list. A rule without words of its own
(`heading` only) gives what stands under such a title its type, as context. Phrases: compare/phrasebook.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from conductatlas.reading.clauses.matching import Book, Held
from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.clauses.rulebook import Rule, rules
from conductatlas.reading.clauses.taxonomy import taxonomy

FALLBACK_LANGUAGE = "en"
BY_LEAD = 0.9  # of its confidence keeps a rule of which all words stand in what introduces the list
ELSEWHERE = 0.95  # of it a rule for some kinds of documents where the kind is not known
CONFIRMED = 0.5  # of its doubt loses a rule whose type the title names too
BESIDE, WEAK = (
    0.9,
    0.75,
)  # of its confidence keeps a type that is not the first; one that is general or context
CLEAR = 0.75  # confidence of a title that outweighs general words of the passage itself
# What puts a type before others, beside its confidence: the title names it, it is specific, each further sentence
# that speaks of it, the first one does.
NAMED, SPECIFIC, REPEATED, FIRST = 0.1, 0.08, 0.03, 0.06


@dataclass(frozen=True, slots=True)
class Hit:
    """A type that a rule gives a passage. rule: its id, "arbitration.binding". confidence: 0 to 1, as written beside
    the rule. is_context: the words of the passage do not say it themselves; the title above or the words that
    introduce the list do.
    """

    type: str
    rule: str
    confidence: float
    is_context: bool


def hits(passage: Passage) -> tuple[Hit, ...]:
    """The types of a passage, the most apt one first; () where no rule speaks.

    A title gives its type only to a passage that no rule types by its own words, or only as something general.
    """
    book = _book((passage.language or FALLBACK_LANGUAGE).casefold().split("-")[0])
    if book is None:
        return ()
    titles = tuple(book.title(title) for title in passage.path)
    contexts = tuple(book.contexts(titles, passage.kind))
    found: dict[str, list[Held]] = defaultdict(list)
    for held in book.holding(passage, titles):
        found[held.rule.type].append(held)
    named = {rule.type for rule in contexts}
    by_type = {name: _Found(of_type, name in named, passage.kind) for name, of_type in found.items()}
    given = [of_type.hit for of_type in sorted(by_type.values(), key=_order(by_type))]
    if contexts and (not given or _is_vague(given[0], contexts[0])):
        given.insert(0, Hit(contexts[0].type, contexts[0].id, contexts[0].confidence, True))
    return tuple(hit if n == 0 else _beside(hit) for n, hit in enumerate(given))


def titled(passage: Passage) -> tuple[str, ...]:
    """The types that the innermost title above a passage names, of those titles that name any; the surest first."""
    book = _book((passage.language or FALLBACK_LANGUAGE).casefold().split("-")[0])
    if book is None:
        return ()
    titles = tuple(book.title(title) for title in passage.path)
    return tuple(dict.fromkeys(rule.type for rule in book.contexts(titles, passage.kind)))


def _beside(hit: Hit) -> Hit:
    """A type that a passage has beside its first one: less sure, for what is said in passing is often only named."""
    is_weak = hit.is_context or taxonomy()[hit.type].specific < 0
    return replace(hit, confidence=hit.confidence * (WEAK if is_weak else BESIDE))


class _Found:
    """All that makes a passage be of one type. hit: what is said of it. weight: what puts it before others."""

    def __init__(self, held: Sequence[Held], is_named: bool, kind: str) -> None:
        best = max(held, key=lambda one: (one.is_own, one.rule.confidence))
        rule = best.rule
        confidence = rule.confidence
        if not best.is_own:
            confidence *= BY_LEAD
        if rule.kinds and not kind:
            confidence *= ELSEWHERE
        specific = taxonomy()[rule.type].specific
        self.governs = not best.is_own and rule.governs
        self.is_own = best.is_own
        self.is_general = specific < 0
        self.weight = (
            confidence
            + (NAMED if is_named else 0)
            + SPECIFIC * (specific if best.is_own else min(specific, 0))
            + REPEATED * min(len(held) - 1, 2)
            + (FIRST if any(one.is_first for one in held) else 0)
        )
        if is_named:
            confidence = 1 - (1 - confidence) * CONFIRMED
        self.hit = Hit(rule.type, rule.id, confidence, not best.is_own)


def _order(found: Mapping[str, _Found]) -> Callable[[_Found], tuple[bool, bool, float, str]]:
    """What governs a list goes before what its items name, which goes before what else introduces the list; that
    comes first only where the item's own words are general."""
    all_general = all(one.is_general for one in found.values() if one.is_own)
    return lambda one: (
        not one.governs,
        one.is_general if all_general else not one.is_own,
        -one.weight,
        one.hit.rule,
    )


def _is_vague(hit: Hit, context: Rule) -> bool:
    """Whether a passage's own type is of the general ones, and the title above clearly names one that is not."""
    types = taxonomy()
    return context.confidence >= CLEAR and types[hit.type].specific < 0 and types[context.type].specific >= 0


@cache
def _book(language: str) -> Book | None:
    found = rules()
    return Book(found[language]) if language in found else None
