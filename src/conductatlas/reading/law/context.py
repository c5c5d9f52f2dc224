"""What is known of a whole document when one of its clauses is held against law: computed once, asked often."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from conductatlas.reading.clauses.entity import Entity, entity_of
from conductatlas.reading.clauses.finding import Fact, Finding, Span
from conductatlas.reading.clauses.statement import fold
from conductatlas.reading.law.entry import Answer
from conductatlas.reading.law.rules import ConditionRule, Stated, compiled, designated
from conductatlas.reading.text.marks import MarkKind, Reading

_STOP = re.compile(r"[.?!;]\s|\n")

Answered = tuple[Answer, tuple[Span, ...]]
_UNKNOWN: Answered = (Answer.UNKNOWN, ())


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """One document. kind: its slug ("terms"), "" if not known. folded: its text, character for character, for
    patterns. facts: all that its findings state. links: where links lead, with the words they are on."""

    kind: str
    language: str
    title: str
    folded: str
    entity: Entity | None
    facts: Mapping[tuple[str, str], tuple[Fact, ...]]
    links: tuple[tuple[Span, str], ...]
    _answers: dict[str, Answered] = field(default_factory=dict)

    @property
    def is_readable(self) -> bool:
        """Whether the patterns are of the document's language; other documents only have their citations mapped."""
        return self.language in ("en", "")

    def answer(self, condition: ConditionRule) -> Answered:
        """What the document as a whole, or a register, says of a condition; looked up once."""
        if condition.name not in self._answers:
            self._answers[condition.name] = self._look_up(condition)
        return self._answers[condition.name]

    def _look_up(self, condition: ConditionRule) -> Answered:
        facts = stated(condition.document_facts, self.facts)
        if facts:
            return Answer.SHOWN, facts
        if condition.title and compiled(condition.title).search(self.title):
            at = self.folded.find(self.title)
            if at >= 0:
                return Answer.SHOWN, (Span(at, at + len(self.title)),)
        if condition.document:
            span = first(self.folded, 0, len(self.folded), condition.document, condition.document_unless)
            if span is not None:
                return Answer.SHOWN, (span,)
        if condition.register and self.entity is not None:
            name = self.entity.name.lower()
            if any(name.startswith(company) for company in designated()[condition.register]):
                return Answer.REGISTER, ()
        return _UNKNOWN


def context_of(reading: Reading, kind: str, findings: Iterable[Finding] = ()) -> Context:
    """The context of one document. findings: all of them, for what one clause states bears on others (the governing
    law on the time to sue). Raises nothing."""
    facts: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for finding in findings:
        for fact in finding.facts:
            facts[fact.type, fact.name].append(fact)
    return Context(
        kind,
        reading.language,
        fold(reading.title),
        fold(reading.text),
        entity_of(reading),
        {key: tuple(held) for key, held in facts.items()},
        tuple(
            (Span(mark.start, mark.end), mark.value.lower())
            for mark in reading.marks
            if mark.kind is MarkKind.LINK
        ),
    )


def stated(asked: Iterable[Stated], facts: Mapping[tuple[str, str], Iterable[Fact]]) -> tuple[Span, ...]:
    """The words of the first fact that is one of those asked for; () if none is."""
    for one in asked:
        for fact in facts.get((one.type, one.name), ()):
            if one.value is None or _is(fact, one.value):
                return fact.spans
    return ()


def _is(fact: Fact, value: str) -> bool:
    if isinstance(fact.value, list):
        return value in fact.value
    if isinstance(fact.value, bool):
        return value == str(fact.value).lower()
    return value == str(fact.value)


def first(
    folded: str, start: int, end: int, patterns: tuple[str, ...], unless: tuple[str, ...]
) -> Span | None:
    """The first match within folded[start:end] that its sentence does not take back."""
    return next(matches(folded, start, end, patterns, unless), None)


def matches(
    folded: str, start: int, end: int, patterns: tuple[str, ...], unless: tuple[str, ...]
) -> Iterator[Span]:
    """The matches within folded[start:end] whose sentences hold none of `unless`."""
    for match in compiled(patterns).finditer(folded, start, end):
        if match.end() == match.start():
            continue
        if unless:
            left, right = _sentence(folded, start, end, match)
            if compiled(unless).search(folded, left, right):
                continue
        yield Span(match.start(), match.end())


def _sentence(folded: str, start: int, end: int, match: re.Match[str]) -> tuple[int, int]:
    left = start
    for stop in _STOP.finditer(folded, max(start, match.start() - 800), match.start()):
        left = stop.end()
    after = _STOP.search(folded, match.end(), end)
    return left, after.start() if after else end
