"""Bring the changes of a document to what its life says, after texts were taken in between others.

Nothing is altered: changes that no longer join neighbours get a `superseded` event and keep answering, those
that are missing are added, and what later texts have made of a change is an event more. Done again it writes
nothing; killed on the way, the next call does the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from conductatlas.archive.models import Capture, Check
from conductatlas.catalogue.models import Document
from conductatlas.history import life
from conductatlas.history.life import Life, Run, Strand
from conductatlas.history.models import Change, ChangeKind, ChangeState, Hunk, Reading, Version
from conductatlas.history.services import (
    FOUND_AGAIN,
    NEVER_STOOD,
    TAKES_BACK,
    Standing,
    as_standing,
    draft_change,
    draft_hunks,
    end_of_candidate,
    event,
    record_sighting,
    record_version,
    save_change,
)
from conductatlas.history.states import REPLACED, with_state
from conductatlas.reading.compare.comparison import compare
from conductatlas.writing import writing

MOVED_ON = "texts taken in later stand between the two"
RETURNS = "a text taken in later shows that it returns to an earlier one"
NO_RETURN = "a text taken in later shows that the earlier one it returns to was seen only once"
BY_ITSELF = (
    ChangeState.CANDIDATE,
    ChangeState.CONFIRMED,
    ChangeState.WITHDRAWN,
)  # states nobody decided by hand


@dataclass(slots=True)
class Woven:
    """What was written: versions that were found to be their own, changes added and superseded."""

    versions: int = 0
    changes: int = 0
    superseded: int = 0


@dataclass(slots=True)
class Step:
    """From one run of a strand to the next: its change, None if the two cannot be compared, and its state by now."""

    older: Run
    newer: Run
    change: Change | None = None
    is_new: bool = False
    is_shaken: bool = (
        False  # it takes back what the change before it brought, and that one's state is in question
    )
    state: str = ChangeState.CANDIDATE
    check: int = 0  # the check that brought it into that state
    why: str = ""

    @property
    def stood(self) -> bool:
        """Whether the text it led to stood, so that a later one can return to it."""
        return self.change is None or self.change.returns_to_id is not None or self.state not in NEVER_STOOD

    def becomes(self, state: str, check: int, why: str) -> None:
        self.state, self.check, self.why = state, check, why


@dataclass(slots=True)
class Loom:
    """What is at hand while one document is woven."""

    document: Document
    life: Life
    now: datetime
    stored: dict[tuple[int, int], Change]  # (old, new version) → the change between them
    woven: Woven = field(default_factory=Woven)
    standings: dict[int, Standing] = field(default_factory=dict)

    def standing(self, version: int) -> Standing:
        """A version with its text; the last few are kept, since each is asked for two or three times in a row."""
        if version not in self.standings:
            row = Version.objects.select_related("check_row").get(pk=version)
            self.standings[version] = as_standing(row, self.now)
            for old in list(self.standings)[:-3]:
                del self.standings[old]
        return self.standings[version]


def weave(document: Document, now: datetime, whole: Life | None = None) -> Woven:
    """Write what is missing; `whole` is the document's life if it is at hand. To be called with no transaction open."""
    rows = with_state(Change.objects.filter(document=document)).exclude(state__in=REPLACED).order_by("pk")
    stored = {(row.old_version_id, row.new_version_id): row for row in rows}
    loom = Loom(document, whole or life.load(document), now, stored)
    joined: dict[tuple[int, int], Step] = {}
    for strand in loom.life.strands():
        runs = loom.life.runs(strand)
        for run in runs:
            _give_version(loom, run)
        for step in _steps(loom, strand, runs):
            joined[_version(step.older), _version(step.newer)] = step
    _supersede(loom, joined)
    return loom.woven


def _version(run: Run) -> int:
    assert run.version is not None, "every run was given a version"
    return run.version


def _give_version(loom: Loom, run: Run) -> None:
    """A run that an import has cut off has a version of its own, made by its first check."""
    if run.version is not None:
        return
    first, *rest = run.entries
    check = Check.objects.get(pk=first.check)
    captures = list(
        Capture.objects.filter(check_row=check).select_related("snapshot", "source").order_by("pk")
    )
    known = list(Reading.objects.filter(version=first.version))
    with writing():
        version = record_version(loom.document, check, captures)
        for reading in known:
            reading.pk, reading.version = None, version
            reading.save(force_insert=True)
        for entry in rest:
            if entry.is_imported:
                record_sighting(version, Check(pk=entry.check))
    loom.life.texts[version.pk] = run.text
    run.version = version.pk
    loom.woven.versions += 1


def _steps(loom: Loom, strand: Strand, runs: Sequence[Run]) -> list[Step]:
    """The steps of a strand in order, with their changes, and with events that say what became of these."""
    steps: list[Step] = []
    for place, (older, newer) in enumerate(pairwise(runs), 1):
        step = Step(older, newer)
        if not _is_our_doing(strand, newer):
            _find_or_draw(loom, step, runs, _stood_before(runs[: place - 1], steps, newer.text))
        if step.change is not None:
            _follow(loom, steps[-1] if steps else None, step)
        if steps:
            _write_down(steps[-1], step)
        steps.append(step)
    if steps:
        _write_down(steps[-1], None)
    return steps


