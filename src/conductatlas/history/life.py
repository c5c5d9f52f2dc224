"""A document's life: which text was found when, in the order of time, whatever the order of recording.

A check made here stands where it was recorded, at the end of all that is known by then, whatever its clock
said. What was taken in from elsewhere stands at the moment that is claimed for it. Everything that needs an
order of versions has it from here; for a record without imports it is the order of recording.

Only texts that were read alike have an order among them: those of the same sources, or those that one other
archive extracted. Such a row is a *strand*, and between strands nothing is compared (ADR 9, ADR 14).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from conductatlas.archive.models import IMPORTED, Capture, Check, CheckOutcome
from conductatlas.catalogue.models import Document
from conductatlas.history.models import Reading, Sighting, Version, VersionSource

READ = (CheckOutcome.CHANGED, CheckOutcome.UNCHANGED)
Strand = tuple[int, ...] | str  # the sources (keys) a text is read from, or whose extraction it is


class Entry(NamedTuple):
    """One check that read the document. They sort in the order of the life."""

    at: datetime  # its place: as claimed, or by the clock, but never before what had been recorded by then
    check: int
    version: int  # whose text it found
    makes: bool  # whether it made that version
    strand: Strand
    started_at: datetime
    is_imported: bool


@dataclass(slots=True)
class Life:
    """entries: in order. texts: version → what tells its text from others: the digest of the normal form of its
    newest reading or, where that was not looked for, of the text itself."""

    entries: list[Entry]
    texts: dict[int, str] = field(default_factory=dict)

    def strand(self, strand: Strand) -> list[Entry]:
        return [entry for entry in self.entries if entry.strand == strand]

    def around(self, strand: Strand, moment: datetime) -> tuple[Entry | None, Entry | None]:
        """The entries of a strand at or before a moment, and after it, that are nearest to it."""
        own = self.strand(strand)
        place = bisect_right(own, moment, key=lambda entry: entry.at)
        return own[place - 1] if place else None, own[place] if place < len(own) else None

    def add(self, entry: Entry, text: str) -> None:
        insort(self.entries, entry)
        self.texts[entry.version] = text

    def strands(self) -> list[Strand]:
        """In the order in which they first appear."""
        return list(dict.fromkeys(entry.strand for entry in self.entries))


def load(document: Document) -> Life:
    """The life of a document, variants not included: a handful of queries, no texts."""
    checks = Check.objects.filter(document=document, outcome__in=READ).order_by("pk")
    own = Version.objects.filter(document=document).main()
    made = dict(own.values_list("check_row", "pk"))
    found = dict(
        Sighting.objects.filter(version__document=document).order_by("pk").values_list("check_row", "version")
    )
    strands = _strands(document, made)
    asked = _asked(document)
    entries: list[Entry] = []
    end: Entry | None = None
    ends: dict[Strand, Entry] = {}
    for key, started_at, started_by in checks.values_list("pk", "started_at", "started_by"):
        is_imported = started_by == IMPORTED
        at = started_at if is_imported or end is None else max(started_at, end.at)
        before = ends.get(asked.get(key, ()), end)
        version = made.get(key) or found.get(key) or (before.version if before else None)
        if version is None:  # it read another language
            continue
        entry = Entry(at, key, version, key in made, strands[version], started_at, is_imported)
        entries.append(entry)
        if end is None or end.at <= at:
            end = entry
        if entry.strand not in ends or ends[entry.strand].at <= at:
            ends[entry.strand] = entry
    return Life(sorted(entries), _texts(own))


def met(document: Document) -> dict[int, int]:
    """Check → the version whose text it met, or would have met had all of its pages been read; variants not included.
    Those before the first version are left out."""
    found = {entry.check: entry.version for entry in load(document).entries}
    last: int | None = None
    versions: dict[int, int] = {}
    for key in Check.objects.filter(document=document).order_by("pk").values_list("pk", flat=True):
        last = found.get(key, last)
        if last is not None:
            versions[key] = last
    return versions


def _texts(versions: QuerySet[Version]) -> dict[int, str]:
    rows = Reading.objects.filter(version__in=versions).order_by("reader_version")
    told = list(rows.values_list("version", "digest", "links_digest", "normal_digest"))
    normal = {(digest, links): form for _, digest, links, form in told if form is not None}
    return {version: form or normal.get((digest, links), digest) for version, digest, links, form in told}


def _strands(document: Document, made: Mapping[int, int]) -> dict[int, Strand]:
    """Version → its strand."""
    parts: dict[int, list[int]] = defaultdict(list)
    rows = VersionSource.objects.filter(version__document=document).order_by("version", "position")
    for version, source in rows.values_list("version", "source"):
        parts[version].append(source)
    bare = {check: version for check, version in made.items() if version not in parts}
    claims = Capture.objects.filter(check_row__in=bare).values_list("check_row", "claimed_by")
    strands: dict[int, Strand] = {version: tuple(keys) for version, keys in parts.items()}
    return strands | {bare[check]: claimed_by for check, claimed_by in claims}


def _asked(document: Document) -> dict[int, Strand]:
    """Check → the sources it asked for, in their order."""
    sources: dict[int, list[int]] = defaultdict(list)
    rows = Capture.objects.filter(check_row__document=document, check_row__outcome__in=READ)
    for check, source in rows.order_by("check_row", "pk").values_list("check_row", "source"):
        sources[check].append(source)
    return {check: tuple(keys) for check, keys in sources.items()}
