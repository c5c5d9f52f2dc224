"""Whether two clauses of one type state the same, by their facts.

Only facts of one scope compare: what a text states for consumers in the EU says nothing of what another states for the
US. Words of a text (names, addresses, titles of rules) are no values to compare.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from conductatlas.reading.clauses.fact_rules import attributes

NO_VALUES = frozenset({"words"})
NO_NEWS = frozenset({"stated"})  # says no more than that the clause is of its type


@dataclass(frozen=True, slots=True)
class StatedFact:
    """One fact that a clause states. scope: audience, region, plan and product, "" each for all of them."""

    name: str
    value: Any
    scope: tuple[str, str, str, str] = ("", "", "", "")


class Outcome(StrEnum):
    """How two statements of one attribute stand: the same values, some of them the same, others, or yes beside no."""

    EQUAL = "equal"
    PARTLY = "partly"
    DIFFERENT = "different"
    OPPOSITE = "opposite"


def compared(type_: str, mine: Iterable[StatedFact], theirs: Iterable[StatedFact]) -> Mapping[str, Outcome]:
    """Attribute → outcome, of those that both state for the same scope (or one of them for everyone), in the order in
    which attributes are listed."""
    one, other = _by_name(mine), _by_name(theirs)
    found = {}
    for name in _comparable(type_):
        if name in one and name in other:
            outcome = _outcome(one[name], other[name])
            if outcome is not None:
                found[name] = outcome
    return found


@cache
def _comparable(type_: str) -> tuple[str, ...]:
    """The attributes of a type whose values compare, in the order in which attributes are listed."""
    return tuple(
        name
        for (of, name), attribute in attributes().items()
        if of == type_ and attribute.kind not in NO_VALUES and name not in NO_NEWS
    )


def _by_name(facts: Iterable[StatedFact]) -> Mapping[str, Mapping[tuple[str, ...], set[str]]]:
    """Name → scope → the values stated, each item of a list for itself, as JSON."""
    found: defaultdict[str, defaultdict[tuple[str, ...], set[str]]] = defaultdict(lambda: defaultdict(set))
    for fact in facts:
        if fact.value is not None:
            items = fact.value if isinstance(fact.value, list) else [fact.value]
            found[fact.name][fact.scope].update(json.dumps(item, sort_keys=True) for item in items)
    return found


def _outcome(
    mine: Mapping[tuple[str, ...], set[str]], theirs: Mapping[tuple[str, ...], set[str]]
) -> Outcome | None:
    """None where no two scopes fit. Equal scopes count before those that only contain one another."""
    fitting = [(scope, scope) for scope in mine if scope in theirs] or [
        (one, other) for one in mine for other in theirs if _fit(one, other)
    ]
    pairs = [(mine[one], theirs[other]) for one, other in fitting]
    if not pairs:
        return None
    if all(one == other for one, other in pairs):
        return Outcome.EQUAL
    apart = [one | other for one, other in pairs if not one & other]
    if not apart:
        return Outcome.PARTLY
    return Outcome.OPPOSITE if {"true", "false"} in apart else Outcome.DIFFERENT


def _fit(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return all(not mine or not theirs or mine == theirs for mine, theirs in zip(one, other, strict=True))
