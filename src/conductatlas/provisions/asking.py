"""The questionnaire asked of platforms: what their public documents say now.

Answers are kept as one sheet a platform, made anew when a document says something else; a sheet can be thrown away at
any time.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from conductatlas.catalogue.models import Platform, Viewer
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.history.withheld import withholdings
from conductatlas.provisions.models import AnswerSheet, CurrentExtraction
from conductatlas.provisions.values import fact_in_words, in_words
from conductatlas.reading.clauses.extractor import EXTRACTOR_VERSION, extract
from conductatlas.reading.clauses.places import place_name
from conductatlas.reading.clauses.questions import Answerable, answer, questions, to_row
from conductatlas.writing import writing

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
NO_CAP = "none stated"
PLACES = frozenset({"governing_law", "entity_country"})  # whose values are codes of places
KINDS = frozenset(kind for question in questions().values() for kind in question.kinds)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one platform's documents answer to one question. value: None is not stated. quote: "" where the text is not
    shown. document, version, start: where it stands; searched: addresses of the documents that were asked."""

    key: str
    platform: Platform
    value: Any
    quote: str
    document: DocumentRecord | None
    version: int | None
    section: str
    scope: Mapping[str, str]
    is_conflict: bool
    confidence: float
    searched: tuple[str, ...]

    @property
    def title(self) -> str:
        return questions()[self.key].title

    @property
    def said(self) -> str:
        """The value as a reader would say it."""
        return answer_in_words(self.key, self.value)


def answer_in_words(key: str, value: Any) -> str:
    """The value of an answer as a reader would say it: of one that a fact answers as the fact is said."""
    question = questions()[key]
    if key == "retention_specific_periods" and isinstance(value, list):
        return ", ".join(f"{in_words(one['period'])} ({one['what']})" for one in value)
    if key == "liability_cap" and value == NO_CAP:
        return "exclusions of liability, no cap"  # "none stated" reads as if nothing were
    if isinstance(value, str) and _DATE.fullmatch(value):
        on = date.fromisoformat(value)
        return f"{on.day} {on:%B %Y}"
    if value is None or question.map is not None or not question.facts:
        return place_name(value) if key in PLACES and isinstance(value, str) else in_words(value)
    type_, _, name = question.facts[0].partition(".")
    return fact_in_words(type_, name, value)


def documents_of(viewer: Viewer, platform: str) -> list[Answerable]:
    """The documents of a platform, as they stand, that can be asked, in the order of their titles. Withheld and removed
    texts are left out."""
    rows = (
        CurrentExtraction.objects.visible_to(viewer)
        .filter(document__platform__slug=platform, document__retired_at=None, document__kind__in=KINDS)
        .select_related("document__platform", "extraction__reading")
        .order_by("document__title", "document")
    )
    hidden = withholdings([row.document_id for row in rows])
    found = []
    for row in rows:
        if hidden.of(row.document_id, row.extraction.reading.version_id) is None:
            reading, kind = row.extraction.reading.value(), row.document.kind
            name = f"{platform}/{row.document.slug}"
            found.append(Answerable(name, kind, reading, extract(reading, kind)))
    return found


def stale() -> list[Platform]:
    """The platforms whose sheet is missing, or was made of other texts than stand now."""
    made = dict(AnswerSheet.objects.values_list("platform", "made_of"))
    now = _made_of()
    return list(Platform.objects.filter(pk__in=[key for key, of in now.items() if made.get(key) != of]))


def fill(platform: Platform, now: datetime) -> None:
    """Ask a platform's public documents, and keep the answers."""
    made_of = _made_of([platform.pk]).get(platform.pk, "")
    rows = {key: to_row(one) for key, one in answer(documents_of(None, platform.slug)).items()}
    with writing():
        AnswerSheet.objects.update_or_create(
            platform=platform, defaults={"made_of": made_of, "at": now, "answers": rows}
        )


def _made_of(platforms: Iterable[int] | None = None) -> dict[int, str]:
    """Platform → what its answers would be made of: its current extractions and the extractor."""
    rows = CurrentExtraction.objects.visible_to(None).filter(
        document__retired_at=None, document__kind__in=KINDS
    )
    if platforms is not None:
        rows = rows.filter(document__platform__in=list(platforms))
    found: dict[int, list[int]] = {}
    for platform, extraction in rows.values_list("document__platform", "extraction").order_by("extraction"):
        found.setdefault(platform, []).append(extraction)
    return {
        platform: hashlib.sha256(f"{EXTRACTOR_VERSION}:{keys}".encode()).hexdigest()
        for platform, keys in found.items()
    }


def answers_of(viewer: Viewer, platform: str) -> list[Cell]:
    """A platform's answers in the order of the questionnaire; [] before it was asked."""
    return _cells(viewer, platforms=[platform])


def answers_to(viewer: Viewer, key: str) -> list[Cell]:
    """The answers of all platforms to one question, by the platforms' names."""
    return _cells(viewer, keys=[key])


def answers_beside(viewer: Viewer, platforms: Iterable[str], keys: Iterable[str] | None = None) -> list[Cell]:
    """The answers of some platforms (slugs) to some questions, None to all, by the platforms' names."""
    return _cells(viewer, platforms=list(platforms), keys=keys)


def all_answers(viewer: Viewer) -> list[Cell]:
    """Every answer of every platform, by the platforms' names."""
    return _cells(viewer)


def _cells(
    viewer: Viewer, *, platforms: Sequence[str] | None = None, keys: Iterable[str] | None = None
) -> list[Cell]:
    asked = list(questions()) if keys is None else list(keys)
    sheets = AnswerSheet.objects.select_related("platform").order_by("platform__name", "platform")
    if platforms is not None:
        sheets = sheets.filter(platform__slug__in=platforms)
    rows = CurrentExtraction.objects.visible_to(viewer).filter(
        document__platform__in=sheets.values("platform")
    )
    documents: dict[str, tuple[DocumentRecord, int]] = {}
    for row in rows.select_related("document__platform", "extraction__reading").defer(
        "extraction__reading__text", "extraction__reading__marks"
    ):
        record = DocumentRecord.of(row.document, viewer)
        documents[record.path] = record, row.extraction.reading.version_id
    hidden = withholdings({record.pk for record, _version in documents.values()})
    # A text that is withheld answers nothing, and is not among what was searched.
    documents = {path: place for path, place in documents.items() if hidden.of(place[0].pk, place[1]) is None}
    found = []
    for sheet in sheets:
        for name in asked:
            answered = sheet.answers.get(name)
            if answered is None:
                continue
            place = documents.get(answered["document"] or "")
            is_shown = place is not None and place[0].texts == "full"
            found.append(
                Cell(
                    name,
                    sheet.platform,
                    answered["value"] if place else None,
                    (answered["quote"] or "") if is_shown else "",
                    place[0] if place else None,
                    place[1] if place else None,
                    answered["section"] or "",
                    answered["scope"],
                    answered["conflict"],
                    answered["confidence"],
                    tuple(path for path in answered["searched"] if path in documents),
                )
            )
    return found
