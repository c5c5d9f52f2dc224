"""Reads of the provisions: what is due, lists, one provision. Its life: `life_queries`, facts:
`fact_queries`, peers: `peers`.

Quotes are cut from the reading by the database, so that no whole text is loaded for a line of a list.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Least, Substr

from conductatlas.catalogue import queries as catalogue
from conductatlas.catalogue.models import Document, PublishText, Viewer
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.history.models import Reading, Version
from conductatlas.history.withheld import withholdings
from conductatlas.provisions.models import (
    CurrentExtraction,
    Extraction,
    Finding,
    FoundFact,
    NamedDocument,
    Provision,
    TouchedProvision,
)
from conductatlas.provisions.records import (
    FactRecord,
    FindingRecord,
    ProvisionFilter,
    factors_of,
)
from conductatlas.reading.clauses.extractor import EXTRACTOR_VERSION
from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.taxonomy import taxonomy

EXCERPT = 280  # characters of a quote where a platform's texts go out in excerpts
LINE = 400  # characters of a quote in a list


def due() -> QuerySet[Reading]:
    """The readings in which provisions are still to be looked for, in the order of their documents' lives.

    Of each version the newest reading, once; of a document's newest version again by each new extractor. Texts in
    other languages than the declared one are variants and left out, and so is what was removed.
    """
    newer_reading = Reading.objects.filter(
        version=OuterRef("version"), reader_version__gt=OuterRef("reader_version")
    )
    looked_at = Extraction.objects.filter(reading__version=OuterRef("version"))
    by_this_one = Extraction.objects.filter(reading=OuterRef("pk"), extractor_version=EXTRACTOR_VERSION)
    later = Version.objects.filter(
        Q(at__gt=OuterRef("version__at")) | Q(at=OuterRef("version__at"), pk__gt=OuterRef("version_id")),
        document=OuterRef("version__document"),
        variant=None,
    )
    rows = Reading.objects.filter(~Exists(newer_reading), version__variant=None).exclude(text="")
    return rows.filter(~Exists(looked_at) | (~Exists(later) & ~Exists(by_this_one))).order_by(
        "version__document", "version__at", "version_id"
    )


def looked_at() -> QuerySet[Document]:
    """The documents of which a text was looked at."""
    found = Extraction.objects.filter(reading__version__document=OuterRef("pk"))
    return Document.objects.filter(Exists(found)).order_by("pk")


def current(viewer: Viewer) -> QuerySet[Finding]:
    """What the documents that a viewer may see say now."""
    return Finding.objects.visible_to(viewer).filter(extraction__current__isnull=False)


def matching(asked: ProvisionFilter) -> Q:
    """The condition that a filter states, over findings, its words and state left out."""
    found = Q()
    if asked.type:
        found &= Q(types__type=asked.type)
    elif asked.group:
        found &= Q(type__in=[name for name, one in taxonomy().items() if one.group == asked.group])
    if asked.severity:
        found &= Q(severity=asked.severity)
    if asked.platform:
        found &= Q(provision__document__platform__slug=asked.platform)
    if asked.document:
        found &= Q(provision__document__slug=asked.document)
    if asked.kind:
        found &= Q(provision__document__kind=asked.kind)
    if asked.region:
        found &= Q(provision__document__region=asked.region)
    if asked.since:
        touched = TouchedProvision.objects.filter(
            provision=OuterRef("provision"), change__seen_at__gte=asked.since
        )
        found &= Q(Exists(touched))
    return found


def chosen(viewer: Viewer, asked: ProvisionFilter) -> QuerySet[Finding]:
    """The findings that a reader asks for, one a provision: as it stands, or as it last stood if it was removed."""
    rows = current(viewer) if asked.state != "removed" else last_of_removed(viewer)
    return rows.filter(matching(asked))


def last_of_removed(viewer: Viewer) -> QuerySet[Finding]:
    """Of each provision that its document no longer has, the last finding. What a newer extractor does not find in the
    same version was not removed."""
    stands = Finding.objects.filter(provision=OuterRef("provision"), extraction__current__isnull=False)
    later = Finding.objects.filter(provision=OuterRef("provision")).filter(
        Q(extraction__reading__version__at__gt=OuterRef("extraction__reading__version__at"))
        | Q(
            extraction__reading__version__at=OuterRef("extraction__reading__version__at"),
            pk__gt=OuterRef("pk"),
        )
    )
    read = CurrentExtraction.objects.filter(document=OuterRef("provision__document"))
    rows = Finding.objects.visible_to(viewer).filter(Exists(read), ~Exists(stands), ~Exists(later))
    return rows.filter(~Exists(looked_at_anew()))


def looked_at_anew() -> QuerySet[Extraction]:
    """Of a finding, the extractions of the same version by newer extractors; for a subquery."""
    return Extraction.objects.filter(
        reading__version=OuterRef("extraction__reading__version"),
        extractor_version__gt=OuterRef("extraction__extractor_version"),
    )


def listed(
    viewer: Viewer, asked: ProvisionFilter, *, after: int | None = None, limit: int = 50
) -> list[FindingRecord]:
    """A page of provisions, in the order of their keys' age, the newest first; those older than `after` if given."""
    rows = chosen(viewer, asked)
    if after is not None:
        rows = rows.filter(provision__lt=after)
    return records(viewer, rows.order_by("-provision")[:limit], longest=LINE)


