"""The severity rubric, as severity.toml has it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from conductatlas.reading.clauses.fact_rules import compiled
from conductatlas.reading.clauses.finding import Fact, Value

FactorName = Literal["rights", "exposure", "discretion", "way_out", "breadth"]
FACTORS: Mapping[str, FactorName] = {
    "R": "rights",
    "E": "exposure",
    "D": "discretion",
    "W": "way_out",
    "B": "breadth",
}

_WANTED = re.compile(r"(?P<type>\w+)\.(?P<name>\w+)(?: (?P<how>=|>=|has) (?P<value>.+))?")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A fact that a row asks for. how: "" if it is enough that it is stated and not false, else "=", ">=", "has"."""

    type: str
    name: str
    how: str
    value: str

    def is_met_by(self, fact: Fact) -> bool:
        if (fact.type, fact.name) != (self.type, self.name):
            return False
        if self.how == "=":
            return _printed(fact.value) == self.value
        if self.how == ">=":
            return isinstance(fact.value, int) and fact.value >= int(self.value)
        if self.how == "has":
            return isinstance(fact.value, list) and self.value in fact.value
        return fact.value is not False


@dataclass(frozen=True, slots=True)
class Row:
    """One row: so many points of a factor for provisions of these types, if its facts and phrases are there."""

    id: str
    factor: FactorName
    points: int
    says: str
    types: frozenset[str]
    all: tuple[Wanted, ...]
    any: tuple[Wanted, ...]
    none: tuple[Wanted, ...]
    phrases: re.Pattern[str] | None
    unless: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Rubric:
    """version: names the state of all rows. needs: by type the facts of which one must be there."""

    version: str
    rows: Mapping[FactorName, tuple[Row, ...]]
    needs: Mapping[str, tuple[Wanted, ...]]

    def row(self, name: str) -> Row:
        """The row of an id. KeyError if there is none."""
        return {row.id: row for rows in self.rows.values() for row in rows}[name]


@cache
def rubric() -> Rubric:
    """The rubric of this installation; rows of a factor as the file has them."""
    data: Mapping[str, Any] = tomllib.loads(
        files(__package__).joinpath("severity.toml").read_text(encoding="utf-8")
    )
    rows = [_row(entry) for entry in data["rows"]]
    return Rubric(
        data["version"],
        {factor: tuple(row for row in rows if row.factor == factor) for factor in FACTORS.values()},
        {name: wanted(facts) for name, facts in data["needs"].items()},
    )


def wanted(facts: Sequence[str]) -> tuple[Wanted, ...]:
    """Facts as severity.toml writes them. ValueError for one that can't be read."""
    found = []
    for fact in facts:
        match = _WANTED.fullmatch(fact)
        if match is None:
            raise ValueError(fact)
        found.append(Wanted(match["type"], match["name"], match["how"] or "", match["value"] or ""))
    return tuple(found)


def _row(entry: Mapping[str, Any]) -> Row:
    return Row(
        id=entry["id"],
        factor=FACTORS[entry["id"][0]],
        points=int(entry["id"][1]),
        says=entry["says"],
        types=frozenset(entry.get("types", ())),
        all=wanted(entry.get("all", ())),
        any=wanted(entry.get("any", ())),
        none=wanted(entry.get("none", ())),
        phrases=_any(entry.get("phrases", ())),
        unless=_any(entry.get("unless", ())),
    )


def _any(patterns: Sequence[str]) -> re.Pattern[str] | None:
    return compiled("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else None


def _printed(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
