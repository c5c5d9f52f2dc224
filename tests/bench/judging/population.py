"""Every difference that a replayed archive saw, told or not, and what became of it by platform."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import NamedTuple

from django.db.models import Q

from conductatlas.archive import packs, renderings
from conductatlas.archive.confined import read
from conductatlas.archive.models import Capture, Check
from conductatlas.archive.services import page_of
from conductatlas.catalogue.models import Document
from conductatlas.history.life import READ
from conductatlas.history.models import Change, ChangeKind, ChangeState, Reading, Version, VersionSource
from conductatlas.history.states import PUBLISHED, REPLACED, with_state
from conductatlas.reading.text.marks import Reading as TextReading
from conductatlas.reading.text.reader import join

TOLD = {*PUBLISHED, ChangeState.TWO_TEXTS, ChangeState.ANNOUNCED}
UNDECIDED = {ChangeState.CANDIDATE, ChangeState.REVIEW, *REPLACED}  # not told yet, or told by another record
MOST_RUNS = 8  # that a reader is shown
DIGITS = 16  # of a text's digest in the id of a difference


@dataclass(frozen=True, slots=True)
class Side:
    """One text as a difference has it. `load` fetches it: whole populations are too large to be held."""

    at: datetime
    digest: str
    load: Callable[[], TextReading]


@dataclass(frozen=True, slots=True)
class Difference:
    """Two texts of one document, one after the other. `reason`: why it was told, or why not. `course`: what the checks
    found from the old text on, in runs: ("old", 41), ("new", 1), ("old", 3), ("another", 7)."""

    id: str
    platform: str
    title: str
    is_published: bool
    reason: str
    old: Side
    new: Side
    course: tuple[tuple[str, int], ...] = ()


class Seen(NamedTuple):
    """What a check that read a document found. `check`: the one that brought the bytes, if this one brought none."""

    at: datetime
    check: int
    digest: str
    language: str


def by_platform() -> dict[str, Counter[str]]:
    """Platform → what there is of it: captures, versions, distinct texts, changes by kind, severity and so on."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for (platform,) in Capture.objects.values_list("source__document__platform__slug"):
        counted[platform]["captures"] += 1
    texts: dict[int, str] = {}
    versions = Reading.objects.order_by("reader_version")
    for version, digest in versions.values_list("version", "digest"):
        texts[version] = digest
    seen: set[tuple[int, str]] = set()
    rows = Version.objects.values_list("pk", "document", "document__platform__slug", "variant__language")
    for version, document, platform, language in rows:
        counted[platform]["versions"] += 1
        counted[platform]["in another language"] += language is not None
        counted[platform]["distinct texts"] += (document, texts.get(version, "")) not in seen
        seen.add((document, texts.get(version, "")))
    for change in with_state(Change.objects.select_related("document__platform")):
        own = counted[change.document.platform.slug]
        own["changes"] += 1
        for name in ("kind", "severity", "direction", "state"):
            if value := getattr(change, name):
                own[f"{name} {value}"] += 1
        own["date mismatch"] += bool(change.date_mismatch)
    return dict(sorted(counted.items()))


def differences() -> Iterator[Difference]:
    """Each pair of texts once: substantive changes that were told; and what was not, or as editorial only.

    Left out: candidates, what another record tells, and returns to an earlier text, which are told as such. A pair
    that was told as substantive is not suppressed where it comes again, in either direction.
    """
    for document in Document.objects.select_related("platform").order_by("platform__slug", "slug"):
        yield from _of(document)


def _of(document: Document) -> Iterator[Difference]:
    texts = [f"{side}_reading__{column}" for side in ("old", "new") for column in ("text", "marks")]
    found = with_state(Change.objects.filter(document=document)).select_related("old_reading", "new_reading")
    changes = list(found.defer(*texts).order_by("seen_at", "pk"))
    seen = list(_seen(document))
    told = {_pair(change) for change in changes if _is_told(change)}
    brought = {change.new_reading.digest for change in changes if _is_told(change)}
    done: set[frozenset[str]] = set()
    for change in changes:
        published = _is_told(change) and change.kind == ChangeKind.SUBSTANTIVE
        told_already = not published and _pair(change) in told  # also a return: that is told as one
        if _state(change) in UNDECIDED or told_already or _pair(change) in done:
            continue
        done.add(_pair(change))
        reason = change.kind if _state(change) in TOLD else _state(change)
        old = _of_reading(change.old_last_seen_at, change.old_reading)
        new = _of_reading(change.seen_at, change.new_reading)
        yield _difference(document, published, reason, old, new, seen)
    done |= {_pair(change) for change in changes}
    for before, after in pairwise(seen):
        pair = frozenset((before.digest, after.digest))
        if len(pair) == 1 or pair in done or after.digest in brought:
            continue
        done.add(pair)
        old, new = _of_check(before), _of_check(after)
        yield _difference(document, False, _why_no_change(document, before, after), old, new, seen)


