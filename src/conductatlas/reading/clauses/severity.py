"""How severe a provision is for the person it binds: points of five factors, each with the words it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    """What is rated: its words (spans of text, folded), types, own facts, and those of its section."""

    words: tuple[tuple[Span, str], ...]
    types: tuple[str, ...]
    own: tuple[Fact, ...]
    near: tuple[Fact, ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        return (*self.own, *self.near)

    def without(self, fact: Fact) -> _Provision:
        return replace(
            self,
            own=tuple(one for one in self.own if one is not fact),
            near=tuple(one for one in self.near if one is not fact),
        )


def rate(
    text: str, spans: Sequence[Span], types: Sequence[str], facts: Sequence[Fact], near: Sequence[Fact] = ()
) -> Rating | None:
    """The rating of a provision that stands at `spans` of a reading's text; None of one without a type or words.

    types: the first is what it is called by. facts: its own; near: those of the same section that say more of it, such
    as how to opt out. Rated for everyone, or for the first audience that it names; `rate_each` has the others.
    """
    by_scope = rate_each(text, spans, types, facts, near)
    return next(iter(by_scope.values()), None)


def rate_each(
    text: str, spans: Sequence[Span], types: Sequence[str], facts: Sequence[Fact], near: Sequence[Fact] = ()
) -> dict[Scope, Rating]:
    """A rating for each audience that the facts tell apart, the main one first: everyone, else the first named. A fact
    stated for everyone counts for each; an audience for which nothing is at stake is left out. Empty for a provision
    without a type or words."""
    if not types or not spans:
        return {}
    words = tuple((span, fold(span.of(text)[:_LONGEST])) for span in spans)
    own = [fact for fact in facts if fact.type in types] or list(facts)
    everyone = Scope()
    scopes = list(dict.fromkeys(fact.scope for fact in own)) or [everyone]
    scopes.sort(key=lambda scope: scope != everyone)
    found: dict[Scope, Rating] = {}
    for scope in scopes:
        held, around = (
            tuple(fact for fact in some if fact.scope in (scope, everyone)) for some in (facts, near)
        )
        found[scope] = _with_conflicts(_Provision(words, tuple(types), held, around), scope)
    weighty = {
        scope: rating for scope, rating in found.items() if rating.rights.points or rating.exposure.points
    }
    return weighty or dict(list(found.items())[:1])


def _with_conflicts(provision: _Provision, scope: Scope) -> Rating:
    """Where facts conflict, it is rated with each, the higher counts, and the other end of the range is kept."""
    rating = _rated(provision, scope)
    for pair in conflicts(provision.own):
        ends = [_rated(provision.without(left), scope) for left in pair]
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
    """The points of a row with the words it rests on, if it holds for a provision.

    A row that rests on facts holds for any type of the provision, if one of them is its own (a way out may be told
    elsewhere in the section); one that rests on words or on the type alone only for what the provision is called by.
    """
    if row.types and row.types.isdisjoint(provision.types):
        return None
    if row.unless is not None and any(row.unless.search(words) for _, words in provision.words):
        return None
    if any(_meeting(provision.facts, wanted) for wanted in row.none):
        return None
    facts: list[Fact] = []
    for wanted in row.all:
        fact = _meeting(provision.facts, wanted)
        if fact is None:
            return None
        facts.append(fact)
    if row.any and (found := next(filter(None, (_meeting(provision.facts, one) for one in row.any)), None)):
        facts.append(found)
    elif row.any or row.phrases:
        words = _phrase(provision, row) if _is_called(provision, row) else None
        return None if words is None else Factor(row.points, row.id, (*_quoted(facts), words))
    if facts:
        is_told_here = row.factor == "way_out" or not set(map(id, facts)).isdisjoint(map(id, provision.own))
        return Factor(row.points, row.id, _quoted(facts)) if is_told_here else None
    if not row.types:
        return Factor(row.points, row.id, ())
    return Factor(row.points, row.id, (provision.words[0][0],)) if _is_called(provision, row) else None


def _is_called(provision: _Provision, row: Row) -> bool:
    return not row.types or provision.types[0] in row.types


def _quoted(facts: Iterable[Fact]) -> tuple[Span, ...]:
    return tuple(dict.fromkeys(fact.spans[0] for fact in facts))


def _phrase(provision: _Provision, row: Row) -> Span | None:
    for span, words in provision.words:
        if row.phrases is not None and (match := row.phrases.search(words)):
            return Span(span.start + match.start(), span.start + match.end())
    return None


def _meeting(facts: Iterable[Fact], wanted: Wanted) -> Fact | None:
    return next((fact for fact in facts if wanted.is_met_by(fact)), None)


def _lacks_facts(provision: _Provision) -> bool:
    needs = rubric().needs.get(provision.types[0], ())
    return bool(needs) and not any(_meeting(provision.facts, wanted) for wanted in needs)
