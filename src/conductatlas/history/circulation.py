"""Which texts of a document are in circulation: met in turn, not one after another.

Every check that read a document found one version. Where the record does not name it (the check made it, or a
sighting says so), it is the one that the check before it found, as in `life`.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import BigIntegerField, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from conductatlas.archive.machine import OF_THE_MACHINE
from conductatlas.archive.models import Capture, Check
from conductatlas.archive.queries import READ
from conductatlas.catalogue.models import Document
from conductatlas.history.models import Reading, Sighting, Version, VersionSource
from conductatlas.ids import public_id

KEY = BigIntegerField()


class Found(NamedTuple):
    """A check (its key) began at `at` and found a version."""

    at: datetime
    version: int
    check: int


@dataclass(frozen=True, slots=True)
class CirculatingText:
    """One of several texts in circulation. `version`: the newest that has it. first_at, last_at: when it was first
    and last met. `captures` of the `of` captures looked at met this one; those of all texts sum to `of`. vantages: from
    where, the one that met it most often first."""

    version: int
    ordinal: int
    first_at: datetime
    last_at: datetime
    captures: int
    of: int
    vantages: tuple[Mapping[str, object], ...] = ()

    @property
    def public_id(self) -> str:
        return public_id("V", self.version)

    @property
    def percent(self) -> int:
        """Its share in whole percent; neither nothing nor all, since there are others."""
        return min(99, max(1, round(100 * self.captures / self.of)))


def found_since(documents: Sequence[int], since: datetime) -> dict[int, list[Found]]:
    """Document → what its checks found that began at or after `since`, in the order of time."""
    own = OuterRef("pk")
    named = Sighting.objects.filter(check_row=own).order_by("-pk").values("version")[:1]
    made = Version.objects.filter(check_row=own, variant=None).values("pk")[:1]
    checks = Check.objects.annotate(found=Coalesce(Subquery(made), Subquery(named), output_field=KEY))
    rows = checks.filter(document__in=documents, outcome__in=READ, started_at__gte=since)
    met: list[tuple[int, datetime, int | None, int]] = list(
        rows.order_by("started_at", "pk").values_list("document", "started_at", "found", "pk")
    )
    standing, read_here = _standing(documents, since)
    told = {version for _, _, version, _ in met if version}
    bare = _without_sources(told | set(standing.values()))
    found: dict[int, list[Found]] = {document: [] for document in documents}
    for document, at, version, check in met:
        here = version or read_here.get(document) or standing.get(document)
        if here is None:  # it read another language
            continue
        standing[document] = here
        # What another archive extracted is a strand of its own: a check of ours did not find that text again.
        if here not in bare:
            read_here[document] = here
        found[document].append(Found(at, here, check))
    return found


def vantages(checks: Sequence[int]) -> tuple[Mapping[str, object], ...]:
    """From where the captures of these checks were made, each vantage once, the one of most captures first."""
    rows = Capture.objects.filter(check_row__in=checks).order_by("pk").values_list("vantage", flat=True)
    places = ({name: said for name, said in row.items() if name not in OF_THE_MACHINE} for row in rows)
    seen = Counter(json.dumps(place, sort_keys=True) for place in places if place)
    return tuple(json.loads(vantage) for vantage, _ in seen.most_common())


def in_circulation(found: Sequence[Found], texts: dict[int, str]) -> list[list[Found]]:
    """What was found, text by text (`texts`: version → digest), of those texts that are in circulation: the newest,
    and each that was met again after the newest had been. The text met last comes first."""
    by_text: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        by_text[texts.get(one.version, str(one.version))].append(one)
    if not by_text:
        return []
    newest = max(by_text.values(), key=lambda met: met[-1])
    current = [met for met in by_text.values() if met is newest or met[-1].at > newest[0].at]
    return sorted(current, key=lambda met: met[-1], reverse=True)


def digests(versions: set[int]) -> dict[int, str]:
    """Version → the digest of its normal form as its newest reader gave it, or of its text where none is kept."""
    rows = Reading.objects.filter(version__in=versions).order_by("reader_version")
    return {
        version: normal or digest
        for version, normal, digest in rows.values_list("version", "normal_digest", "digest")
    }


def _standing(documents: Sequence[int], since: datetime) -> tuple[dict[int, int], dict[int, int]]:
    """Document → the version of the last check before `since` for which the record names one; the same of checks that
    found a version read from pages, where there are any."""
    sighted = Sighting.objects.filter(check_row=OuterRef("pk"))
    newest = Subquery(sighted.order_by("-pk").values("version")[:1])
    own = Q(version__isnull=False, version__variant=None)
    checks = (
        Check.objects.filter(
            own | Exists(sighted), document=OuterRef("pk"), outcome__in=READ, started_at__lt=since
        )
        .annotate(found=Coalesce("version__pk", newest, output_field=KEY))
        .order_by("-started_at", "-pk")
    )
    parts = VersionSource.objects.filter(version=OuterRef("found"))
    rows = (
        Document.objects.filter(pk__in=documents)
        .order_by()
        .annotate(last=Subquery(checks.values("found")[:1]))
        .annotate(read=Subquery(checks.filter(Exists(parts)).values("found")[:1]))
        .values_list("pk", "last", "read")
    )
    found = list(rows)
    return (
        {document: last for document, last, _ in found if last},
        {document: read for document, _, read in found if read},
    )


def _without_sources(versions: set[int]) -> set[int]:
    parts = VersionSource.objects.filter(version=OuterRef("pk"))
    rows = Version.objects.filter(~Exists(parts), pk__in=versions)
    return set(rows.values_list("pk", flat=True))
