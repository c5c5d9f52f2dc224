"""The whole archive against its ledger: what is sound passes, and is passed again from where it was stopped."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evidence.conftest import Sealed
from tests.work.conftest import START, Archive, policy

from conductatlas.archive import ledger, ledger_keys, merkle
from conductatlas.archive.leaves import KINDS, leaf_bytes
from conductatlas.archive.ledger_models import Leaf
from conductatlas.archive.models import Capture, Erasure, Tombstone
from conductatlas.clock import SetClock
from conductatlas.errors import RecordError
from conductatlas.evidence.audit import run
from conductatlas.evidence.audit.findings import Area, Kind, Tally, Verdict
from conductatlas.evidence.audit.moments import Around
from conductatlas.evidence.audit.progress import Kept
from conductatlas.evidence.audit.run import Audit
from conductatlas.evidence.audit.tree import Tree
from conductatlas.history import removal
from conductatlas.history.models import Version
from conductatlas.provisions.models import Finding, FoundFact


def columns(tally: Tally) -> dict[str, tuple[int, int, int]]:
    return {area.value: (holds, fails, unknown) for area, holds, fails, unknown in tally.columns}


def test_a_sound_archive_holds(sealed: Sealed) -> None:
    report = sealed.audit()
    assert report.finished and report.holds and report.waiting == 0
    assert report.tally.findings == []
    found = columns(report.tally)
    leaves = Leaf.objects.count()
    assert found["leaves"] == found["rows"] == (leaves, 0, 0)
    assert found["checkpoints"] == (5, 0, 0)
    assert found["moments"] == (Capture.objects.count(), 0, 0)
    assert found["snapshots"] == (2, 0, 0)
    assert found["texts"] == (2, 0, 0)
    assert found["quotes"] == (Finding.objects.count() + FoundFact.objects.count(), 0, 0)
    assert found["analyses"] == (Finding.objects.filter(extraction__current__isnull=False).count(), 0, 0)
    assert found["copies of checkpoints"] == (1, 0, 0)


def test_an_archive_without_a_checkpoint_has_nothing_to_hold(db: None, tmp_path: Path) -> None:
    archive = Archive()
    archive.serve(policy())
    archive.check(archive.document())
    report = Audit(tmp_path / "audit.json").run()
    assert report.finished and report.holds and report.size == 0 and report.waiting > 2


def test_what_waits_is_told_and_is_no_fault(sealed: Sealed) -> None:
    sealed.archive.later(days=1)
    sealed.archive.check(sealed.document)
    report = sealed.audit()
    assert report.holds and report.waiting == 1


@pytest.mark.parametrize("batch", [1, 3, 7])
def test_one_batch_more_or_less_makes_no_difference(
    sealed: Sealed, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    whole = columns(replace(sealed, file=sealed.file.with_name("other.json")).audit().tally)
    monkeypatch.setattr(run, "BATCH", batch)
    assert columns(sealed.audit().tally) == whole


def test_it_goes_on_where_it_was_stopped(sealed: Sealed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped before each of its steps in turn, it counts everything once."""
    whole = columns(replace(sealed, file=sealed.file.with_name("other.json")).audit().tally)
    monkeypatch.setattr(run, "BATCH", 4)

    class Soon(threading.Event):
        asked = 0

        def is_set(self) -> bool:
            self.asked += 1
            return self.asked > 1

    stops = 0
    while not (report := Audit(sealed.file, stop=Soon()).run()).finished:
        stops += 1
        assert json.loads(sealed.file.read_text())["now"]["index"] == report.tally.counts[Area.LEAVES].total()
    assert stops > 10
    assert columns(report.tally) == whole
    assert json.loads(sealed.file.read_text())["now"] is None


def test_one_that_was_stopped_can_be_begun_anew(sealed: Sealed) -> None:
    stop = threading.Event()
    stop.set()
    assert not Audit(sealed.file, stop=stop).run().finished
    sealed.check()
    assert sealed.audit().size < Leaf.objects.count(), "it goes to where it was to go"
    stop.clear()
    assert sealed.audit(anew=True).size == Leaf.objects.count()


def test_only_what_came_since_is_looked_at(sealed: Sealed, in_the_database: Callable[[], None]) -> None:
    before = sealed.audit().size
    sealed.check(policy("Another text of this policy stands here now, with quite other words in it."))
    report = sealed.audit(since_last=True)
    assert report.holds and report.start == before and report.size == Leaf.objects.count()
    assert columns(report.tally)["rows"] == (report.size - before, 0, 0)
    assert columns(report.tally)["copies of checkpoints"] == (2, 0, 0), (
        "the last one's checkpoint is held against it"
    )
    sealed.check()
    in_the_database()
    Capture.objects.filter(pk=Capture.objects.order_by("-pk")[0].pk).update(status=404)
    assert Kind.ROW_EDITED in sealed.found(since_last=True)


def test_after_a_whole_one_that_failed_all_is_looked_at(
    sealed: Sealed, in_the_database: Callable[[], None]
) -> None:
    sealed.audit()
    in_the_database()
    Capture.objects.filter(pk=Capture.objects.order_by("pk")[0].pk).update(status=404)
    assert sealed.audit(since_last=True).holds, "it was there before"
    assert not sealed.audit().holds
    report = sealed.audit(since_last=True)
    assert report.start == 0 and not report.holds


