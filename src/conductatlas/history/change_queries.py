"""Reads of changes: lists, one change, its comparison as recorded, and excerpts to show in lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Least, Substr

from conductatlas.archive.models import IMPORTED
from conductatlas.archive.services import SECOND
from conductatlas.catalogue.models import Viewer
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.errors import NotFoundError
from conductatlas.history.drift import NOT_DETERMINED
from conductatlas.history.excerpts import Excerpt, excerpt
from conductatlas.history.models import (
    Change,
    ChangeEvent,
    ChangeKind,
    ChangeState,
    Hunk,
    Reading,
    Summary,
    VersionSource,
)
from conductatlas.history.records import ChangeFilter, ChangeRecord, EventRecord
from conductatlas.history.states import PUBLISHED, REPLACED, with_state
from conductatlas.reading.compare.comparison import BothDates, Comparison
from conductatlas.reading.compare.counts import Counts
from conductatlas.reading.compare.dates import StatedDates
from conductatlas.reading.compare.hunks import Hunk as TextHunk
from conductatlas.reading.compare.hunks import HunkKind, Sentences
from conductatlas.reading.compare.normal import Span
from conductatlas.reading.compare.redline import Op
from conductatlas.reading.compare.scales import Direction, Severity
from conductatlas.reading.compare.significance import ChangeKind as Significance
from conductatlas.reading.compare.summary import Action, Item
from conductatlas.reading.compare.summary import Summary as TextSummary
from conductatlas.reading.text.marks import Reading as TextReading

EVERY = Q()
# Of a single hunk only what redlines are drawn from is stored; the sums stand in the change.
NOT_STORED = Sentences(0, 0, 0)
LOOKED_AT = 200  # hunks of a change that an excerpt is looked for in
DATE_LINE = 120  # characters of a clause that is hardly more than a date
SHORT = 30  # characters of a clause that is hardly more than a heading
LONGEST_CLAUSE = 8_000  # characters of a clause that an excerpt is looked for in


def changes(
    viewer: Viewer,
    *,
    states: Sequence[str] = PUBLISHED,
    among: Q = EVERY,
    asked: ChangeFilter | None = None,
    document: DocumentRecord | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[ChangeRecord]:
    """Changes in some states, newest first; `before` is the key of a change that they precede."""
    found = _changes(viewer).filter(among, state__in=states)
    if document is not None:
        found = found.filter(document=document.pk)
    if asked is not None:
        found = found.filter(matching(asked))
    if before is not None:
        mark = Change.objects.filter(pk=before).values_list("seen_at", flat=True).first()
        if mark is None:
            return []
        found = found.filter(Q(seen_at__lt=mark) | Q(seen_at=mark, pk__lt=before), seen_at__lte=mark)
    return [ChangeRecord.of(row, viewer) for row in found.order_by("-seen_at", "-pk")[:limit]]


def candidates(
    viewer: Viewer,
    *,
    asked: ChangeFilter | None = None,
    document: DocumentRecord | None = None,
    limit: int = 10,
) -> list[ChangeRecord]:
    """Changes that were seen and await confirmation, newest first.

    Without those of texts that another archive extracted: no check reads such a text again.
    """
    read_from_a_page = Exists(VersionSource.objects.filter(version=OuterRef("new_version")))
    awaiting = Q(read_from_a_page) | ~Q(new_version__check_row__started_by=IMPORTED)
    states = (ChangeState.CANDIDATE,)
    return changes(viewer, states=states, among=awaiting, asked=asked, document=document, limit=limit)


def awaiting_a_person() -> list[ChangeRecord]:
    """Changes of all documents that a person has to look at, the one that waits longest first."""
    states = (ChangeState.REVIEW, ChangeState.CONTESTED)
    rows = with_state(Change.objects.select_related("document__platform")).filter(state__in=states)
    return [ChangeRecord.of(row) for row in rows.order_by("state_at", "pk")]


def change(viewer: Viewer, key: int) -> ChangeRecord | None:
    """A change in whatever state."""
    row = _changes(viewer).filter(pk=key).first()
    return ChangeRecord.of(row, viewer) if row else None


def changes_touching(
    viewer: Viewer, document: DocumentRecord, versions: Sequence[int]
) -> tuple[dict[int, ChangeRecord], dict[int, ChangeRecord]]:
    """(version → the change that led to it, version → the change that followed it). What a later record
    replaced is left out."""
    touching = Q(new_version__in=versions) | Q(old_version__in=versions)
    rows = _changes(viewer).filter(touching, document=document.pk).exclude(state__in=REPLACED).order_by("pk")
    records = [ChangeRecord.of(row, viewer) for row in rows]
    return {row.new_version: row for row in records}, {row.old_version: row for row in records}


def revision_of(viewer: Viewer, key: int) -> ChangeRecord | None:
    """The record that corrects this change, if one does."""
    row = _changes(viewer).filter(revises=key).order_by("-pk").first()
    return ChangeRecord.of(row, viewer) if row else None


def told_by(viewer: Viewer, change: ChangeRecord) -> ChangeRecord | None:
    """Of a change that is alike, the one of another text in circulation that tells it."""
    if change.state != ChangeState.ALIKE:
        return None
    named = ChangeEvent.objects.filter(change=change.pk, state=ChangeState.ALIKE).order_by("-pk")
    row = _changes(viewer).filter(pk__in=named.values("told_by")[:1]).first()
    return ChangeRecord.of(row, viewer) if row else None


def changes_beside(viewer: Viewer, change: ChangeRecord) -> tuple[ChangeRecord | None, ChangeRecord | None]:
    """The published changes of the same document before and after this one."""
    own = _changes(viewer).filter(document=change.document.pk, state__in=PUBLISHED).exclude(pk=change.pk)
    mark = change.seen_at
    earlier = own.filter(Q(seen_at__lt=mark) | Q(seen_at=mark, pk__lt=change.pk)).order_by("-seen_at", "-pk")
    later = own.filter(Q(seen_at__gt=mark) | Q(seen_at=mark, pk__gt=change.pk)).order_by("seen_at", "pk")
    before, after = earlier.first(), later.first()
    return (
        ChangeRecord.of(before, viewer) if before else None,
        ChangeRecord.of(after, viewer) if after else None,
    )


def replacements(
    viewer: Viewer, change: ChangeRecord, old_at: datetime, new_at: datetime
) -> list[ChangeRecord]:
    """The changes that tell in place of a superseded one what happened between its versions (first captured at
    `old_at` and `new_at`), in the order of time."""
    own = _changes(viewer).filter(document=change.document.pk).exclude(state__in=REPLACED)
    between = own.filter(new_version__at__gt=old_at, new_version__at__lte=new_at)
    return [ChangeRecord.of(row) for row in between.order_by("new_version__at", "new_version")]


def events(change: int) -> list[EventRecord]:
    """What became of a change, oldest entry first."""
    rows = ChangeEvent.objects.filter(change=change).order_by("pk")
    return [EventRecord(row.pk, row.state, row.at, row.who, row.why, row.salt == "") for row in rows]


def is_from_two_vantages(change: int) -> bool:
    """Whether the second vantage was shown the new text too, by a check that decided what became of the change."""
    seen = ChangeEvent.objects.filter(change=change).exclude(
        state__in=(ChangeState.CANDIDATE, ChangeState.REVIEW)
    )
    return seen.filter(
        **{f"check_row__captures__vantage__{key}": word for key, word in SECOND.items()}
    ).exists()


def change_addresses(limit: int) -> list[tuple[str, datetime]]:
    """(slug, since when it is in its state) of the newest published changes that everyone may see."""
    rows = with_state(Change.objects.visible_to(None)).filter(state__in=PUBLISHED).order_by("-seen_at", "-pk")
    named = rows.values_list("seen_at", "document__platform__slug", "document__slug", "pk", "state_at")[
        :limit
    ]
    return [
        (f"{seen_at:%Y-%m-%d}-{platform}-{document}-{key}", state_at)  # as `Change.slug`
        for seen_at, platform, document, key, state_at in named
    ]


def compared_readings(change: int) -> tuple[Reading, Reading]:
    """The two readings that a change compared, old and new, with their texts. NotFoundError if none."""
    row = Change.objects.filter(pk=change).select_related("old_reading", "new_reading").first()
    if row is None:
        raise NotFoundError(f"no change has the key {change}")
    return row.old_reading, row.new_reading


def stored_comparison(change: ChangeRecord, old: TextReading, new: TextReading) -> Comparison:
    """The comparison that a change records, from its hunks, to be drawn: nothing is compared again.

    What no drawing needs is not in it: the sentences of each hunk, and the dates, which are columns of the readings.
    """
    hunks = tuple(map(_as_hunk, Hunk.objects.filter(change=change.pk).order_by("ordinal")))
    counts = Counts(
        sentences_added=change.sentences_added,
        sentences_removed=change.sentences_removed,
        sentences_modified=change.sentences_modified,
        words_added=change.words_added,
        words_removed=change.words_removed,
        clauses_moved=change.clauses_moved,
    )
    dates = BothDates(StatedDates(None, None), StatedDates(None, None))
    return Comparison(
        old,
        new,
        hunks,
        counts,
        dates,
        links_changed=change.links_changed,
        marks_changed=0,
        date_mismatch=change.date_mismatch,
        summary=summary_of(change),
    )


def summary_of(change: ChangeRecord) -> TextSummary | None:
    """The newest stored summary of a change, as places in its two readings; None if none was made."""
    row = Summary.objects.filter(change=change.pk).order_by("-made_by").first()
    if row is None:
        return None
    return TextSummary(
        tuple(map(Item.from_row, row.sentences)),
        tuple(map(Action.from_row, row.actions)),
    )


def _as_hunk(row: Hunk) -> TextHunk:
    rules = {
        letters: tuple(rule for rule in row.rules if rule[0] in letters) for letters in ("SNU", "V", "F")
    }
    return TextHunk(
        kind=HunkKind(row.kind),
        old=_span(row.old_start, row.old_end),
        new=_span(row.new_start, row.new_end),
        ops=tuple(Op(*op) for op in row.ops),
        significance=Significance(row.significance),
        rules=rules["SNU"],
        sentences=NOT_STORED,
        severity=Severity(row.severity) if row.severity else None,
        severity_rule="".join(rules["V"]),
        direction=Direction(row.direction) if row.direction else None,
        direction_rules=rules["F"],
        topics=tuple(row.topics or ()),
        audience=tuple(Span(*span) for span in row.audience or ()),
        rank=row.rank,
        old_target=row.old_target,
        new_target=row.new_target,
    )


def excerpts(changes: Sequence[int], places: int = 1) -> dict[int, tuple[Excerpt, ...]]:
    """Change → excerpts of its most telling places, in the order of the text; none where clauses only moved.

    They are words of texts: whether those may be shown is for the caller to ask. They never differ, since neither
    changes nor readings do.
    """
    found: dict[int, list[Excerpt]] = {change: [] for change in changes}
    for row in _telling_hunks(changes, places) if changes else ():
        ops = [Op(*op) for op in row.ops]
        pieces = excerpt(ops, row.went or "", row.came or "", row.old_start or 0, row.new_start or 0)
        if pieces:
            found[row.change_id].append(Excerpt(pieces, row.language))
    return {change: tuple(several) for change, several in found.items()}


def _telling_hunks(changes: Sequence[int], places: int) -> QuerySet[Any]:
    """The most telling hunks of some changes with their clauses, `went` and `came`, in the order of the text."""
    rows = Hunk.objects.filter(change__in=changes, ordinal__lt=LOOKED_AT).exclude(kind=HunkKind.MOVED.value)
    by_change: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for key, change, *about in rows.order_by("change", "ordinal").values_list(
        "pk", "change", "kind", "significance", "rules", "old_start", "old_end", "new_start", "new_end"
    ):
        by_change[change].append((_weight(*about), key))
    chosen = [key for ranked in by_change.values() for _, key in sorted(ranked, key=itemgetter(0))[:places]]
    # The database cuts the clauses out, since the texts of fifty changes would be megabytes.
    return (
        Hunk.objects.filter(pk__in=chosen)
        .order_by("change", "ordinal")
        .annotate(went=_clause("old"), came=_clause("new"), language=F("change__new_reading__language"))
    )


def _weight(
    kind: str,
    significance: str,
    rules: Sequence[str],
    old_start: int | None,
    old_end: int | None,
    new_start: int | None,
    new_end: int | None,
) -> int:
    """What tells most has the least: what matters comes before what does not, and what says little by itself, a line
    with a date of the text (rule S2) or a new heading, after the rest of what matters."""
    start, end = (old_start, old_end) if new_start is None else (new_start, new_end)
    length = (end or 0) - (start or 0)
    if significance == Significance.EDITORIAL:
        return 2
    is_date = "S2" in rules and length < DATE_LINE
    return int(is_date or (kind != HunkKind.MODIFIED and length < SHORT))


def matching_document(asked: ChangeFilter) -> Q:
    """What a reader asks of documents, as a condition on rows that hang from one."""
    condition = Q()
    if asked.platform:
        condition &= Q(document__platform__slug=asked.platform)
    if asked.document:
        condition &= Q(document__slug=asked.document)
    if asked.category:
        condition &= Q(document__platform__category=asked.category)
    if asked.kind and asked.kind not in ChangeKind.values:
        condition &= Q(document__kind=asked.kind)
    return condition


def matching(asked: ChangeFilter) -> Q:
    """What a reader asks for, as a condition on changes."""
    condition = matching_document(asked)
    if asked.kind in ChangeKind.values:
        condition &= Q(kind=asked.kind)
    if asked.change:
        condition &= Q(kind=asked.change)
    for field, wanted in (("severity", asked.severity), ("direction", asked.direction)):
        if wanted:
            unknown = Q(**{f"{field}__isnull": True}) if wanted == NOT_DETERMINED else Q()
            condition &= Q(**{field: wanted}) | unknown
    if asked.since:
        condition &= Q(seen_at__gte=asked.since)
    if asked.until:
        condition &= Q(seen_at__lt=asked.until)
    return condition


def _changes(viewer: Viewer) -> QuerySet[Any]:
    return with_state(Change.objects.visible_to(viewer).select_related("document__platform"))


def _span(start: int | None, end: int | None) -> Span | None:
    return None if start is None or end is None else Span(start, end)


def _clause(side: str) -> Substr:
    start, end = F(f"{side}_start"), F(f"{side}_end")
    return Substr(f"change__{side}_reading__text", start + 1, Least(end - start, Value(LONGEST_CLAUSE)))
