"""What the rows say of a document's texts and changes, for the story that is told of them (`story`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from conductatlas.archive.models import Capture, Check
from conductatlas.catalogue.models import Document
from conductatlas.history import services
from conductatlas.history.edits import are_alike
from conductatlas.history.life import Entry, Life
from conductatlas.history.models import Change, ChangeKind, ChangeState, Hunk, Reading, Version
from conductatlas.history.services import Standing
from conductatlas.history.states import REPLACED, with_state
from conductatlas.history.story import Step
from conductatlas.history.volatile_parts import volatile_places
from conductatlas.reading.compare import volatile
from conductatlas.reading.compare.comparison import Comparison, compare
from conductatlas.reading.compare.nearness import is_near
from conductatlas.reading.text.marks import Reading as TextReading
from conductatlas.writing import writing

NEW = 0  # stands for the keys of a check, and of its version, that are not written yet
HELD_TEXTS = 4

RETURNS = "it returns to a text that had stood before"
NO_RETURN = "the earlier one that it returns to had not stood"


class New(NamedTuple):
    """A text that is about to be recorded: the row of its reading, and the reading as the pure core knows it."""

    reading: Reading
    text: TextReading


@dataclass(slots=True)
class Drawn:
    """A change that is not written yet."""

    step: Step
    hunks: list[Hunk]
    revises: Change | None = None
    why: str = services.FIRST_SEEN


@dataclass(slots=True)
class Book:
    """draws: whether changes that are not on record are drawn; else a step has those that are, or none.

    writes: whether what is drawn is written at once, each in a transaction of its own; else it waits in `drawn`.
    new: the text of the check that is about to be written.
    """

    document: Document
    life: Life
    now: datetime
    draws: bool = False
    writes: bool = False
    new: New | None = None
    drawn: list[Drawn] = field(default_factory=list)
    stored: dict[tuple[int, int], Change] = field(default_factory=dict)
    changes: int = 0  # written
    versions: int = 0  # written
    _volatile: frozenset[str] | None = None
    _standings: dict[int, Standing] = field(default_factory=dict)
    _compared: dict[tuple[int, int], Comparison] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = with_state(Change.objects.filter(document=self.document)).exclude(state__in=REPLACED)
        self.stored = {(row.old_version_id, row.new_version_id): row for row in rows.order_by("pk")}

    def text(self, version: int) -> str:
        return self.life.texts[version]

    def nearest(self, entry: Entry, versions: Sequence[int]) -> tuple[int, bool]:
        stored = self.stored.get((versions[0], entry.version))
        if stored is not None or not self.draws:
            return next((old for old in versions if (old, entry.version) in self.stored), versions[0]), False
        kept = [version for version in versions if not self.standing(version).is_removed]
        if not kept:
            return versions[0], False
        found = [(self.comparison(old, entry.version), old) for old in kept]
        known = self.volatile_places()
        for comparison, old in found:
            is_other = old != versions[0]
            if (is_other and is_near(comparison)) or volatile.is_only_volatile(comparison, known):
                return old, True
        nearest = min(found, key=lambda pair: pair[0].counts.words_added + pair[0].counts.words_removed)
        return nearest[1], False

    def open(self, step: Step) -> None:
        is_unmade = step.is_back and not step.first.makes
        if is_unmade and self.writes:
            step.newer = self.version_of(step.first).pk
        known = None if is_unmade else self.stored.get((step.older, step.newer))
        if known is not None and (known.returns_to_id is None) == (step.returns_to is None):
            step.change = known
        elif self.draws and not self._is_their_doing(step):
            self._draw(step, known)

    def ends(self, step: Step, entry: Entry) -> tuple[str, str]:
        assert step.change is not None
        return services.end_of_candidate(step.change, self._reading(entry.version))

    def is_substantive(self, step: Step) -> bool:
        assert step.change is not None
        if step.change.kind == ChangeKind.REVERTED:
            return step.change.hunks.filter(significance=ChangeKind.SUBSTANTIVE).exists()
        return step.change.kind == ChangeKind.SUBSTANTIVE

    def announces(self, step: Step) -> bool:
        return self._has_rule(step, "S14")

    def replaces(self, step: Step) -> bool:
        return self._has_rule(step, "S15")

    def is_alike(self, step: Step, other: Step) -> bool:
        assert step.change is not None and other.change is not None
        return are_alike(step.change, other.change)

    def _has_rule(self, step: Step, rule: str) -> bool:
        assert step.change is not None
        return any(rule in rules for rules in step.change.hunks.values_list("rules", flat=True))

    def volatile_places(self) -> frozenset[str]:
        """Where the document keeps changing alone, as its changes on record tell."""
        if self._volatile is None:
            self._volatile = volatile_places(self.document.pk)
        return self._volatile

    def standing(self, version: int) -> Standing:
        """A version with its text; the last few are held, since each is asked for two or three times in a row."""
        if version not in self._standings:
            row = Version.objects.select_related("check_row").get(pk=version)
            self._standings[version] = services.as_standing(row, self.now)
            for old in list(self._standings)[:-HELD_TEXTS]:
                del self._standings[old]
        return self._standings[version]

    def comparison(self, old: int, new: int) -> Comparison:
        """Of two versions; the last few are held."""
        if (old, new) not in self._compared:
            text = self.new.text if new == NEW and self.new else self._reading(new).value()
            self._compared[old, new] = compare(self.standing(old).reading.value(), text)
            for pair in list(self._compared)[:-HELD_TEXTS]:
                del self._compared[pair]
        return self._compared[old, new]

    def write(self, drawn: Drawn, check: Check) -> None:
        """Write a drawn change, as a candidate; `check` is the one that found its text first."""
        change = drawn.step.change
        assert change is not None
        services.save_change(change, drawn.hunks, check, drawn.why)
        self.changes += 1
        self._volatile = None
        if drawn.revises is not None:
            services.event(drawn.revises, ChangeState.REVISED, check, drawn.why, self.now)

    def version_of(self, entry: Entry) -> Version:
        """The version that a text has now that it returned, made by the check that found it first."""
        check = Check.objects.get(pk=entry.check)
        captures = Capture.objects.filter(check_row=check).select_related("snapshot", "source").order_by("pk")
        known = list(Reading.objects.filter(version=entry.version))
        with writing():
            version = services.record_version(self.document, check, list(captures))
            for reading in known:
                reading.pk, reading.version = None, version
                reading.save(force_insert=True)
        self.life.texts[version.pk] = self.life.texts[entry.version]
        self.versions += 1
        return version

    def _draw(self, step: Step, known: Change | None) -> None:
        before = self.standing(step.older)
        if before.is_removed:
            return
        comparison = self.comparison(step.older, step.newer)
        if comparison.kind is None:  # the newest reader sees no difference between the two
            return
        step.change = services.draft_change(
            before,
            None if step.newer == NEW else self.standing(step.newer).version,
            self._reading(step.newer),
            comparison,
            step.returns_to,
            old_last_seen_at=step.before.started_at,
            seen_at=step.first.started_at,
        )
        step.change.revises = known
        why = services.FIRST_SEEN if known is None else RETURNS if step.returns_to else NO_RETURN
        drawn = Drawn(step, services.draft_hunks(comparison), known, why)
        if not self.writes:
            self.drawn.append(drawn)
            return
        with writing():
            self.write(drawn, Check(pk=step.first.check, finished_at=step.first.started_at))

    def _reading(self, version: int) -> Reading:
        if version == NEW:
            assert self.new is not None
            return self.new.reading
        return self.standing(version).reading

    def _is_their_doing(self, step: Step) -> bool:
        """Of texts another archive extracted: whether it says that only its own declaration or software differs."""
        made_by = Check.objects.filter(pk=step.first.check, reason="declaration_changed")
        return isinstance(step.first.strand, str) and made_by.exists()
