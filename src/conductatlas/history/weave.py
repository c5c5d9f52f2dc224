"""Bring the changes of a document to what its sightings tell, after texts were taken in between others.

Nothing is altered: changes that no longer join texts that followed each other get a `superseded` event and keep
answering, those that are missing are added, and what later texts have made of a change is an event more. Done
again it writes nothing; killed on the way, the next call does the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from conductatlas.archive.models import Check
from conductatlas.catalogue.models import Document
from conductatlas.history import life
from conductatlas.history.book import Book
from conductatlas.history.life import Life
from conductatlas.history.models import ChangeState
from conductatlas.history.services import event
from conductatlas.history.story import Step, Story
from conductatlas.writing import writing

MOVED_ON = "texts taken in later stand between the two"
BY_ITSELF = (  # states that nobody decided by hand
    ChangeState.CANDIDATE,
    ChangeState.CONFIRMED,
    ChangeState.WITHDRAWN,
    ChangeState.TWO_TEXTS,
    ChangeState.ANNOUNCED,
    ChangeState.REVIEW,
    ChangeState.ALIKE,
)


@dataclass(slots=True)
class Woven:
    """What was written: versions of texts that had returned, changes added and superseded."""

    versions: int = 0
    changes: int = 0
    superseded: int = 0


def weave(document: Document, now: datetime, whole: Life | None = None) -> Woven:
    """Write what is missing; `whole` is the document's life if it is at hand. To be called with no transaction open."""
    book = Book(document, whole or life.load(document), now, draws=True, writes=True)
    joined: dict[tuple[int, int], Step] = {}
    for strand in book.life.strands():
        story = Story(book)
        story.hear_all(book.life.strand(strand), now)
        for step in story.steps:
            joined[step.older, step.newer] = step
            _write_down(step)
    superseded = _supersede(book, joined)
    return Woven(book.versions, book.changes, superseded)


def _write_down(step: Step) -> None:
    """One more event, where the state that the story gives a change is not the one on record."""
    known = getattr(step.change, "state", ChangeState.CANDIDATE)
    is_decided = step.state == ChangeState.REVIEW and known != ChangeState.CANDIDATE
    # The sightings do not hold what the second vantage was shown.
    is_for_a_person = known == ChangeState.REVIEW and step.state == ChangeState.CONFIRMED
    if step.change is None or known not in BY_ITSELF or known == step.state or is_decided or is_for_a_person:
        return
    with writing():
        told_by = step.told_by.change if step.told_by else None
        event(
            step.change, ChangeState(step.state), Check.objects.get(pk=step.check), step.why, told_by=told_by
        )


def _supersede(book: Book, joined: Mapping[tuple[int, int], Step]) -> int:
    """Changes on record that the story does not have, since others now lead to the one text or from the other. What
    was withdrawn told nothing, so nothing takes its place."""
    gone = [
        change
        for pair, change in book.stored.items()
        if pair not in joined and change.state != ChangeState.WITHDRAWN  # type: ignore[attr-defined]
    ]
    for change in gone:
        ends = {change.old_version_id, change.new_version_id}
        by = next((step.first for step in joined.values() if ends & {step.older, step.newer}), None)
        check = Check(pk=(by or book.life.entries[-1]).check, finished_at=book.now)
        with writing():
            event(change, ChangeState.SUPERSEDED, check, MOVED_ON, book.now)
    return len(gone)
