"""What the sightings of a document tell: which text came after which, and what became of each change.

Pages flicker: experiments, regional variants, deployments taken back. A text that is found again is a *sighting*
of it, whatever was found meanwhile; only a text that was never found before opens a change, from the text in
circulation that it is nearest to. What then follows decides its state, and only what follows:

- found again before the earlier text is: confirmed, put before a person where it replaces the whole document, or
  alike where another text in circulation was told to have changed in the same way;
  the earlier text first: withdrawn (seen once), or announced where it told of a coming change; a third text confirms
  as much of it as it holds;
- both keep being found in turn: two texts are in circulation, which is told once;
- a text that stood before is the only one found for three checks over 72 hours: it has returned.

The record is a function of the sightings, so it is the same in whatever order they were recorded (ADR 14, 19).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from conductatlas.history.life import Entry
from conductatlas.history.models import Change, ChangeState

NEVER = datetime.max.replace(tzinfo=UTC)
SETTLED = timedelta(hours=72)  # of one text alone,
SETTLED_CHECKS = 3  # and by so many checks: then the other text is gone
CIRCULATION = timedelta(days=90)  # after its last sighting a text is no longer in circulation
LAST_HELD = timedelta(days=30)  # an imported change is confirmed by being the last one held for so long
SWINGS = 3  # from one text to the other, back and there again: no accident
TOLD_FROM = 3  # sightings of the second text from which two texts are told

FOUND_AGAIN = "a later check found the same text"
EARLIER_AGAIN = "the next check found the earlier text again"
AN_ANNOUNCEMENT = "it announced a coming change; the next check found the earlier text again"
IN_TURN = "the two texts are found in turn"
ONLY_LATER = "for three checks over 72 hours only the later text was found"
ONLY_EARLIER = "for three checks over 72 hours only the earlier text was found"
ONE_AGAIN = "it stood until the earlier text returned"
ALIKE = "the same change was made in another text, and is told there"
FOR_A_PERSON = (
    "a later check found the same text; it replaces the whole document, so a person looks at it first"
)
STAYED = "for three checks over 72 hours no other text was found"
HELD_LAST = "it is the last text held, for 30 days; imported"


@dataclass(slots=True)
class Text:
    """One text: the version that has it, when it was found last, how often, and whether it ever stood."""

    version: int
    last: Entry
    count: int = 0
    stood: bool = False


@dataclass(slots=True)
class Step:
    """From one text to another. change: None where the two cannot be compared; the later one simply stands then.

    first: the sighting that opened it. before: the last sighting of the older text until then. check: the one that
    brought it into its state. is_back: the newer text was found before. returns_to: the version that had it when it
    stood before.
    """

    older: int
    newer: int
    old_text: str
    new_text: str
    before: Entry
    first: Entry
    is_back: bool = False
    returns_to: int | None = None
    change: Change | None = None
    state: str = ChangeState.CANDIDATE
    check: int = 0
    why: str = ""
    told_by: Step | None = None  # that made the same change in another text
    later: int = 0  # sightings of the newer text since it opened
    earlier: int = 0  # sightings of the older text since then
    swings: int = 0  # how often what was found went from one of the two to the other
    side: str = ""  # which of the two was found last

    def becomes(self, state: str, entry: Entry, why: str, told_by: Step | None = None) -> None:
        self.state, self.check, self.why, self.told_by = state, entry.check, why, told_by

    def hears(self, text: str) -> bool:
        """Count a sighting of one of its two texts; whether it is the other one than was found last."""
        swings = text != self.side
        self.swings += swings
        self.side = text
        if text == self.new_text:
            self.later += 1
        else:
            self.earlier += 1
        return swings

    @property
    def is_in_turn(self) -> bool:
        """Whether its texts were found in turn so often that it is no accident."""
        return self.swings >= SWINGS and self.later >= TOLD_FROM and self.earlier >= TOLD_FROM - 1


class Book(Protocol):
    """What is known of texts and changes."""

    def text(self, version: int) -> str:
        """What tells the text of a version from others."""

    def nearest(self, entry: Entry, versions: Sequence[int]) -> tuple[int, bool]:
        """Of some versions, the one that stands first, the one that a new text is nearest to; and whether it is but a
        sighting of that one, since no word of weight differs."""

    def open(self, step: Step) -> None:
        """Give a step that opens its `change` and, where a text returned, the version that it has now."""

    def ends(self, step: Step, entry: Entry) -> tuple[str, str]:
        """What becomes of a candidate, and why, when a text is found that differs once more."""

    def is_substantive(self, step: Step) -> bool:
        """Whether the two texts differ in what they say."""

    def announces(self, step: Step) -> bool:
        """Whether the newer text tells of a coming change."""

    def replaces(self, step: Step) -> bool:
        """Whether the newer text is another document in place of the older one."""

    def is_alike(self, step: Step, other: Step) -> bool:
        """Whether both put the same clauses in the place of the same clauses."""


@dataclass(slots=True)
class Story:
    """Hears the sightings of one strand, in order. stands: the text that the record holds, "" before the first."""

    book: Book
    steps: list[Step] = field(default_factory=list)
    texts: dict[str, Text] = field(default_factory=dict)
    stands: str = ""
    run: list[Entry] = field(default_factory=list)  # the last sightings, all of one text
    _found: str = ""  # that text
    alias: dict[str, str] = field(default_factory=dict)  # text → the one that it is a sighting of
    _between: dict[frozenset[str], Step] = field(default_factory=dict)  # two texts → their last step
    _stands_since: datetime = NEVER

    def hear_all(self, entries: Iterable[Entry], now: datetime) -> None:
        """Hear the whole strand, as it is held at `now`."""
        for entry in entries:
            self.hear(entry)
        self._hold_last(now)

    def hear(self, entry: Entry) -> None:
        text = self.book.text(entry.version)
        text = self.alias.get(text, text)
        if text not in self.texts:
            text = self._first(entry, text)
        else:
            self._again(entry, text)
        self.texts[text].last = entry
        self.texts[text].count += 1

    def _first(self, entry: Entry, text: str) -> str:
        """A text that was never found before."""
        if not self.texts:
            self._begin_run(entry, text)
            self.texts[text] = Text(entry.version, entry)
            self._stand(text, entry)
            return text
        self._end_candidates(entry)
        near, is_variant = self.book.nearest(
            entry, [self.texts[other].version for other in self._beside(entry)]
        )
        older = next(name for name, known in self.texts.items() if known.version == near)
        if is_variant:
            self.alias[text] = older
            self._again(entry, older)
            return older
        self._begin_run(entry, text)
        self.texts[text] = Text(entry.version, entry)
        step = self._step(older, text, entry)
        if step.change is None:
            self._stand(text, entry)
        return text

    def _again(self, entry: Entry, text: str) -> None:
        """A text that was found before."""
        if text == self._found:
            self.run.append(entry)
        else:
            self._begin_run(entry, text)
        for step in self._between.values():
            if text in (step.old_text, step.new_text) and step.change is not None:
                self._judge(step, text, entry, is_swing=step.hears(text))
        if self.is_settled:
            self._end_candidates(entry)
            if text != self.stands:
                self._settle(text, entry)

    def _end_candidates(self, entry: Entry) -> None:
        """What a text that is neither of their two makes of the candidates."""
        for step in self._open():
            state, why = self.book.ends(step, entry)
            if state == ChangeState.CONFIRMED:
                self._confirm(step, entry, why)
            else:
                step.becomes(state, entry, why)

    def _judge(self, step: Step, text: str, entry: Entry, *, is_swing: bool) -> None:
        """What a sighting of one of its texts makes of a step."""
        if step.state == ChangeState.CANDIDATE:
            if text == step.new_text:
                if self.book.replaces(step):
                    step.becomes(ChangeState.REVIEW, entry, FOR_A_PERSON)
                    self._follow(step, entry)
                else:
                    self._confirm(step, entry, FOUND_AGAIN)
            elif self.book.announces(step):
                step.becomes(ChangeState.ANNOUNCED, entry, AN_ANNOUNCEMENT)
            else:
                step.becomes(ChangeState.WITHDRAWN, entry, EARLIER_AGAIN)
        elif step.state == ChangeState.TWO_TEXTS:
            if self.is_settled and text == self.stands:
                is_later = text == step.new_text
                state = ChangeState.CONFIRMED if is_later else ChangeState.WITHDRAWN
                step.becomes(state, entry, ONLY_LATER if is_later else ONLY_EARLIER)
                step.swings = step.earlier = step.later = 0
        elif is_swing and step.is_in_turn and self.book.is_substantive(step):
            step.becomes(ChangeState.TWO_TEXTS, entry, IN_TURN)

    def _confirm(self, step: Step, entry: Entry, why: str) -> None:
        """A candidate is confirmed, unless the same change of another text in circulation tells it already."""
        came_of = self._came_of(step.old_text)
        told_by = next((other for other in reversed(self.steps) if self._tells(other, step, came_of)), None)
        if told_by is None:
            step.becomes(ChangeState.CONFIRMED, entry, why)
        else:
            step.becomes(ChangeState.ALIKE, entry, ALIKE, told_by)
        self._follow(step, entry)

    def _tells(self, other: Step, step: Step, came_of: set[str]) -> bool:
        """Whether another step, confirmed not long before, made the same change in a text beside those that this one
        came of. Where it came of that change itself, the change was undone since, and is made anew."""
        if other.state != ChangeState.CONFIRMED or other.change is None or other.is_back:
            return False
        if step.first.at - other.first.at > CIRCULATION or other.new_text in came_of:
            return False
        return self.book.is_alike(step, other)

    def _came_of(self, text: str) -> set[str]:
        """A text and all that led to it."""
        found = {text}
        for step in reversed(self.steps):
            if step.new_text in found:
                found.add(step.old_text)
        return found

    def _settle(self, text: str, entry: Entry) -> None:
        """Another text than the one that stands is the only one found for long enough."""
        last = self._between.get(frozenset((self.stands, text)))
        if last is not None and last.new_text == text and last.state != ChangeState.CONFIRMED:
            last.becomes(ChangeState.CONFIRMED, entry, ONLY_LATER)
            self._stand(text, entry)
            return
        if last is not None and last.state == ChangeState.TWO_TEXTS:
            last.becomes(ChangeState.CONFIRMED, entry, ONE_AGAIN)
        known = self.texts[text]
        returns_to = known.version if known.stood else None
        step = self._step(self.stands, text, self.run[0], is_back=True, returns_to=returns_to)
        known.version = step.newer
        if step.change is not None:
            step.becomes(ChangeState.CONFIRMED, entry, STAYED)
        self._stand(text, entry)

    def _step(
        self, older: str, newer: str, first: Entry, *, is_back: bool = False, returns_to: int | None = None
    ) -> Step:
        step = Step(
            older=self.texts[older].version,
            newer=first.version,
            old_text=older,
            new_text=newer,
            before=self.texts[older].last,
            first=first,
            is_back=is_back,
            returns_to=returns_to,
            check=first.check,
            later=len(self.run),
            swings=1,
            side=newer,
        )
        self.book.open(step)
        self.steps.append(step)
        self._between[frozenset((older, newer))] = step
        return step

    def _follow(self, step: Step, entry: Entry) -> None:
        """A confirmed step leads on from the text that stands; in another text in circulation it changes that one."""
        if step.old_text == self.stands:
            self._stand(step.new_text, entry)

    def _stand(self, text: str, entry: Entry) -> None:
        self.stands, self._stands_since = text, self.run[0].at if text == self._found else entry.at
        self.texts[text].stood = True

    def _begin_run(self, entry: Entry, text: str) -> None:
        self.run, self._found = [entry], text

    @property
    def is_settled(self) -> bool:
        """Whether the last text was the only one found for three checks over 72 hours."""
        return len(self.run) >= SETTLED_CHECKS and self.run[-1].at - self.run[0].at >= SETTLED

    def _open(self) -> Iterator[Step]:
        return (step for step in self.steps if step.change and step.state == ChangeState.CANDIDATE)

    def _beside(self, entry: Entry) -> list[str]:
        """The texts that a new one may have come from: the one that stands, and those that were found in turn with it
        since. What a reader was told last is what stands: it is compared with that, whatever was found between."""
        return [self.stands, *(name for name in self.texts if self._is_beside(name, entry))]

    def _is_beside(self, name: str, entry: Entry) -> bool:
        text, step = self.texts[name], self._between.get(frozenset((self.stands, name)))
        is_recent = entry.at - text.last.at <= CIRCULATION and text.last.at > self._stands_since
        return (
            name != self.stands
            and text.count > 1
            and is_recent
            and step is not None
            and step.swings >= SWINGS
        )

    def _hold_last(self, now: datetime) -> None:
        for step in self._open():
            if step.new_text == self._found and step.first.is_imported and now - step.first.at >= LAST_HELD:
                step.becomes(ChangeState.CONFIRMED, step.first, HELD_LAST)
                self._follow(step, step.first)