def of_document(viewer: Viewer, document: DocumentRecord) -> list[FindingRecord]:
    """What a document says now, in the order of its text; the quotes cut short."""
    rows = current(viewer).filter(provision__document=document.pk)
    return records(viewer, rows.order_by("ordinal"), longest=LINE)


def extraction_of(document: DocumentRecord) -> Extraction | None:
    """What a document says now, and how far it could be read; None before it was looked at. For a document that the
    viewer was allowed to see."""
    rows = Extraction.objects.filter(current__document=document.pk)
    return rows.select_related("reading__version").defer("reading__text", "reading__marks").first()


def of_reading(viewer: Viewer, reading: int) -> list[FindingRecord]:
    """What a reading was found to say by the newest extractor, in the order of its text; the quotes cut short."""
    newest = Extraction.objects.filter(reading=reading).order_by("-extractor_version").values("pk")[:1]
    rows = Finding.objects.visible_to(viewer).filter(extraction=Subquery(newest))
    return records(viewer, rows.order_by("ordinal"), longest=LINE)


def named_documents(
    viewer: Viewer, document: DocumentRecord, extraction: Extraction
) -> list[tuple[NamedDocument, DocumentRecord | None]]:
    """The documents that a text only names, each once, and which of the platform's watched ones it is, by where the
    label leads."""
    watched = catalogue.watched_at(viewer, document.platform)
    found: dict[tuple[str, str], tuple[NamedDocument, DocumentRecord | None]] = {}
    for one in extraction.named.all():
        found.setdefault((one.title, one.target), (one, watched.get(catalogue.plain_address(one.target))))
    return [pair for pair in found.values() if pair[1] is None or pair[1].pk != document.pk]


def provision(viewer: Viewer, key: int) -> tuple[Provision, DocumentRecord] | None:
    """A provision by its key, with its document."""
    rows = Provision.objects.visible_to(viewer).select_related("document__platform")
    row = rows.filter(pk=key).first()
    return (row, DocumentRecord.of(row.document, viewer)) if row else None


def at_address(document: DocumentRecord, slug: str) -> int | None:
    """The key of the provision that has this address in a document that the viewer was allowed to see."""
    rows = Provision.objects.filter(document=document.pk, slug=slug)
    return rows.values_list("pk", flat=True).first()


def records(viewer: Viewer, rows: QuerySet[Finding], *, longest: int | None = None) -> list[FindingRecord]:
    """Findings as plain values, without facts and factors; of each quote at most `longest` characters."""
    found = list(
        rows.select_related("provision__document__platform", "extraction__reading__version")
        .defer("factors", "extraction__reading__text", "extraction__reading__marks")
        .annotate(quote=quote_of(longest))
        .prefetch_related("types")
    )
    hidden = withholdings({row.provision.document_id for row in found}) if found else None
    return [_record(viewer, row, hidden) for row in found]


def with_facts(viewer: Viewer, asked: ProvisionFilter) -> list[FindingRecord]:
    """The provisions that a reader asks for, with their facts and the words that these rest on."""
    rows = chosen(viewer, asked).filter(facts__isnull=False).distinct()
    return [full(viewer, row) for row in rows.only("pk").order_by("provision__document", "ordinal")]


def full(viewer: Viewer, row: Any) -> FindingRecord:
    """One finding with its facts and factors, and the words that they rest on. Without facts and factors where the
    text is withheld or was removed; where only its beginning goes out, or nothing, without those whose value is a
    part of it."""
    found = (
        Finding.objects.filter(pk=row.pk)
        .select_related("provision__document__platform", "extraction__reading__version")
        .prefetch_related("types", "facts")
        .annotate(quote=quote_of())
        .get()
    )
    hidden = withholdings([found.provision.document_id])
    record = _record(viewer, found, hidden)
    if hidden.of(record.document.pk, record.version) is not None:
        return record
    is_open = bool(record.quote) and not record.is_cut
    text = found.extraction.reading.text

    def cut(start: int, end: int) -> str:
        return text[start:end] if is_open else ""

    return FindingRecord(
        **{
            **{name: getattr(record, name) for name in record.__slots__},
            "factors": factors_of(found.factors, cut),
            "facts": tuple(_fact(fact, cut) for fact in found.facts.all() if is_open or not _is_quoted(fact)),
        }
    )


