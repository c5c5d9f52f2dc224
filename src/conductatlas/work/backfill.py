"""Back-fill: captures of other archives, taken in at their place in a document's life.

First every file is gone through once, and of each record only its place, address, date and digest are held. Then
each document's captures are taken in their own time order, one short transaction a check, and at the end the
changes around them are drawn (`history.weave`). Stopped or killed at any instant, the next run goes on: what is
there, by source, date and digest, is not taken in again.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.db.models import Q

from conductatlas.archive import services as archive
from conductatlas.archive import versions_repository, warc
from conductatlas.archive.answer import Answer
from conductatlas.archive.models import Capture
from conductatlas.archive.services import Claim
from conductatlas.archive.versions_repository import RepositoryVersion
from conductatlas.archive.warc import WarcFault, WarcRecord
from conductatlas.catalogue.models import Document, Source
from conductatlas.catalogue.queries import sources_at
from conductatlas.errors import ConductAtlasError, ImportSourceError, LeaseLostError
from conductatlas.history import life
from conductatlas.history import services as history
from conductatlas.history.life import Entry, Life, Strand
from conductatlas.history.models import Version
from conductatlas.history.services import Standing
from conductatlas.history.weave import Woven, weave
from conductatlas.reading.text.kinds import kind_for_alias
from conductatlas.work import due
from conductatlas.work.finding import Place
from conductatlas.work.mapping import Addresses, Rule, source_of
from conductatlas.work.pipeline import Result, Tools, take_in
from conductatlas.writing import storage_faults, writing

ROUND = timedelta(hours=24)  # within which the pages of a combined document count as captured together
WAIT = 60.0  # seconds to wait for a document that another worker is checking
HELD_TEXTS = 4  # versions whose texts are held while a document's captures come in
log = structlog.get_logger("conductatlas.work")


@dataclass(frozen=True, slots=True)
class Given:
    """One capture to be taken in. read: its answer, as a fetcher would give it. mapped: whether a map named the
    document; its address need not be a declared one then."""

    url: str
    at: datetime
    digest: str
    claim: Claim
    read: Callable[[], Answer]
    is_mapped: bool = False
    is_their_doing: bool = False  # its giver says that only its own declaration or software differs

    @property
    def key(self) -> tuple[datetime, str]:
        return self.at, self.digest


@dataclass(frozen=True, slots=True)
class WarcAnswer:
    """Reads one record when it is asked to; can be sent to another process, which a closure cannot."""

    record: WarcRecord
    max_body: int

    def __call__(self) -> Answer:
        return warc.answer(self.record, self.max_body)


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
class Found:
    """What the files hold: the captures of each document (its key), and what is of no use."""

    documents: dict[int, list[Given]] = field(default_factory=lambda: defaultdict(list))
    records: int = 0
    unmatched: Counter[str] = field(default_factory=Counter)  # address → records that belong to no document
    left_out: int = 0  # as the map says
    faults: list[WarcFault] = field(default_factory=list)


def find(
    files: Iterable[Path],
    rules: Sequence[Rule],
    *,
    source: str,
    licence: str,
    now: datetime,
    max_body: int,
    on_record: Callable[[WarcRecord], None] = lambda _: None,
) -> Found:
    """Go through the files and give each record to its documents. ImportSourceError: one cannot be read, or a map
    names a document that is none."""
    found, addresses = Found(), Addresses.declared()
    paths = {document.path: document.pk for document in Document.objects.select_related("platform")}
    bodies: dict[str, WarcRecord] = {}
    revisits: list[WarcRecord] = []

    def assign(record: WarcRecord) -> None:
        keys, is_mapped = _documents(record, rules, addresses, paths)
        if keys is None:
            found.left_out += 1
            return
        if not keys and not record.url:
            message = "the record names no address, and no rule of the map speaks of it"
            found.faults.append(WarcFault(record.file, record.offset, message))
        elif not keys:
            found.unmatched[record.url] += 1
        elif record.at > now:
            message = f"the record of {record.url} is dated {record.at:%Y-%m-%d %H:%M}, in the future"
            found.faults.append(WarcFault(record.file, record.offset, message))
            return
        claim = Claim(
            source=source or record.file.name,
            licence=licence,
            record_id=record.record_id,
            file=record.file.name,
            note=f"WARC {record.kind} record",
            taken_in_at=now,
        )
        for key in keys:
            read = WarcAnswer(record, max_body)
            found.documents[key].append(Given(record.url, record.at, record.digest, claim, read, is_mapped))

    for file in files:
        for record in warc.index(file):
            if isinstance(record, WarcFault):
                found.faults.append(record)
                continue
            found.records += 1
            on_record(record)
            if record.kind == "revisit":
                revisits.append(record)
                continue
            for name in warc.payload_names(record):
                bodies.setdefault(name, record)
            assign(record)
    for record in revisits:
        whole = warc.resolve(record, bodies)
        if whole is None and _documents(record, rules, addresses, paths)[0]:
            message = f"the body that the revisit of {record.url} repeats is in none of the files"
            found.faults.append(WarcFault(record.file, record.offset, message))
        elif whole is not None:
            assign(whole)
    return found


@dataclass(frozen=True, slots=True)
class RepositoryAnswer:
    """Reads one text of a repository when it is asked to."""

    version: RepositoryVersion
    max_body: int

    def __call__(self) -> Answer:
        return versions_repository.answer(self.version, self.max_body)


def find_versions(
    folder: Path,
    rules: Sequence[Rule],
    *,
    source: str,
    licence: str,
    now: datetime,
    max_body: int,
    on_record: Callable[[int], None] = lambda _: None,
) -> Found:
    """Give each text of a repository of versions to its document: as the map says, or to the one of the platform of
    that name and of the kind that the terms type is a name of; where there are several, the one with that address.
    Errors as of `find`."""
    found = Found()
    by_name = _by_platform_and_kind()
    paths = {document.path: document.pk for document in Document.objects.select_related("platform")}
    addresses = Addresses.declared()
    for version in versions_repository.versions(folder):
        found.records += 1
        on_record(found.records)
        url = version.addresses[0] if version.addresses else ""
        key = _ruled(rules, paths, url, {}, version.name)
        if key == 0:
            found.left_out += 1
            continue
        if key is None:
            key = _named(version, by_name, addresses)
        if key is None:
            found.unmatched[version.name] += 1
            continue
        if version.at > now:
            message = f"commit {version.commit[:12]} is dated {version.at:%Y-%m-%d %H:%M}, in the future"
            found.faults.append(WarcFault(folder, 0, message))
            continue
        claim = Claim(
            source=source or folder.resolve().name,
            licence=licence,
            record_id=version.commit,
            file=version.name + ".md",
            note="text as extracted there" + (f" by its engine {version.engine}" if version.engine else ""),
            taken_in_at=now,
            is_text=True,
        )
        read = RepositoryAnswer(version, max_body)
        found.documents[key].append(
            Given(url, version.at, version.digest, claim, read, True, version.is_their_doing)
        )
    return found


def _by_platform_and_kind() -> dict[tuple[str, str], list[int]]:
    """(name or slug of a platform in small letters, kind) → its documents of that kind."""
    named: dict[tuple[str, str], list[int]] = defaultdict(list)
    for document in Document.objects.select_related("platform").order_by("pk"):
        for name in {document.platform.name.casefold(), document.platform.slug}:
            named[name, document.kind].append(document.pk)
    return named


def _named(
    version: RepositoryVersion, by_name: dict[tuple[str, str], list[int]], addresses: Addresses
) -> int | None:
    kind = kind_for_alias(version.terms_type)
    keys = by_name.get((version.service.casefold(), kind), []) if kind else []
    if len(keys) > 1:
        declaring = {key for url in version.addresses for key in addresses.documents(url)}
        keys = [key for key in keys if key in declaring]
    return keys[0] if len(keys) == 1 else None


def _ruled(
    rules: Sequence[Rule], paths: dict[str, int], url: str, fields: Mapping[str, str], name: str = ""
) -> int | None:
    """The document that the first rule which speaks of a capture names; 0 if it leaves it out, None if none speaks."""
    for rule in rules:
        path = rule.document_of(url, fields, name)
        if path == "":
            return 0
        if path is not None:
            if path not in paths:
                raise ImportSourceError(
                    f"the map names {path!r}, and no document is called so",
                    remedy="Declare it, or mend the map; `conductatlas catalogue list` shows the documents.",
                )
            return paths[path]
    return None


def _documents(
    record: WarcRecord, rules: Sequence[Rule], addresses: Addresses, paths: dict[str, int]
) -> tuple[list[int] | None, bool]:
    """(keys of the record's documents, whether a map named them); None if the map leaves it out."""
    key = _ruled(rules, paths, record.url, record.fields)
    if key is None:
        return addresses.documents(record.url), False
    return ([key] if key else None), True


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
