"""Invented subjects: a clause of Larkspur's with what the extractor finds in it, or any that hypothesis makes."""

from __future__ import annotations

from datetime import date

from tests.reading.clauses.document import facts_of

from conductatlas.reading.clauses.finding import Finding, Span, Typed
from conductatlas.reading.clauses.severity import rate
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.law.entry import (
    Answer,
    Article,
    Condition,
    ConditionKind,
    Instrument,
    Mapping,
    Relation,
    Status,
)
from conductatlas.reading.writing.subject import Beside, Subject

ARBITRATION = (
    "You and Larkspur agree that any dispute arising out of these Terms will be resolved by final and binding "
    "arbitration administered by JAMS. You may opt out of this arbitration agreement by e-mail to "
    "legal@larkspur.example within 30 days of first accepting these Terms."
)
MONITORING = (
    "We may monitor your use of the Service from time to time to protect our rights, "
    "unless your order form says otherwise."
)
ORPHAN = "Content that shows crimes"

GARDEN_ACT = Instrument(
    id="garden",
    short="Garden Act",
    name="Act on Gardens of 2019",
    citation="Act No. 12/2019",
    jurisdiction="SE",
    authorities=("Garden Authority",),
    status=Status.IN_FORCE,
    since=date(2019, 5, 25),
    until=None,
    link="https://law.example/garden",
    checked_on=date(2026, 11, 1),
    note="",
    articles=(Article("garden/7", "art. 7", "Visitors are told what is recorded.", Status.IN_FORCE),),
)
REGISTER = {"garden": GARDEN_ACT}


def finding_of(text: str, type_: str = "", language: str = "en") -> Finding:
    """A text of one clause as a finding of a type, with its facts and rating."""
    type_ = type_ or ("arbitration" if "arbitration" in text else "monitoring")
    facts = facts_of(text, type_, language=language)
    span = Span(0, len(text))
    rating = rate(text, [span], [type_], facts)
    return Finding(
        (Typed(type_, 0.95, "rule"),), taxonomy()[type_].title, span, (0,), "a", (), "", rating, tuple(facts)
    )


def subject_of(
    text: str, *mappings: Mapping, beside: tuple[Beside, ...] = (), language: str = "en"
) -> Subject:
    finding = finding_of(text, language=language)
    return Subject("Larkspur", "Terms of Service", text, finding, language, mappings, beside)


def garden_mapping(text: str, shown: str, relation: Relation = Relation.GOVERNS_DISCLOSURE) -> Mapping:
    """Art. 7 of the Garden Act, its subject shown by some words of the text and one condition open."""
    at = text.index(shown)
    return Mapping(
        "garden-7",
        GARDEN_ACT,
        GARDEN_ACT.articles[0],
        relation,
        (
            Condition(ConditionKind.SUBJECT, "use is recorded", Answer.SHOWN, (Span(at, at + len(shown)),)),
            Condition(ConditionKind.TERRITORY, "the visitor is in Sweden", Answer.UNKNOWN),
        ),
    )
