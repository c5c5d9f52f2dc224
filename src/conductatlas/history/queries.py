"""Reads of the history: versions, changes and the state of a document, as plain values (see `records`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Least, Substr

from conductatlas.archive.models import Capture, Check
from conductatlas.archive.queries import READ, reading_check_around
from conductatlas.archive.reasons import OTHER_LANGUAGE, in_words
from conductatlas.catalogue.models import Document, Viewer
from conductatlas.catalogue.queries import DocumentRecord, PlatformRecord
from conductatlas.errors import NotFoundError
from conductatlas.history import counts
from conductatlas.history.models import (
    Change,
    ChangeEvent,
    ChangeKind,
    ChangeState,
    Hunk,
    ReaderLog,
    Reading,
    Variant,
    Version,
    VersionSource,
    Withholding,
)
from conductatlas.history.records import (
    Around,
    ChangeFilter,
    ChangeRecord,
    DocumentLine,
    DocumentState,
    EventRecord,
    PlatformLine,
    Quote,
    VariantRecord,
    VersionLine,
    VersionRecord,
    Withheld,
)
from conductatlas.history.states import PUBLISHED, REPLACED, with_state
from conductatlas.ids import public_id
from conductatlas.reading.compare.comparison import BothDates, Comparison
from conductatlas.reading.compare.counts import Counts
from conductatlas.reading.compare.dates import stated_dates
from conductatlas.reading.compare.hunks import Hunk as TextHunk
from conductatlas.reading.compare.hunks import HunkKind
from conductatlas.reading.compare.normal import Span
from conductatlas.reading.compare.redline import Op
from conductatlas.reading.compare.significance import ChangeKind as Significance
from conductatlas.reading.text.marks import Reading as TextReading

# A record is stale once it was not confirmed for more than this many times the document's cadence.
STALE_AFTER = 2


# ── documents ────────────────────────────────────────────────────────────────────────────────────
def document_state(document: DocumentRecord, now: datetime) -> DocumentState:
    """Whether the record of a document is current. For a document that the viewer was allowed to see."""
    return document_states([document], now)[0].state


def document_states(documents: Sequence[DocumentRecord], now: datetime) -> list[DocumentLine]:
    """The same for many, in their order: six queries however many they are."""
    keys = [document.pk for document in documents]
    facts = {row.pk: row for row in _facts(keys)}
    checks = Check.objects.in_bulk([row.last_check for row in facts.values() if row.last_check])
    faults = _faults([key for key, check in checks.items() if check.outcome not in READ])
    hidden = withholdings(keys)
    readings = newest_readings([row.version for row in facts.values() if row.version])
    totals = counts.versions_of(keys) if readings else {}
    lines = []
    for document in documents:
        row = facts[document.pk]
        total = totals.get(document.pk, 0)
        reading = readings.get(row.version)
        version = _version_record(reading, (total, total), hidden) if reading else None
        check = checks.get(row.last_check)
        unread = check is not None and check.outcome not in READ
        why = faults.get(check.pk) or in_words(check.reason) if check and unread else ""
        is_late = row.confirmed_at is not None and now - row.confirmed_at > STALE_AFTER * document.cadence
        withheld = hidden.of(document.pk, row.version)
        state = DocumentState(
            name=_state_name(document, version, withheld, check, is_late),
            confirmed_at=row.confirmed_at,
            stale_since=row.confirmed_at if is_late else None,
            checked_at=check.started_at if check else None,
            outcome=check.outcome if check else "",
            why=why,
            changed_at=row.changed_at,
            version=version,
            withheld=withheld,
        )
        lines.append(DocumentLine(document, state))
    return lines


def platform_lines(lines: Iterable[DocumentLine]) -> list[PlatformLine]:
    """The platforms of some documents, in the order in which they first appear."""
    by_platform: dict[PlatformRecord, list[DocumentState]] = defaultdict(list)
    for line in lines:
        by_platform[line.document.platform].append(line.state)
    return [
        PlatformLine(
            platform=platform,
            coverage=counts.coverage(state.name for state in states),
            last_change_at=max((state.changed_at for state in states if state.changed_at), default=None),
        )
        for platform, states in by_platform.items()
    ]


def variants(viewer: Viewer, document: DocumentRecord) -> list[VariantRecord]:
    """Other languages in which the document was served, the first seen first."""
    newest = Version.objects.filter(variant=OuterRef("pk")).visible_to(viewer).order_by("-at", "-pk")
    rows = Variant.objects.filter(document=document.pk).annotate(latest=Subquery(newest.values("pk")[:1]))
    return [
        VariantRecord(row.language, row.first_seen_at, public_id("V", row.latest) if row.latest else "")
        for row in rows.order_by("first_seen_at", "pk")
    ]


class Withholdings(NamedTuple):
    """What is withheld of some documents: by document, and by version."""

    documents: Mapping[int, Withheld]
    versions: Mapping[int, Withheld]

    def of(self, document: int, version: int | None = None) -> Withheld | None:
        """What hides this version (or, without one, the document); the document's own comes first."""
        return self.documents.get(document) or (self.versions.get(version) if version else None)


