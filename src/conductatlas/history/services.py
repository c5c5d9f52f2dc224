"""Verbs of the history: record versions, readings and changes, and what became of them.

They are rows only and run inside the caller's short transaction; reading and comparing come before. The
exception is `current_reading`, which reads pages where a newer reader has not yet, and writes by itself.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from conductatlas.accounts.models import User
from conductatlas.archive import ledger, packs, renderings
from conductatlas.archive.confined import read
from conductatlas.archive.models import IMPORTED, Capture, Check, new_salt
from conductatlas.archive.services import SOFTWARE, page_of
from conductatlas.catalogue.models import Document
from conductatlas.errors import NotFoundError
from conductatlas.history import life
from conductatlas.history.life import Strand
from conductatlas.history.models import (
    Change,
    ChangeEvent,
    ChangeKind,
    ChangeState,
    Hunk,
    ReaderLog,
    Reading,
    RemovedVersion,
    Sighting,
    Summary,
    Variant,
    Version,
    VersionSource,
    Withholding,
)
from conductatlas.history.states import REPLACED
from conductatlas.reading.compare import volatile
from conductatlas.reading.compare.comparison import Comparison
from conductatlas.reading.compare.dates import stated_dates
from conductatlas.reading.compare.forms import leads_to, links_digest
from conductatlas.reading.compare.hunks import HunkKind
from conductatlas.reading.compare.summary import SUMMARY_VERSION
from conductatlas.reading.text.marks import Reading as TextReading
from conductatlas.reading.text.reader import READER_VERSION, join
from conductatlas.writing import writing

FIRST_SEEN = "seen for the first time"


@dataclass(frozen=True, slots=True)
class Standing:
    """A version of a document (or of one variant of it) and its newest reading."""

    version: Version
    reading: Reading
    strand: Strand  # the sources it was read from, in order; or the archive that extracted it
    was_found_again: bool = False  # after another text had been found

    @property
    def is_removed(self) -> bool:
        """Whether its words had to be removed: then nothing can be compared with it but its digest."""
        return not self.reading.text


def standing(document: Document, now: datetime, language: str = "") -> Standing | None:
    """The version whose text was found last (see `life`); None before the first.

    language: of the variant that is meant, "" for the document as declared.
    Its reading is the newest reader's, which is made from the snapshots and added if it is missing: a new
    reader adds a reading to the newest version, and makes no version and no change (house rule 5).
    """
    versions = Version.objects.filter(document=document).select_related("check_row")
    own: QuerySet[Version] = versions.filter(variant__language=language) if language else versions.main()
    version = own.order_by("-check_row").first()
    if version is None:
        return None
    sighting = None if language else _last_sighting(document, version)
    if IMPORTED in {version.check_row.started_by, sighting.check_row.started_by if sighting else ""}:
        newest = own.order_by("-at", "-pk").first() if language else own.get(pk=_last_in_life(document))
        assert newest is not None
        return as_standing(newest, now)
    if sighting is not None:
        return replace(as_standing(own.get(pk=sighting.version_id), now), was_found_again=True)
    return as_standing(version, now)


def _last_sighting(document: Document, newest: Version) -> Sighting | None:
    """The last time a check found an earlier text again, if that was after the newest version was made."""
    rows = Sighting.objects.current().filter(version__document=document, check_row__gt=newest.check_row_id)
    return rows.select_related("check_row").order_by("-check_row").first()


def as_standing(version: Version, now: datetime) -> Standing:
    """A version with its newest reading."""
    keys = tuple(version.parts.order_by("position").values_list("source_id", flat=True))
    return Standing(version, current_reading(version, now), keys or _claimed_by(version))


def _last_in_life(document: Document) -> int:
    """The version found last by reading what is declared now; where nothing was yet, the last of all."""
    whole = life.load(document)
    declared = document.sources.filter(retired_at__isnull=True).order_by("position", "pk")
    own = whole.strand(tuple(declared.values_list("pk", flat=True)))
    return (own or whole.entries)[-1].version


def _claimed_by(version: Version) -> str:
    """Whose extraction a version without pages is."""
    captures = Capture.objects.filter(check_row=version.check_row_id)
    return captures.values_list("claimed_by", flat=True)[0]


def last_read_at(document: Document) -> datetime | None:
    """When the check began that read the document last in its life, whenever that was taken in; None before the
    first."""
    newest = Check.objects.filter(document=document, outcome__in=life.READ).order_by("-pk").first()
    if newest is None or newest.started_by != IMPORTED:
        return newest.started_at if newest else None
    found = life.load(document).entries
    return found[-1].started_at if found else None


def standings(documents: Collection[int]) -> dict[int, Standing | None]:
    """What `standing` says of many documents as declared, by their keys, in four queries; without the texts of the
    readings, which are read when they are asked for. Left out are documents that the newest reader has not read, and
    those whose last text was taken in from elsewhere: those are looked at one by one."""
    own = (
        Version.objects.filter(document=OuterRef("pk"), variant=None).order_by("-check_row").values("pk")[:1]
    )
    newest = dict(Document.objects.filter(pk__in=documents).order_by().values_list("pk", Subquery(own)))
    again = _found_again(documents)
    last = {document: again.get(document, (version,))[0] for document, version in newest.items()}
    keys = [version for version in last.values() if version is not None]
    read = Reading.objects.filter(version__in=keys, reader_version__gte=READER_VERSION)
    read = read.exclude(version__check_row__started_by=IMPORTED)
    read = read.order_by("reader_version").select_related("version__check_row").defer("text", "marks")
    readings = {reading.version_id: reading for reading in read}
    sources: defaultdict[int, list[int]] = defaultdict(list)
    parts = VersionSource.objects.filter(version__in=keys).order_by("position")
    for version, source in parts.values_list("version_id", "source_id"):
        sources[version].append(source)
    found: dict[int, Standing | None] = {}
    for document, version in last.items():
        if version is None:
            found[document] = None
        elif (reading := readings.get(version)) is not None and IMPORTED not in again.get(document, ()):
            found[document] = Standing(
                reading.version, reading, tuple(sources[version]), was_found_again=document in again
            )
    return found


def _found_again(documents: Collection[int]) -> dict[int, tuple[int, str]]:
    """Document → (version, who started the check), where the last text found is not that of its newest version."""
    own = Version.objects.filter(document=OuterRef("version__document"), variant=None)
    newest = Subquery(own.order_by("-check_row").values("check_row")[:1])
    rows = Sighting.objects.current().filter(version__document__in=documents, check_row__gt=newest)
    told = rows.order_by("check_row").values_list("version__document", "version", "check_row__started_by")
    return {document: (version, started_by) for document, version, started_by in told}


def current_reading(version: Version, now: datetime) -> Reading:
    """The version as the newest reader sees it; read anew from its snapshots if no row says so yet. Of a removed one
    what is left: its last reading, without words.

    A version that was taken in as a text has no snapshots: what its archive extracted stays its reading.

    To be called with no transaction open: reading takes its time, and its row is a transaction of its own.
    """
    newest = version.readings.order_by("-reader_version").first()
    is_kept_as_it_was = was_removed(version) or not version.parts.exists()
    if newest is not None and (newest.reader_version >= READER_VERSION or is_kept_as_it_was):
        return newest
    draft = draft_reading(read_snapshots(version))
    with writing():
        return add_reading(version, draft, now)


def was_removed(version: Version) -> bool:
    """Whether the text of a version had to be removed."""
    return RemovedVersion.objects.filter(version=version).exists()


def read_snapshots(version: Version) -> TextReading:
    """The text of a version, read again from the bytes it was made of."""
    parts = version.parts.order_by("position").select_related("source", "snapshot", "capture")
    texts = [
        read(
            page_of(
                part.source,
                packs.read_snapshot(part.snapshot.digest),
                part.snapshot.media_type,
                part.capture.final_url,
            )
        )
        for part in parts
    ]
    return join(texts, [part.source.url for part in parts])


def record_version(
    document: Document, check: Check, captures: Sequence[Capture], variant: Variant | None = None
) -> Version:
    """One version, naming the snapshot of every source it was read from: of a rendered page, that one; none where
    only a text was taken in."""
    version = Version.objects.create(document=document, check_row=check, variant=variant, at=check.started_at)
    for position, capture in enumerate(captures):
        snapshot = renderings.text_snapshot(capture)
        if snapshot is None:
            assert capture.claimed_by, "a version is made of kept snapshots"
            continue
        VersionSource.objects.create(
            version=version,
            source=capture.source,
            capture=capture,
            snapshot=snapshot,
            position=position,
        )
    ledger.enter(version)
    return version


def draft_reading(text: TextReading, normal: str | None = None) -> Reading:
    """The row of a reading by this software, of no version yet: what takes time is done before the transaction.

    normal: the digest of its normal form, if it was looked for.
    """
    dates = stated_dates(text)
    return Reading(
        reader_version=READER_VERSION,
        text=text.text,
        marks=json.dumps([mark.to_row() for mark in text.marks], ensure_ascii=False, separators=(",", ":")),
        digest=text.digest,
        normal_digest=normal,
        links_digest=links_digest(text),
        title=text.title[:500],
        language=text.language,
        words=text.words,
        stated_updated=dates.updated.value if dates.updated else None,
        stated_effective=dates.effective.value if dates.effective else None,
    )


def add_reading(version: Version, draft: Reading, at: datetime) -> Reading:
    """The drafted reading as the version's; the first use of a reader is logged."""
    if not _is_logged(READER_VERSION):
        ReaderLog.objects.get_or_create(
            reader_version=READER_VERSION, defaults={"first_used_at": at, "software": SOFTWARE}
        )
    draft.version, draft.read_at = version, at
    draft.save(force_insert=True)
    ledger.enter(draft)
    return draft


