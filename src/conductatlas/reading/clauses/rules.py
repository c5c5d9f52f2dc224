"""Which types a passage has by the words in it, and by the titles it stands under (rules/*.toml).

A rule speaks of one sentence: it holds if in that sentence a phrase of each of its groups occurs (`must`) and none of
`must_not`. An item of a list is read together with the words that introduce the list. A rule without words of its own
(`heading` only) gives what stands under such a title its type, as context. Phrases: compare/phrasebook.py.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import NamedTuple

from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.clauses.rulebook import Rule, rules
from conductatlas.reading.compare.phrasebook import Phrasebook

FALLBACK_LANGUAGE = "en"
BY_LEAD = 0.9  # of its confidence keeps a rule of which all words stand in what introduces the list
CONFIRMED = 0.5  # of its doubt loses a rule whose type the title names too
LONGEST_LEAD = 600  # characters, the last ones, that are read before an item
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[。！？]|\n")


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

    A title gives its type only to a passage that no rule types by its own words.
    """
    book = _book((passage.language or FALLBACK_LANGUAGE).casefold().split("-")[0])
    if book is None:
        return ()
    titles = tuple(book.title(title) for title in passage.path)
    found: dict[str, Hit] = {}
    for rule, is_own in book.holding(passage, titles):
        sure = rule.confidence if is_own else rule.confidence * BY_LEAD
        hit = Hit(rule.type, rule.id, sure, not is_own)
        if rule.type not in found or _rank(hit) < _rank(found[rule.type]):
            found[rule.type] = hit
    contexts = tuple(book.contexts(titles, passage.kind))
    if not found:
        return tuple(Hit(rule.type, rule.id, rule.confidence, True) for rule in contexts[:1])
    named = {rule.type for rule in contexts}
    confirmed = (
        replace(hit, confidence=1 - (1 - hit.confidence) * CONFIRMED) if hit.type in named else hit
        for hit in found.values()
    )
    return tuple(sorted(confirmed, key=_rank))


def _rank(hit: Hit) -> tuple[bool, float, str]:
    return hit.is_context, -hit.confidence, hit.rule


class _Compiled(NamedTuple):
    rule: Rule
    must: tuple[frozenset[int], ...]
    must_not: frozenset[int]
    heading: frozenset[int]
    not_under: frozenset[int]
    lead: frozenset[int]


class _Book:
    """The rules of one language, their phrases numbered."""

    def __init__(self, entries: Iterable[Rule]) -> None:
        numbers: dict[str, int] = {}
        in_text: set[str] = set()
        in_titles: set[str] = set()

        def numbered(phrases: Sequence[str], of: set[str]) -> frozenset[int]:
            of.update(phrases)
            return frozenset(numbers.setdefault(phrase, len(numbers)) for phrase in phrases)

        self._rules: dict[int, list[_Compiled]] = defaultdict(list)  # by the phrases of the first group
        self._contexts: list[_Compiled] = []
        for rule in entries:
            compiled = _Compiled(
                rule,
                tuple(numbered(group, in_text) for group in rule.must),
                numbered(rule.must_not, in_text),
                numbered(rule.heading, in_titles),
                numbered(rule.not_under, in_titles),
                numbered(rule.lead, in_text),
            )
            if not compiled.must:
                self._contexts.append(compiled)
            for number in compiled.must[0] if compiled.must else ():
                self._rules[number].append(compiled)
        self._in_text = Phrasebook((phrase, numbers[phrase]) for phrase in sorted(in_text))
        self._in_titles = Phrasebook((phrase, numbers[phrase]) for phrase in sorted(in_titles))
        self.title = lru_cache(maxsize=4096)(self._title)
        self._sentence = lru_cache(maxsize=1024)(self._sentence_of_lead)

    def _title(self, title: str) -> frozenset[int]:
        return frozenset(phrase.value for phrase in self._in_titles.find(title))

    def _sentence_of_lead(self, lead: str) -> frozenset[int]:
        return frozenset(phrase.value for phrase in self._in_text.find(lead))

    def holding(self, passage: Passage, titles: Sequence[frozenset[int]]) -> Iterable[tuple[Rule, bool]]:
        """(rule, whether words of the passage itself are among those it rests on), of each that holds."""
        lead = _last_sentence(passage.lead)
        introduced = self._sentence(lead) if lead else frozenset()
        above = frozenset().union(*titles) if titles else frozenset()
        text = f"{lead} {passage.text}" if lead else passage.text
        seen: set[tuple[str, bool]] = set()
        for held, own in self._sentences(text, len(lead) + 1 if lead else 0):
            for compiled in {c.rule.id: c for number in held for c in self._rules.get(number, ())}.values():
                if not _holds(compiled, held, above, introduced, passage.kind):
                    continue
                is_own = any(group & own for group in compiled.must)
                if (compiled.rule.id, is_own) not in seen:
                    seen.add((compiled.rule.id, is_own))
                    yield compiled.rule, is_own

    def _sentences(self, text: str, begin: int) -> Iterable[tuple[set[int], set[int]]]:
        """Of each sentence with phrases: the phrases, and those of them that reach beyond `begin`."""
        phrases = self._in_text.find(text)
        if not phrases:
            return
        ends = [match.end() for match in _SENTENCE_END.finditer(text, begin)]
        by_sentence: dict[int, tuple[set[int], set[int]]] = {}
        for phrase in phrases:
            held, own = by_sentence.setdefault(bisect_right(ends, phrase.start), (set(), set()))
            held.add(phrase.value)
            if phrase.end > begin:
                own.add(phrase.value)
        yield from by_sentence.values()

    def contexts(self, titles: Sequence[frozenset[int]], kind: str) -> Iterable[Rule]:
        """The rules that hold by the innermost title for which one holds, the surest first."""
        for title in reversed(titles):
            held = [
                c.rule
                for c in self._contexts
                if c.heading & title and not c.not_under & title and _stands_in(c.rule, kind)
            ]
            if held:
                yield from sorted(held, key=lambda rule: -rule.confidence)
                return


def _holds(
    compiled: _Compiled, held: set[int], above: frozenset[int], introduced: frozenset[int], kind: str
) -> bool:
    return (
        all(not group.isdisjoint(held) for group in compiled.must)
        and compiled.must_not.isdisjoint(held)
        and (not compiled.heading or not compiled.heading.isdisjoint(above))
        and compiled.not_under.isdisjoint(above)
        and (not compiled.lead or not compiled.lead.isdisjoint(introduced))
        and _stands_in(compiled.rule, kind)
    )


def _stands_in(rule: Rule, kind: str) -> bool:
    return not kind or not rule.kinds or kind in rule.kinds


def _last_sentence(lead: str) -> str:
    """What introduces an item, without the colon after which no phrase would go on."""
    lead = lead[-LONGEST_LEAD:].rstrip().rstrip(":;,.–—- ")
    ends = [match.end() for match in _SENTENCE_END.finditer(lead)]
    return lead[ends[-1] :].strip() if ends else lead


@cache
def _book(language: str) -> _Book | None:
    found: Mapping[str, Sequence[Rule]] = rules()
    return _Book(found[language]) if language in found else None
