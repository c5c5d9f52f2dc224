"""The analysis of a provision: from stored rows to the values that are written from, and back to what pages show.

Nothing of what is composed is stored (docs/adr/0037); what a language model put in other words is (0042). Of a text
that is withheld nothing is said; of one whose words do not go out in full, only what can be said without them.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from conductatlas.catalogue import queries as catalogue
from conductatlas.catalogue.models import Viewer
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.history.withheld import withholdings
from conductatlas.provisions import made
from conductatlas.provisions.analysis_records import AnalysisRecord, record_of
from conductatlas.provisions.models import Extraction, FoundFact
from conductatlas.provisions.models import Finding as FindingRow
from conductatlas.provisions.records import FindingRecord
from conductatlas.reading.clauses.finding import Fact, Factor, Finding, Rating, Scope, Span, Typed
from conductatlas.reading.clauses.surety import SURETIES, surety
from conductatlas.reading.compare.scales import Severity
from conductatlas.reading.law.context import Context, context_of
from conductatlas.reading.law.mapping import mappings
from conductatlas.reading.text.marks import MarkKind, Reading
from conductatlas.reading.text.signs import names_a_document
from conductatlas.reading.writing.analysis import Analysis
from conductatlas.reading.writing.compose import compose
from conductatlas.reading.writing.subject import Beside, Named, Subject, Surety
from conductatlas.reading.writing.terms import used_in

_BESIDE = frozenset({("governing_law", "law"), ("venue", "place"), ("venue", "home_courts")})


@dataclass(frozen=True, slots=True)
class Written:
    """An analysis with what it was written from, for those who check it. provision, finding: their keys."""

    provision: int
    finding: int
    subject: Subject
    analysis: Analysis


def analysis_of(viewer: Viewer, finding: FindingRecord) -> AnalysisRecord | None:
    """The analysis of a finding that a viewer was allowed to see; None where its text is withheld or was removed."""
    is_open = bool(finding.quote) and not finding.is_cut
    if not finding.quote:
        if finding.document.texts == "full":
            return None  # the clause has words, so they are withheld
        if withholdings([finding.document.pk]).of(finding.document.pk, finding.version) is not None:
            return None
    row = (
        FindingRow.objects.select_related("extraction__reading").prefetch_related("types").get(pk=finding.pk)
    )
    reading = row.extraction.reading.value()
    facts = list(
        FoundFact.objects.filter(finding__extraction=row.extraction_id)
        .order_by("finding__ordinal", "pk")
        .values_list("finding", "finding__title", *_FACT_FIELDS)
    )
    value = finding_value(row, _types(row), [_fact(fields) for of, _, *fields in facts if of == row.pk])
    beside = [Beside(_fact(fields), title) for of, title, *fields in facts if of != row.pk and fields[3]]
    watched = _watched(viewer, finding, reading, value.span)
    every = (*value.facts, *(one.fact for one in beside))
    context = context_of(reading, finding.document.kind, [replace(value, facts=every)])
    subject = subject_of(finding.document, reading, value, beside, context, watched)
    record = record_of(subject, compose(subject), is_open)
    stored = made.current([row.pk]).get(row.pk) if is_open else None
    return record if stored is None else replace(record, made=made.record(stored, subject))


def written(
    extraction: Extraction, document: DocumentRecord, only: Container[int] | None = None
) -> Iterator[Written]:
    """The analyses of all findings of an extraction, which has its reading, findings, types and facts loaded. only:
    keys of the findings that are wanted; None: all."""
    reading = extraction.reading.value()
    rows = list(extraction.findings.all())
    values = [
        finding_value(
            row,
            _types(row),
            [fact_of_row(fact) for fact in row.facts.all()],
        )
        for row in rows
    ]
    context = context_of(reading, document.kind, values)
    for row, value in zip(rows, values, strict=True):
        if only is not None and row.pk not in only:
            continue
        beside = [Beside(fact, other.title) for other in values if other is not value for fact in other.facts]
        subject = subject_of(document, reading, value, beside, context, frozenset())
        yield Written(row.provision_id, row.pk, subject, compose(subject))


def subject_of(
    document: DocumentRecord,
    reading: Reading,
    value: Finding,
    beside: Iterable[Beside],
    context: Context,
    watched: frozenset[str],
) -> Subject:
    """What an analysis is written from. context: of the document, for the law. watched: plain addresses of documents
    that are kept here."""
    own = {(fact.type, fact.name) for fact in value.facts}
    word = surety(value.confidence)
    return Subject(
        platform=document.platform.name,
        document=document.title,
        text=reading.text,
        finding=value,
        language=reading.language or document.language,
        mappings=mappings(reading.text, value, context),
        beside=tuple(
            one
            for one in beside
            if (key := (one.fact.type, one.fact.name)) not in own
            and (one.fact.type == value.type or key in _BESIDE)
        ),
        defined=used_in(reading.text, value.span),
        named=tuple(_named(reading, value.span, watched)),
        surety=Surety(word, SURETIES[word][1], 100),
    )


def finding_value(row: FindingRow, types: tuple[Typed, ...], facts: Iterable[Fact]) -> Finding:
    """A stored finding as the pure core knows it, its clauses left out."""
    return Finding(
        types=types or (Typed(row.type, row.confidence, ""),),
        title=row.title,
        span=Span(row.start, row.end),
        clauses=(),
        anchor=row.anchor,
        path=tuple(json.loads(row.path)),
        number=row.number,
        rating=_rating(row),
        facts=tuple(fact for fact in facts if fact.spans),
    )


def _types(row: FindingRow) -> tuple[Typed, ...]:
    """Of a finding whose types were fetched with it."""
    return tuple(Typed(one.type, one.confidence, one.basis) for one in row.types.all())


def _rating(row: FindingRow) -> Rating | None:
    if row.factors is None or row.severity is None:
        return None
    return Rating(
        Severity(row.severity),
        row.score or 0,
        rights=_factor(*row.factors["rights"]),
        exposure=_factor(*row.factors["exposure"]),
        discretion=_factor(*row.factors["discretion"]),
        way_out=_factor(*row.factors["way_out"]),
        breadth=_factor(*row.factors["breadth"]),
        is_partial=bool(row.is_partial),
        version=row.rubric,
    )


def _factor(points: int, row: str, spans: list[list[int]]) -> Factor:
    return Factor(points, row, tuple(Span(*span) for span in spans))


_FACT_FIELDS = (
    "type",
    "name",
    "value",
    "spans",
    "audience",
    "region",
    "plan",
    "product",
    "condition",
    "limit_words",
)


def _fact(fields: list[Any]) -> Fact:
    type_, name, value, spans, audience, region, plan, product, condition, limit = fields
    return Fact(
        type_,
        name,
        value,
        tuple(Span(*span) for span in spans),
        Scope(audience, region, plan, product),
        condition,
        limit,
    )


def fact_of_row(row: FoundFact) -> Fact:
    """A stored fact as the pure core knows it."""
    return _fact([getattr(row, name) for name in _FACT_FIELDS])


def _links(reading: Reading, span: Span) -> Iterator[tuple[Span, str]]:
    for mark in reading.marks:
        if mark.kind is MarkKind.LINK and span.start <= mark.start and mark.end <= span.end:
            yield Span(mark.start, mark.end), mark.value


def _named(reading: Reading, span: Span, watched: frozenset[str]) -> Iterator[Named]:
    """The documents that a clause links to by their names, each once."""
    told: set[str] = set()
    for place, target in _links(reading, span):
        title = " ".join(place.of(reading.text).split())
        if title not in told and "://" in target and "://" not in title and names_a_document(title):
            told.add(title)
            yield Named(title, place, catalogue.plain_address(target) in watched)


def _watched(viewer: Viewer, finding: FindingRecord, reading: Reading, span: Span) -> frozenset[str]:
    """Plain addresses of the platform's documents; not asked for where the clause names none."""
    if any(True for _ in _named(reading, span, frozenset())):
        return frozenset(catalogue.watched_at(viewer, finding.document.platform))
    return frozenset()
