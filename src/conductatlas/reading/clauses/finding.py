"""What was found in a document: a clause's types, facts and severity, each with the words it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from conductatlas.reading.compare.scales import Severity

Value = str | int | float | bool | list["Value"] | dict[str, "Value"] | None
"""A normalised value: what JSON can hold. Periods are ISO 8601 ("P30D"), countries ISO 3166-1 alpha-2, currencies
ISO 4217, days and hours integers, dates ISO 8601."""


class Span(NamedTuple):
    """text[start:end] of the reading, in code points: an exact quotation."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Typed:
    """A type that a clause has. confidence: 0 to 1, calibrated: of 100 said with 0.9, 90 are right.

    basis: "rule:<id>" or "model", or both joined by " + ".
    """

    type: str
    confidence: float
    basis: str


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom and what a fact is stated; "" is stated for everyone, or not stated."""

    audience: str = ""  # consumer, business, developer, minor …
    region: str = ""  # ISO 3166 codes or EEA, EU, separated by commas
    plan: str = ""  # as named: "Team", "API"
    product: str = ""


EVERYONE = Scope()


@dataclass(frozen=True, slots=True)
class Fact:
    """One attribute that a text states. spans: the words it rests on, never empty; the first is the quote to show.

    type: the clause type whose attribute it is. condition: as written ("if flagged for review"), "" if none.
    limit: words such as "to the extent permitted by law", "" if none.
    """

    type: str
    name: str
    value: Value
    spans: tuple[Span, ...]
    scope: Scope = EVERYONE
    condition: str = ""
    limit: str = ""


class Factor(NamedTuple):
    """Points of one factor of the severity rubric, 0 to 3, the row of severity.toml that gave them ("R3.class"), and
    the words they rest on; no span where nothing was found and the lower points were taken."""

    points: int
    row: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Rating:
    """A severity, and all that it is made of. is_partial: facts are missing, and lower points were taken.

    version: of the rubric (severity.toml). other: the other end of the range where the text conflicts with itself.
    """

    severity: Severity
    score: int
    rights: Factor
    exposure: Factor
    discretion: Factor
    way_out: Factor
    breadth: Factor
    is_partial: bool
    version: str
    other: Severity | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A provision as one version of a document has it: adjacent clauses of one section with the same first type, a list
    with what introduces it; or those items of a list that are of one other type.

    types: the first is what it is called by; then the others it also has, the surest first. clauses: places of its
    clauses. span: from the first to the last of them; of items that are not neighbours the first run. title: in the
    field's words, from its heading if that names it, else from the type. number: as printed.
    """

    types: tuple[Typed, ...]
    title: str
    span: Span
    clauses: tuple[int, ...]
    anchor: str
    path: tuple[str, ...]
    number: str
    rating: Rating | None = None
    facts: tuple[Fact, ...] = field(default=())

    @property
    def type(self) -> str:
        return self.types[0].type

    @property
    def confidence(self) -> float:
        return self.types[0].confidence
