"""Which rules hold in a passage: of one language all rules, their phrases found in one pass."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.clauses.rulebook import Rule
from conductatlas.reading.compare.phrasebook import Phrasebook

AMBIGUOUS = 0.94  # of its confidence keeps a title that names several types
REACH = 12  # words of a lead that a phrase may begin in and go on into the item
LONGEST_LEAD = 600  # characters, the last ones, that are read before an item
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[。！？]|\n")


class Held(NamedTuple):
    """A rule that holds in one sentence. is_own: it rests on words of the passage itself, not only on those that
    introduce it. is_first: in the first sentence of the passage."""

    rule: Rule
    is_own: bool
    is_first: bool


class _Compiled(NamedTuple):
    rule: Rule
    must: tuple[frozenset[int], ...]
    must_not: frozenset[int]
    heading: frozenset[int]
    not_under: frozenset[int]
    lead: frozenset[int]


class Book:
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
        self._introducing: dict[int, list[_Compiled]] = defaultdict(list)  # by the phrases of a lead
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
            for number in () if compiled.must else compiled.lead:
                self._introducing[number].append(compiled)
            for number in compiled.must[0] if compiled.must else ():
                self._rules[number].append(compiled)
        self._in_text = Phrasebook((phrase, numbers[phrase]) for phrase in sorted(in_text))
        self._in_titles = Phrasebook((phrase, numbers[phrase]) for phrase in sorted(in_titles))
        self.title = lru_cache(maxsize=4096)(self._title)
        self._sentence = lru_cache(maxsize=1024)(self._sentence_of_lead)

    def _title(self, title: str) -> frozenset[int]:
        return frozenset(value for _, _, value in self._in_titles.places(title))

    def _sentence_of_lead(self, lead: str) -> frozenset[int]:
        return frozenset(value for _, _, value in self._in_text.places(lead))

    def holding(self, passage: Passage, titles: Sequence[frozenset[int]]) -> Iterator[Held]:
        """Each rule that holds, once for each sentence. titles: what `title` says of those above, outermost first."""
        lead = _last_sentence(passage.lead)
        introduced = self._sentence(lead) if lead else frozenset()
        above = frozenset().union(*titles) if titles else frozenset()
        for compiled in {
            c.rule.id: c for number in introduced for c in self._introducing.get(number, ())
        }.values():
            if _stands_in(compiled.rule, passage.kind) and compiled.must_not.isdisjoint(introduced):
                yield Held(compiled.rule, False, False)
        tail = " ".join(lead.split()[-REACH:])
        text = f"{tail} {passage.text}" if tail else passage.text
        for place, held, own in self._sentences(text, len(tail) + 1 if tail else 0, introduced):
            for compiled in {c.rule.id: c for number in held for c in self._rules.get(number, ())}.values():
                if not _holds(compiled, held, above, introduced, passage.kind):
                    continue
                is_own = any(not group.isdisjoint(own) for group in compiled.must)
                yield Held(compiled.rule, is_own, place == 0)

    def _sentences(
        self, text: str, begin: int, introduced: frozenset[int]
    ) -> Iterator[tuple[int, set[int], set[int]]]:
        """Of each sentence with phrases: its place, the phrases, and those of them that reach beyond `begin`.

        introduced: phrases of the words before, which go on in the first sentence.
        """
        phrases = self._in_text.places(text)
        if not phrases and not introduced:
            return
        ends = [match.end() for match in _SENTENCE_END.finditer(text, begin)]
        by_sentence: dict[int, tuple[set[int], set[int]]] = (
            {0: (set(introduced), set())} if introduced else {}
        )
        for start, end, number in phrases:
            place = bisect_right(ends, start)
            if place not in by_sentence:
                by_sentence[place] = set(), set()
            held, own = by_sentence[place]
            held.add(number)
            if end > begin:
                own.add(number)
        for place in sorted(by_sentence):
            held, own = by_sentence[place]
            yield place, held, own

    def contexts(self, titles: Sequence[frozenset[int]], kind: str) -> Iterator[Rule]:
        """The rules that hold by the innermost title for which one holds, the surest first."""
        for title in reversed(titles):
            by_title = {c.rule.id: c for number in title for c in self._contexts.get(number, ())}
            held = [c.rule for c in by_title.values() if not c.not_under & title and _stands_in(c.rule, kind)]
            if held:
                share = AMBIGUOUS if len({rule.type for rule in held}) > 1 else 1
                sure = (replace(rule, confidence=rule.confidence * share) for rule in held)
                yield from sorted(sure, key=lambda rule: (-rule.confidence, rule.id))
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
