"""What the observations of one check amount to: the document is unchanged, changed, held or was not seen at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from conductatlas.archive.models import Capture, CaptureOutcome, CheckOutcome
from conductatlas.archive.reasons import REMOVED
from conductatlas.archive.services import Observation
from conductatlas.catalogue.models import Document
from conductatlas.history import removal, telling
from conductatlas.history import services as history
from conductatlas.history.life import Strand
from conductatlas.history.models import Reading as ReadingRow
from conductatlas.history.services import Standing
from conductatlas.reading.text.gate import Reason
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.reader import join

EARLIER_TEXT = "earlier_text"
FIRST_OF_ITS_KIND = (
    "first_version",
    "declaration_changed",
    "after_removal",
)  # versions that no change leads to


@dataclass(frozen=True, slots=True)
class Finding:
    """What the observations of one check amount to, before anything is written."""

    outcome: CheckOutcome
    reason: str = ""
    text: Reading | None = None  # of a new version
    normal: str | None = None  # digest of its normal form, where it was looked for
    draft: ReadingRow | None = None  # its row, made before the transaction
    strand: Strand = ()
    found: Standing | None = None  # the version whose text was found again
    other_language: str = ""
    is_removed: bool = False  # the text had to be removed once, and is not taken in again


@dataclass(frozen=True, slots=True)
class Place:
    """Where an imported check stands among those of its strand: the texts found before and after it."""

    before: Standing | None = None
    after: Standing | None = None
    starts: bool = False  # nothing of the document is known from before, not even read from elsewhere
    lacks_part: bool = False  # the document has other pages too, and they were not captured with this one
    is_their_doing: bool = False  # whose extraction it is says that only its own rules differ


def is_redeclared(seen: list[Observation], before: Standing | None, earlier: Mapping[int, Capture]) -> bool:
    """Whether the text before was read from other sources than those that are declared now: the text that the last
    check of ours found or, where there is none to go by, that of the standing version."""
    if before is None:
        return False
    sources = tuple(part.source.pk for part in seen)
    return set(sources) != set(earlier) if earlier else sources != before.strand


def conclude(
    document: Document,
    seen: list[Observation],
    texts: list[Reading],
    before: Standing | None,
    *,
    redeclared: bool = False,
) -> Finding:
    """Whether the document is unchanged, changed, held or not seen at all."""
    bad = [part for part in seen if not part.good]
    if not seen:
        return Finding(CheckOutcome.HELD, "no_source")
    if bad:
        all_failed = all(part.outcome == CaptureOutcome.FAILED for part in seen)
        return Finding(CheckOutcome.FAILED if all_failed else CheckOutcome.HELD, bad[0].reason)
    if not texts:
        return Finding(CheckOutcome.UNCHANGED, strand=before.strand if before else (), found=before)
    text = join(texts, [part.source.url for part in seen])
    if removal.is_removed(document, text, (part.body_digest for part in seen)):
        is_standing = before is not None and text.digest == before.reading.digest
        outcome = CheckOutcome.UNCHANGED if is_standing else CheckOutcome.HELD
        return Finding(outcome, REMOVED, found=before if is_standing else None, is_removed=True)
    if others := [t for t, part in zip(texts, seen, strict=True) if part.reason == Reason.OTHER_LANGUAGE]:
        language = others[0].language or "und"
        is_known = text.digest in known_texts(document, seen[-1], language)
        return Finding(
            CheckOutcome.HELD,
            Reason.OTHER_LANGUAGE.value,
            text=None if is_known else text,
            other_language=language,
        )
    strand: Strand = tuple(part.source.pk for part in seen)
    if seen[0].claim is not None and seen[0].claim.is_text:
        strand = seen[0].claim.source[:300]
    if before is None:
        return Finding(CheckOutcome.CHANGED, "first_version", text=text, strand=strand)
    if telling.is_same(before.reading, text):
        return Finding(CheckOutcome.UNCHANGED, strand=strand, found=before)
    began = min(part.started_at for part in seen)
    until = began if seen[0].claim is not None else None
    found, normal = telling.earlier_text(document, strand, text, before, began, until=until)
    if found is not None:
        reason = "" if found.version == before.version else EARLIER_TEXT
        return Finding(CheckOutcome.UNCHANGED, reason, strand=strand, found=found)
    reason = ""
    if redeclared:
        # Read from other places than the text before: what differs is ours, so it is a version and no change.
        reason = "declaration_changed"
    elif before.is_removed:
        reason = "after_removal"
    return Finding(CheckOutcome.CHANGED, reason, text=text, normal=normal, strand=strand)


def known_texts(document: Document, seen: Observation, language: str) -> set[str]:
    """Digests of the texts in another language that this one is no news beside."""
    if seen.claim is not None:
        return history.variant_texts_around(document, language, seen.started_at)
    known = history.standing(document, seen.finished_at, language)
    return {known.reading.digest} if known else set()


def drafted(finding: Finding) -> Finding:
    """With the row of its text, which takes its time to make."""
    if finding.text is None:
        return finding
    return replace(finding, draft=history.draft_reading(finding.text, finding.normal))


def in_place(finding: Finding, place: Place) -> Finding:
    """The finding on a text that others may follow, or that is not whole."""
    if place.lacks_part and finding.outcome in {CheckOutcome.CHANGED, CheckOutcome.UNCHANGED}:
        return Finding(CheckOutcome.HELD, "part_missing")
    text = finding.text
    if finding.outcome != CheckOutcome.CHANGED or text is None:
        return finding
    if place.after is not None and telling.is_same(place.after.reading, text):
        return Finding(CheckOutcome.UNCHANGED, found=place.after)
    if not place.starts and (place.before is None or place.is_their_doing):
        return replace(finding, reason="declaration_changed")
    return finding


def failures_after(document: Document, finding: Finding) -> int:
    """How many checks in a row, this one included, did not read the document."""
    was_read = finding.outcome in {CheckOutcome.CHANGED, CheckOutcome.UNCHANGED}
    return 0 if was_read else document.due.failures + 1
