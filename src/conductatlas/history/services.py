"""Verbs of the history: record versions, readings and changes, and what became of them.

They are rows only and run inside the caller's short transaction; reading and comparing come before. The
exception is `current_reading`, which reads pages where a newer reader has not yet, and writes by itself.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery

from conductatlas.accounts.models import User
from conductatlas.archive import packs, renderings
from conductatlas.archive.models import Capture, Check
from conductatlas.archive.services import SOFTWARE, page_of
from conductatlas.catalogue.models import Document
from conductatlas.errors import NotFoundError
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
from conductatlas.reading.compare.comparison import Comparison
from conductatlas.reading.compare.dates import stated_dates
from conductatlas.reading.text.marks import Reading as TextReading
from conductatlas.reading.text.reader import READER_VERSION, join, read
from conductatlas.writing import writing

NEVER_STOOD = (ChangeState.CANDIDATE, ChangeState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest version of a document (or of one variant of it) and its newest reading."""

    version: Version
    reading: Reading
    source_keys: tuple[int, ...]  # the declared sources it was read from, in order


def standing(document: Document, now: datetime, language: str = "") -> Standing | None:
    """The version recorded last, whatever its clock said; None before the first.

    language: of the variant that is meant, "" for the document as declared.
    Its reading is the newest reader's, which is made from the snapshots and added if it is missing: a new
    reader adds a reading to the newest version, and makes no version and no change (house rule 5).
    """
    versions = Version.objects.filter(document=document)
    own = versions.filter(variant__language=language) if language else versions.filter(variant=None)
    version = own.order_by("-pk").first()
    if version is None:
        return None
    keys = tuple(version.parts.order_by("position").values_list("source_id", flat=True))
    return Standing(version, current_reading(version, now), keys)


def current_reading(version: Version, now: datetime) -> Reading:
    """The version as the newest reader sees it; read anew from its snapshots if no row says so yet.

    To be called with no transaction open: reading takes its time, and its row is a transaction of its own.
    """
    newest = version.readings.order_by("-reader_version").first()
    if newest is not None and newest.reader_version >= READER_VERSION:
        return newest
    draft = draft_reading(read_snapshots(version))
    with writing():
        return add_reading(version, draft, now)


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
    """One version, naming the snapshot of every source it was read from: of a rendered page, that one."""
    version = Version.objects.create(document=document, check_row=check, variant=variant, at=check.started_at)
    for position, capture in enumerate(captures):
        snapshot = renderings.text_snapshot(capture)
        assert snapshot is not None, "a version is made of kept snapshots"
        VersionSource.objects.create(
            version=version,
            source=capture.source,
            capture=capture,
            snapshot=snapshot,
            position=position,
        )
    return version


def draft_reading(text: TextReading) -> Reading:
    """The row of a reading by this software, of no version yet: what takes time is done before the transaction."""
    dates = stated_dates(text)
    return Reading(
        reader_version=READER_VERSION,
        text=text.text,
        marks=json.dumps([mark.to_row() for mark in text.marks], ensure_ascii=False, separators=(",", ":")),
        digest=text.digest,
        title=text.title[:500],
        language=text.language,
        words=text.words,
        stated_updated=dates.updated.value if dates.updated else None,
        stated_effective=dates.effective.value if dates.effective else None,
    )


def add_reading(version: Version, draft: Reading, at: datetime) -> Reading:
    """The drafted reading as the version's; the first use of a reader is logged."""
    ReaderLog.objects.get_or_create(
        reader_version=READER_VERSION, defaults={"first_used_at": at, "software": SOFTWARE}
    )
    draft.version, draft.read_at = version, at
    draft.save(force_insert=True)
    return draft


def variant_of(document: Document, language: str, at: datetime) -> Variant:
    """The document's variant in another language than the declared one."""
    return Variant.objects.get_or_create(
        document=document, language=language, defaults={"first_seen_at": at}
    )[0]


def draft_hunks(comparison: Comparison) -> list[Hunk]:
    """The rows of a comparison's hunks, of no change yet."""
    return [
        Hunk(
            ordinal=ordinal,
            kind=hunk.kind,
            significance=hunk.significance,
            rules=list(hunk.rules),
            old_start=hunk.old.start if hunk.old else None,
            old_end=hunk.old.end if hunk.old else None,
            new_start=hunk.new.start if hunk.new else None,
            new_end=hunk.new.end if hunk.new else None,
            ops=[list(op) for op in hunk.ops],
        )
        for ordinal, hunk in enumerate(comparison.hunks)
    ]