def withholdings(documents: Iterable[int]) -> Withholdings:
    """What is withheld now: of each scope the newest row counts, and nothing if that row lifts it."""
    newest: dict[tuple[int, int | None], Withholding] = {}
    for row in Withholding.objects.filter(document__in=documents).order_by("pk"):
        newest[row.document_id, row.version_id] = row
    whole: dict[int, Withheld] = {}
    single: dict[int, Withheld] = {}
    for (document, version), row in newest.items():
        if row.lifted:
            continue
        if version is None:
            whole[document] = Withheld(row.reason, row.at, whole_document=True)
        else:
            single[version] = Withheld(row.reason, row.at, whole_document=False)
    return Withholdings(whole, single)


# ── versions ─────────────────────────────────────────────────────────────────────────────────────
def version(viewer: Viewer, document: DocumentRecord, key: int) -> VersionRecord | None:
    """One version of a document (or of a variant of it), with its newest reading; None if it is not one."""
    return _version(Version.objects.filter(document=document.pk, pk=key).visible_to(viewer))


def version_document(viewer: Viewer, key: int) -> DocumentRecord | None:
    """The document that a version belongs to."""
    row = Version.objects.filter(pk=key).visible_to(viewer).select_related("document__platform").first()
    return DocumentRecord.of(row.document) if row else None


def neighbours(
    viewer: Viewer, document: DocumentRecord, version: VersionRecord
) -> tuple[VersionRecord | None, VersionRecord | None]:
    """The versions before and after this one, of the same document and language."""
    own = Version.objects.filter(document=document.pk).visible_to(viewer)
    own = own.filter(variant__language=version.variant) if version.variant else own.filter(variant=None)
    earlier = own.filter(Q(at__lt=version.at) | Q(at=version.at, pk__lt=version.pk)).order_by("-at", "-pk")[
        :1
    ]
    later = own.filter(Q(at__gt=version.at) | Q(at=version.at, pk__gt=version.pk)).order_by("at", "pk")[:1]
    keys = [*earlier.values_list("pk", flat=True), *later.values_list("pk", flat=True)]
    readings = newest_readings(keys)
    hidden = withholdings([document.pk]) if readings else Withholdings({}, {})
    previous = following = None
    for reading in readings.values():
        is_later = (reading.version.at, reading.version.pk) > (version.at, version.pk)
        record = _version_record(reading, (version.ordinal + (1 if is_later else -1), version.total), hidden)
        previous, following = (previous, record) if is_later else (record, following)
    return previous, following


def timeline(
    viewer: Viewer,
    document: DocumentRecord,
    state: DocumentState,
    *,
    before: VersionRecord | None = None,
    limit: int = 50,
) -> list[VersionLine]:
    """Versions, newest first, each with the change that led to it; those older than `before` if given."""
    if state.version is None:
        return []
    own = Version.objects.filter(document=document.pk, variant=None).visible_to(viewer)
    if before is not None:
        own = own.filter(Q(at__lt=before.at) | Q(at=before.at, pk__lt=before.pk), at__lte=before.at)
    keys = list(own.order_by("-at", "-pk").values_list("pk", flat=True)[:limit])
    newest_ordinal = before.ordinal - 1 if before else state.version.total
    readings = newest_readings(keys)
    hidden = withholdings([document.pk])
    into, out_of = _changes_at(viewer, document, keys)
    lines = []
    for place, key in enumerate(keys):
        ordinals = (newest_ordinal - place, state.version.total)
        change = into.get(key)
        lines.append(
            VersionLine(
                version=_version_record(readings[key], ordinals, hidden),
                change=change,
                note="" if change else in_words(readings[key].version.check_row.reason),
                last_seen_at=last_seen_at(key, state, out_of.get(key)),
            )
        )
    return lines


