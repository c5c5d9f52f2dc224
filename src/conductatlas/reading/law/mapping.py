"""Which articles may govern a clause, and on which conditions; and which it cites."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from conductatlas.reading.clauses.finding import Fact, Finding, Span
from conductatlas.reading.clauses.places import places
from conductatlas.reading.clauses.statement import fold
from conductatlas.reading.law import entry
from conductatlas.reading.law.citing import citations
from conductatlas.reading.law.context import Answered, Context, first, stated
from conductatlas.reading.law.entry import Answer, Condition, ConditionKind, Relation
from conductatlas.reading.law.register import article, instrument_of
from conductatlas.reading.law.rules import (
    ConditionRule,
    MappingRule,
    also_second,
    compiled,
    places_of_titles,
    rules_of_type,
)

MOST = 8  # mappings of one finding
MOST_CITED = 4  # of these, what the clause cites
MOST_OF_ONE = 3  # of these, articles of one instrument
SURE = 0.75  # of a type that is not the first
AHEAD, BEHIND = 90, 24  # characters about the word for a person in which the place is said
TITLE = 8  # words from which on a line whose words all begin with a capital letter is no title
CITES = "cites"  # id of what is mapped because the text names it

_LIVING = re.compile(
    r"\b(?:you|who|individuals?|users?|customers?|consumers?|data subjects?|persons?|those|people) (?:are |is )?(?:a )?"
    r"(?:currently )?(?:resid(?:e|es|ing|ents?)|liv(?:e|es|ing)|located|based|domiciled|resident|citizens?)\b"
    r"|\b(?:residents?|citizens?|(?:users?|consumers?|customers?|individuals?) (?:in|from|outside))\b"
)
_CALLED = re.compile(r"\b(?:residents?|users|consumers|customers|citizens)\b")


class _Candidate(NamedTuple):
    rank: tuple[int, int, int, int]
    rule: MappingRule
    conditions: tuple[Condition, ...]


def mappings(text: str, finding: Finding, context: Context) -> tuple[entry.Mapping, ...]:
    """What the clause cites, then what may govern it, the most specific first; at most MOST.

    text: of the document that `context` was made of. A rule whose subject the clause does not show gives nothing, nor
    does one for another place than the clause is for. Of documents in languages without rules only citations.
    """
    cited = list(_cited(finding, context))[:MOST_CITED]
    if not context.is_readable or _is_title(finding.span.of(text)):
        return tuple(cited)
    asked = _Asked(text, finding, context)
    candidates = sorted(_candidates(finding, context, asked), key=lambda candidate: candidate.rank)
    return tuple(_limited(cited, candidates))


def _is_title(clause: str) -> bool:
    """Whether a clause is a title only ("Cookie Policy"), which provides nothing."""
    words = re.findall(r"[^\W\d_]+", clause)
    return len(words) < TITLE and not clause.isupper() and all(w[0].isupper() or len(w) < 4 for w in words)


def _cited(finding: Finding, context: Context) -> Iterator[entry.Mapping]:
    for citation in citations(context, finding.span.start, finding.span.end):
        shown = Condition(ConditionKind.SUBJECT, "the text names it", Answer.SHOWN, (citation.span,))
        named = article(citation.article)
        yield entry.Mapping(CITES, instrument_of(named.id), named, Relation.CITES, (shown,))


def _candidates(finding: Finding, context: Context, asked: _Asked) -> Iterator[_Candidate]:
    seen: set[str] = set()
    stated = {
        fact.type for fact in finding.facts
    }  # a fact of a further type shows that the clause is of it, too
    for place, typed in enumerate(finding.types):
        is_also = typed.type in stated or (typed.confidence >= SURE and typed.type in also_second())
        if place and not is_also:
            continue
        for rule in rules_of_type().get(typed.type, ()):
            if rule.id in seen or not rule.reads(context.kind):
                continue
            seen.add(rule.id)
            if conditions := _answered(rule, asked):
                shown = sum(condition.answer is not Answer.UNKNOWN for condition in conditions)
                rank = (min(place, 1), shown - len(conditions), -shown, rule.order)
                yield _Candidate((rank[0], -rank[1], rank[2], rank[3]), rule, conditions)


def _answered(rule: MappingRule, asked: _Asked) -> tuple[Condition, ...]:
    """The conditions of a rule with their answers; () if the rule gives nothing."""
    found = []
    for condition in rule.conditions:
        if condition.regions and asked.is_elsewhere(condition):
            return ()
        answer, spans = asked.answer(condition)
        if answer is Answer.UNKNOWN and condition.name in rule.needed:
            return ()
        found.append(Condition(condition.kind, condition.says, answer, spans))
    if any(asked.answer(condition)[0] is not Answer.UNKNOWN for condition in rule.not_if):
        return ()
    if rule.must_not and asked.has(rule.must_not):
        return ()
    return tuple(found)


def _limited(cited: list[entry.Mapping], candidates: Iterable[_Candidate]) -> Iterator[entry.Mapping]:
    """The first MOST, no article twice for one relation, and none of one instrument alone."""
    yield from cited
    number = len(cited)
    of_one: Counter[str] = Counter()
    told: set[tuple[str, Relation]] = set()
    for candidate in candidates:
        for id in candidate.rule.articles:
            one, key = instrument_of(id), (id, candidate.rule.relation)
            if number >= MOST or key in told or of_one[one.id] >= MOST_OF_ONE:
                continue
            told.add(key)
            of_one[one.id] += 1
            number += 1
            yield entry.Mapping(
                candidate.rule.id, one, article(id), candidate.rule.relation, candidate.conditions
            )


class _Asked:
    """The conditions that were asked of one finding, each answered once."""

    def __init__(self, text: str, finding: Finding, context: Context) -> None:
        self._text = text
        self._finding = finding
        self._context = context
        self._answers: dict[str, Answered] = {}
        self._facts: dict[tuple[str, str], list[Fact]] = {}
        for fact in finding.facts:
            self._facts.setdefault((fact.type, fact.name), []).append(fact)
        self._regions: Mapping[str, tuple[Span, ...]] | None = None

    def answer(self, condition: ConditionRule) -> Answered:
        if condition.name not in self._answers:
            self._answers[condition.name] = self._look_up(condition)
        return self._answers[condition.name]

    def is_elsewhere(self, condition: ConditionRule) -> bool:
        """Whether the clause is said to be for other places than the condition's only."""
        regions = self._for_regions()
        return bool(regions) and not any(
            _is_in(code, condition.regions) or code in condition.near for code in regions
        )

    def has(self, patterns: tuple[str, ...]) -> bool:
        """Whether one of the patterns occurs in the clause or in the titles above it."""
        span = self._finding.span
        found = compiled(patterns)
        return bool(
            found.search(self._context.folded, span.start, span.end)
            or found.search(fold(" / ".join(self._finding.path)))
        )

    def _look_up(self, condition: ConditionRule) -> Answered:
        span = self._finding.span
        facts = stated(condition.facts, self._facts)
        if facts:
            return Answer.SHOWN, facts
        if condition.clause:
            match = first(self._context.folded, span.start, span.end, condition.clause, condition.unless)
            if match is not None:
                return Answer.SHOWN, (match,)
        if condition.regions:
            for code, spans in self._for_regions().items():
                if _is_in(code, condition.regions) and spans:
                    return Answer.SHOWN, spans
        return self._context.answer(condition)

    def _for_regions(self) -> Mapping[str, tuple[Span, ...]]:
        """The places that the clause is for, with the words that say so.

        Those of the people it names, else of its facts, else of the titles above it, else of the document's.
        """
        if self._regions is None:
            self._regions = self._addressed() or self._of_facts() or self._of_titles(self._finding.path[1:])
            if not self._regions:
                self._regions = self._of_titles(self._finding.path[:1])
        return self._regions

    def _addressed(self) -> Mapping[str, tuple[Span, ...]]:
        """The places of the people whom the clause names: "if you live in …", "Norwegian users"."""
        folded, span = self._context.folded, self._finding.span
        found: dict[str, tuple[Span, ...]] = {}
        for pattern, ahead, behind in ((_LIVING, 0, AHEAD), (_CALLED, BEHIND, 0)):
            for match in pattern.finditer(folded, span.start, span.end):
                start = max(span.start, match.start() - ahead)
                for place in places(self._text[start : min(span.end, match.end() + behind)]):
                    found.setdefault(place.code, (Span(start + place.start, start + place.end),))
        return found

    def _of_facts(self) -> Mapping[str, tuple[Span, ...]]:
        found: dict[str, tuple[Span, ...]] = {}
        facts = self._finding.facts
        if all(fact.scope.region for fact in facts):
            for fact in facts:
                for code in fact.scope.region.split(","):
                    found.setdefault(code, fact.spans)
        return found

    def _of_titles(self, titles: Iterable[str]) -> Mapping[str, tuple[Span, ...]]:
        """The places of the innermost title that names one."""
        for title in reversed(tuple(titles)):
            at = self._text.rfind(title, 0, self._finding.span.end)
            found: dict[str, tuple[Span, ...]] = {}
            for code, start, end in _places_in(title):
                found.setdefault(code, (Span(at + start, at + end),) if at >= 0 else ())
            if found:
                return found
        return {}


@lru_cache(4096)  # the same titles stand above many clauses
def _places_in(title: str) -> tuple[tuple[str, int, int], ...]:
    found = [(place.code, place.start, place.end) for place in places(title)]
    folded = fold(title)
    for code, patterns in places_of_titles().items():
        if match := compiled(patterns).search(folded):
            found.append((code, match.start(), match.end()))
    return tuple(found)


def _is_in(code: str, regions: frozenset[str]) -> bool:
    """Whether a place is one of the regions, or a part of one ("US-CA" of "US")."""
    return code in regions or code.partition("-")[0] in regions
