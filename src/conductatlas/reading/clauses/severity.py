"""How severe a provision is for the person it binds: points of five factors, each with the words it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from conductatlas.reading.clauses.facts import conflicts
from conductatlas.reading.clauses.finding import Fact, Factor, Rating, Scope, Span
from conductatlas.reading.clauses.rubric import FactorName, Row, Wanted, rubric
from conductatlas.reading.clauses.statement import fold
from conductatlas.reading.compare.points import Points
from conductatlas.reading.compare.scales import Severity, highest

_LONGEST = 6000  # characters of a span that phrases are looked for in


@dataclass(frozen=True, slots=True)
class _Provision:
    """What is rated: its words (spans of text, folded), types and facts."""

    words: tuple[tuple[Span, str], ...]
    types: tuple[str, ...]
    facts: tuple[Fact, ...]


def rate(
    text: str, spans: Sequence[Span], types: Sequence[str], facts: Sequence[Fact], near: Sequence[Fact] = ()
) -> Rating | None:
    """The rating of a provision that stands at `spans` of a reading's text; None of one without a type or words.

    types: the first is what it is called by. facts: its own; near: those of the same section that say more of it, such
    as how to opt out. Rated for the audience that most of it names nobody else but; see `rate_each` for the others.
    """
    by_scope = rate_each(text, spans, types, facts, near)
    return next(iter(by_scope.values()), None)


def rate_each(
    text: str, spans: Sequence[Span], types: Sequence[str], facts: Sequence[Fact], near: Sequence[Fact] = ()
) -> dict[Scope, Rating]:
    """A rating for each audience that the facts tell apart, the main one first: everyone, else the first named. A fact
    stated for everyone counts for each. Empty for a provision without a type or words."""
    if not types or not spans:
        return {}
    words = tuple((span, fold(span.of(text)[:_LONGEST])) for span in spans)
    own = [fact for fact in facts if fact.type in types] or list(facts)
    everyone = Scope()
    scopes = list(dict.fromkeys(fact.scope for fact in own)) or [everyone]
    scopes.sort(key=lambda scope: scope != everyone)
    found: dict[Scope, Rating] = {}
    for scope in scopes:
        held = tuple(fact for fact in (*facts, *near) if fact.scope in (scope, everyone))
        found[scope] = _with_conflicts(_Provision(words, tuple(types), held), scope)
    return found


def _with_conflicts(provision: _Provision, scope: Scope) -> Rating:
    """Where facts conflict, it is rated with each, the higher counts, and the other end of the range is kept."""
    rating = _rated(provision, scope)
    for pair in conflicts(provision.facts):
        ends = [
            _rated(
                replace(provision, facts=tuple(fact for fact in provision.facts if fact is not left)), scope
            )
            for left in pair
        ]
        top = max(ends, key=lambda end: (highest([end.severity]) is Severity.HIGH, end.score))
        low = min(ends, key=lambda end: end.score)
        rating = replace(top, other=low.severity if low.severity is not top.severity else rating.other)
    return rating


def _rated(provision: _Provision, scope: Scope) -> Rating:
    rights = _most(provision, "rights")
    exposure = _most(provision, "exposure")
    discretion = _most(provision, "discretion")
    operative = rights.spans[:1] or exposure.spans[:1] or provision.words[0][:1]
    way_out = _best_way_out(provision, operative)
    breadth = _breadth(provision, scope, operative)
    factors = (rights, exposure, discretion, way_out, breadth)
    points = Points(*(factor.points for factor in factors))
    severity, is_partial = points.severity, _lacks_facts(provision)
    if severity is Severity.HIGH and any(factor.points >= 2 and not factor.spans for factor in factors):
        severity, is_partial = Severity.MEDIUM, True
    return Rating(severity, points.score, *factors, is_partial=is_partial, version=rubric().version)


def _most(provision: _Provision, factor: FactorName) -> Factor:
    """The row with the most points that holds; of equals the first."""
    held = [found for row in rubric().rows[factor] if (found := _held(provision, row)) is not None]
    return max(held, key=lambda found: found.points, default=Factor(0, f"{factor[0].upper()}0", ()))


def _best_way_out(provision: _Provision, operative: tuple[Span, ...]) -> Factor:
    """The fewest points: the best way out that is offered; none offered is said by the words that bind."""
    held = [found for row in rubric().rows["way_out"] if (found := _held(provision, row)) is not None]
    best = min(held, key=lambda found: found.points)
    return best if best.row != "W3.none" else best._replace(spans=operative)


def _breadth(provision: _Provision, scope: Scope, operative: tuple[Span, ...]) -> Factor:
    """One plan or feature; most, where a region or an audience is excepted; else everyone."""
    held = [found for row in rubric().rows["breadth"] if (found := _held(provision, row)) is not None]
    least = min(held, key=lambda found: found.points)
    if least.points > 1 and (scope.plan or scope.product):
        return Factor(1, "B1.plan", _scoped(provision, scope) or operative)
    if least.points > 2 and (scope.region or scope.audience):
        return Factor(2, "B2.region", _scoped(provision, scope) or operative)
    return least if least.row != "B3.everyone" else least._replace(spans=operative)


def _scoped(provision: _Provision, scope: Scope) -> tuple[Span, ...]:
    return next((fact.spans[:1] for fact in provision.facts if fact.scope == scope), ())


def _held(provision: _Provision, row: Row) -> Factor | None:
    """The points of a row with the words it rests on, if it holds for a provision."""
    if row.types and row.types.isdisjoint(provision.types):
        return None
    if row.unless is not None and any(row.unless.search(words) for _, words in provision.words):
        return None
    if any(_meeting(provision.facts, wanted) for wanted in row.none):
        return None
    spans: list[Span] = []
    for wanted in row.all:
        fact = _meeting(provision.facts, wanted)
        if fact is None:
            return None
        spans += fact.spans[:1]
    if row.any or row.phrases:
        words = next(_alternatives(provision, row), None)
        if words is None:
            return None
        spans.append(words)
    if not spans and row.types:
        spans = [provision.words[0][0]]
    return Factor(row.points, row.id, tuple(dict.fromkeys(spans)))


def _alternatives(provision: _Provision, row: Row) -> Iterator[Span]:
    for wanted in row.any:
        if fact := _meeting(provision.facts, wanted):
            yield fact.spans[0]
    if row.phrases is not None:
        for span, words in provision.words:
            if match := row.phrases.search(words):
                yield Span(span.start + match.start(), span.start + match.end())


def _meeting(facts: Iterable[Fact], wanted: Wanted) -> Fact | None:
    return next((fact for fact in facts if wanted.is_met_by(fact)), None)


def _lacks_facts(provision: _Provision) -> bool:
    needs = rubric().needs.get(provision.types[0], ())
    return bool(needs) and not any(_meeting(provision.facts, wanted) for wanted in needs)
