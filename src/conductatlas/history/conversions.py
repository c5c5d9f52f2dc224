"""A version's text as WARC records: a `conversion` of the page it was read from, and `metadata` about the reading."""

from __future__ import annotations

import json
from collections.abc import Iterator

from conductatlas.archive.warc_capture import Bearer
from conductatlas.archive.warc_writer import Record, record_id
from conductatlas.catalogue.models import Document
from conductatlas.history import life
from conductatlas.history.models import Reading, Version
from conductatlas.ids import public_id


def found(document: Document) -> dict[int, int]:
    """Check → the version whose text it found, those of variants included; for each check that read the document."""
    versions = {entry.check: entry.version for entry in life.load(document).entries}
    made = Version.objects.filter(document=document).values_list("check_row", "pk")
    return versions | dict(made)


def of_version(version: int, page: Bearer) -> Iterator[Record]:
    """The records of a version's newest reading; nothing where its text was removed.

    page: the record that bears the first page it was read from; where there is none, the one of the capture.
    """
    reading = Reading.objects.filter(version=version).order_by("-reader_version").first()
    if reading is None or not reading.text:
        return
    names = (reading.pk, reading.digest, reading.read_at.isoformat())
    text = Record(
        "conversion",
        record_id("conversion", *names),
        reading.read_at,
        "text/plain; charset=utf-8",
        page.url,
        body=reading.text.encode("utf-8"),
        fields=(("WARC-Refers-To", f"<{page.record_id}>"),),
    )
    yield text
    parts = reading.version.parts.order_by("position")
    told = {
        "version": public_id("V", version),
        "reader_version": reading.reader_version,
        "text": {"sha256": reading.digest, "words": reading.words},
        "title": reading.title,
        "language": reading.language,
        "stated": {
            "updated": reading.stated_updated.isoformat() if reading.stated_updated else None,
            "effective": reading.stated_effective.isoformat() if reading.stated_effective else None,
        },
        "read_from": list(parts.values_list("snapshot__digest", flat=True)),
        "marks": json.loads(reading.marks),
    }
    yield Record(
        "metadata",
        record_id("reading", *names),
        reading.read_at,
        "application/json",
        page.url,
        body=json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8"),
        fields=(("WARC-Refers-To", f"<{text.record_id}>"),),
    )