def test_progress_that_cannot_be_read_is_none(sealed: Sealed) -> None:
    for text in ("", "{", "[]", '{"form": 2}', '{"form": 1, "seen": "", "last": {"x": 1}, "now": null}'):
        sealed.file.write_text(text)
        assert Kept.read(sealed.file) == Kept(sealed.file)
    assert sealed.audit().holds


def test_progress_that_cannot_be_written_is_said(sealed: Sealed, tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="cannot be written"):
        Audit(tmp_path / "gone" / "audit.json").run()


def test_a_removed_text_and_an_erased_row_still_hold(sealed: Sealed) -> None:
    version = Version.objects.order_by("pk")[0]
    extent = removal.extent_of_version(version)
    removal.remove(extent, "an order", "", at=sealed.archive.clock.now(), by=None)
    removal.erase(extent)
    erase(Capture.objects.order_by("pk")[0])
    sealed.seal()
    report = sealed.audit()
    assert report.holds, report.tally.findings
    assert columns(report.tally)["texts"] == (1, 0, 0)
    left = Finding.objects.exclude(extraction__reading__version=version).count()
    assert 0 < left < Finding.objects.count() and columns(report.tally)["quotes"][0] >= left
    assert columns(report.tally)["rows"][1:] == (0, 0) and Erasure.objects.count() == 1


def erase(capture: Capture) -> None:
    """Let go of what may be personal in a capture, as a removal will."""
    kept = json.loads(leaf_bytes(KINDS["capture"].rows([capture.pk])[capture.pk]))["commitments"]
    stone = Tombstone.objects.create(
        document=capture.source.document, reason="an order", at=START, capture=capture
    )
    Erasure.objects.create(tombstone=stone, kind="capture", subject=capture.pk, commitments=kept)
    ledger.enter(stone)
    blank = {name: [] if value == "[]" else value for name, value in Capture.erasable.blank.items()}
    Capture.objects.filter(pk=capture.pk).update(**blank)


def test_a_row_that_says_it_was_erased_and_was_not(
    sealed: Sealed, in_the_database: Callable[[], None]
) -> None:
    in_the_database()
    capture = Capture.objects.order_by("pk")[0]
    Capture.objects.filter(pk=capture.pk).update(salt="")
    assert sealed.found() == {Kind.ROW_EDITED: f"capture {capture.pk}"}


def test_a_key_that_was_replaced_holds_and_one_that_was_lost_is_told(sealed: Sealed) -> None:
    ledger_keys.rotate(SetClock(sealed.archive.clock.now()))
    sealed.check()
    assert sealed.audit().tally.findings == []
    ledger_keys._file(ledger_keys.public_keys()[-1]).unlink()
    ledger_keys.rotate(SetClock(sealed.archive.clock.now()))
    sealed.check()
    report = sealed.audit()
    assert report.holds
    assert [(one.kind, one.verdict) for one in report.tally.findings] == [(Kind.KEY_ALONE, Verdict.UNKNOWN)]


def test_a_set_clock_says_nothing_of_when(db: None, tmp_path: Path) -> None:
    archive = Archive()
    archive.serve(policy())
    archive.check(archive.document())
    assert ledger.seal("test", SetClock(datetime(2026, 11, 26, tzinfo=UTC))) is not None
    report = Audit(tmp_path / "audit.json").run()
    assert report.holds
    assert [(one.kind, one.verdict) for one in report.tally.findings] == [(Kind.CLOCK_GIVEN, Verdict.UNKNOWN)]
    assert columns(report.tally)["moments"] == (0, 0, 1)


def root_of(leaves: list[bytes]) -> bytes:
    return merkle.root(len(leaves), lambda level, n: merkle.fold(leaves[n << level : (n + 1) << level]))


@settings(deadline=None)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=5))
def test_the_tree_of_batches_is_the_tree_of_leaves(sizes: list[int]) -> None:
    tree, leaves, full = Tree(), [], 0
    for size in sizes:
        fresh = [merkle.leaf_hash(str(len(leaves) + n).encode()) for n in range(size)]
        leaves += fresh
        full += len(tree.add(fresh))
        assert (tree.size, tree.root) == (len(leaves), root_of(leaves))
        assert all(0 < len(one) < 256 * 32 for one in tree.open.values())
    assert full == len(leaves) // 256


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8, unique=True), st.integers(0, 49))
def test_the_checkpoints_around_a_leaf(sizes: list[int], index: int) -> None:
    sizes = sorted(sizes)
    moments = [START + timedelta(days=size) for size in sizes]
    before, over = Around(sizes, moments).of(index)
    assert before == max((at for size, at in zip(sizes, moments, strict=True) if size <= index), default=None)
    assert over == min((at for size, at in zip(sizes, moments, strict=True) if size > index), default=None)


def test_a_tally_comes_back_as_it_was() -> None:
    tally = Tally()
    for n in range(Tally.TOLD + 3):
        tally.note(Area.ROWS, Kind.ROW_GONE, f"capture {n}", "It is gone.")
    tally.count(Area.ROWS, number=7)
    again = Tally.from_dict(json.loads(json.dumps(tally.to_dict())))
    assert again == tally
    assert again.unnamed == {Kind.ROW_GONE: 3} and len(again.findings) == Tally.TOLD
    assert again.columns == [(Area.ROWS, 7, Tally.TOLD + 3, 0)]
    assert replace(again.findings[0], sentence="") != tally.findings[0]