def record_change(
    before: Standing,
    after: Version,
    reading: Reading,
    comparison: Comparison,
    hunks: Sequence[Hunk],
    *,
    old_last_seen_at: datetime,
) -> Change:
    """The change from the standing version to a new one, as a candidate.

    A text that the document had before makes it `reverted`. A candidate before it ends here: confirmed as far
    as the new text still holds what that one brought, else withdrawn. A change that only takes back what
    nothing had confirmed is withdrawn with it: neither of the two is news.
    """
    returns_to = _earlier_version_with(reading, before.version)
    assert comparison.kind is not None, "equal texts make no change"
    counts = comparison.counts
    change = Change.objects.create(
        document_id=after.document_id,
        old_version=before.version,
        new_version=after,
        old_reading=before.reading,
        new_reading=reading,
        returns_to=returns_to,
        kind=ChangeKind.REVERTED if returns_to else ChangeKind(comparison.kind.value),
        old_last_seen_at=old_last_seen_at,
        seen_at=after.at,
        sentences_added=counts.sentences_added,
        sentences_removed=counts.sentences_removed,
        sentences_modified=counts.sentences_modified,
        words_added=counts.words_added,
        words_removed=counts.words_removed,
        clauses_moved=counts.clauses_moved,
        links_changed=comparison.links_changed,
    )
    for hunk in hunks:
        hunk.change = change
    Hunk.objects.bulk_create(hunks)
    _event(change, ChangeState.CANDIDATE, after.check_row, "seen for the first time")
    if candidate := open_candidate(before.version):
        ended = _end_candidate(candidate, reading, after.check_row)
        if returns_to and ended == ChangeState.WITHDRAWN:
            _event(change, ChangeState.WITHDRAWN, after.check_row, "what it takes back was seen only once")
    return change


def confirm(version: Version, check: Check) -> Change | None:
    """A later check found the same text: the candidate that led to `version`, if open, is confirmed."""
    change = open_candidate(version)
    if change is not None:
        _event(change, ChangeState.CONFIRMED, check, "a later check found the same text")
    return change


def awaiting_confirmation(documents: Sequence[int]) -> list[int]:
    """Those of `documents` (keys) whose newest change nothing has confirmed or withdrawn."""
    newest = ChangeEvent.objects.filter(change=OuterRef("pk")).order_by("-pk").values("state")[:1]
    later = Change.objects.filter(document=OuterRef("document"), pk__gt=OuterRef("pk"))
    rows = Change.objects.filter(~Exists(later), document__in=documents)
    return list(
        rows.alias(state=Subquery(newest))
        .filter(state=ChangeState.CANDIDATE)
        .values_list("document", flat=True)
    )


def open_candidate(version: Version) -> Change | None:
    """The change that led to `version` while nothing has confirmed or withdrawn it."""
    change = Change.objects.filter(new_version=version).order_by("-pk").first()
    if change is None:
        return None
    newest = change.events.order_by("-pk").first()
    return change if newest is not None and newest.state == ChangeState.CANDIDATE else None


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


def _earlier_version_with(reading: Reading, before: Version) -> Version | None:
    """The version before `before`, of the same document and variant, that had this text and stood: the latest.

    A text that was seen once and withdrawn did not stand; to come to it again is no return. Which reader gave
    the text then does not matter: equal digests are equal texts.
    """
    earlier = Version.objects.filter(
        document=before.document_id,
        variant=before.variant_id,
        pk__lt=before.pk,
        readings__digest=reading.digest,
    )
    return next((version for version in earlier.distinct().order_by("-pk") if _stood(version)), None)


def _stood(version: Version) -> bool:
    change = Change.objects.filter(new_version=version).order_by("-pk").first()
    if change is None or change.returns_to_id is not None:  # the first text, or one that stood before
        return True
    newest = change.events.order_by("-pk").first()
    return newest is None or newest.state not in NEVER_STOOD


def _end_candidate(change: Change, later: Reading, check: Check) -> ChangeState:
    """What becomes of a change that nothing had confirmed when the text differed once more.

    A clause that came must still be there, letter by letter; one that went must still be gone. What only
    moved tells nothing: it stands in both texts.
    """
    hunks = [hunk for hunk in change.hunks.all() if hunk.kind != "moved"]
    kept = 0 if later.digest == change.old_reading.digest else sum(_holds(change, h, later) for h in hunks)
    if kept:
        why = f"a later check found {kept} of its {len(hunks)} differences again, in a text that differs once more"
        _event(change, ChangeState.CONFIRMED, check, why)
        return ChangeState.CONFIRMED
    _event(change, ChangeState.WITHDRAWN, check, "the next check found none of its differences again")
    return ChangeState.WITHDRAWN


def _holds(change: Change, hunk: Hunk, later: Reading) -> bool:
    """Whether `later` has the lines that a hunk brought or, where it only took some away, lacks them."""
    lines = f"\n{later.text}\n"
    if hunk.new_start is not None:
        return f"\n{change.new_reading.text[hunk.new_start : hunk.new_end]}\n" in lines
    return f"\n{change.old_reading.text[hunk.old_start : hunk.old_end]}\n" not in lines


def _event(change: Change, state: ChangeState, check: Check, why: str) -> None:
    ChangeEvent.objects.create(
        change=change, state=state, at=check.finished_at, who=SOFTWARE, why=why, check_row=check
    )
