"""Verbs of the provisions: look for them in a reading, and say which of them a change touches.

What is due is told by rows (`queries.due`), so that a process that is killed leaves nothing undone for good. The text
is read with no transaction open; then all that was found in it is written in one.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db.models import JSONField, Q, QuerySet, Value

from conductatlas.catalogue.models import Document
from conductatlas.errors import StalePreparationError
from conductatlas.history.models import Change, Hunk, Reading
from conductatlas.history.services import standing
from conductatlas.provisions import peers, search
from conductatlas.provisions.models import (
    Analysis,
    AnswerSheet,
    Continuity,
    CurrentExtraction,
    Extraction,
    FindingType,
    FoundFact,
    NamedDocument,
    PeerEntry,
    Provision,
    SearchEntry,
    TouchedProvision,
)
from conductatlas.provisions.models import Finding as FindingRow
from conductatlas.reading.clauses.extractor import EXTRACTOR_VERSION, extract
from conductatlas.reading.clauses.finding import Finding, Rating
from conductatlas.reading.clauses.findings import Found
from conductatlas.reading.clauses.lineage import Known, Matching, Met, follow
from conductatlas.writing import writing

ATTEMPTS = 3
LONGEST_SLUG = 80
# What follows a document's address already: no provision may have such a slug.
RESERVED = frozenset({"versions", "v", "compare", "captures"})


def look_for_provisions(reading: Reading, now: datetime) -> Extraction:
    """What a reading of a document says, as rows. One that this extractor has looked at already stays as it is.

    StoreUnavailableError: nothing was written. StalePreparationError: other processes kept on writing about the same
    document.
    """
    document = reading.version.document
    found = extract(reading.value(), document.kind)
    for attempt in range(ATTEMPTS):
        there = Extraction.objects.filter(reading=reading, extractor_version=EXTRACTOR_VERSION).first()
        if there is not None:
            return there
        seen = _newest_extraction(document)
        known = _known(document, reading)
        matching = follow(known, [_met(reading.text, finding) for finding in found.findings])
        with writing():
            Document.objects.select_for_update().get(pk=document.pk)
            if _newest_extraction(document) == seen:
                return _write(reading, found, _continued(known, matching), now)
        if attempt == ATTEMPTS - 1:
            break
    raise StalePreparationError(f"the provisions of {document.path} are written by another process")


def _newest_extraction(document: Document) -> int | None:
    rows = Extraction.objects.filter(reading__version__document=document).order_by("-pk")
    return rows.values_list("pk", flat=True).first()


def _met(text: str, finding: Finding) -> Met:
    return Met(finding.type, finding.span.of(text), finding.path, finding.number)


def _continued(known: Sequence[Known], matching: Matching) -> Mapping[int, tuple[int, Continuity]]:
    """Of each finding that is a known provision, by its position: the provision's key, and how it came here."""
    return {pair.new: (int(known[pair.old].key), Continuity(pair.how)) for pair in matching.pairs}


def _known(document: Document, reading: Reading) -> list[Known]:
    """The document's provisions, each as it was found last. Those that stand are those of the extraction that is
    nearest before the reading in the document's life, or first after it; the others were removed."""
    neighbour = _neighbour(document, reading)
    latest: dict[int, FindingRow] = {}
    rows = FindingRow.objects.filter(provision__document=document).exclude(extraction__reading__text="")
    for row in rows.order_by("extraction__reading__version__at", "extraction_id").defer("factors"):
        latest[row.provision_id] = row
    if neighbour is not None:
        latest |= {row.provision_id: row for row in rows.filter(extraction=neighbour)}
    texts = dict(
        Reading.objects.filter(extractions__in={row.extraction_id for row in latest.values()}).values_list(
            "extractions__pk", "text"
        )
    )
    return [
        Known(
            row.type,
            texts[row.extraction_id][row.start : row.end],
            tuple(json.loads(row.path)),
            row.number,
            key=str(row.provision_id),
            is_removed=row.extraction_id != neighbour,
        )
        for row in sorted(latest.values(), key=lambda row: (row.extraction_id, row.ordinal))
    ]


