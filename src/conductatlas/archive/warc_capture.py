"""One capture on its way into an export, and what that export holds so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from conductatlas.archive.models import Capture
from conductatlas.archive.warc_writer import is_record_id, record_id


@dataclass(frozen=True, slots=True)
class Bearer:
    """The record that bears some bytes: its id, address and date, and the status that it was answered with."""

    record_id: str
    url: str
    at: datetime
    status: int = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a capture above the archive: further facts, and why its bytes may not be shown (None: they
    may)."""

    facts: Mapping[str, object] = field(default_factory=dict)
    hidden: Mapping[str, object] | None = None


@dataclass(slots=True)
class Written:
    """What an export holds so far. with_refused: whether bytes of refused and failed captures are wanted. bodies, of
    one document: digest of a snapshot → the record that bears it. ids: those of others, since one of their records can
    be the capture of several documents. early: captures written before their turn, since others refer to them."""

    with_refused: bool = False
    bodies: dict[str, Bearer] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    early: set[int] = field(default_factory=set)

    def next_document(self) -> None:
        self.bodies.clear()
        self.early.clear()


@dataclass(slots=True)
class Made:
    """One capture on its way. hidden: why its bytes may not be shown, None if they may."""

    capture: Capture
    written: Written
    tell: Callable[[Capture], Told]
    hidden: Mapping[str, object] | None
    main: str = ""  # id of the record that stands for the answer, "" if there is none
    removed: list[dict[str, object]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it was answered; of a capture whose addresses were erased, the one that is declared."""
        return self.capture.final_url or self.capture.requested_url or self.capture.source.url

    @property
    def answered(self) -> int | None:
        """Status of the answer whose head can be written; None where none is known, or it was erased."""
        return None if self.capture.salt == "" else self.capture.status

    def id(self, part: str) -> str:
        row = self.capture
        return record_id(part, row.pk, row.requested_url, row.started_at.isoformat(), row.body_digest)

    @property
    def own_id(self) -> str:
        """Id of the record that stands for the answer: of a capture that another archive gave its own id over there, if
        it can be one."""
        origin = getattr(self.capture, "origin", None)
        if self.capture.provenance == "imported" and origin and is_record_id(origin.record_id):
            return str(origin.record_id)
        return self.id("answer")

    def bear(self, digest: str, name: str, at: datetime, status: int | None = None) -> None:
        """From now on these bytes are referred to where record `name` has them."""
        self.written.bodies[digest] = Bearer(name, self.url, at, status or 200)

    def is_first(self, name: str) -> bool:
        """Whether the export does not have this record yet: another archive's can be the capture of two documents."""
        is_there = name in self.written.ids
        if self.capture.provenance == "imported":
            self.written.ids.add(name)
        return not is_there
