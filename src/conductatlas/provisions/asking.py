"""The questionnaire asked of platforms: what their documents say now, in the words of the newest reading."""

from __future__ import annotations

from collections.abc import Mapping

from conductatlas.catalogue.models import Viewer
from conductatlas.history.withheld import withholdings
from conductatlas.provisions.models import CurrentExtraction
from conductatlas.reading.clauses.extractor import extract
from conductatlas.reading.clauses.questions import Answer, Answerable, answer


def documents_of(viewer: Viewer, platform: str) -> list[Answerable]:
    """The documents of a platform, as they stand, that can be asked; those of the declared language, in the order of
    their titles. Withheld and removed texts are left out."""
    rows = (
        CurrentExtraction.objects.visible_to(viewer)
        .filter(document__platform__slug=platform, document__retired_at=None)
        .select_related("document__platform", "extraction__reading")
        .order_by("document__title", "document")
    )
    hidden = withholdings([row.document_id for row in rows])
    found = []
    for row in rows:
        if hidden.of(row.document_id, row.extraction.reading.version_id) is None:
            reading = row.extraction.reading.value()
            kind = row.document.kind
            found.append(Answerable(f"{platform}/{row.document.slug}", kind, reading, extract(reading, kind)))
    return found


def answers_of(viewer: Viewer, platform: str) -> Mapping[str, Answer]:
    """The answers to all questions, from a platform's documents as they stand."""
    return answer(documents_of(viewer, platform))
