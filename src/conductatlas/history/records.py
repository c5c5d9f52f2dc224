"""What queries of the history return: plain values, so that a page cannot ask the database by accident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from conductatlas.archive.queries import CheckRecord, Gap
from conductatlas.catalogue.models import Viewer
from conductatlas.catalogue.queries import DocumentRecord, PlatformRecord
from conductatlas.history.excerpts import Excerpt
from conductatlas.history.models import ChangeKind
from conductatlas.history.sentences import counted, summary
from conductatlas.ids import public_id


@dataclass(frozen=True, slots=True)
class Withheld:
    """A text that is not shown: since when, why (public words), and whether the whole document is meant.

    is_removed: it is no longer kept, either; `ground` names the law, order or notice, "" if none was stated.
    """

    reason: str
    at: datetime
    whole_document: bool
    is_removed: bool = False
    ground: str = ""


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """A version without its text. `ordinal` of `total` is shown, never addressed (1 is the oldest).

    at: of the check that made it, by which versions are ordered. first_seen_at: earlier, where a capture of another
    archive that was taken in later has the same text. last_sighted_at: of the last capture that found it again after
    another text, or that was taken in. is_imported: the
    check that made it took in what another archive holds, so its date is a claim.
    """

    pk: int
    at: datetime
    first_seen_at: datetime
    last_sighted_at: datetime | None
    is_imported: bool
    ordinal: int
    total: int
    reading: int  # key of its newest reading
    reader_version: int
    digest: str  # SHA-256 of the text, hexadecimal
    words: int
    title: str
    language: str
    stated_updated: date | None
    stated_effective: date | None
    variant: str  # language of the variant it belongs to, "" for the document itself
    withheld: Withheld | None
    is_open: bool = False  # whether whoever asked may read whole texts of the document
    by_hand: bool = False  # whether a person saved a page of it: its date is then as that person states it

    @property
    def public_id(self) -> str:
        return public_id("V", self.pk)

    @property
    def date_is_claimed(self) -> bool:
        """Whether `first_seen_at` is what another archive states: of its text, or of a capture of ours it has too."""
        return self.is_imported or self.first_seen_at < self.at

    @property
    def is_shown(self) -> bool:
        """Whether its text may be shown to whoever asked."""
        return self.is_open and self.withheld is None


@dataclass(frozen=True, slots=True)
class VersionPlace:
    """A version as a choice among others: its place (1 is the oldest) and when it was first captured."""

    pk: int
    ordinal: int
    at: datetime

    @property
    def public_id(self) -> str:
        return public_id("V", self.pk)


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """What happened between two versions, without its hunks."""

    pk: int
    slug: str
    document: DocumentRecord
    old_version: int
    new_version: int
    kind: str  # substantive, editorial, reverted
    state: str  # candidate, confirmed, withdrawn, two_texts, announced, alike, review, superseded, revised, contested
    state_at: datetime  # since when it is in that state
    old_last_seen_at: datetime
    seen_at: datetime
    sentences_added: int
    sentences_removed: int
    sentences_modified: int
    words_added: int
    words_removed: int
    clauses_moved: int
    links_changed: int
    returns_to: int | None
    revises: int | None
    # None in what was recorded before these were looked for.
    severity: str | None = None  # high, medium, low
    direction: str | None = None  # more_favourable, less_favourable, both, neither, not_determined
    date_mismatch: bool | None = None  # substantive, and both texts print the same date of their last update
    excerpts: tuple[Excerpt, ...] = ()  # only where asked for: see `web.quoted`

    @classmethod
    def of(cls, row: Any, viewer: Viewer = None) -> ChangeRecord:
        """`row` is a Change with its document and platform selected along, annotated with its `state`; `viewer` who
        it was found visible to."""
        return cls(
            pk=row.pk,
            slug=row.slug,
            document=DocumentRecord.of(row.document, viewer),
            old_version=row.old_version_id,
            new_version=row.new_version_id,
            kind=row.kind,
            state=row.state,
            state_at=row.state_at,
            old_last_seen_at=row.old_last_seen_at,
            seen_at=row.seen_at,
            sentences_added=row.sentences_added,
            sentences_removed=row.sentences_removed,
            sentences_modified=row.sentences_modified,
            words_added=row.words_added,
            words_removed=row.words_removed,
            clauses_moved=row.clauses_moved,
            links_changed=row.links_changed,
            returns_to=row.returns_to_id,
            revises=row.revises_id,
            severity=row.severity,
            direction=row.direction,
            date_mismatch=row.date_mismatch,
        )

    @property
    def public_id(self) -> str:
        return public_id("C", self.pk)

    @property
    def old_version_id(self) -> str:
        return public_id("V", self.old_version)

    @property
    def new_version_id(self) -> str:
        return public_id("V", self.new_version)

    @property
    def summary(self) -> str:
        """The change in one sentence made of its counts."""
        return summary(self, is_return=self.kind == ChangeKind.REVERTED)

    @property
    def counts(self) -> str:
        """What it counts, no sentence: for the small print below an excerpt."""
        return counted(self)


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One entry in what became of a change. is_erased: who and why had to go; their commitments stay."""

    pk: int
    state: str
    at: datetime
    who: str
    why: str
    is_erased: bool


