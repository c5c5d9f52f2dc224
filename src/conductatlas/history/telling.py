"""What one check adds to the story of a document: heard before its transaction, written down within it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from conductatlas.archive.models import Check
from conductatlas.catalogue.models import Document
from conductatlas.history import life
from conductatlas.history.book import NEW, Book, New
from conductatlas.history.life import Entry, Strand
from conductatlas.history.models import Change, ChangeState, Reading, Version
from conductatlas.history.services import Standing, as_standing, event, in_state
from conductatlas.history.states import PUBLISHED, with_state
from conductatlas.history.story import Step, Story
from conductatlas.reading.compare.forms import form_digest, leads_elsewhere, links_digest
from conductatlas.reading.text.marks import Reading as TextReading

SHOWN_OTHERWISE = "the second vantage was shown another text, so a person looks at it first"
OPEN = (ChangeState.CANDIDATE, ChangeState.TWO_TEXTS)  # what a later check can still decide


@dataclass(frozen=True, slots=True)
class Heard:
    """found: the version whose text was found again; None where the text is new. decided: what the check brought
    into another state, what it opened included."""

    book: Book
    found: Standing | None
    decided: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What was written: the change that the check opened, and the one that it confirmed."""

    change: Change | None = None
    confirmed: Change | None = None


def unsettled(standings: Collection[Standing]) -> set[int]:
    """Documents of which even a check that finds the last text again may decide something, by their keys: a change is
    open, or another text than the one that stands was found last."""
    keys = [standing.version.document_id for standing in standings]
    found = set(in_state(keys, *OPEN))
    again = [standing for standing in standings if standing.was_found_again]
    return found | {standing.version.document_id for standing in again if not _stands(standing.version)}


def open_change(version: Version) -> Change | None:
    """The change that led to a version, while nothing has confirmed or withdrawn it."""
    newest = with_state(Change.objects.filter(new_version=version)).order_by("-pk").first()
    return newest if newest is not None and newest.state == ChangeState.CANDIDATE else None


def wants_two_vantages(change: Change) -> bool:
    """Whether a change is one to look at from a second vantage: another document stands in the place of the one before
    (S15), or the printed date is said not to have moved with the words."""
    return bool(change.date_mismatch) or _replaces(change)


def differ(change: Change, check: Check) -> None:
    """The second vantage was shown another text. Of a replaced document that is for a person to look at; any other
    change is for the next check to decide."""
    if _replaces(change):
        event(change, ChangeState.REVIEW, check, SHOWN_OTHERWISE)


def _replaces(change: Change) -> bool:
    return any("S15" in rules for rules in change.hunks.values_list("rules", flat=True))


def _stands(version: Version) -> bool:
    """Whether a version stood, and none that was made later did."""
    own = Version.objects.filter(document=version.document_id, variant=None)
    since = own.filter(check_row__gte=version.check_row_id).values_list("pk", flat=True)
    led = with_state(Change.objects.filter(new_version__in=since)).order_by("pk")
    states = dict(led.values_list("new_version", "state"))
    standing = (*PUBLISHED, ChangeState.ALIKE)
    stood = {key for key in since if states.get(key, PUBLISHED[0]) in standing}
    return stood == {version.pk}


def earlier_text(
    document: Document,
    strand: Strand,
    text: TextReading,
    before: Standing,
    now: datetime,
    *,
    until: datetime | None,
) -> tuple[Standing | None, str]:
    """The version of a strand, first found by `until` if that is given, that has this text in its normal form, the
    latest first; and the digest of that form."""
    normal = form_digest(text)
    if normal == _form(before.reading):
        return before, normal
    own = Reading.objects.filter(version__document=document, version__variant=None)
    if until is not None:
        own = own.filter(version__at__lte=until)
    same = Q(digest=text.digest) | Q(normal_digest=normal)
    unknown = Q(normal_digest=None, words=text.words)  # whose normal form was not looked for
    for reading in own.filter(same | unknown).select_related("version").order_by("-version__at", "-pk"):
        if _form(reading) == normal:
            found = as_standing(reading.version, now)
            if found.strand == strand and not found.is_removed:
                return found, normal
    return None, normal


def is_same(before: Reading, text: TextReading) -> bool:
    """Whether a text is that of a reading on record: the same words, and no link of a rule that leads elsewhere."""
    if text.digest != before.digest:
        return False
    if before.links_digest == links_digest(text):
        return True
    return not before.text or not leads_elsewhere(before.value(), text)


def _form(reading: Reading) -> str:
    """The digest of a reading's normal form; of one that was recorded before links counted, found out again."""
    is_known = reading.normal_digest is not None and reading.links_digest is not None
    return str(reading.normal_digest) if is_known else form_digest(reading.value())


def hear(
    document: Document,
    strand: Strand,
    *,
    began: datetime,
    found: Standing | None = None,
    draft: Reading | None = None,
    text: TextReading | None = None,
) -> Heard:
    """What a check of ours that found a text makes of the story: one that was found before, or one that is drafted.

    To be called with no transaction open.
    """
    whole = life.load(document)
    book = Book(document, whole, began)
    story = Story(book)
    for entry in whole.strand(strand):
        story.hear(entry)
    version = NEW
    if found is not None:
        version = found.version.pk
    elif draft is not None and text is not None:
        whole.texts[NEW] = draft.normal_digest or draft.digest
        book.new = New(draft, text)
    book.draws = True
    at = max(began, whole.entries[-1].at) if whole.entries else began
    story.hear(Entry(at, NEW, version, version == NEW, strand, began, False))
    if version == NEW and (other := story.alias.get(whole.texts[NEW])) is not None:
        found = as_standing(
            Version.objects.select_related("check_row").get(pk=story.texts[other].version), began
        )
    return Heard(book, found, tuple(step for step in story.steps if step.check == NEW and step.change))


def tell(heard: Heard, check: Check, version: Version | None, reading: Reading | None) -> Told:
    """Write it down, within the check's transaction. version, reading: those that it made, if it did."""
    opened: Change | None = None
    for drawn in heard.book.drawn:
        change, step = drawn.step.change, drawn.step
        assert change is not None
        first = check
        if step.newer == NEW:
            assert version is not None and reading is not None
            change.new_version, change.new_reading = version, reading
        else:  # its text returned
            first = Check.objects.get(pk=step.first.check)
            returned = heard.book.version_of(step.first)
            change.new_version = returned
            change.new_reading = returned.readings.order_by("-reader_version")[0]
        heard.book.write(drawn, first)
        opened = change
    confirmed: Change | None = None
    for step in heard.decided:
        assert step.change is not None
        if step.state != ChangeState.CANDIDATE:
            told_by = step.told_by.change if step.told_by else None
            event(step.change, ChangeState(step.state), check, step.why, told_by=told_by)
        if step.state in PUBLISHED:
            confirmed = step.change
    return Told(opened, confirmed)
