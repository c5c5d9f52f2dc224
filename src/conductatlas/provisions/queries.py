"""Reads of the provisions."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from conductatlas.history.models import Reading, Version
from conductatlas.provisions.models import Extraction
from conductatlas.reading.clauses.extractor import EXTRACTOR_VERSION


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