@dataclass(frozen=True, slots=True)
class VariantRecord:
    """Another language in which the document was served. `latest` is its newest version's id, "" if none."""

    language: str
    first_seen_at: datetime
    latest: str


@dataclass(frozen=True, slots=True)
class DocumentState:
    """Whether the record of a document is current, and if not, since when and why.

    name: the one word for it, the first that is true of: `withheld` or `removed`, `retired`, `never` (no version yet),
        `other_language` (the last check met another language), `stale`, `current`.
    """

    name: str
    confirmed_at: datetime | None  # start of the last check that read the document
    stale_since: datetime | None  # the same moment, if it lies more than twice the cadence back
    checked_at: datetime | None  # start of the last check, whatever came of it
    outcome: str  # of the last check, "" if there was none
    why: str  # why the last check did not read it: a sentence, "" if it did
    version: VersionRecord | None  # the current one
    withheld: Withheld | None


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document in a list."""

    document: DocumentRecord
    state: DocumentState


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many documents are watched and how many of their records are current.

    `documents` is the sum of the others: `read` (current), `stale` (also when served in another language),
    `never` (no version yet), `withheld` (or removed); retired ones stand beside it.
    """

    documents: int
    read: int
    stale: int
    never: int
    withheld: int
    retired: int


@dataclass(frozen=True, slots=True)
class PlatformLine:
    """A platform in a list. `last_change_at`: when its last published change was seen."""

    platform: PlatformRecord
    coverage: Coverage
    last_change_at: datetime | None


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in a document's timeline.

    change: the one that led to it; None for the first, and where the document is read from other places than
    before: `note` says so in a sentence. last_seen_at: None where nothing says when it was last there.
    """

    version: VersionRecord
    change: ChangeRecord | None
    note: str
    last_seen_at: datetime | None

    @property
    def is_seen_once(self) -> bool:
        """Whether the record knows of one capture of it and of no other."""
        return self.last_seen_at is not None and self.last_seen_at == self.version.first_seen_at


@dataclass(frozen=True, slots=True)
class Around:
    """A document as published, as it was captured around a moment.

    version: the last one first captured at or before the moment; None before the record starts.
    before, after: the last check at or before the moment that read the document, the first one after it.
    takes_effect: the date the text states, if that lies after the moment; `replaced` is the version before it.
    """

    version: VersionRecord | None
    before: CheckRecord | None
    after: CheckRecord | None
    first_seen_at: datetime | None
    takes_effect: date | None
    replaced: VersionRecord | None

    @property
    def gap(self) -> Gap | None:
        """The time between the two captures, in which the document was not read."""
        return Gap(self.before.started_at, self.after.started_at) if self.before and self.after else None

    @property
    def vantage(self) -> Mapping[str, object]:
        """Where and how the captures around the moment were made."""
        nearest = self.before or self.after
        return nearest.vantage if nearest else {}


@dataclass(frozen=True, slots=True)
class Earlier:
    """How many published changes were seen before one: of its document, how many of those substantive, and of its
    platform."""

    of_document: int
    substantive: int
    of_platform: int


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which changes a reader asks for; "" and None ask for nothing in particular. `until` is exclusive.

    kind: the kind of a document (privacy, terms, …) or, as older addresses have it, of a change. change: the kind of
    a change (substantive, editorial, reverted). document: the slug of one of the platform's documents.
    severity, direction: see `drift`; "not_determined" also asks for what was recorded without.
    """

    platform: str = ""
    kind: str = ""
    category: str = ""
    since: datetime | None = None
    until: datetime | None = None
    document: str = ""
    change: str = ""
    severity: str = ""
    direction: str = ""

    @property
    def until_day(self) -> date | None:
        """The last day that is included."""
        return (self.until - timedelta(days=1)).date() if self.until else None