def _is_told(change: Change) -> bool:
    return _state(change) in TOLD and change.kind != ChangeKind.EDITORIAL


def _state(change: Change) -> str:
    """As `with_state` has found it."""
    return str(vars(change)["state"])


def _pair(change: Change) -> frozenset[str]:
    return frozenset((change.old_reading.digest, change.new_reading.digest))


def _why_no_change(document: Document, before: Seen, after: Seen) -> str:
    declared = document.language.partition("-")[0]
    spoken = {seen.language.partition("-")[0] for seen in (before, after)} - {""}
    return "another language" if spoken - {declared} else "variant"


def _of_reading(at: datetime, reading: Reading) -> Side:
    key = reading.pk
    return Side(at, reading.digest, lambda: Reading.objects.get(pk=key).value())


def _of_check(seen: Seen) -> Side:
    def load() -> TextReading:
        captures = _captures(Check.objects.get(pk=seen.check))
        made = Reading.objects.filter(version__check_row=seen.check).order_by("reader_version").last()
        return made.value() if made else _read_again(captures)

    return Side(seen.at, seen.digest, load)


def _course(old: Side, new: Side, seen: Sequence[Seen]) -> tuple[tuple[str, int], ...]:
    """What the checks found: from the run of the old text that ends before the new one came."""
    names = {old.digest: "old", new.digest: "new"}
    runs = [(name, len(list(own))) for name, own in groupby(names.get(one.digest, "another") for one in seen)]
    came = next((n for n, (name, _) in enumerate(runs) if name == "new"), 0)
    return tuple(runs[max(came - 1, 0) :][:MOST_RUNS])


def _difference(
    document: Document, published: bool, reason: str, old: Side, new: Side, seen: Sequence[Seen]
) -> Difference:
    name = f"{document.platform.slug}/{document.slug}"
    return Difference(
        id=f"{name}/{old.digest[:DIGITS]}-{new.digest[:DIGITS]}",
        platform=document.platform.slug,
        title=f"{document.platform.name}, {document.title}",
        is_published=published,
        reason=str(reason),
        old=old,
        new=new,
        course=_course(old, new, seen),
    )


def _seen(document: Document) -> Iterator[Seen]:
    """Every check that kept a text of the document, in the order of time: with the text as it was recorded where it
    made a version, else read again from its bytes. One that brought no bytes found the text before it."""
    known = _recorded(document)
    last: Seen | None = None
    read_or_kept = Q(outcome__in=READ) | Q(
        version__isnull=False
    )  # what is in another language is kept and held
    checks = Check.objects.filter(read_or_kept, document=document).prefetch_related("captures__source")
    for check in checks.order_by("started_at", "pk"):
        captures = _captures(check)
        snapshots = [renderings.text_snapshot(capture) for capture in captures]
        if snapshots and all(snapshots):
            key = tuple(snapshot.digest for snapshot in snapshots if snapshot)
            if key not in known:
                text = _read_again(captures)
                known[key] = text.digest, text.language
            last = Seen(check.started_at, check.pk, *known[key])
        elif last is not None:
            last = last._replace(at=check.started_at)
        if last is not None:
            yield last


def _captures(check: Check) -> list[Capture]:
    return sorted(check.captures.all(), key=lambda capture: capture.pk)


def _recorded(document: Document) -> dict[tuple[str, ...], tuple[str, str]]:
    """Digests of snapshots → digest and language of the newest reading of the version that was made of them."""
    parts: dict[int, list[str]] = defaultdict(list)
    rows = VersionSource.objects.filter(version__document=document).order_by("version", "position")
    for version, digest in rows.values_list("version", "snapshot__digest"):
        parts[version].append(digest)
    readings = Reading.objects.filter(version__document=document).order_by("reader_version")
    found = readings.values_list("version", "digest", "language")
    return {
        tuple(parts[version]): (digest, language) for version, digest, language in found if version in parts
    }


def _read_again(captures: Sequence[Capture]) -> TextReading:
    texts = []
    for capture in captures:
        snapshot = renderings.text_snapshot(capture)
        assert snapshot is not None, "only captures with bytes are read again"
        body = packs.read_snapshot(snapshot.digest)
        texts.append(read(page_of(capture.source, body, snapshot.media_type, capture.final_url)))
    return join(texts, [capture.source.url for capture in captures])