def _outermost(spans: Sequence[Sequence[int]]) -> list[Sequence[int]]:
    """The spans that do not lie in an earlier one: a sentence, and not once more the words in it that tell."""
    found: list[Sequence[int]] = []
    for start, end in spans:
        if not any(begin <= start and end <= stop for begin, stop in found):
            found.append((start, end))
    return found


def _is_quoted(row: FoundFact) -> bool:
    """Whether the value of a fact is words of the text."""
    attribute = attributes().get((row.type, row.name))
    return attribute is None or attribute.kind == "words"


def _fact(row: FoundFact, cut: Any) -> FactRecord:
    """A fact; its condition and limits are words of the text, and shown where its quotes are."""
    quotes = tuple(filter(None, (cut(*span) for span in _outermost(row.spans))))
    return FactRecord(
        row.type,
        row.name,
        row.value,
        quotes,
        row.audience,
        row.region,
        row.plan,
        row.product,
        row.condition if quotes else "",
        row.limit_words if quotes else "",
    )


def quote_of(longest: int | None = None) -> Any:
    """For an annotation: the words of a finding, cut from its reading by the database."""
    whole = F("end") - F("start")
    length = whole if longest is None else Least(whole, Value(longest, output_field=IntegerField()))
    return Substr("extraction__reading__text", F("start") + 1, length)


def _record(viewer: Viewer, row: Any, hidden: Any) -> FindingRecord:
    document = DocumentRecord.of(row.provision.document, viewer)
    version = row.extraction.reading.version_id
    quote, is_cut = row.quote, len(row.quote) < row.end - row.start
    if hidden.of(document.pk, version) is not None or document.texts == "none":
        quote, is_cut = "", False
    elif document.texts == "excerpts" and len(quote) > EXCERPT:
        quote, is_cut = quote[:EXCERPT], True
    if is_cut:  # never within a word, where the text has spaces
        quote = quote[: quote.rfind(" ", len(quote) // 2)] if " " in quote[len(quote) // 2 :] else quote
    known = taxonomy().get(row.type)
    # A heading is part of the text: where no words are shown, a provision is called by its type.
    return FindingRecord(
        pk=row.pk,
        provision=row.provision_id,
        slug=row.provision.slug,
        document=document,
        extraction=row.extraction_id,
        version=version,
        reading=row.extraction.reading_id,
        at=row.extraction.reading.version.at,
        type=row.type,
        types=tuple(one.type for one in row.types.all()),
        confidence=row.confidence,
        title=row.title if known is None or quote else known.title,
        number=row.number,
        anchor=row.anchor,
        path=tuple(json.loads(row.path)) if quote else (),
        start=row.start,
        end=row.end,
        quote=quote,
        is_cut=is_cut,
        digest=row.digest,
        continuity=row.continuity,
        severity=row.severity,
        score=row.score,
        is_partial=row.is_partial,
        rubric=row.rubric,
    )


def addresses(limit: int) -> list[tuple[str, str, str]]:
    """(platform, document, provision) slugs of provisions whose words everyone may read, the newest first."""
    rows = current(None).exclude(provision__document__platform__publish_text=PublishText.SIGNED_IN)
    found = rows.order_by("-provision").values_list(
        "provision__document",
        "extraction__reading__version",
        "provision__document__platform__slug",
        "provision__document__slug",
        "provision__slug",
    )[:limit]
    hidden = withholdings({document for document, *_ in found})
    return [
        (platform, slug, provision)
        for document, version, platform, slug, provision in found
        if hidden.of(document, version) is None
    ]


def read_documents(viewer: Viewer) -> set[int]:
    """The documents in whose current text provisions were looked for."""
    return set(CurrentExtraction.objects.visible_to(viewer).values_list("document", flat=True))


def facts_of_type(viewer: Viewer, type_: str) -> dict[str, list[tuple[int, Any]]]:
    """Name of a fact → (platform, value) of each time that a document says it now."""
    found: defaultdict[str, list[tuple[int, Any]]] = defaultdict(list)
    rows = FoundFact.objects.filter(
        type=type_, finding__in=current(viewer).values("pk"), finding__provision__document__owner=None
    )
    for name, platform, value in rows.values_list("name", "finding__provision__document__platform", "value"):
        found[name].append((platform, value))
    return dict(found)


def touched_by(viewer: Viewer, change: int) -> list[tuple[FindingRecord | None, FindingRecord | None]]:
    """The provisions that a change touches, as they were before and after it."""
    rows = list(TouchedProvision.objects.filter(change=change).order_by("pk"))
    keys = [key for row in rows for key in (row.before_id, row.after_id) if key]
    found = {
        record.pk: record
        for record in records(viewer, Finding.objects.visible_to(viewer).filter(pk__in=keys), longest=LINE)
    }
    pairs = [(found.get(row.before_id or 0), found.get(row.after_id or 0)) for row in rows]
    return [pair for pair in pairs if any(pair)]
