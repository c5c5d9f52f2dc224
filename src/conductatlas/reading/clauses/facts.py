"""The facts that a document states: typed attributes of its clauses, each with the words it rests on."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain

from conductatlas.reading.clauses.clause import Clause, ClauseKind
from conductatlas.reading.clauses.converting import convert
from conductatlas.reading.clauses.fact_rules import FactRule, attributes, compiled, fact_rules, rules_of_type
from conductatlas.reading.clauses.finding import Fact, Scope, Span, Value
from conductatlas.reading.clauses.scoping import condition_of, limit_of, scope_of
from conductatlas.reading.clauses.statement import Statement, fold, statements, whole
from conductatlas.reading.text.marks import Reading

_LANGUAGES = ("en", "")  # the rules are written for English; elsewhere nothing is stated rather than guessed
VAGUE = "no fixed period"  # says less than a number of days, not another
_SILENT = (ClauseKind.HEADING, ClauseKind.REFERENCE)


def find_facts(
    reading: Reading,
    clauses: Sequence[Clause],
    types: Mapping[int, tuple[str, ...]] | None,
    kind: str = "",
) -> Mapping[int, tuple[Fact, ...]]:
    """The facts by the place of the clause that states them, in the text's order; clauses without facts are left out.

    types: of the clauses by place; None lets every rule search every clause. kind: of the document ("terms").
    """
    if reading.language not in _LANGUAGES:
        return {}
    folded = fold(reading.text)
    book = _Book(clauses, folded, kind, types)
    found: dict[int, tuple[Fact, ...]] = {}
    for clause in clauses:
        if clause.kind in _SILENT:
            continue
        rules = book.rules(clause)
        if rules:
            said = statements(reading.text, folded, clauses, clause, reading.language)
            if any(rule.is_whole for rule in rules):
                said = chain(said, whole(reading.text, folded, clauses, clause, reading.language))
            facts = [fact for statement in said for fact in _stated(statement, rules, reading.text)]
            if facts:
                found[clause.place] = tuple(_each_once(facts))
    return found


def conflicts(facts: Iterable[Fact]) -> tuple[tuple[Fact, Fact], ...]:
    """Pairs of facts of one document that state different values of the same attribute, for the same scope and
    without a condition that could tell them apart; only of attributes that have one value."""
    first: dict[object, Fact] = {}
    pairs: list[tuple[Fact, Fact]] = []
    known = attributes()
    for fact in facts:
        attribute = known.get((fact.type, fact.name))
        if attribute is None or not attribute.is_single or fact.condition:
            continue
        key = fact.type, fact.name, fact.scope
        earlier = first.setdefault(key, fact)
        if earlier.value != fact.value and VAGUE not in (earlier.value, fact.value):
            pairs.append((earlier, fact))
    return tuple(pairs)


class _Book:
    """The rules that may find something in each clause of one document: by its types, and by the words in it."""

    def __init__(
        self, clauses: Sequence[Clause], folded: str, kind: str, types: Mapping[int, tuple[str, ...]] | None
    ) -> None:
        self._rules, words = _of_kind(kind)
        self._words = _words_of_clauses(clauses, folded, words)
        self._types = types
        self._around = {} if types is None else _section_types(clauses, types)
        self._known: dict[tuple[frozenset[str], frozenset[str]], list[FactRule]] = {}

    def rules(self, clause: Clause) -> list[FactRule]:
        """In the order of the files. An item is of the types of what introduces it, and has its words, too."""
        words = self._words.get(clause.place, frozenset())
        if clause.parent is not None:
            words = words | self._words.get(clause.parent, frozenset())
        if not words:
            return []
        return [rule for rule in self._allowed(clause) if not self._rules[rule.id].isdisjoint(words)]

    def _allowed(self, clause: Clause) -> list[FactRule]:
        own: frozenset[str] = frozenset()
        near: frozenset[str] = frozenset()
        if self._types is not None:
            own = frozenset(self._types.get(clause.place, ()))
            if clause.parent is not None:
                own = own.union(self._types.get(clause.parent, ()))
            near = self._around.get(clause.section.anchor, frozenset()) - own
        if (own, near) not in self._known:
            allowed = fact_rules() if self._types is None else _of_types(own, near)
            self._known[own, near] = [rule for rule in allowed if rule.id in self._rules]
        return self._known[own, near]


@lru_cache(64)
def _of_kind(kind: str) -> tuple[Mapping[str, frozenset[str]], tuple[tuple[str, str], ...]]:
    """The rules for documents of a kind by id, each with the words of which it needs one; and all these words, each
    with the longest of its parts."""
    rules = [rule for rule in fact_rules() if not rule.kinds or not kind or kind in rule.kinds]
    words = sorted({word for rule in rules for word in rule.when})
    return (
        {rule.id: frozenset(rule.when) for rule in rules},
        tuple((word, max(word.split(), key=len)) for word in words),
    )


def _words_of_clauses(
    clauses: Sequence[Clause], folded: str, words: Iterable[tuple[str, str]]
) -> Mapping[int, frozenset[str] | set[str]]:
    """Place of a clause -> those of some words that stand in it. words: with the longest part of each."""
    starts = [clause.start for clause in clauses]
    found: dict[int, set[str]] = defaultdict(set)
    vocabulary = "\n".join(set(folded.split()))  # shorter than the text; most of the words stand in neither
    for word, part in words:
        if part not in vocabulary:
            continue
        at = folded.find(word)
        while at >= 0:
            n = bisect_right(starts, at) - 1
            if n >= 0:
                found[clauses[n].place].add(word)
                at = max(at, (starts[n + 1] if n + 1 < len(starts) else len(folded)) - 1)
            at = folded.find(word, at + 1)
    return found


@cache
def _section_wide() -> frozenset[str]:
    """Types of which something may be told anywhere in their section."""
    return frozenset(
        name for name, rules in rules_of_type().items() if any(rule.in_section for rule in rules)
    )


def _of_types(own: frozenset[str], near: frozenset[str]) -> list[FactRule]:
    known = rules_of_type()
    found = {
        rule.id: rule
        for name in ("", *own, *near)
        for rule in known.get(name, ())
        if name == "" or name in own or rule.in_section
    }
    return sorted(found.values(), key=lambda rule: rule.order)


def _section_types(
    clauses: Sequence[Clause], types: Mapping[int, tuple[str, ...]]
) -> Mapping[str, frozenset[str]]:
    """Anchor of a section -> the types of all clauses in it, and in the sections that stand under the same title."""
    by_anchor: dict[str, set[str]] = defaultdict(set)
    by_path: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for clause in clauses:
        found = _section_wide().intersection(types.get(clause.place, ()))
        by_anchor[clause.section.anchor].update(found)
        if clause.section.path:
            by_path[clause.section.path].update(found)
    paths = {clause.section.anchor: clause.section.path for clause in clauses}
    # Siblings count only below a chapter: all chapters stand under the document's title.
    return {
        anchor: frozenset(held | (by_path[path] if len(path := paths[anchor]) > 1 else set()))
        for anchor, held in by_anchor.items()
    }


def _stated(statement: Statement, rules: Iterable[FactRule], text: str) -> Iterator[Fact]:
    """The facts of one sentence; of the rules for one attribute the first that speaks, unless it is a list."""
    told: set[tuple[str, str]] = set()
    if statement.text.endswith("?"):
        return  # a question states nothing
    for rule in rules:
        key = rule.type, rule.name
        if key in told or (statement.is_whole and not rule.is_whole):
            continue
        if not any(word in statement.text for word in rule.when):
            continue
        if rule.also and not any(word in statement.text for word in rule.also):
            continue
        for fact in _facts(rule, statement, text):
            told.add(key)
            yield fact


def _facts(rule: FactRule, statement: Statement, text: str) -> Iterator[Fact]:
    """What one rule finds in a sentence: one fact, or (`each`) all, of single ones one for each audience."""
    told: set[tuple[Scope, str]] = set()
    is_single = attributes()[rule.type, rule.name].is_single
    for pattern in map(compiled, rule.patterns):
        for match in pattern.finditer(statement.text):
            if match.end() <= statement.own and not _names_some(rule, statement.text[statement.own :]):
                continue  # said by what introduces the clause, which speaks for itself
            if statement.is_whole and match.start() >= statement.pieces[0][1]:
                continue  # said by an item alone
            start, end = match.span("value") if "value" in pattern.groupindex else match.span()
            spans = statement.spans(start, end) if end > start else ()
            value = _value(rule, statement.text, match, " ".join(span.of(text) for span in spans))
            if value is None:
                continue
            if not told and _is_forbidden(rule, statement):
                return
            scope = rule.scope or scope_of(statement, start, end)
            key = scope, "" if is_single else repr(value)
            if key in told:
                continue
            told.add(key)
            quotes = statement.quotes(match.start())
            yield Fact(
                rule.type,
                rule.name,
                value,
                (*quotes, *(span for span in spans if span not in quotes)),
                scope,
                condition_of(statement, text),
                limit_of(statement, text),
            )
            if not rule.is_each:
                return


def _names_some(rule: FactRule, own: str) -> bool:
    """Whether a clause itself has something of a list that its introduction opens: "we are not liable for" (a) …"""
    if not rule.items or rule.is_whole:
        return False
    return any(compiled(item).search(own) for item in rule.items.values())


def _is_forbidden(rule: FactRule, statement: Statement) -> bool:
    """Asked only where a pattern fits: most do not."""
    if rule.unless and compiled(rule.unless).search(statement.text):
        return True
    if rule.not_after and compiled(rule.not_after).search(f"{statement.previous} // {statement.text}"):
        return True
    if not rule.context and not rule.not_context:
        return False
    around = f"{statement.titles} / {statement.before} {statement.text}"
    if rule.context and not compiled(rule.context).search(around):
        return True
    return bool(rule.not_context and compiled(rule.not_context).search(around))


def _value(rule: FactRule, said: str, match: re.Match[str], words: str) -> Value:
    """items: the list of all that the sentence names. choices: the first that the matched words name."""
    if rule.items:
        if rule.ignored:
            said = compiled(rule.ignored).sub(" ", said)
        named: list[Value] = [name for name, item in rule.items.items() if compiled(item).search(said)]
        return named or None
    if rule.choices:
        around = match["value"] if "value" in match.re.groupindex else match[0]
        return next((name for name, choice in rule.choices.items() if compiled(choice).search(around)), None)
    return convert(rule.convert, words) if rule.convert else rule.value


def _each_once(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Facts without those that a later sentence of the same clause repeats."""
    seen: set[str] = set()
    for fact in facts:
        key = repr((fact.type, fact.name, fact.value, fact.scope, fact.condition))
        if key not in seen:
            seen.add(key)
            yield fact


def quotes(fact: Fact, text: str) -> tuple[str, ...]:
    """The exact words of a fact, the one to show first."""
    return tuple(Span.of(span, text) for span in fact.spans)