def around(viewer: Viewer, document: DocumentRecord, moment: datetime) -> Around:
    """The document as published, as it was captured around `moment`."""
    own = Version.objects.filter(document=document.pk, variant=None).visible_to(viewer)
    found = _version(own.filter(at__lte=moment).order_by("-at", "-pk"))
    before, after = reading_check_around(viewer, document, moment)
    is_early = bool(
        found and found.stated_effective and found.stated_effective > moment.astimezone(UTC).date()
    )
    return Around(
        version=found,
        before=before,
        after=after,
        first_seen_at=first_seen_at(viewer, document),
        takes_effect=found.stated_effective if found and is_early else None,
        replaced=neighbours(viewer, document, found)[0] if found and is_early else None,
    )


def first_seen_at(viewer: Viewer, document: DocumentRecord) -> datetime | None:
    """When the document was first captured: where its record starts."""
    own = Version.objects.filter(document=document.pk, variant=None).visible_to(viewer)
    return own.order_by("at", "pk").values_list("at", flat=True).first()


def last_seen_at(version: int, state: DocumentState, following: ChangeRecord | None) -> datetime | None:
    """When the last check that found this version began; None where nothing says so."""
    if following:
        return following.old_last_seen_at
    is_current = state.version is not None and state.version.pk == version
    return state.confirmed_at if is_current else None


def capture_keys(version: VersionRecord) -> list[int]:
    """The captures a version was read from."""
    return list(VersionSource.objects.filter(version=version.pk).values_list("capture", flat=True))


def reading(key: int) -> Reading:
    """A whole reading, text and marks. NotFoundError if there is none."""
    row = Reading.objects.filter(pk=key).first()
    if row is None:
        raise NotFoundError(f"no reading has the key {key}")
    return row


def newest_readings(versions: Iterable[int]) -> dict[int, Any]:
    """Version → its reading by the newest reader, without text and marks, its version selected along."""
    rows = Reading.objects.filter(version__in=versions).defer("text", "marks")
    rows = rows.select_related("version__variant", "version__check_row").order_by("reader_version")
    return {row.version_id: row for row in rows}


