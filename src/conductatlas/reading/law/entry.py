"""Law as the register knows it, and how a clause may stand to it: values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from conductatlas.reading.clauses.finding import Span


class Status(StrEnum):
    """Where an instrument or an article stands, as it was on the day it was checked. UNVERIFIED: no official or
    documented source could be consulted; whatever else is said of it is from memory, and printed so."""

    IN_FORCE = "in_force"
    PARTLY = "partly"
    ADOPTED = "adopted"  # not yet applicable
    DELAYED = "delayed"
    VACATED = "vacated"
    REPEALED = "repealed"
    UNVERIFIED = "unverified"


class Relation(StrEnum):
    """How a clause stands to an article. No one of them says that the article applies."""

    CITES = "cites"  # the text names the law
    GOVERNS_TERM = "governs_term"  # validity or form of the clause
    GOVERNS_PRACTICE = "governs_practice"  # the conduct that it describes
    GOVERNS_DISCLOSURE = "governs_disclosure"  # what has to be told
    PROCEDURAL = "procedural"  # forum, evidence


class ConditionKind(StrEnum):
    ACTOR = "actor"
    SUBJECT = "subject"
    TERRITORY = "territory"
    AUDIENCE = "audience"
    FACT = "fact"


class Answer(StrEnum):
    """What is known of a condition: the text shows it, the register holds it, or nobody here knows."""

    SHOWN = "shown"
    REGISTER = "register"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Article:
    """One provision of an instrument. id: "gdpr/22". number: as lawyers cite it ("art. 22"). about: in our words.

    status, since, until: its own where it differs from its instrument's.
    """

    id: str
    number: str
    about: str
    status: Status
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Instrument:
    """A law, a regulation, a directive, a code, or a rule of an authority.

    citation: official. jurisdiction: ISO 3166-1 or 3166-2 code, or EU. authorities: who enforces or supervises it, by
    their own names. since, until: in force from, to. link: official, https. checked_on: the day that status and dates
    were last compared with a source. note: what a reader has to know of its status, "" if nothing.
    """

    id: str
    short: str
    name: str
    citation: str
    jurisdiction: str
    authorities: tuple[str, ...]
    status: Status
    since: date | None
    until: date | None
    link: str
    checked_on: date
    note: str
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """What has to be so for the article to reach the clause. says: in our words, to follow "if"; spans: the words that
    show it, exact, never empty if the answer is SHOWN."""

    kind: ConditionKind
    says: str
    answer: Answer
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """That an article may govern a clause, on conditions; or that the clause cites it. rule: id of the mapping rule."""

    rule: str
    instrument: Instrument
    article: Article
    relation: Relation
    conditions: tuple[Condition, ...]
