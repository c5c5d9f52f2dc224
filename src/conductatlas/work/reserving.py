"""What pages reserve, looked for again in the bytes that the newest versions were read from.

Checks look when a page has new bytes; this is for records that are older than the rules, and for new rules.
"""

from __future__ import annotations

from conductatlas.archive import packs
from conductatlas.archive.services import page_of, record_reservations
from conductatlas.catalogue.models import Document
from conductatlas.errors import UnreadableError
from conductatlas.history.models import Version
from conductatlas.reading.text.reader import read
from conductatlas.reading.text.reservations import announced, stated
from conductatlas.writing import writing


def look_again() -> int:
    """Look at the newest version of each document that is watched; how many rows were new."""
    new = 0
    for key in Document.objects.filter(retired_at=None).order_by("pk").values_list("pk", flat=True):
        version = Version.objects.filter(document=key, variant=None).order_by("-pk").first()
        parts = version.parts.select_related("source", "snapshot", "capture") if version else ()
        for part in parts:
            body = packs.read_snapshot(part.snapshot.digest)
            found = announced(((str(n), str(v)) for n, v in part.capture.headers), body)
            try:
                page = page_of(part.source, body, part.snapshot.media_type, part.capture.final_url)
                found += stated(read(page))
            except UnreadableError:
                pass  # what is announced is known all the same
            with writing():
                new += record_reservations(part.capture, found)
    return new
