"""Captures written to one file that others can read: WARC/1.1, or WACZ for players.

Rows are gone through document by document, in the order of checks; one capture's bytes are held at a time. The file
comes whole or not at all. Two exports of the same choice are the same bytes: no clock is read, and ids are made of
rows.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Protocol

from django.db.models import QuerySet

from conductatlas.archive import counts, renderings, warc_records, warc_writer
from conductatlas.archive.models import Capture
from conductatlas.archive.services import SOFTWARE
from conductatlas.archive.wacz import WaczWriter
from conductatlas.archive.warc_capture import Bearer, Told, Written
from conductatlas.archive.warc_facts import REDIRECT, ROLE, UNRENDERED
from conductatlas.archive.warc_records import GOOD, SELECTED
from conductatlas.archive.warc_writer import Record, WarcWriter
from conductatlas.catalogue.models import Document
from conductatlas.errors import ExportError, NotFoundError
from conductatlas.history import conversions
from conductatlas.history.withheld import Withholdings, withholdings
from conductatlas.ids import public_id
from conductatlas.work.backup import digest_of
from conductatlas.work.choice import Choice, chosen, public
from conductatlas.work.whole_file import whole_file
from conductatlas.writing import storage_faults

ROWS = 50  # captures read from the database at a time
PAGES = ("response", "resource", "revisit")
FORMAT = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


@dataclass(slots=True)
class Exported:
    """What came of an export. left_out: captures whose bytes are not in the file (refused, removed, withheld) or that
    are not in it at all (private). sha256, size: of the file."""

    documents: int = 0
    captures: int = 0
    records: int = 0
    size: int = 0
    sha256: str = ""
    left_out: Counter[str] = field(default_factory=Counter)


class Writer(Protocol):
    @property
    def records(self) -> int: ...

    def write(self, record: Record, title: str = "") -> None: ...


@dataclass(slots=True)
class _Warc:
    """A plain WARC file: it has no list of pages."""

    writer: WarcWriter

    @property
    def records(self) -> int:
        return self.writer.records

    def write(self, record: Record, title: str = "") -> None:  # noqa: ARG002
        self.writer.write(record)


def export(
    choice: Choice, target: Path, *, as_wacz: bool, on_capture: Callable[[int], None] = lambda _: None
) -> Exported:
    """Write the chosen captures to `target`, whole or not at all.

    NotFoundError if there are none that may be written, ExportError if the file exists or cannot be written,
    SnapshotDamagedError or StoreUnavailableError if bytes cannot be read.
    """
    with storage_faults():
        every = chosen(choice)
        last = every.order_by("-pk").values_list("pk", flat=True).first()
        every = every.filter(pk__lte=last or 0)  # what is recorded from now on is of another export
        rows = every if choice.with_private else every.filter(pk__in=public(every).values("pk"))
        total = counts.chosen(rows)
        done = Exported(captures=total)
        if hidden := counts.chosen(every) - total:
            done.left_out["private"] = hidden
        newest = rows.order_by("-finished_at").values_list("finished_at", flat=True).first()
        if newest is None:
            raise NotFoundError(
                "no capture that may be exported is among those",
                remedy="Say --with-private if what is not public is meant." if hidden else "Choose others.",
            )
        with whole_file(target, "export", ExportError, mode=0o666) as stream:
            with _writer(stream, choice, newest, as_wacz) as writer:
                _Export(choice, writer, done, on_capture).run(rows)
                done.records = writer.records
            stream.seek(0, os.SEEK_END)
            done.size = stream.tell()
        done.sha256 = digest_of(target.open("rb"))
    return done


@dataclass(slots=True)
class _Export:
    """One export on its way."""

    choice: Choice
    writer: Writer
    done: Exported
    on_capture: Callable[[int], None]
    written: Written = field(init=False)
    seen: int = 0

    def __post_init__(self) -> None:
        self.written = Written(with_refused=self.choice.with_refused)

    def run(self, rows: QuerySet[Capture]) -> None:
        keys = set(rows.order_by().values_list("source__document", flat=True).distinct())
        for document in Document.objects.filter(pk__in=keys).select_related("platform").order_by("pk"):
            self.written.next_document()
            self.done.documents += 1
            one = _OneDocument(self, document, conversions.found(document), withholdings([document.pk]))
            own = rows.filter(source__document=document).select_related(*SELECTED)
            one.run(own)


@dataclass(slots=True)
class _OneDocument:
    """The captures and texts of one document on their way."""

    export: _Export
    document: Document
    versions: dict[int, int]  # check → version
    hidden: Withholdings
    told: set[int] = field(default_factory=set)  # versions whose text is written

    def run(self, rows: QuerySet[Capture]) -> None:
        captures = rows.iterator(chunk_size=ROWS)
        for check, group in groupby(captures, key=lambda capture: capture.check_row_id):
            page: Bearer | None = None
            for capture in group:
                bearer = self._write(capture)
                page = page or bearer
                self.export.seen += 1
                self.export.on_capture(self.export.seen)
            version = self.versions.get(check)
            if page is None or version is None or version in self.told or self._withheld(version):
                continue
            self.told.add(version)
            for record in conversions.of_version(version, page):
                self.export.writer.write(record)

    def _write(self, capture: Capture) -> Bearer:
        """Write a capture's records; the one that bears its bytes, or else the one that tells of it."""
        last: Record | None = None
        has_bytes = False
        for record in warc_records.of_capture(capture, self.export.written, self._tell):
            self.export.writer.write(record, self._title(record, capture))
            last = record
            has_bytes = has_bytes or bool(record.body and record.kind in PAGES)
        self._count(capture, has_bytes=has_bytes)
        bearer = warc_records.bearer_of(capture, self.export.written)
        if bearer is not None:
            return bearer
        assert last is not None, "a capture that bears nothing still has metadata"
        return Bearer(last.record_id, last.url, last.at)

    def _tell(self, capture: Capture) -> Told:
        version = self.versions.get(capture.check_row_id)
        facts = {
            "document": self.document.public_id,
            "path": self.document.path,
            "title": self.document.title,
            "platform": self.document.platform.name,
            "version": public_id("V", version) if version else None,
        }
        return Told(facts, self._withheld(version))

    def _withheld(self, version: int | None) -> dict[str, object] | None:
        """Why a text may not be shown, None if it may. What was removed is never shown."""
        row = self.hidden.of(self.document.pk, version)
        if row is None or (self.export.choice.with_private and not row.is_removed):
            return None
        return {"reason": row.reason, "at": warc_writer.date(row.at), "removed": row.is_removed}

    def _title(self, record: Record, capture: Capture) -> str:
        """How a record stands in a list of pages; "" for one that is none of its own."""
        role = dict(record.fields).get(ROLE, "")
        if record.kind not in PAGES or role in {REDIRECT, UNRENDERED}:
            return ""
        name = f"{self.document.platform.name}: {self.document.title}"
        if capture.claimed_by:
            return f"{name} (date as claimed by {capture.claimed_by})"
        return name

    def _count(self, capture: Capture, *, has_bytes: bool) -> None:
        left_out = self.export.done.left_out
        snapshots = (capture.snapshot, getattr(renderings.of(capture), "snapshot", None))
        if capture.outcome not in GOOD:
            left_out["refused"] += bool(capture.body_length) and not has_bytes
        elif any(getattr(snapshot, "removed", None) for snapshot in snapshots if snapshot):
            left_out["removed"] += 1
        elif self._withheld(self.versions.get(capture.check_row_id)):
            left_out["withheld"] += 1


@contextmanager
def _writer(stream: BinaryIO, choice: Choice, at: datetime, as_wacz: bool) -> Iterator[Writer]:
    """What the records go through, `warcinfo` written first."""
    words = choice.in_words()
    info = (
        f"software: {SOFTWARE}\r\nformat: WARC File Format 1.1\r\nconformsTo: {FORMAT}\r\n"
        f"description: {words}\r\n"
        "bodies: without content and transfer codings; fields that are true on the wire only begin with "
        "X-Archive-Orig-; digests and lengths as received stand in the metadata\r\n"
        "heads: those of HTTP/2 are rewritten as HTTP/1.1 text and say so (ConductAtlas-Rewritten)\r\n"
        "dates: of records with ConductAtlas-Claimed-By as whoever is named there claims\r\n"
    ).encode()
    first = Record(
        "warcinfo", warc_writer.record_id("warcinfo", words, at), at, "application/warc-fields", body=info
    )
    if not as_wacz:
        plain = _Warc(WarcWriter(stream))
        plain.write(first)
        yield plain
        return
    wacz = WaczWriter(stream, at=at, title="Captures", description=words, software=SOFTWARE)
    try:
        wacz.write(first)
        yield wacz
        wacz.close()
    finally:
        wacz.abandon()
