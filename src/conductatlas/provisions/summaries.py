"""What a document comes to, what it states differently in different places, and what its platform does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conductatlas.catalogue.models import Viewer
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.provisions.analysing import fact_of_row, finding_value
from conductatlas.provisions.models import Finding as FindingRow
from conductatlas.provisions.models import FoundFact
from conductatlas.provisions.queries import current, records
from conductatlas.provisions.records import FindingRecord
from conductatlas.provisions.values import fact_in_words
from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.facts import conflicts
from conductatlas.reading.clauses.finding import Fact, Finding, Scope, Typed
from conductatlas.reading.writing.summary import Point, by_group, for_a_person

_Key = tuple[str, str, Scope]  # what a fact is of, and for whom


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence, and the provision that has its words."""

    said: str
    finding: FindingRecord


@dataclass(frozen=True, slots=True)
class Differing:
    """One fact stated in two ways. title: what it is called. sides: value in words, provision that states it."""

    title: str
    sides: tuple[tuple[str, FindingRecord], tuple[str, FindingRecord]]


@dataclass(frozen=True, slots=True)
class Summary:
    """for_a_person: what weighs most, first. by_group: (group, sentences). within: what the document states in two
    ways; between: what it states otherwise than another document of its platform does."""

    for_a_person: tuple[Told, ...]
    by_group: tuple[tuple[str, tuple[Told, ...]], ...]
    within: tuple[Differing, ...]
    between: tuple[Differing, ...]


def summary_of(viewer: Viewer, document: DocumentRecord, found: Sequence[FindingRecord]) -> Summary:
    """Of a document whose text may be shown. found: what it says now, in the order of its text."""
    shown = {one.pk: one for one in found}
    values = _values(shown)
    told = [shown[key] for key in values]

    def tell(points: Iterable[Point]) -> tuple[Told, ...]:
        return tuple(Told(point.sentence.text, told[point.place]) for point in points)

    findings = list(values.values())
    platform = document.platform.name
    stated = [(fact, shown[key]) for key, value in values.items() for fact in value.facts]
    return Summary(
        tell(for_a_person(findings, platform)),
        tuple((group, tell(points)) for group, points in by_group(findings, platform)),
        tuple(_differing(stated)),
        tuple(_between(viewer, document, stated)),
    )


def _values(shown: dict[int, FindingRecord]) -> dict[int, Finding]:
    """Of each finding its facts and rating, in the order of the text; by its key."""
    facts: defaultdict[int, list[Fact]] = defaultdict(list)
    for row in FoundFact.objects.filter(finding__in=shown).order_by("finding__ordinal", "pk"):
        facts[row.finding_id].append(fact_of_row(row))
    rows = FindingRow.objects.filter(pk__in=shown).order_by("ordinal")
    return {row.pk: finding_value(row, (Typed(row.type, row.confidence, ""),), facts[row.pk]) for row in rows}


def _differing(stated: Sequence[tuple[Fact, FindingRecord]]) -> Iterable[Differing]:
    """Each attribute once, by the first two places that differ."""
    where = {id(fact): record for fact, record in stated}
    told: set[tuple[str, str]] = set()
    for one, other in conflicts([fact for fact, _ in stated]):
        key = one.type, one.name
        if key not in told and where[id(one)].pk != where[id(other)].pk:
            told.add(key)
            yield _two(one, where[id(one)], other, where[id(other)])


def _between(
    viewer: Viewer, document: DocumentRecord, stated: Sequence[tuple[Fact, FindingRecord]]
) -> Iterable[Differing]:
    """What another document of the platform, for the same readers, states otherwise; only of attributes that one
    platform has but once (`everywhere`)."""
    own: dict[_Key, tuple[Fact, FindingRecord]] = {}
    several: set[_Key] = set()
    for fact, record in stated:
        if _is_everywhere(fact) and not fact.condition:
            first, _ = own.setdefault(_key(fact), (fact, record))
            if first.value != fact.value:
                several.add(_key(fact))
    own = {key: pair for key, pair in own.items() if key not in several}
    if not own:
        return
    rows = (
        FoundFact.objects.filter(
            finding__in=current(viewer)
            .filter(
                provision__document__platform=document.platform.pk,
                provision__document__audience=document.audience,
                provision__document__region=document.region,
            )
            .exclude(provision__document=document.pk)
            .values("pk"),
            type__in={type_ for type_, _, _ in own},
            condition="",
        )
        .select_related("finding__provision")
        .order_by("finding__provision__document", "finding__ordinal", "pk")
    )
    of_others: defaultdict[tuple[int, _Key], list[tuple[Fact, int]]] = defaultdict(list)
    for row in rows:
        other = fact_of_row(row)
        if _key(other) in own:
            of_others[row.finding.provision.document_id, _key(other)].append((other, row.finding_id))
    pairs: dict[tuple[str, str], tuple[Fact, FindingRecord, Fact, int]] = {}
    for (_, key), told in of_others.items():
        mine = own[key]
        if all(other.value != mine[0].value for other, _ in told):
            pairs.setdefault(key[:2], (*mine, *told[0]))
    others = {
        one.pk: one
        for one in records(
            viewer, FindingRow.objects.filter(pk__in=[finding for *_, finding in pairs.values()])
        )
        if one.quote
    }
    for fact, record, other, finding in pairs.values():
        if finding in others:
            yield _two(fact, record, other, others[finding])


def _key(fact: Fact) -> _Key:
    return fact.type, fact.name, fact.scope


def _is_everywhere(fact: Fact) -> bool:
    known = attributes().get((fact.type, fact.name))
    return known is not None and known.is_everywhere


def _two(one: Fact, here: FindingRecord, other: Fact, there: FindingRecord) -> Differing:
    return Differing(
        attributes()[one.type, one.name].title,
        (
            (fact_in_words(one.type, one.name, one.value), here),
            (fact_in_words(other.type, other.name, other.value), there),
        ),
    )