# ── changes ──────────────────────────────────────────────────────────────────────────────────────
def changes(
    viewer: Viewer,
    *,
    states: Sequence[str] = PUBLISHED,
    asked: ChangeFilter | None = None,
    document: DocumentRecord | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[ChangeRecord]:
    """Changes in some states, newest first; `before` is the key of a change that they precede."""
    found = _changes(viewer).filter(state__in=states)
    if document is not None:
        found = found.filter(document=document.pk)
    if asked is not None:
        found = found.filter(_asked(asked))
    if before is not None:
        mark = Change.objects.filter(pk=before).values_list("seen_at", flat=True).first()
        if mark is None:
            return []
        found = found.filter(Q(seen_at__lt=mark) | Q(seen_at=mark, pk__lt=before), seen_at__lte=mark)
    return [ChangeRecord.of(row) for row in found.order_by("-seen_at", "-pk")[:limit]]


def candidates(
    viewer: Viewer,
    *,
    asked: ChangeFilter | None = None,
    document: DocumentRecord | None = None,
    limit: int = 10,
) -> list[ChangeRecord]:
    """Changes that were seen and await confirmation, newest first."""
    return changes(viewer, states=(ChangeState.CANDIDATE,), asked=asked, document=document, limit=limit)


def change(viewer: Viewer, key: int) -> ChangeRecord | None:
    """A change in whatever state."""
    row = _changes(viewer).filter(pk=key).first()
    return ChangeRecord.of(row) if row else None


def changes_at(
    viewer: Viewer, document: DocumentRecord, version: int
) -> tuple[ChangeRecord | None, ChangeRecord | None]:
    """The change that led to a version, and the one that followed it."""
    into, out_of = _changes_at(viewer, document, [version])
    return into.get(version), out_of.get(version)


def revision_of(viewer: Viewer, key: int) -> ChangeRecord | None:
    """The record that corrects this change, if one does."""
    row = _changes(viewer).filter(revises=key).order_by("-pk").first()
    return ChangeRecord.of(row) if row else None


def changes_beside(viewer: Viewer, change: ChangeRecord) -> tuple[ChangeRecord | None, ChangeRecord | None]:
    """The published changes of the same document before and after this one."""
    own = _changes(viewer).filter(document=change.document.pk, state__in=PUBLISHED).exclude(pk=change.pk)
    mark = change.seen_at
    earlier = own.filter(Q(seen_at__lt=mark) | Q(seen_at=mark, pk__lt=change.pk)).order_by("-seen_at", "-pk")
    later = own.filter(Q(seen_at__gt=mark) | Q(seen_at=mark, pk__gt=change.pk)).order_by("seen_at", "pk")
    before, after = earlier.first(), later.first()
    return (ChangeRecord.of(before) if before else None, ChangeRecord.of(after) if after else None)


def events(change: int) -> list[EventRecord]:
    """What became of a change, oldest entry first."""
    rows = ChangeEvent.objects.filter(change=change).order_by("pk")
    return [EventRecord(row.state, row.at, row.who, row.why) for row in rows]


def change_addresses(limit: int) -> list[tuple[str, datetime]]:
    """(slug, since when it is in its state) of the newest published changes that everyone may see."""
    rows = _changes(None).filter(state__in=PUBLISHED).order_by("-seen_at", "-pk")
    return [(row.slug, row.state_at) for row in rows[:limit]]


def readers() -> list[tuple[int, datetime]]:
    """The reader log: each reader version and when it was first used."""
    return list(ReaderLog.objects.order_by("reader_version").values_list("reader_version", "first_used_at"))


def compared_readings(change: int) -> tuple[Reading, Reading]:
    """The two readings that a change compared, old and new, with their texts. NotFoundError if none."""
    row = Change.objects.filter(pk=change).select_related("old_reading", "new_reading").first()
    if row is None:
        raise NotFoundError(f"no change has the key {change}")
    return row.old_reading, row.new_reading


def stored_comparison(change: ChangeRecord, old: TextReading, new: TextReading) -> Comparison:
    """The comparison that a change records, from its hunks: nothing is compared again."""
    hunks = tuple(
        TextHunk(
            kind=HunkKind(row.kind),
            old=_span(row.old_start, row.old_end),
            new=_span(row.new_start, row.new_end),
            ops=tuple(Op(*op) for op in row.ops),
            significance=Significance(row.significance),
            rules=tuple(row.rules),
        )
        for row in Hunk.objects.filter(change=change.pk).order_by("ordinal")
    )
    counts = Counts(
        sentences_added=change.sentences_added,
        sentences_removed=change.sentences_removed,
        sentences_modified=change.sentences_modified,
        words_added=change.words_added,
        words_removed=change.words_removed,
        clauses_moved=change.clauses_moved,
    )
    dates = BothDates(stated_dates(old), stated_dates(new))
    return Comparison(old, new, hunks, counts, dates, links_changed=change.links_changed, marks_changed=0)


def quotes(
    changes: Iterable[ChangeRecord], hidden: Withholdings, *, places: int, longest: int = 280
) -> dict[int, list[Quote]]:
    """Change → the words at its first places, cut after `longest` characters; none of a text that is withheld."""
    shown = [
        change.pk
        for change in changes
        if not hidden.of(change.document.pk, change.new_version)
        and not hidden.of(change.document.pk, change.old_version)
    ]
    # The database cuts the words out: the whole texts of fifty changes would be megabytes.
    rows = (
        Hunk.objects.filter(change__in=shown, ordinal__lt=places)
        .exclude(kind="moved")
        .order_by("change", "ordinal")
        .annotate(went=_words("old", longest), came=_words("new", longest))
        .values_list("change", "went", "came")
    )
    found: dict[int, list[Quote]] = defaultdict(list)
    for change, went, came in rows:
        if went:
            found[change].append(Quote("before" if came else "removed", _cut(went, longest)))
        if came:
            found[change].append(Quote("after" if went else "added", _cut(came, longest)))
    return found


# ── parts ────────────────────────────────────────────────────────────────────────────────────────
def _facts(documents: Sequence[int]) -> QuerySet[Any]:
    """Documents with the keys and moments from which their state is made, each one step into an index."""
    own = OuterRef("pk")
    checks = Check.objects.filter(document=own).order_by("-started_at", "-pk")
    versions = Version.objects.filter(document=own, variant=None).order_by("-at", "-pk")
    published = with_state(Change.objects.filter(document=own)).filter(state__in=PUBLISHED)
    return (
        Document.objects.filter(pk__in=documents)
        .only("pk")
        .order_by()
        .annotate(
            last_check=Subquery(checks.values("pk")[:1]),
            confirmed_at=Subquery(checks.filter(outcome__in=READ).values("started_at")[:1]),
            version=Subquery(versions.values("pk")[:1]),
            changed_at=Subquery(published.order_by("-seen_at").values("seen_at")[:1]),
        )
    )


def _state_name(
    document: DocumentRecord,
    version: VersionRecord | None,
    withheld: Withheld | None,
    check: Check | None,
    is_late: bool,
) -> str:
    if withheld:
        return "withheld"
    if document.retired_at:
        return "retired"
    if version is None:
        return "never"
    if check and check.reason == OTHER_LANGUAGE:
        return "other_language"
    return "stale" if is_late else "current"


def _faults(checks: Sequence[int]) -> dict[int, str]:
    """Check → why it did not read its document: the reason of the first of its captures that has one."""
    rows = (
        Capture.objects.filter(check_row__in=checks)
        .exclude(reason="")
        .order_by("-source__position", "-pk")
        .values_list("check_row", "reason")
    )
    return {check: in_words(reason) for check, reason in rows} if checks else {}


def _version(found: QuerySet[Any]) -> VersionRecord | None:
    """The first of some versions."""
    row = found.select_related("variant").first()
    if row is None:
        return None
    place = counts.ordinal(row.document_id, row.variant_id, row.at, row.pk)
    return _version_record(newest_readings([row.pk])[row.pk], place, withholdings([row.document_id]))


def _version_record(reading: Any, place: tuple[int, int], hidden: Withholdings) -> VersionRecord:
    row = reading.version
    return VersionRecord(
        pk=row.pk,
        at=row.at,
        ordinal=place[0],
        total=place[1],
        reading=reading.pk,
        reader_version=reading.reader_version,
        digest=reading.digest,
        words=reading.words,
        title=reading.title,
        language=reading.language,
        stated_updated=reading.stated_updated,
        stated_effective=reading.stated_effective,
        variant=row.variant.language if row.variant else "",
        withheld=hidden.of(row.document_id, row.pk),
    )


def _span(start: int | None, end: int | None) -> Span | None:
    return None if start is None or end is None else Span(start, end)


def _words(side: str, longest: int) -> Substr:
    start, end = F(f"{side}_start"), F(f"{side}_end")
    return Substr(f"change__{side}_reading__text", start + 1, Least(end - start, Value(longest + 1)))


def _cut(words: str, longest: int) -> str:
    words = words.replace("\n", " ").replace("\t", " ")
    return words if len(words) <= longest else words[:longest].rsplit(" ", 1)[0] + " …"


def _changes(viewer: Viewer) -> QuerySet[Any]:
    return with_state(Change.objects.visible_to(viewer).select_related("document__platform"))


def _changes_at(
    viewer: Viewer, document: DocumentRecord, versions: Sequence[int]
) -> tuple[dict[int, ChangeRecord], dict[int, ChangeRecord]]:
    """(version → the change that led to it, version → the change that followed it). What a later record
    replaced is left out."""
    touching = Q(new_version__in=versions) | Q(old_version__in=versions)
    rows = _changes(viewer).filter(touching, document=document.pk).exclude(state__in=REPLACED).order_by("pk")
    records = [ChangeRecord.of(row) for row in rows]
    return {row.new_version: row for row in records}, {row.old_version: row for row in records}


def _asked(asked: ChangeFilter) -> Q:
    condition = Q()
    if asked.platform:
        condition &= Q(document__platform__slug=asked.platform)
    if asked.kind:
        is_change_kind = asked.kind in ChangeKind.values
        condition &= Q(kind=asked.kind) if is_change_kind else Q(document__kind=asked.kind)
    if asked.category:
        condition &= Q(document__platform__category=asked.category)
    if asked.since:
        condition &= Q(seen_at__gte=asked.since)
    if asked.until:
        condition &= Q(seen_at__lt=asked.until)
    return condition
