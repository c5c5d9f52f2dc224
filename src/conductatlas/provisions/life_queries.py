"""The life of a provision: what each version shows of it.

Two versions are compared as one extractor reads both, the newest that looked at the two; so what a new extractor sees
otherwise is nothing that happened to the provision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from conductatlas.catalogue.models import Viewer
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.history.models import Change
from conductatlas.history.states import PUBLISHED, with_state
from conductatlas.history.withheld import withholdings
from conductatlas.provisions.models import CurrentExtraction, Extraction, Finding, TouchedProvision
from conductatlas.provisions.queries import full, quote_of
from conductatlas.provisions.records import ProvisionRecord, Step


@dataclass(slots=True)
class Looked:
    """A version in which provisions were looked for. findings: of the provision, by extractor; None where that
    extractor found it not."""

    version: int
    at: datetime
    findings: dict[int, Any] = field(default_factory=dict)

    @property
    def newest(self) -> Any:
        """The finding of the newest extractor that found the provision here; None if none did."""
        found = [extractor for extractor, row in self.findings.items() if row is not None]
        return self.findings[max(found)] if found else None


def life(viewer: Viewer, document: DocumentRecord, key: int) -> ProvisionRecord | None:
    """A provision with all that happened to it; None where no extraction holds it."""
    looked = _looked(viewer, document, key)
    having = [one for one in looked if one.newest is not None]
    if not having:
        return None
    rows = [row for one in having for row in one.findings.values() if row is not None]
    steps = _steps(looked, _changes_of(document, rows), _may_show(document, having))
    current = next((row for row in rows if row.is_current), None)
    last = having[-1]
    is_dropped = last.findings[max(last.findings)] is None
    removed = [step.at for step in steps if step.how == "removed"]
    state = "active" if current is not None else "dropped" if is_dropped else "removed"
    return ProvisionRecord(
        finding=full(viewer, current if current is not None else last.newest),
        state=state,
        first_at=having[0].at,
        steps=steps,
        removed_at=removed[-1] if state == "removed" and removed else None,
    )


def _looked(viewer: Viewer, document: DocumentRecord, key: int) -> list[Looked]:
    """The versions in which provisions were looked for, in their order; those whose text was removed say nothing."""
    looked: dict[int, Looked] = {}
    extractions = Extraction.objects.filter(
        reading__version__document=document.pk, reading__version__variant=None
    ).exclude(reading__text="")
    for version, at, extractor in extractions.order_by(
        "reading__version__at", "reading__version", "pk"
    ).values_list("reading__version", "reading__version__at", "extractor_version"):
        looked.setdefault(version, Looked(version, at)).findings.setdefault(extractor, None)
    stands = CurrentExtraction.objects.filter(extraction=OuterRef("extraction"))
    rows = (
        Finding.objects.visible_to(viewer)
        .filter(provision=key)
        .exclude(extraction__reading__text="")
        .select_related("extraction__reading__version")
        .defer("factors", "extraction__reading__text", "extraction__reading__marks")
        .annotate(quote=quote_of(), is_current=Exists(stands))
    )
    for row in rows.order_by("extraction"):
        if one := looked.get(row.extraction.reading.version_id):
            one.findings[row.extraction.extractor_version] = row
    return list(looked.values())


def _steps(
    looked: Sequence[Looked], changes: Mapping[tuple[int, int | None], str], shown: set[int]
) -> tuple[Step, ...]:
    steps: list[Step] = []
    previous: Looked | None = None
    for one in looked:
        before, after = (None, one.newest) if previous is None or not steps else _compared(previous, one)
        how = _how(before, after) if steps else "first" if after is not None else ""
        if how:
            change = changes.get((one.version, after.pk if after is not None else None), "")
            steps.append(Step(how, one.version, one.at, _words(before, shown), _words(after, shown), change))
        previous = one
    return tuple(steps)


def _compared(previous: Looked, one: Looked) -> tuple[Any, Any]:
    """The findings of two versions as one extractor has them; as the newest of each, where none looked at both."""
    both = previous.findings.keys() & one.findings.keys()
    if both:
        return previous.findings[max(both)], one.findings[max(both)]
    return previous.newest, one.newest


def _how(before: Any, after: Any) -> str:
    """What a version shows of a provision that was there at some time before; "" where nothing happened to it."""
    if before is None or after is None:
        return "removed" if before is not None else "returned" if after is not None else ""
    if after.digest != before.digest:
        return "reworded"
    return after.continuity if after.continuity in {"moved", "renumbered"} else ""


def _words(row: Any, shown: set[int]) -> str:
    return row.quote if row is not None and row.extraction.reading.version_id in shown else ""


def _may_show(document: DocumentRecord, having: Sequence[Looked]) -> set[int]:
    """The versions whose words may be shown."""
    if document.texts != "full":
        return set()
    hidden = withholdings([document.pk])
    return {one.version for one in having if hidden.of(document.pk, one.version) is None}


def _changes_of(document: DocumentRecord, rows: Sequence[Finding]) -> dict[tuple[int, int | None], str]:
    """(new version, finding there or None) → slug of the published change that touched the provision there."""
    findings = [row.pk for row in rows]
    touched = TouchedProvision.objects.filter(Q(before__in=findings) | Q(after__in=findings)).select_related(
        "change__document__platform"
    )
    published = set(
        with_state(Change.objects.filter(document=document.pk))
        .filter(state__in=PUBLISHED)
        .values_list("pk", flat=True)
    )
    return {
        (row.change.new_version_id, row.after_id): row.change.slug
        for row in touched
        if row.change_id in published
    }
