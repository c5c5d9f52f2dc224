"""One audit of the whole archive: passes over leaves with their rows, rows without leaves, quotes, analyses, packs.

Nothing is written but the file of its progress, and no transaction stays open: checks go on meanwhile. What is
written meanwhile is not looked at; it is in the next one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from django.db.models import QuerySet

from conductatlas.archive import ledger, merkle, tiles
from conductatlas.archive.leaves import KINDS
from conductatlas.archive.ledger_models import Checkpoint, Leaf, Ledger
from conductatlas.errors import RecordError
from conductatlas.evidence.audit import heads, moments, rows, snapshots, tree
from conductatlas.evidence.audit.findings import Area, Finding, Kind, Tally, Verdict
from conductatlas.evidence.audit.passes import PASSES
from conductatlas.evidence.audit.progress import Kept, Progress
from conductatlas.writing import storage_faults

BATCH = 2_000  # leaves at once
SAVE_AFTER = 2.0  # seconds of work that a killed audit may have to do again
FILE = "audit.json"  # in the data folder

Bar = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]


@contextmanager
def silent(_what: str, _total: int) -> Iterator[Callable[[int], None]]:
    """No bar."""
    yield lambda _: None


@dataclass(frozen=True, slots=True)
class Report:
    """What came of an audit. finished: not where it was stopped, and goes on with the next call. start: the leaf it
    began with; size: leaves up to its checkpoint; waiting: leaves that no checkpoint has yet."""

    finished: bool
    begun_at: str
    start: int
    size: int
    waiting: int
    tally: Tally

    @property
    def holds(self) -> bool:
        """Whether nothing was found that does not."""
        return not self.tally.of(Verdict.FAILS)


@dataclass(slots=True)
class Audit:
    """An audit that keeps its progress in `file`. against: a checkpoint that someone else kept. roots: the certificates
    that time stamps must lead to. stop: once set, it ends soon. bar: shows how far a pass has come."""

    file: Path
    against: heads.Kept | None = None
    roots: Sequence[x509.Certificate] = ()
    stop: threading.Event = field(default_factory=threading.Event)
    bar: Bar = silent
    _saved_at: float = 0.0

    def run(self, *, since_last: bool = False, anew: bool = False) -> Report:
        """Go on with the audit that was stopped, or begin one.

        since_last: only what came after the last one that found nothing wrong. anew: forget one that was stopped.
        RecordError where the database does not answer or the progress cannot be kept.
        """
        with storage_faults():
            kept = Kept.read(self.file)
            if kept.now is None or anew:
                kept.now = self._begun(kept.last if since_last else None)
            now = kept.now
            told = self._kept_elsewhere(kept)
            for step in (self._leaves, self._without_leaf, self._said, self._packs):
                if not step(kept, now, told):
                    kept.write()
                    return self._report(now, finished=False)
            self._end(now, told)
            report = self._report(now, finished=True)
            whole = now.start == 0
            now.tally = Tally()
            if report.holds:
                kept.seen, kept.last = now.note or kept.seen, now
            elif whole:
                kept.last = None
            kept.now = None
            kept.write()
            return report

    def _begun(self, last: Progress | None) -> Progress:
        newest = _newest()
        end = Leaf.objects.order_by("-index").values_list("index", flat=True).first()
        size = min(newest.size if newest else 0, 0 if end is None else end + 1)
        at, note, members = (
            datetime.now(UTC).isoformat(),
            newest.note if newest else "",
            snapshots.last_member(),
        )
        if last is not None and last.index <= size:
            return last.followed(at, note, size, members)
        return Progress(at, note, size, members_until=members)

    def _kept_elsewhere(self, kept: Kept) -> list[heads.Kept]:
        found = heads.beside_packs(Tally())  # one that is none is named at the end
        if kept.seen:
            found.append(heads.seen_last(kept.seen))
        return [*found, self.against] if self.against else found

    def _leaves(self, kept: Kept, now: Progress, told: list[heads.Kept]) -> bool:
        """Leaves, tiles, checkpoints, rows, texts, moments; whether it came to the end."""
        grown = now.tree
        last = _checkpoints().filter(size__lte=now.index).order_by("-size").first()
        looks = heads.Heads(now.tally, self.roots, last, now.root_fails)
        wanted = {one.note.head.size for one in told}
        with self.bar("Reading leaves and rows", now.size) as progress:
            while now.index < now.size:
                if self.stop.is_set():
                    return False
                end = min(now.index + BATCH, now.size)
                stored = tree.Stored.read(now.index, end)
                self._grow(grown, stored.examined(now.tally), looks, wanted, now)
                _examine_rows(stored, now.tally)
                now.reach(grown)
                now.root_fails = looks.root_fails
                self._save(kept)
                progress(now.index)
        return True

    def _grow(
        self, grown: tree.Tree, hashes: list[bytes], looks: heads.Heads, wanted: set[int], now: Progress
    ) -> None:
        start, end = grown.size, grown.size + len(hashes)
        signed = {row.size: row for row in _checkpoints().filter(size__gt=start, size__lte=end)}
        stops = {end, *signed, *(size for size in wanted if start < size <= end)}
        for stop in sorted(stops):
            tree.compare(grown.add(hashes[grown.size - start : stop - start]), now.tally)
            if stop in wanted:
                now.roots[str(stop)] = grown.root.hex()
            if stop in signed:
                looks.examine(signed[stop], grown.root)
        if end == now.size:
            tree.compare(grown.open, now.tally)

    def _without_leaf(self, kept: Kept, now: Progress, _told: list[heads.Kept]) -> bool:
        """Rows that the ledger knows nothing of; whether it came to the end."""
        for kind in KINDS:
            if kind in now.kinds:
                continue
            if self.stop.is_set():
                return False
            with self.bar(f"Looking for a {kind} without a leaf", 0):
                now.keys[kind] = rows.examine_without_leaf(kind, now.keys.get(kind, 0), now.tally)
            now.kinds.append(kind)
            self._save(kept)
        return True

    def _said(self, kept: Kept, now: Progress, _told: list[heads.Kept]) -> bool:
        """Words of provisions, and what is said of them; whether it came to the end."""
        for one in PASSES:
            after, done = now.keys.get(one.name, 0), 0
            with self.bar(one.title, one.left(after)) as progress:
                for part in one.parts_after(after):
                    if self.stop.is_set():
                        return False
                    one.examine(part, now.tally)
                    now.keys[one.name] = one.last(part)
                    self._save(kept)
                    done += len(part)
                    progress(done)
        return True

    def _packs(self, kept: Kept, now: Progress, _told: list[heads.Kept]) -> bool:
        """Snapshots; whether it came to the end."""
        keys = list(snapshots.packs_after(now.pack, with_members_after=now.members_after))
        with self.bar("Unpacking snapshots", len(keys)) as progress:
            for done, key in enumerate(keys, 1):
                if self.stop.is_set():
                    return False
                snapshots.examine(key, now.tally)
                now.pack = key
                self._save(kept)
                progress(done)
        return True

    def _end(self, now: Progress, told: list[heads.Kept]) -> None:
        """What is asked once: heads over more leaves than there are, copies elsewhere, snapshots in no pack."""
        tally, newest = now.tally, _newest()
        before = _checkpoints().filter(size__lte=now.size).order_by("-size").first()
        looks = heads.Heads(tally, self.roots, before, now.root_fails)
        over = _checkpoints().filter(size__gt=now.size, pk__lte=_key_of(now.note)).order_by("size")
        for row in over.iterator(chunk_size=100):
            sentence = f"It is over {row.size} leaves, and there are {now.size}: the ledger was truncated."
            tally.note(Area.LEAVES, Kind.SET_BACK, f"checkpoint {row.size}", sentence)
            looks.examine(row, tree.ABSENT)
        counted = Ledger.objects.values_list("size", flat=True).first() or 0
        if counted < now.size:
            sentence = f"It counts {counted} leaves, and has {now.size}."
            tally.note(Area.LEAVES, Kind.SET_BACK, "ledger", sentence)
        heads.beside_packs(tally)
        for one in told:
            one.examine(newest, lambda size: _root_at(size, now), tally)
        snapshots.examine_lost(tally)
        if given := tally.found.pop(Kind.CLOCK_GIVEN, 0):
            sentence = "They were made with a clock that a person set: their moments are no statement of this machine."
            tally.findings.append(
                Finding(Area.MOMENTS, Kind.CLOCK_GIVEN, Verdict.UNKNOWN, f"{given} captures", sentence)
            )

    def _save(self, kept: Kept) -> None:
        now = time.monotonic()
        if now - self._saved_at >= SAVE_AFTER:
            kept.write()
            self._saved_at = time.monotonic()

    def _report(self, now: Progress, *, finished: bool) -> Report:
        size = Ledger.objects.values_list("size", flat=True).first() or 0
        waiting = max(0, size - now.size) + ledger.pending()
        return Report(finished, now.begun_at, now.start, now.size, waiting, now.tally)


def _examine_rows(stored: tree.Stored, tally: Tally) -> None:
    around = moments.Around.read(stored.start, stored.end)
    for kind, read in rows.examine(stored.leaves.values(), tally):
        if kind == "capture":
            moments.examine(read, around, tally)
        elif kind == "reading":
            rows.examine_texts(read, tally)


def _root_at(size: int, now: Progress) -> bytes:
    """The root over the first leaves: as the leaves gave it, or of the stored tiles where they were read before."""
    if root := now.roots.get(str(size)):
        return bytes.fromhex(root)
    try:
        return merkle.root(size, tiles.nodes(ledger.tile))
    except (RecordError, AssertionError):  # a tile is missing, or short
        return tree.ABSENT


def _checkpoints() -> QuerySet[Checkpoint]:
    return Checkpoint.objects.select_related("key").prefetch_related("cosignatures", "stamps")


def _newest() -> Checkpoint | None:
    return _checkpoints().order_by("-size").first()


def _key_of(note: str) -> int:
    return Checkpoint.objects.filter(note=note).values_list("pk", flat=True).first() or 0
