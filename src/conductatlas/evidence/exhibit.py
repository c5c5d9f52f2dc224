"""What goes into an evidence bundle about a version or a change, as a plain value: read once, then only written out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from conductatlas.accounts.models import User
from conductatlas.archive.packs import read_snapshot
from conductatlas.archive.queries import CaptureRecord, askings_of, captures_of
from conductatlas.catalogue.models import Viewer
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.errors import NotFoundError, RemovedError
from conductatlas.evidence.conditions import Condition, conditions
from conductatlas.history import change_queries, hunk_queries, queries, version_queries
from conductatlas.history.hunk_queries import HunkRecord
from conductatlas.history.models import Reading
from conductatlas.history.records import ChangeRecord, EventRecord, VersionRecord
from conductatlas.ids import parse_id
from conductatlas.reading.compare.render import redline_html
from conductatlas.reading.text.marks import Reading as TextReading


@dataclass(frozen=True, slots=True)
class CaptureExhibit:
    """A capture that a version was read from. files: digest of each snapshot → what it is; their bytes are read when
    they are written."""

    record: CaptureRecord
    started_by: str  # schedule, person, confirmation, sample world, import
    request_headers: tuple[tuple[str, str], ...]
    conditions: tuple[Condition, ...]
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class VersionExhibit:
    """A version with the reading that is shown of it. last_seen_at: None where nothing says so."""

    record: VersionRecord
    reading: int  # key
    text: TextReading
    digest: str  # SHA-256 of the text in UTF-8
    reader_version: int
    last_seen_at: datetime | None
    captures: tuple[CaptureExhibit, ...]

    @property
    def claimed_by(self) -> str:
        """On whose word its moment rests, "" if it was captured here."""
        return next((one.record.claimed_by for one in self.captures if one.record.claimed_by), "")


@dataclass(frozen=True, slots=True)
class ChangeExhibit:
    """A change, what became of it, and its differences, the most telling first. redline: an HTML fragment."""

    record: ChangeRecord
    events: tuple[EventRecord, ...]
    hunks: tuple[HunkRecord, ...]
    redline: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """All of it. versions: one, or the older and the newer of a change. site: public address of the archive without a
    slash at its end, "" if it has none. operator: who runs it, in their own words."""

    id: str
    document: DocumentRecord
    versions: tuple[VersionExhibit, ...]
    change: ChangeExhibit | None
    site: str
    operator: str

    @property
    def permalink(self) -> str:
        """Where the record answers; only the path where the archive has no public address."""
        return f"{self.site}/id/{self.id}"

    @property
    def at(self) -> datetime:
        """The latest moment that the exhibit tells of: when it was made again later, it has the same date."""
        moments = [one.record.at for one in self.versions]
        moments += [one.last_seen_at for one in self.versions if one.last_seen_at]
        moments += [capture.record.finished_at for one in self.versions for capture in one.captures]
        if self.change:
            moments += [self.change.record.seen_at, *(event.at for event in self.change.events)]
        return max(moments)

    @property
    def captures(self) -> list[CaptureExhibit]:
        """Each capture once, in the order of the versions."""
        found = {one.record.pk: one for version in self.versions for one in version.captures}
        return list(found.values())

    @property
    def files(self) -> dict[str, str]:
        """Digest of each snapshot → what it is."""
        return {digest: what for one in self.captures for digest, what in one.files.items()}


def operator() -> Viewer:
    """Who asks on the command line: whoever holds the data folder may read all that is public or withheld, and
    nothing that an organisation owns."""
    return User(pk=0, is_staff=True)


def gather(identity: str, *, site: str, operator_name: str, viewer: Viewer) -> Exhibit:
    """The exhibit about CA-V-… or CA-C-…. NotFoundError, RemovedError (a text of it had to be removed)."""
    letter, key = parse_id(identity) or ("", 0)
    found = _version(key, viewer) if letter == "V" else _change(key, viewer) if letter == "C" else None
    if found is None:
        raise NotFoundError(f"{identity!r} is no version or change of this archive")
    return replace(found, site=site.rstrip("/"), operator=operator_name)


def snapshot(digest: str) -> bytes:
    """The bytes of a snapshot, checked against their digest. SnapshotDamagedError, StoreUnavailableError."""
    return read_snapshot(digest)


def _version(key: int, viewer: Viewer) -> Exhibit | None:
    document = version_queries.version_document(viewer, key)
    if document is None:
        return None
    record = _version_record(document, key, viewer)
    shown = _shown(document, record, version_queries.reading(record.reading), viewer)
    return Exhibit(record.public_id, document, (shown,), None, "", "")


def _change(key: int, viewer: Viewer) -> Exhibit | None:
    record = change_queries.change(viewer, key)
    if record is None:
        return None
    document = record.document
    readings = change_queries.compared_readings(record.pk)
    versions = tuple(
        _shown(document, _version_record(document, version, viewer), reading, viewer)
        for version, reading in zip((record.old_version, record.new_version), readings, strict=True)
    )
    old, new = (version.text for version in versions)
    redline = redline_html(old, new, change_queries.stored_comparison(record, old, new))
    events = tuple(change_queries.events(record.pk))
    change = ChangeExhibit(record, events, tuple(hunk_queries.hunks(record.pk)), redline)
    return Exhibit(record.public_id, document, versions, change, "", "")


def _version_record(document: DocumentRecord, key: int, viewer: Viewer) -> VersionRecord:
    record = version_queries.version(viewer, document, key)
    if record is None:
        raise NotFoundError(f"version {key} has no reading")
    if record.withheld and record.withheld.is_removed:
        raise RemovedError(f"the text of {record.public_id} was removed: {record.withheld.reason}")
    return record


def _shown(
    document: DocumentRecord, record: VersionRecord, reading: Reading, viewer: Viewer
) -> VersionExhibit:
    _, following = change_queries.changes_touching(viewer, document, [record.pk])
    state = queries.document_state(document, record.at)
    captures = captures_of(version_queries.capture_keys(record))
    asked = askings_of([capture.pk for capture in captures])
    return VersionExhibit(
        record=record,
        reading=reading.pk,
        text=reading.value(),
        digest=reading.digest,
        reader_version=reading.reader_version,
        last_seen_at=version_queries.last_seen_at(record, state, following.get(record.pk)),
        captures=tuple(_capture(capture, *asked[capture.pk]) for capture in captures),
    )


def _capture(record: CaptureRecord, started_by: str, sent: tuple[tuple[str, str], ...]) -> CaptureExhibit:
    files = {}
    if record.snapshot_digest:
        files[record.snapshot_digest] = f"the bytes that capture {record.pk} kept"
    if record.rendering and record.rendering.snapshot_digest:
        files[record.rendering.snapshot_digest] = f"the page that a browser rendered from capture {record.pk}"
    return CaptureExhibit(record, started_by, sent, conditions(record, started_by, sent), files)