def _neighbour(document: Document, reading: Reading) -> int | None:
    rows = Extraction.objects.filter(reading__version__document=document, reading__version__variant=None)
    at = reading.version.at
    before = rows.filter(reading__version__at__lte=at).order_by("-reading__version__at", "-pk")
    after = rows.filter(reading__version__at__gt=at).order_by("reading__version__at", "-pk")
    for found in (before, after):
        key = found.values_list("pk", flat=True).first()
        if key is not None:
            return key
    return None


def _write(
    reading: Reading, found: Found, continued: Mapping[int, tuple[int, Continuity]], now: datetime
) -> Extraction:
    extraction = Extraction.objects.create(
        reading=reading,
        extractor_version=EXTRACTOR_VERSION,
        at=now,
        clauses=len(found.clauses),
        words=found.words,
        typed_words=found.typed_words,
    )
    provisions = _provisions(reading.version.document, found.findings, continued, now)
    rows = FindingRow.objects.bulk_create(
        _finding_row(extraction, ordinal, finding, *provisions[ordinal], reading.text)
        for ordinal, finding in enumerate(found.findings)
    )
    FindingType.objects.bulk_create(
        FindingType(
            finding=row, position=position, type=typed.type, confidence=typed.confidence, basis=typed.basis
        )
        for row, finding in zip(rows, found.findings, strict=True)
        for position, typed in enumerate(finding.types)
    )
    FoundFact.objects.bulk_create(
        FoundFact(
            finding=row,
            type=fact.type,
            name=fact.name,
            value=fact.value,
            spans=[list(span) for span in fact.spans],
            condition=fact.condition,
            limit_words=fact.limit,
            **asdict(fact.scope),
        )
        for row, finding in zip(rows, found.findings, strict=True)
        for fact in finding.facts
    )
    NamedDocument.objects.bulk_create(
        NamedDocument(
            extraction=extraction,
            title=reference.title[:500],
            target=reference.target,
            start=reference.span.start,
            end=reference.span.end,
        )
        for reference in found.references
    )
    touch(Change.objects.filter(Q(new_version=reading.version_id) | Q(old_version=reading.version_id)))
    return extraction


def _provisions(
    document: Document,
    findings: Sequence[Finding],
    continued: Mapping[int, tuple[int, Continuity]],
    now: datetime,
) -> list[tuple[int, Continuity]]:
    """The key of each finding's provision, and how it came here; those not known before are made."""
    taken = set(Provision.objects.filter(document=document).values_list("slug", flat=True)) | RESERVED
    made = []
    for position, finding in enumerate(findings):
        if position not in continued:
            slug = _free_slug(finding, taken)
            taken.add(slug)
            made.append(Provision(document=document, type=finding.type, slug=slug, made_at=now))
    fresh = iter(Provision.objects.bulk_create(made))
    return [
        continued[position] if position in continued else (next(fresh).pk, Continuity.NEW)
        for position in range(len(findings))
    ]


def _free_slug(finding: Finding, taken: Iterable[str]) -> str:
    """Of the title's words in the Latin alphabet, else of the type; "-2", "-3" … where that is taken."""
    ascii_title = unicodedata.normalize("NFKD", finding.title).encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", ascii_title.lower()))[:LONGEST_SLUG].strip("-")
    slug = slug if re.search("[a-z]{3}", slug) else finding.type.replace("_", "-")
    known = set(taken)
    return next(
        name for n in range(1, len(known) + 2) if (name := slug if n == 1 else f"{slug}-{n}") not in known
    )


def _finding_row(
    extraction: Extraction, ordinal: int, finding: Finding, provision: int, how: Continuity, text: str
) -> FindingRow:
    rating = finding.rating
    return FindingRow(
        extraction=extraction,
        provision_id=provision,
        ordinal=ordinal,
        type=finding.type,
        confidence=finding.confidence,
        title=finding.title[:300],
        number=finding.number[:40],
        anchor=finding.anchor[:100],
        path=json.dumps(finding.path, ensure_ascii=False),
        start=finding.span.start,
        end=finding.span.end,
        digest=digest_of(finding.span.of(text)),
        continuity=how,
        severity=rating.severity.value if rating else None,
        score=rating.score if rating else None,
        factors=_factors(rating) if rating else None,
        is_partial=rating.is_partial if rating else None,
        rubric=rating.version if rating else "",
    )


