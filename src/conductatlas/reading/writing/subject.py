"""What an analysis is written from: one finding with its text, and all that belongs beside it. Values only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.finding import Fact, Finding, Span
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.law.entry import Mapping


@dataclass(frozen=True, slots=True)
class Beside:
    """A fact that another clause of the same text states, and what that clause is called."""

    fact: Fact
    title: str


@dataclass(frozen=True, slots=True)
class Defined:
    """A defined term that the clause uses, and the words that define it, elsewhere in the text."""

    term: str
    span: Span


@dataclass(frozen=True, slots=True)
class Named:
    """A document that the clause names. span: where; is_read: its text is among those that were read."""

    title: str
    span: Span
    is_read: bool


@dataclass(frozen=True, slots=True)
class Surety:
    """How sure the type is. word: "high", "medium", "low". right, of: of so many clauses labelled by hand that were at
    least as sure, so many had the right type; both 0 where that was not measured."""

    word: str
    right: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """One finding to be analysed.

    platform, document: their names. text: of the reading; language: its BCP 47 tag, "" if not known. mappings: how law
    may stand to it. beside: facts that other clauses of the text state and that belong beside it. is_searched: facts
    were looked for in this text.
    """

    platform: str
    document: str
    text: str
    finding: Finding
    language: str = "en"
    mappings: tuple[Mapping, ...] = ()
    beside: tuple[Beside, ...] = ()
    defined: tuple[Defined, ...] = ()
    named: tuple[Named, ...] = ()
    surety: Surety | None = None

    @property
    def is_searched(self) -> bool:
        """Whether facts were looked for: the rules are written for English."""
        return self.language in ("en", "")

    @property
    def words(self) -> str:
        """The clause."""
        return self.finding.span.of(self.text)

    def names(self) -> Iterator[str]:
        """Names that a sentence may have whatever words are in them: they are not ours."""
        yield self.platform
        yield self.document
        yield self.finding.title
        yield from self.finding.path
        if known := taxonomy().get(self.finding.type):
            yield known.title
        yield from (one.title for one in self.beside)
        for fact in self.facts():
            known_fact = attributes().get((fact.type, fact.name))
            if known_fact is not None and known_fact.kind == "words" and isinstance(fact.value, str):
                yield fact.value
        yield from (one.title for one in self.named)
        yield from (one.term for one in self.defined)

    def facts(self) -> Iterator[Fact]:
        """All facts that a sentence may rest on, its own first."""
        yield from self.finding.facts
        yield from (one.fact for one in self.beside)
