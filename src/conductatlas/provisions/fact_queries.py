"""Reads of facts: what a clause does not state, and what a platform's page puts first.

Each of them says what was searched, since "not stated" is a result only together with that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import F, IntegerField, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Substr

from conductatlas.catalogue import queries as catalogue
from conductatlas.catalogue.queries import DocumentRecord, PlatformRecord
from conductatlas.provisions.models import CurrentExtraction, Finding, FoundFact
from conductatlas.provisions.queries import EXCERPT, current, records
from conductatlas.provisions.quick_facts import Asked, quick_facts_asked
from conductatlas.provisions.records import FindingRecord, QuickFact, Stated, Unstated
from conductatlas.provisions.values import fact_in_words
from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.taxonomy import taxonomy

MOST_STATED = (
    3  # statements of one quick fact that are shown; documents for several audiences may each have one
)


def unstated(finding: FindingRecord) -> tuple[Unstated, ...]:
    """The facts looked for in clauses of a finding's type that it does not state itself, in the order of their file;
    each with the provision of the same text that states it, if one does."""
    stated = {fact.name for fact in finding.facts if fact.type == finding.type}
    rows = (
        FoundFact.objects.filter(finding__extraction=finding.extraction, type=finding.type)
        .exclude(finding=finding.pk)
        .order_by("finding__ordinal")
    )
    elsewhere: dict[str, tuple[str, str]] = {}
    for name, slug, title in rows.values_list("name", "finding__provision__slug", "finding__title"):
        elsewhere.setdefault(name, (slug, title))
    return tuple(
        Unstated(one.title, *elsewhere.get(one.name, ("", "")))
        for one in attributes().values()
        if one.type == finding.type and one.name not in stated
    )


def quick_facts(platform: PlatformRecord) -> list[QuickFact]:
    """The facts that a platform's page puts first, in their order, of its public documents as they stand; [] where
    none could be read."""
    documents = catalogue.documents(None, platform)
    keys = CurrentExtraction.objects.visible_to(None).filter(document__platform=platform.pk)
    read_keys = set(keys.values_list("document", flat=True))
    read = [document for document in documents if document.pk in read_keys]
    if not read:
        return []
    asked = quick_facts_asked()
    rows = _stated_by(read, [name for one in asked for name in one.facts])
    found = {row.finding_id for several in rows.values() for row in several}
    findings = {one.pk: one for one in records(None, Finding.objects.filter(pk__in=found))}
    return [_quick_fact(one, rows, findings, read, documents) for one in asked]


def _stated_by(
    documents: Iterable[DocumentRecord], names: Iterable[tuple[str, str]]
) -> Mapping[tuple[str, str], Sequence[Any]]:
    """(type, name) → the facts so named, each with the words of its first span."""
    found = defaultdict(list)
    for row in _rows(names, Q(finding__provision__document__in=[document.pk for document in documents])):
        found[row.type, row.name].append(row)
    return found


def _rows(names: Iterable[tuple[str, str]], among: Q) -> Iterator[Any]:
    """The facts so named that public documents state as they stand, each with the words of its first span; of the
    surest clauses first."""
    wanted = set(names)
    rows = (
        FoundFact.objects.filter(
            among,
            finding__in=current(None).values("pk"),
            type__in={type_ for type_, _ in wanted},
            name__in={name for _, name in wanted},
        )
        .annotate(
            start=Cast(KT("spans__0__0"), IntegerField()),
            end=Cast(KT("spans__0__1"), IntegerField()),
        )
        .annotate(quote=Substr("finding__extraction__reading__text", F("start") + 1, F("end") - F("start")))
        .order_by("-finding__confidence", "finding__provision__document", "finding__ordinal", "pk")
    )
    return (row for row in rows if (row.type, row.name) in wanted)


def stated(
    names: Iterable[tuple[str, str]], platforms: Iterable[int] | None = None
) -> dict[tuple[int, str, str], tuple[Stated, ...]]:
    """(platform, type, name) → what its public documents state of the fact as they stand, each value for one scope
    once, of the surest clause. platforms: keys, None for all. Facts of texts that are not shown are left out."""
    among = Q() if platforms is None else Q(finding__provision__document__platform__in=list(platforms))
    rows = list(_rows(names, among & Q(finding__provision__document__retired_at=None)))
    keys = {row.finding_id for row in rows}
    findings = {one.pk: one for one in records(None, Finding.objects.filter(pk__in=keys), longest=1)}
    found: defaultdict[tuple[int, str, str], dict[tuple[str, ...], Stated]] = defaultdict(dict)
    for row in rows:
        finding = findings[row.finding_id]
        if finding.quote:
            said = _stated(row.type, row.name, row, finding)
            place = finding.document.platform.pk, row.type, row.name
            found[place].setdefault((said.value, *said.scope), said)
    return {place: tuple(several.values()) for place, several in found.items()}


def _stated(type_: str, name: str, row: Any, finding: FindingRecord) -> Stated:
    return Stated(
        value=fact_in_words(type_, name, row.value),
        region=row.region,
        audience=row.audience,
        plan=row.plan,
        product=row.product,
        condition=row.condition,
        limit=row.limit_words,
        quote=_shown(row.quote, finding),
        finding=finding,
        raw=row.value,
    )


def _quick_fact(
    asked: Asked,
    rows: Mapping[tuple[str, str], Sequence[Any]],
    findings: Mapping[int, FindingRecord],
    read: Sequence[DocumentRecord],
    documents: Sequence[DocumentRecord],
) -> QuickFact:
    stated: dict[tuple[str, ...], Stated] = {}
    for type_, name in asked.facts:
        for row in rows.get((type_, name), ()):
            finding = findings[row.finding_id]
            said = _stated(type_, name, row, finding)
            key = (said.value, row.region, row.audience, row.plan, finding.document.path)
            stated.setdefault(key, said)
        if stated:
            break  # what comes after is asked only where this is not stated
    return QuickFact(
        key=asked.key,
        title=asked.title,
        type=asked.facts[0][0],
        stated=tuple(stated.values())[:MOST_STATED],
        more=max(0, len(stated) - MOST_STATED),
        searched=tuple(read),
        unread=tuple(one for one in documents if one not in read and _may_state(one, asked)),
    )


def _may_state(document: DocumentRecord, asked: Asked) -> bool:
    """Whether clauses of one of the types asked for may stand in documents of this kind."""
    kinds = [taxonomy()[type_].kinds for type_, _ in asked.facts]
    return any(not some or document.kind in some for some in kinds)


def _shown(quote: str, finding: FindingRecord) -> str:
    """The words, as far as the platform's texts go out."""
    if not finding.quote:
        return ""
    is_short = finding.document.texts == "full" or len(quote) <= EXCERPT
    return quote if is_short else quote[:EXCERPT] + " …"
