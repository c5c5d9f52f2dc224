"""What pages, feeds and commands are told of provisions: plain values, quotes cut from the reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.ids import public_id
from conductatlas.reading.clauses.rubric import rubric
from conductatlas.reading.clauses.taxonomy import ClauseType, taxonomy

FACTORS = ("rights", "exposure", "discretion", "way_out", "breadth")


def confidence_in_words(confidence: float) -> str:
    """high, medium or low. Of the clauses that were labelled by hand 97 of 100 so sure as high were right, 93 of 100
    from medium on (web/accuracy.json)."""
    return "high" if confidence >= 0.9 else "medium" if confidence >= 0.7 else "low"


@dataclass(frozen=True, slots=True)
class FactRecord:
    """A fact, with the words it rests on; quotes are empty where the text is not shown."""

    type: str
    name: str
    value: Any
    quotes: tuple[str, ...]
    audience: str
    region: str
    plan: str
    product: str
    condition: str
    limit: str


@dataclass(frozen=True, slots=True)
class FactorRecord:
    """Points of one factor of the severity rubric, 0 to 3, its row there, and the words they rest on."""

    name: str
    points: int
    row: str
    quotes: tuple[str, ...]

    @property
    def says(self) -> str:
        """What its row means; "" of one that the rubric of this installation does not have."""
        return next((row.says for rows in rubric().rows.values() for row in rows if row.id == self.row), "")


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """A provision as one version has it.

    quote: its exact words, "" where the text is not shown; is_cut: only the beginning, as the platform's texts go out
    in excerpts. version, at: the version it is in and when that was first captured. severity: None where not rated.
    """

    pk: int
    provision: int
    slug: str
    document: DocumentRecord
    extraction: int
    version: int
    reading: int
    at: datetime
    type: str
    types: tuple[str, ...]
    confidence: float
    title: str
    number: str
    anchor: str
    path: tuple[str, ...]
    start: int
    end: int
    quote: str
    is_cut: bool
    digest: str
    continuity: str
    severity: str | None
    score: int | None
    is_partial: bool | None
    rubric: str
    factors: tuple[FactorRecord, ...] = ()
    facts: tuple[FactRecord, ...] = ()

    @property
    def public_id(self) -> str:
        return public_id("P", self.provision)

    @property
    def clause_type(self) -> ClauseType:
        return taxonomy()[self.type]

    @property
    def confidence_words(self) -> str:
        return confidence_in_words(self.confidence)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a provision. how: first, reworded, moved, renumbered, removed, returned.

    version, at: the version that shows it, and when it was first captured. before, after: its words on either side,
    "" where there are none or they are not shown. change: slug of the change that touched it, "" if none is published.
    """

    how: str
    version: int
    at: datetime
    before: str = ""
    after: str = ""
    change: str = ""

    @property
    def version_id(self) -> str:
        return public_id("V", self.version)


@dataclass(frozen=True, slots=True)
class ProvisionRecord:
    """A provision with its life. finding: as the document has it now, else as it last had it. state: active, removed,
    or dropped: its words may stand there yet, and a newer extractor reads them as another provision, or none.

    first_at: when the version that first had it was captured; the record may start with it. removed_at: the first
    capture of the version that no longer has it.
    """

    finding: FindingRecord
    state: str
    first_at: datetime
    steps: tuple[Step, ...]
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProvisionFilter:
    """What a reader asks for; "" or None: not asked. since: changed at or after. words: full text."""

    type: str = ""
    group: str = ""
    severity: str = ""
    platform: str = ""
    document: str = ""
    kind: str = ""
    region: str = ""
    state: str = "active"
    since: datetime | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many platforms, and what the latter are: those whose documents of these kinds could be read."""

    number: int
    of: int
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unstated:
    """A fact that is looked for in clauses of a type and not stated in one of them. slug, of: address and title of
    the provision of the same text that states it, "" where none does."""

    title: str
    slug: str
    of: str


@dataclass(frozen=True, slots=True)
class Stated:
    """A value of a quick fact in words, for whom, and where it is stated. quote: "" where the text is not shown."""

    value: str
    region: str
    audience: str
    plan: str
    quote: str
    finding: FindingRecord
    product: str = ""
    condition: str = ""


@dataclass(frozen=True, slots=True)
class QuickFact:
    """One of the facts that a platform's page puts first. type: whose hub tells more. stated: what its documents state
    of it, one entry a document and value, `more` of them left out; () where it is not stated: `searched` names the
    documents that were looked through, `unread` those that might state it and could not be read."""

    key: str
    title: str
    type: str
    stated: tuple[Stated, ...]
    more: int
    searched: tuple[DocumentRecord, ...]
    unread: tuple[DocumentRecord, ...]


@dataclass(frozen=True, slots=True)
class Distribution:
    """The values of one fact over platforms: (value in words, number), the most frequent first."""

    type: str
    name: str
    values: tuple[tuple[str, int], ...]
    platforms: int


def factors_of(stored: Mapping[str, Any] | None, cut: Any) -> tuple[FactorRecord, ...]:
    """The stored factors of a rating, in the rubric's order. cut(start, end): the words there."""
    if not stored:
        return ()
    return tuple(
        FactorRecord(name, stored[name][0], stored[name][1], tuple(cut(*span) for span in stored[name][2]))
        for name in FACTORS
    )
