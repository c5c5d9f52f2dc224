"""Reads of versions: one, a document's timeline, and what stood there around a date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from conductatlas.archive.models import IMPORTED, Capture
from conductatlas.archive.queries import reading_check_around
from conductatlas.archive.reasons import in_words
from conductatlas.catalogue.models import Viewer
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.errors import NotFoundError
from conductatlas.history import counts
from conductatlas.history.change_queries import changes_touching
from conductatlas.history.models import Reading, Sighting, Version, VersionSource
from conductatlas.history.records import (
    Around,
    ChangeRecord,
    DocumentState,
    VersionLine,
    VersionPlace,
    VersionRecord,
)
from conductatlas.history.withheld import NOT_WITHHELD, Withholdings, withholdings

Found = tuple[Any, Any]  # (key of a version, when its text was found)


def version(viewer: Viewer, document: DocumentRecord, key: int) -> VersionRecord | None:
    """One version of a document (or of a variant of it), with its newest reading; None if it is not one."""
    return versions(viewer, document, [key]).get(key)


def versions(viewer: Viewer, document: DocumentRecord, keys: Iterable[int]) -> dict[int, VersionRecord]:
    """Versions by key; those that are none of this document are left out."""
    own = Version.objects.filter(document=document.pk, pk__in=keys).visible_to(viewer)
    readings = newest_readings(own.values("pk"))
    by_variant: dict[int | None, list[Version]] = defaultdict(list)
    for reading in readings.values():
        by_variant[reading.version.variant_id].append(reading.version)
    places: dict[int, tuple[int, int]] = {}
    for rows in by_variant.values():
        places |= counts.places(rows)
    hidden = withholdings([document.pk]) if readings else NOT_WITHHELD
    return {key: version_record(document, row, places[key], hidden) for key, row in readings.items()}


def version_document(viewer: Viewer, key: int) -> DocumentRecord | None:
    """The document that a version belongs to."""
    row = Version.objects.filter(pk=key).visible_to(viewer).select_related("document__platform").first()
    return DocumentRecord.of(row.document, viewer) if row else None


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
    hidden = withholdings([document.pk]) if readings else NOT_WITHHELD
    previous = following = None
    for reading in readings.values():
        is_later = (reading.version.at, reading.version.pk) > (version.at, version.pk)
        place = (version.ordinal + (1 if is_later else -1), version.total)
        record = version_record(document, reading, place, hidden)
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
    into, out_of = changes_touching(viewer, document, keys)
    lines = []
    for place, key in enumerate(keys):
        ordinals = (newest_ordinal - place, state.version.total)
        change = into.get(key)
        record = version_record(document, readings[key], ordinals, hidden)
        lines.append(
            VersionLine(
                version=record,
                change=change,
                note="" if change else note(readings[key].version.check_row.reason, ordinals[0]),
                last_seen_at=last_seen_at(record, state, out_of.get(key)),
            )
        )
    return lines


def choice(
    viewer: Viewer, document: DocumentRecord, chosen: Sequence[VersionRecord], *, limit: int
) -> list[VersionPlace]:
    """The newest `limit` versions of the document or variant that `chosen` are of, and these too, newest first."""
    one = chosen[0]
    own = Version.objects.filter(document=document.pk).visible_to(viewer)
    own = own.filter(variant__language=one.variant) if one.variant else own.filter(variant=None)
    rows = own.order_by("-at", "-pk").values_list("pk", "at")[:limit]
    places = [VersionPlace(key, one.total - n, at) for n, (key, at) in enumerate(rows)]
    shown = {place.pk for place in places}
    older = {record.pk: record for record in chosen if record.pk not in shown}
    places += [VersionPlace(record.pk, record.ordinal, record.at) for record in older.values()]
    return sorted(places, key=lambda place: (place.at, place.pk), reverse=True)


def around(viewer: Viewer, document: DocumentRecord, moment: datetime) -> Around:
    """The document as published, as it was captured around `moment`."""
    own = Version.objects.filter(document=document.pk, variant=None).visible_to(viewer)
    made = own.filter(at__lte=moment).order_by("-at", "-pk").values_list("pk", "at").first()
    again = Sighting.objects.current().filter(version__in=own, check_row__started_at__lte=moment)
    again = again.order_by("-check_row__started_at", "-pk")
    key = last_found(made, again.values_list("version", "check_row__started_at").first())
    found = version(viewer, document, key) if key else None
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


def last_found(made: Found | None, again: Found | None) -> int | None:
    """Of the version that was made last and the one that was found again last, each with its moment, the later."""
    moments = [found for found in (made, again) if found is not None and found[1] is not None]
    return max(moments, key=lambda found: found[1])[0] if moments else None


def first_seen_at(viewer: Viewer, document: DocumentRecord) -> datetime | None:
    """When the document was first captured: where its record starts."""
    own = Version.objects.filter(document=document.pk, variant=None).visible_to(viewer)
    first = own.annotate(sighted_at=_sighted("pk", "check_row__started_at")).order_by("at", "pk")
    moments = first.values_list("at", "sighted_at").first() or ()
    return min(filter(None, moments), default=None)


def note(reason: str, ordinal: int) -> str:
    """Why no change led to a version, as a sentence. What was the first text when it was recorded may have others
    before it by now; what was new may have been found before by a capture that was taken in later."""
    if ordinal > 1 and reason in {"first_version", ""}:
        reason = "declaration_changed" if reason else "earlier_text"
    return in_words(reason)


def last_seen_at(
    version: VersionRecord, state: DocumentState, following: ChangeRecord | None
) -> datetime | None:
    """When the last check that found this version began; None where nothing says so."""
    is_current = state.version is not None and state.version.pk == version.pk
    recorded = state.confirmed_at if is_current else following.old_last_seen_at if following else None
    return max(filter(None, (recorded, version.last_sighted_at)), default=None)


def capture_keys(version: VersionRecord) -> list[int]:
    """The captures a version was read from; where only a text was taken in, the one that says whence."""
    rows = VersionSource.objects.filter(version=version.pk).order_by("position")
    if pages := list(rows.values_list("capture", flat=True)):
        return pages
    return list(Capture.objects.filter(check_row__version=version.pk).values_list("pk", flat=True))


def reading(key: int) -> Reading:
    """A whole reading, text and marks. NotFoundError if there is none."""
    row = Reading.objects.filter(pk=key).first()
    if row is None:
        raise NotFoundError(f"no reading has the key {key}")
    return row


def newest_readings(versions: Iterable[int] | QuerySet[Any, Any]) -> dict[int, Any]:
    """Version → its reading by the newest reader, without text and marks, its version selected along."""
    manual = VersionSource.objects.filter(version=OuterRef("version"), capture__provenance="manual")
    rows = (
        Reading.objects.filter(version__in=versions).annotate(by_hand=Exists(manual)).defer("text", "marks")
    )
    rows = rows.select_related("version__variant", "version__check_row").order_by("reader_version")
    rows = rows.annotate(
        first_sighted_at=_sighted("version", "check_row__started_at"),
        last_sighted_at=_sighted("version", "-check_row__started_at"),
    )
    return {row.version_id: row for row in rows}


def _sighted(version: str, order: str) -> Subquery:
    """When a capture found the text of a version again, after another one or as another archive's: the first time or
    the last, by `order`."""
    found = Sighting.objects.current().filter(version=OuterRef(version)).order_by(order)
    return Subquery(found.values("check_row__started_at")[:1])


def version_record(
    document: DocumentRecord, reading: Any, place: tuple[int, int], hidden: Withholdings
) -> VersionRecord:
    """`reading` is a row of `newest_readings`, `place` says which of how many its version is."""
    row = reading.version
    return VersionRecord(
        pk=row.pk,
        at=row.at,
        first_seen_at=min(row.at, reading.first_sighted_at or row.at),
        last_sighted_at=reading.last_sighted_at,
        is_imported=row.check_row.started_by == IMPORTED,
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
        is_open=document.texts == "full",
        by_hand=reading.by_hand,
    )