def _is_logged(reader_version: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM history_readerlog WHERE reader_version = %s", [reader_version])
        return cursor.fetchone() is not None


def variant_of(document: Document, language: str, at: datetime) -> Variant:
    """The document's variant in another language than the declared one."""
    return Variant.objects.get_or_create(
        document=document, language=language, defaults={"first_seen_at": at}
    )[0]


def variant_texts_around(document: Document, language: str, moment: datetime) -> set[str]:
    """Digests of the variant's texts before and after a moment, each as its newest reader saw it."""
    own = Version.objects.filter(document=document, variant__language=language)
    nearest = (
        own.filter(at__lte=moment).order_by("-at", "-pk").first(),
        own.filter(at__gt=moment).order_by("at", "pk").first(),
    )
    readings = (version.readings.order_by("-reader_version").first() for version in nearest if version)
    return {reading.digest for reading in readings if reading}


def draft_hunks(comparison: Comparison) -> list[Hunk]:
    """The rows of a comparison's hunks, of no change yet."""
    placed = volatile.places(comparison)
    return [
        Hunk(
            ordinal=ordinal,
            kind=hunk.kind,
            significance=hunk.significance,
            rules=[*hunk.rules, *filter(None, [hunk.severity_rule]), *hunk.direction_rules],
            old_start=hunk.old.start if hunk.old else None,
            old_end=hunk.old.end if hunk.old else None,
            new_start=hunk.new.start if hunk.new else None,
            new_end=hunk.new.end if hunk.new else None,
            ops=[list(op) for op in hunk.ops],
            rank=hunk.rank,
            place=placed[ordinal],
            severity=hunk.severity,
            direction=hunk.direction,
            topics=None if hunk.severity is None else list(hunk.topics),
            audience=None if hunk.severity is None else [list(span) for span in hunk.audience],
            old_target=hunk.old_target,
            new_target=hunk.new_target,
        )
        for ordinal, hunk in enumerate(comparison.hunks)
    ]


def record_sighting(version: Version, check: Check) -> Sighting:
    """A check found the text of `version` again, where the order of the record does not say so."""
    return Sighting.objects.create(version=version, check_row=check)


def draft_change(
    before: Standing,
    after: Version | None,
    reading: Reading,
    comparison: Comparison,
    returns_to: int | None,
    *,
    old_last_seen_at: datetime,
    seen_at: datetime,
) -> Change:
    """The row of a change that is not saved yet, with its summary; `after` is None where its version is not, either.

    returns_to: the version that had the newer text when it stood before, which makes it `reverted`.
    """
    assert comparison.kind is not None, "equal texts make no change"
    counts = comparison.counts
    change = Change(
        document_id=before.version.document_id,
        old_version=before.version,
        new_version=after,
        old_reading=before.reading,
        new_reading=reading,
        returns_to_id=returns_to,
        kind=ChangeKind.REVERTED if returns_to else ChangeKind(comparison.kind.value),
        old_last_seen_at=old_last_seen_at,
        seen_at=seen_at,
        sentences_added=counts.sentences_added,
        sentences_removed=counts.sentences_removed,
        sentences_modified=counts.sentences_modified,
        words_added=counts.words_added,
        words_removed=counts.words_removed,
        clauses_moved=counts.clauses_moved,
        links_changed=comparison.links_elsewhere,
        severity=comparison.severity,
        direction=comparison.direction,
        date_mismatch=comparison.date_mismatch,
    )
    change.drafted_summary = draft_summary(comparison)
    return change


def draft_summary(comparison: Comparison) -> Summary | None:
    """The row of a comparison's summary, of no change yet; None where it has none."""
    summary = comparison.summary
    if summary is None:
        return None
    return Summary(
        made_by=SUMMARY_VERSION,
        sentences=[item.to_row() for item in summary.items],
        actions=[action.to_row() for action in summary.actions],
    )


def save_change(change: Change, hunks: Sequence[Hunk], check: Check, why: str) -> None:
    """A drafted change with its hunks and its summary, as a candidate."""
    change.save(force_insert=True)
    for hunk in hunks:
        hunk.change = change
    Hunk.objects.bulk_create(hunks)
    ledger.enter(change)
    if change.drafted_summary is not None:
        change.drafted_summary.change, change.drafted_summary.at = change, check.finished_at
        change.drafted_summary.save(force_insert=True)
    event(change, ChangeState.CANDIDATE, check, why)


def awaiting_confirmation(documents: Collection[int]) -> list[int]:
    """Those of `documents` (keys) with a change that nothing has confirmed or withdrawn."""
    return in_state(documents, ChangeState.CANDIDATE)


def in_state(documents: Collection[int], *states: ChangeState) -> list[int]:
    """Those of `documents` (keys) with a change in one of some states."""
    newest = ChangeEvent.objects.filter(change=OuterRef("pk")).order_by("-pk").values("state")[:1]
    rows = Change.objects.filter(document__in=documents).order_by()
    found = rows.alias(state=Subquery(newest)).filter(state__in=states)
    return list(found.values_list("document", flat=True).distinct())


def open_candidates(versions: Collection[int]) -> set[int]:
    """Those of `versions` (keys) whose change nothing has confirmed or withdrawn."""
    newest = ChangeEvent.objects.filter(change=OuterRef("pk")).order_by("-pk").values("state")[:1]
    changes = Change.objects.filter(new_version__in=versions).annotate(state=Subquery(newest)).order_by("pk")
    latest = dict(changes.values_list("new_version", "state"))
    return {version for version, state in latest.items() if state == ChangeState.CANDIDATE}


def withhold(
    document: Document,
    version: Version | None,
    reason: str,
    *,
    at: datetime,
    by: User | None,
    lift: bool = False,
) -> Withholding:
    """Hide a version's text, or the document's, with a reason that everyone may read; or lift that again."""
    if not reason.strip():
        raise NotFoundError("a text is withheld for a stated reason only", remedy="Say why with --reason.")
    return Withholding.objects.create(
        document=document, version=version, reason=reason.strip()[:500], lifted=lift, at=at, by=by
    )


def end_of_candidate(change: Change, later: Reading) -> tuple[ChangeState, str]:
    """Whether a later text that differs once more confirms a change, and why.

    A clause that came must still be there, letter by letter; one that went must still be gone. What only
    moved tells nothing: it stands in both texts. Nor does a clause that had to be removed.
    """
    hunks = [hunk for hunk in change.hunks.all() if hunk.kind != "moved" and _is_readable(change, hunk)]
    is_undone = later.digest == change.old_reading.digest != change.new_reading.digest
    kept = 0 if is_undone else sum(_holds(change, hunk, later) for hunk in hunks)
    if kept:
        why = f"a later check found {kept} of its {len(hunks)} differences again, in a text that differs once more"
        return ChangeState.CONFIRMED, why
    return ChangeState.WITHDRAWN, "the next check found none of its differences again"


def _is_readable(change: Change, hunk: Hunk) -> bool:
    """Whether the words of a hunk are still kept."""
    return bool((change.old_reading if hunk.new_start is None else change.new_reading).text)


def _holds(change: Change, hunk: Hunk, later: Reading) -> bool:
    """Whether `later` has the lines that a hunk brought or, where it only took some away, lacks them; or, where only a
    link leads elsewhere, whether one still does."""
    if hunk.kind == HunkKind.RELINKED and hunk.new_target:
        return leads_to(later.value(), hunk.new_target)
    lines = f"\n{later.text}\n"
    if hunk.new_start is not None:
        return f"\n{change.new_reading.text[hunk.new_start : hunk.new_end]}\n" in lines
    return f"\n{change.old_reading.text[hunk.old_start : hunk.old_end]}\n" not in lines


def decide(change: Change, state: ChangeState, why: str, *, who: str, at: datetime) -> ChangeEvent:
    """What a person makes of a change: confirmed, withdrawn or, while it is looked at again, contested.

    NotFoundError without a reason, or for a change that another record has replaced.
    """
    newest = change.events.order_by("-pk").first()
    if newest is not None and newest.state in REPLACED:
        raise NotFoundError(
            f"{change.public_id} was replaced by another record",
            remedy="Its page names that one; decide there.",
        )
    if not why.strip():
        raise NotFoundError("a decision stands with its reason only", remedy="Say why with --why.")
    return _enter(ChangeEvent(change=change, state=state, at=at, who=who, why=why.strip()[:500]))


def event(
    change: Change,
    state: ChangeState,
    check: Check,
    why: str,
    at: datetime | None = None,
    told_by: Change | None = None,
) -> ChangeEvent:
    """What became of a change: by what check, and when (`at`, else when that check was over). told_by: of one that is
    alike, the change that tells it."""
    return _enter(
        ChangeEvent(
            change=change,
            state=state,
            at=at or check.finished_at,
            who=SOFTWARE,
            why=why,
            check_row=check,
            told_by=told_by,
        )
    )


def _enter(happened: ChangeEvent) -> ChangeEvent:
    happened.salt = new_salt()
    happened.save(force_insert=True)
    ledger.enter(happened)
    return happened
