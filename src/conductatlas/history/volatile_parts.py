"""Where a document keeps changing alone, as its changes on record tell, and what stands there now."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.history.excerpts import start_of
from conductatlas.history.models import Hunk, Reading
from conductatlas.reading.compare import volatile

LONGEST = 160  # characters of a line that are shown


@dataclass(frozen=True, slots=True)
class VolatilePart:
    """The first line of a part that keeps changing alone, in the newest text, and the heading over it."""

    heading: str
    line: str


def volatile_places(document: int) -> frozenset[str]:
    """The places that are volatile by now."""
    rows = Hunk.objects.filter(change__document=document, change__revises=None)
    placed = rows.exclude(place=None).order_by("change").values_list("change", "place")
    own: dict[int, list[str]] = defaultdict(list)
    for change, place in placed:
        own[change].append(str(place))
    return volatile.learned(own.values())


def volatile_parts(document: DocumentRecord, version: int) -> tuple[VolatilePart, ...]:
    """The volatile parts of a version's text, in its order; none where its words are not kept."""
    known = volatile_places(document.pk)
    if not known:
        return ()
    reading = Reading.objects.filter(version=version).order_by("-reader_version").first()
    if reading is None:
        return ()
    text = reading.text
    return tuple(
        VolatilePart(
            heading=start_of(text[slice(*part.heading)], LONGEST) if part.heading else "",
            line=start_of(text[slice(*part.line)], LONGEST),
        )
        for part in volatile.parts(reading.value(), known)
    )
