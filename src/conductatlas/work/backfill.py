"""Back-fill: captures of other archives, taken in at their place in a document's life.

What the files hold is known (`holdings`). Each document's captures are taken in their own time order, one short
transaction a check, and at the end the changes around them are drawn (`history.weave`). Stopped or killed at any
instant, the next run goes on: what is there, by source, date and digest, is not taken in again.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db.models import Q

from conductatlas.archive import services as archive
from conductatlas.archive.models import Capture
from conductatlas.catalogue.models import Document, Source
from conductatlas.catalogue.queries import sources_at
from conductatlas.errors import ConductAtlasError, LeaseLostError
from conductatlas.history import life
from conductatlas.history import services as history
from conductatlas.history.life import Entry, Life, Strand
from conductatlas.history.models import Version
from conductatlas.history.services import Standing
from conductatlas.history.weave import Woven, weave
from conductatlas.work import due, extracting
from conductatlas.work.finding import Place
from conductatlas.work.holdings import Given
from conductatlas.work.mapping import source_of
from conductatlas.work.pipeline import Result, Tools, take_in
from conductatlas.writing import storage_faults, writing

ROUND = timedelta(hours=24)  # within which the pages of a combined document count as captured together
WAIT = 60.0  # seconds to wait for a document that another worker is checking
HELD_TEXTS = 4  # versions whose texts are held while a document's captures come in
log = structlog.get_logger("conductatlas.work")


@dataclass(slots=True)
class Tally:
    """What came of one document's captures."""

    document: str = ""  # CA-D id
    path: str = ""
    captures: int = 0  # in the files
    known: int = 0  # taken in before, or twice in the files
    covered: int = 0  # texts without pages, from when pages are on record: those are the better evidence
    outcomes: Counter[str] = field(default_factory=Counter)  # of the checks
    reasons: Counter[str] = field(default_factory=Counter)  # why captures were refused, failed or held
    versions: int = 0
    changes: int = 0
    superseded: int = 0
    faults: list[str] = field(default_factory=list)
    is_whole: bool = False  # all of it was taken in

    def count(self, result: Result) -> None:
        self.outcomes[result.outcome] += 1
        if result.outcome in {"held", "failed"}:
            self.reasons[result.reason] += 1
        self.versions += result.version is not None
        self.changes += result.change is not None

    def add(self, woven: Woven) -> None:
        self.versions += woven.versions
        self.changes += woven.changes
        self.superseded += woven.superseded


@dataclass(slots=True)
class BackFill:
    """Takes captures in, one document after the other."""

    tools: Tools
    lease: timedelta
    is_stopped: Callable[[], bool] = lambda: False
    on_capture: Callable[[], None] = lambda: None

    def run(self, key: int, given: Sequence[Given]) -> Tally:
        """Take in one document's captures, and draw the changes around them. Raises nothing: `faults` say why
        not all of it was taken in."""
        tally = Tally(captures=len(given))
        try:
            with storage_faults():
                document = Document.objects.select_related("platform").get(pk=key)
                tally.document, tally.path = document.public_id, document.path
                with _leased(document, self.lease) as holder:
                    _Intake(self, document, holder, tally).take(given)
        except ConductAtlasError as fault:
            log.error("captures not taken in", document=key, **fault.diagnostics())
            tally.faults.append(f"{fault.message}. {fault.remedy}")
        except Exception as fault:  # one document never stops the run; the trace goes to the log
            log.exception("taking captures in broke", document=key)
            tally.faults.append(f"{type(fault).__name__}: {fault}")
        return tally


@contextmanager
def _leased(document: Document, lease: timedelta) -> Iterator[str]:
    """The document, held against checks. One that nobody watches any more has no lease to take."""
    holder, began = due.holder_name(), time.monotonic()
    while True:
        with writing():
            is_held = due.claim([document.pk], holder, lease) or due.hold(document, holder)
        if is_held:
            break
        if time.monotonic() - began > WAIT:
            raise LeaseLostError(
                f"{document.path} is being checked by another worker",
                remedy="Run the import again; it goes on with what is missing.",
            )
        time.sleep(0.5)
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(holder, lease, done), daemon=True)
    keeper.start()
    try:
        yield holder
    finally:
        done.set()
        keeper.join()
        with writing():
            due.release(holder)


def _keep(holder: str, lease: timedelta, done: threading.Event) -> None:
    """Renew a lease until it is given back."""
    from django.db import connections

    while not done.wait(lease.total_seconds() / 3):
        try:
            with writing():
                due.renew(holder, lease)
        except ConductAtlasError as fault:
            log.warning("lease not renewed", **fault.diagnostics())
    connections.close_all()