def _is_our_doing(strand: Strand, newer: Run) -> bool:
    """Of texts another archive extracted: whether it says that only its own declaration or software differs."""
    made_by = Check.objects.filter(version=newer.version, reason="declaration_changed")
    return isinstance(strand, str) and made_by.exists()


def _stood_before(runs: Sequence[Run], steps: Sequence[Step], text: str) -> int | None:
    """The latest of the earlier versions that had this text and stood."""
    for place in range(len(runs) - 1, -1, -1):
        if runs[place].text == text and (place == 0 or steps[place - 1].stood):
            return runs[place].version
    return None


def _find_or_draw(loom: Loom, step: Step, runs: Sequence[Run], returns_to: int | None) -> None:
    """The change of a step: the one on record, or one that is compared and recorded now, as a candidate."""
    older, newer = _version(step.older), _version(step.newer)
    first = Check(pk=step.newer.entries[0].check, finished_at=step.newer.entries[0].started_at)
    if (known := loom.stored.get((older, newer))) is not None:
        step.change = known
        returned = known.returns_to_id
        if (returned is None) != (returns_to is None) and returned in {None, *(run.version for run in runs)}:
            step.change, step.is_new = _revised(loom, known, returns_to, first), True
        return
    before, after = loom.standing(older), loom.standing(newer)
    comparison = compare(before.reading.value(), after.reading.value())
    if comparison.kind is None:  # a newer reader sees no difference between the two
        return
    step.change = draft_change(
        before,
        after.version,
        after.reading,
        comparison,
        None if returns_to is None else Version.objects.get(pk=returns_to),
        old_last_seen_at=step.older.entries[-1].started_at,
        seen_at=step.newer.entries[0].started_at,
    )
    hunks = draft_hunks(comparison)
    with writing():
        save_change(step.change, hunks, first, "seen for the first time")
    step.is_new = True
    loom.woven.changes += 1


def _revised(loom: Loom, change: Change, returns_to: int | None, first: Check) -> Change:
    """A change on record, told anew: as a return to a text that was not known to have stood, or as none."""
    fresh = Change.objects.select_related("old_reading", "new_reading").get(pk=change.pk)
    hunks = list(Hunk.objects.filter(change=change.pk))
    kind, why = ChangeKind.REVERTED, RETURNS
    if returns_to is None:
        compared = compare(fresh.old_reading.value(), fresh.new_reading.value()).kind
        kind, why = ChangeKind(compared.value if compared else "editorial"), NO_RETURN
    fresh.pk, fresh.revises, fresh.kind, fresh.returns_to_id = None, change, kind, returns_to
    for hunk in hunks:
        hunk.pk = None
    with writing():
        save_change(fresh, hunks, first, why)
        event(change, ChangeState.REVISED, first, why, loom.now)
    return fresh


def _follow(loom: Loom, before: Step | None, step: Step) -> None:
    """What the first checks of a new text make of the change before it, and of its own (ADR 6)."""
    assert step.change is not None
    entries, returns = step.newer.entries, step.change.returns_to_id is not None
    step.becomes(ChangeState.CANDIDATE, entries[0].check, "")
    step.is_shaken = returns and before is not None and not _is_settled(before, step)
    if before is not None and before.change is not None and before.state == ChangeState.CANDIDATE:
        if _is_settled(before, step):
            before.state = before.change.state  # type: ignore[attr-defined]
        else:
            state, why = end_of_candidate(before.change, loom.standing(_version(step.newer)).reading)
            before.becomes(state, entries[0].check, why)
        if returns and before.state == ChangeState.WITHDRAWN:
            step.becomes(ChangeState.WITHDRAWN, entries[0].check, TAKES_BACK)
    if step.state == ChangeState.CANDIDATE and len(entries) > 1:
        step.becomes(ChangeState.CONFIRMED, entries[1].check, FOUND_AGAIN)


def _is_settled(step: Step, following: Step | None) -> bool:
    """Whether the state on record holds: no import has touched the text or the one that follows."""
    if step.change is None:
        return True
    if step.is_new or step.is_shaken or (following is not None and following.is_new):
        return False
    deciding = [*step.newer.entries, *(following.newer.entries[:1] if following else ())]
    is_touched = any(entry.is_imported for entry in deciding)
    return not is_touched and step.change.state != ChangeState.CANDIDATE  # type: ignore[attr-defined]


def _write_down(step: Step, following: Step | None) -> None:
    """One more event, where the state that was found is not the one on record."""
    if step.change is None or _is_settled(step, following):
        return
    known = ChangeState.CANDIDATE if step.is_new else step.change.state  # type: ignore[attr-defined]
    if known not in BY_ITSELF or step.state == known:
        return
    with writing():
        event(step.change, ChangeState(step.state), Check.objects.get(pk=step.check), step.why)


def _supersede(loom: Loom, joined: Mapping[tuple[int, int], Step]) -> None:
    """Changes on record that no longer join neighbours, because others now lead to the one or from the other."""
    left, reached = {old for old, _ in joined}, {new for _, new in joined}
    for (old, new), change in loom.stored.items():
        if (old, new) in joined or not (old in left or new in reached):
            continue
        by = next((step for (start, end), step in joined.items() if start == old or end == new), None)
        assert by is not None
        check = Check(pk=by.newer.entries[0].check, finished_at=loom.now)
        with writing():
            event(change, ChangeState.SUPERSEDED, check, MOVED_ON, loom.now)
        loom.woven.superseded += 1