def digest_of(quote: str) -> str:
    """SHA-256 of a quotation in UTF-8, hexadecimal."""
    return hashlib.sha256(quote.encode()).hexdigest()


def _factors(rating: Rating) -> Mapping[str, object]:
    names = ("rights", "exposure", "discretion", "way_out", "breadth")
    factors = {name: getattr(rating, name) for name in names}
    return {name: [f.points, f.row, [list(span) for span in f.spans]] for name, f in factors.items()}


def settle(document: Document, now: datetime) -> None:
    """Say what the document says now: its text that was found last, once provisions were looked for in it."""
    found = standing(document, now)
    extraction = None if found is None or found.is_removed else _extraction_of(found.version.pk)
    current = CurrentExtraction.objects.filter(document=document).values_list("extraction", flat=True).first()
    if current == (extraction.pk if extraction else None):
        if extraction is not None and peers.are_due(extraction):
            with writing():
                peers.index(extraction)
        return
    with writing():
        if extraction is None:
            CurrentExtraction.objects.filter(document=document).delete()
            search.forget([document.pk])
            peers.forget([document.pk])
        else:
            CurrentExtraction.objects.update_or_create(document=document, defaults={"extraction": extraction})
            search.index(extraction)
            peers.index(extraction)


def touch(changes: Iterable[Change]) -> int:
    """Write which provisions some changes touch, where both sides were looked at and it is not written yet; how many
    rows that made. Runs inside the caller's transaction.

    A provision is touched if its words differ, or it is on one side alone, and a hunk of the change lies in it. Where
    a change compared other readings of its versions, the words alone decide.
    """
    made = 0
    for change in changes:
        sides = [_extraction_of(version) for version in (change.old_version_id, change.new_version_id)]
        if None in sides or change.touched.exists():
            continue
        old, new = sides
        assert old is not None and new is not None
        same_text = (old.reading_id, new.reading_id) == (change.old_reading_id, change.new_reading_id)
        hunks = list(change.hunks.all()) if same_text else None
        before = {row.provision_id: row for row in old.findings.defer("factors")}
        after = {row.provision_id: row for row in new.findings.defer("factors")}
        rows = [
            TouchedProvision(change=change, provision_id=key, before=before.get(key), after=after.get(key))
            for key in before | after
            if _is_touched(before.get(key), after.get(key), hunks)
        ]
        TouchedProvision.objects.bulk_create(rows)
        made += len(rows)
    return made


def _extraction_of(version: int) -> Extraction | None:
    rows = Extraction.objects.filter(reading__version=version)
    return rows.order_by("-extractor_version", "-reading__reader_version").first()


def _is_touched(before: FindingRow | None, after: FindingRow | None, hunks: Sequence[Hunk] | None) -> bool:
    if before is not None and after is not None and before.digest == after.digest:
        return False
    if hunks is None:
        return True
    return any(
        _meet(before, hunk.old_start, hunk.old_end) or _meet(after, hunk.new_start, hunk.new_end)
        for hunk in hunks
    )


def _meet(finding: FindingRow | None, start: int | None, end: int | None) -> bool:
    if finding is None or start is None or end is None:
        return False
    return start < finding.end and finding.start < max(end, start + 1)


def forget(readings: QuerySet[Reading]) -> None:
    """Let go of the words of readings that have to go. That there were findings stays, and what became of them. Runs
    inside the caller's transaction, after the rows that permit it."""
    extractions = Extraction.objects.filter(reading__in=readings)
    NamedDocument.objects.filter(extraction__in=extractions).update(title="", target="")
    FindingRow.objects.filter(extraction__in=extractions).update(title="", path="[]")
    FoundFact.objects.filter(finding__extraction__in=extractions).update(
        value=Value(None, JSONField()), condition="", limit_words=""
    )
    Analysis.objects.filter(finding__extraction__in=extractions).update(sentences=[])
    SearchEntry.objects.filter(reading__in=readings).delete()
    PeerEntry.objects.filter(finding__extraction__in=extractions).delete()
    CurrentExtraction.objects.filter(extraction__in=extractions).delete()
    AnswerSheet.objects.filter(platform__documents__versions__readings__in=readings).delete()
