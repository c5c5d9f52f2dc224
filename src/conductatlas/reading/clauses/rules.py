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
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.compare.phrasebook import Phrasebook

FALLBACK_LANGUAGE = "en"
BY_LEAD = 0.9  # of its confidence keeps a rule of which all words stand in what introduces the list
ELSEWHERE = 0.95  # of it a rule for some kinds of documents where the kind is not known
CONFIRMED = 0.5  # of its doubt loses a rule whose type the title names too
CLEAR = 0.78  # confidence of a title that outweighs general words of the passage itself
NAMED, SPECIFIC, REPEATED = 0.1, 0.08, 0.03  # what puts a type before others, beside its confidence
REACH = 12  # words of a lead that a phrase may begin in and go on into the item
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

    A title gives its type only to a passage that no rule types by its own words, or only as something general.
    """
    book = _book((passage.language or FALLBACK_LANGUAGE).casefold().split("-")[0])
    if book is None:
        return ()
    titles = tuple(book.title(title) for title in passage.path)
    contexts = tuple(book.contexts(titles, passage.kind))
    named = {rule.type for rule in contexts}
    found: dict[str, list[Hit]] = defaultdict(list)
    for rule, is_own in book.holding(passage, titles):
        found[rule.type].append(_hit(rule, is_own, passage.kind))
    ranked = sorted(found.items(), key=lambda of_type: _rank(of_type[1], of_type[0] in named))
    if all(_is_general(held[0].type) for _, held in ranked if not held[0].is_context):
        # An item's own words are general at most: what introduces it says more.
        ranked.sort(key=lambda of_type: _is_general(of_type[0]))
    given = [_confirmed(min(held, key=_surest), name in named) for name, held in ranked]
    if contexts and (not given or _is_vague(given[0], contexts[0])):
        given.insert(0, Hit(contexts[0].type, contexts[0].id, contexts[0].confidence, True))
    return tuple(given)


def _is_vague(hit: Hit, context: Rule) -> bool:
    """Whether a passage's own type is of the general ones, and the title above clearly names one that is not."""
    return context.confidence >= CLEAR and _is_general(hit.type) and not _is_general(context.type)


def _is_general(name: str) -> bool:
    return taxonomy()[name].specific < 0


def _hit(rule: Rule, is_own: bool, kind: str) -> Hit:
    confidence = rule.confidence
    if not is_own:
        confidence *= BY_LEAD
    if rule.kinds and not kind:
        confidence *= ELSEWHERE
    return Hit(rule.type, rule.id, confidence, not is_own)


def _confirmed(hit: Hit, is_named: bool) -> Hit:
    return replace(hit, confidence=1 - (1 - hit.confidence) * CONFIRMED) if is_named else hit


def _surest(hit: Hit) -> tuple[bool, float, str]:
    return hit.is_context, -hit.confidence, hit.rule


def _rank(held: Sequence[Hit], is_named: bool) -> tuple[bool, float, str]:
    """By which the types of a passage are put in order: of two the one that the title names, that is the more
    specific, or that more sentences speak of."""
    best = min(held, key=_surest)
    weight = (
        best.confidence
        + (NAMED if is_named else 0)
        + SPECIFIC * min(taxonomy()[best.type].specific, 0 if best.is_context else 1)
        + REPEATED * min(len(held) - 1, 2)
    )
    return best.is_context, -weight, best.rule


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
        self._contexts: dict[int, list[_Compiled]] = defaultdict(list)  # by the phrases of a title
        for rule in entries:
            compiled = _Compiled(
                rule,
                tuple(numbered(group, in_text) for group in rule.must),
                numbered(rule.must_not, in_text),
                numbered(rule.heading, in_titles),
                numbered(rule.not_under, in_titles),
                numbered(rule.lead, in_text),
            )
            for number in () if compiled.must else compiled.heading:
                self._contexts[number].append(compiled)
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
        """(rule, whether it rests on words of the passage itself), of each that holds; once a sentence."""
        lead = _last_sentence(passage.lead)
        introduced = self._sentence(lead) if lead else frozenset()
        above = frozenset().union(*titles) if titles else frozenset()
        tail = " ".join(lead.split()[-REACH:])
        text = f"{tail} {passage.text}" if tail else passage.text
        for held, own in self._sentences(text, len(tail) + 1 if tail else 0, introduced):
            for compiled in {c.rule.id: c for number in held for c in self._rules.get(number, ())}.values():
                if not _holds(compiled, held, above, introduced, passage.kind):
                    continue
                yield compiled.rule, any(not group.isdisjoint(own) for group in compiled.must)

    def _sentences(
        self, text: str, begin: int, introduced: frozenset[int]
    ) -> Iterable[tuple[set[int], set[int]]]:
        """Of each sentence with phrases: the phrases, and those of them that reach beyond `begin`.

        introduced: phrases of the words before, which go on in the first sentence.
        """
        phrases = self._in_text.find(text)
        if not phrases and not introduced:
            return
        ends = [match.end() for match in _SENTENCE_END.finditer(text, begin)]
        by_sentence: dict[int, tuple[set[int], set[int]]] = (
            {0: (set(introduced), set())} if introduced else {}
        )
        for phrase in phrases:
            held, own = by_sentence.setdefault(bisect_right(ends, phrase.start), (set(), set()))
            held.add(phrase.value)
            if phrase.end > begin:
                own.add(phrase.value)
        yield from by_sentence.values()

    def contexts(self, titles: Sequence[frozenset[int]], kind: str) -> Iterable[Rule]:
        """The rules that hold by the innermost title for which one holds, the surest first."""
        for title in reversed(titles):
            by_title = {c.rule.id: c for number in title for c in self._contexts.get(number, ())}
            held = [c.rule for c in by_title.values() if not c.not_under & title and _stands_in(c.rule, kind)]
            if held:
                yield from sorted(held, key=lambda rule: (-rule.confidence, rule.id))
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
    """What introduces an item, without the colon after which no phrase would go on; "" if it ends with a full stop:
    then it only stands before the list."""
    if lead.rstrip().endswith((".", "。", "!", "?")):
        return ""
    lead = lead[-LONGEST_LEAD:].rstrip().rstrip(":;,.–—- ")
    ends = [match.end() for match in _SENTENCE_END.finditer(lead)]
    return lead[ends[-1] :].strip() if ends else lead


@cache
def _book(language: str) -> _Book | None:
    found: Mapping[str, Sequence[Rule]] = rules()
    return _Book(found[language]) if language in found else None