@dataclass(slots=True)
class _Intake:
    """One document while its captures come in: its life in memory, each check added as it is recorded."""

    back_fill: BackFill
    document: Document
    holder: str
    tally: Tally
    whole: Life = field(init=False)
    standings: dict[int, Standing] = field(default_factory=dict)
    has_imports: bool = False  # whether there is something that changes may have to be drawn around

    def take(self, given: Sequence[Given]) -> None:
        self.whole = life.load(self.document)
        self.has_imports = any(entry.is_imported for entry in self.whole.entries)
        covered_from = next((e.at for e in self.whole.entries if not isinstance(e.strand, str)), None)
        known: dict[str, set[tuple[datetime, str]]] = {}
        fresh: list[Given] = []
        for one in sorted(given, key=lambda one: (one.at, one.digest)):
            if one.claim.source not in known:
                known[one.claim.source] = archive.taken_in(self.document, one.claim.source)
            seen = known[one.claim.source]
            if one.key in seen or (one.claim.is_text and covered_from is not None and one.at >= covered_from):
                self.tally.known += one.key in seen
                self.tally.covered += one.key not in seen
                self.back_fill.on_capture()
            else:
                seen.add(one.key)
                fresh.append(one)
        for parts, lacks_part in self._checks(fresh):
            if self.back_fill.is_stopped():
                return
            self._take_one(parts, lacks_part=lacks_part)
            for _ in parts:
                self.back_fill.on_capture()
        if self.has_imports:
            self.tally.add(weave(self.document, self.back_fill.tools.clock.now()))
            extracting.look(self.document, self.back_fill.tools.clock)
        self.tally.is_whole = True

    def _checks(self, given: Sequence[Given]) -> Iterator[tuple[dict[Source, Given], bool]]:
        """The captures as checks of the document, in time order, each with whether a page is missing in it.

        Of a combined document the pages captured within a day are one check, each of them in one only.
        """
        waiting: dict[int, tuple[Source, Given]] = {}
        for one in given:
            source = source_of(
                self.document, one.url, one.at, is_mapped=one.is_mapped, is_text=one.claim.is_text
            )
            if source is not None and one.claim.is_text:  # however many pages it was made of
                yield {source: one}, False
                continue
            if source is None:
                self.tally.faults.append(
                    f"{one.url} is none of the pages that {self.tally.path} is read from"
                )
                continue
            wanted = sources_beside(self.document, source, one.at)
            for key, (_, other) in list(waiting.items()):
                if key == source.pk or key not in wanted or one.at - other.at > ROUND:
                    yield dict([waiting.pop(key)]), True
            waiting[source.pk] = source, one
            if set(wanted) == set(waiting):
                yield {waiting[key][0]: waiting[key][1] for key in wanted}, False
                waiting.clear()
        for pair in waiting.values():
            yield dict([pair]), True

    def _take_one(self, parts: dict[Source, Given], *, lacks_part: bool) -> None:
        moment = max(one.at for one in parts.values())
        strand: Strand = tuple(source.pk for source in parts)
        first = next(iter(parts.values()))
        if first.claim.is_text:
            strand = first.claim.source[:300]
        before, after = self.whole.around(strand, moment)
        earlier = _captures(before) if before else {}
        seen = [
            archive.take(source, one.read, one.at, one.claim, earlier.get(source.pk))
            for source, one in parts.items()
        ]
        place = Place(
            before=self._standing(before),
            after=self._standing(after),
            starts=not self.whole.entries or self.whole.entries[0].at > moment,
            lacks_part=lacks_part,
            is_their_doing=first.is_their_doing,
        )
        result = take_in(self.document, seen, place, self.back_fill.tools, holder=self.holder)
        self.tally.count(result)
        if result.outcome in life.READ:
            self.has_imports = True
            self._add(result, strand, moment)

    def _add(self, result: Result, strand: Strand, moment: datetime) -> None:
        """The check that was recorded, at its place in the life in memory."""
        assert result.check_key is not None
        version = result.version or result.found
        assert version is not None, "a check that read the document found a version or made one"
        entry = Entry(
            at=moment,
            check=result.check_key,
            version=version.pk,
            makes=result.version is not None,
            strand=strand,
            started_at=moment,
            is_imported=True,
        )
        self.whole.add(entry, result.text or self.whole.texts[version.pk])

    def _standing(self, entry: Entry | None) -> Standing | None:
        """The version that an entry found, as the newest reader sees it; the last few are held."""
        if entry is None:
            return None
        if entry.version not in self.standings:
            row = Version.objects.select_related("check_row").get(pk=entry.version)
            found = history.as_standing(row, self.back_fill.tools.clock.now())
            self.standings[entry.version] = found
            for old in list(self.standings)[:-HELD_TEXTS]:
                del self.standings[old]
        return self.standings[entry.version]


def sources_beside(document: Document, source: Source, moment: datetime) -> list[int]:
    """The sources that make up the document with this one, in order: those declared at that moment, if it is among
    them; else it alone."""
    declared = [row.pk for row in sources_at(document, moment)]
    return declared if source.pk in declared else [source.pk]


def _captures(entry: Entry) -> dict[int, Capture]:
    rows = Capture.objects.filter(Q(check_row=entry.check)).select_related("snapshot")
    return {capture.source_id: capture for capture in rows}
