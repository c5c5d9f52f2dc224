"""Threads of this process check documents; rows say which (house rule 2).

A worker takes a lease, checks, and gives it back in the same transaction that records the check. When the
process is asked to stop, running checks get a few seconds to end; then their leases are given back, and
whatever such a check still tries to write is refused by the lease. Until then the process renews the leases of
its workers: a lease that has run out is one of a process that has died or hangs.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import close_old_connections, connections
from structlog.contextvars import bound_contextvars

from conductatlas.archive import repack
from conductatlas.archive.services import forget_refused
from conductatlas.catalogue.models import Document
from conductatlas.clock import SetClock, SystemClock
from conductatlas.errors import ConductAtlasError, LeaseLostError, RecordError, StoreUnavailableError
from conductatlas.history.services import awaiting_confirmation
from conductatlas.work import due, incidents
from conductatlas.work.allocator import set_apart_what_is_loaded, share_heap
from conductatlas.work.known import Known, known_of
from conductatlas.work.models import Due
from conductatlas.work.pipeline import Result, Tools, check
from conductatlas.writing import storage_faults, writing

GRACE = 8.0  # seconds; a stop is over within ten
TURN = 5.0  # seconds between two looks at what is due
AT_ONCE = 8  # documents that a worker takes at once: what is known of them is read together
SETTLE_ROUNDS = 24
log = structlog.get_logger("conductatlas.work")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document that was not checked, and why: someone else holds it, or the record cannot be written."""

    document_key: int
    error: ConductAtlasError | None = None


Outcome = Result | Skipped


@dataclass(slots=True)
class Embedded:
    """A pool of daemon threads over one set of tools."""

    tools: Tools
    workers: int
    lease: timedelta
    stop: threading.Event = field(default_factory=threading.Event)

    _renewed: float = field(default_factory=time.monotonic)
    _tidied: datetime | None = None

    def __post_init__(self) -> None:
        share_heap()
        set_apart_what_is_loaded()

    def run(self, documents: Iterable[int], *, started_by: str) -> Iterator[Outcome]:
        """Check `documents` (keys), as many at a time as there are workers; results as they come.

        Ends early, after at most GRACE seconds, when `stop` is set; so it is when nobody wants the rest.
        """
        todo: queue.SimpleQueue[int] = queue.SimpleQueue()
        done: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()
        count = 0
        for key in documents:
            todo.put(key)
            count += 1
        threads = [
            threading.Thread(target=self._work, args=(todo, done, started_by), name=f"check-{n}", daemon=True)
            for n in range(min(self.workers, count))
        ]
        for thread in threads:
            thread.start()
        open_threads, asked_to_stop = len(threads), 0.0
        try:
            while open_threads and not (asked_to_stop and time.monotonic() - asked_to_stop > GRACE):
                if self.stop.is_set():
                    asked_to_stop = asked_to_stop or time.monotonic()
                else:
                    self._renew()
                try:
                    outcome = done.get(timeout=0.2)
                except queue.Empty:
                    continue
                if outcome is None:
                    open_threads -= 1
                else:
                    yield outcome
        finally:
            if open_threads:
                self.stop.set()
                self.give_back()

    def settle(self, documents: Iterable[int], clock: SetClock) -> Iterator[Outcome]:
        """Go on with the clock at each later due moment of these documents until no candidate is open, and of no
        document that was read before it is open whether it is gone.

        A confirming check that fails is made again at its retry; SETTLE_ROUNDS moments are enough for any page
        that does not flicker for ever.
        """
        keys = list(documents)
        for _ in range(SETTLE_ROUNDS):
            in_doubt = {*awaiting_confirmation(keys), *due.disappearing(keys)}
            waiting = list(Due.objects.filter(document__in=in_doubt).order_by("due_at"))
            if not waiting or self.stop.is_set():
                return
            clock.moment = max(clock.moment, waiting[0].due_at)
            now = [row.document_id for row in waiting if row.due_at <= clock.moment]
            yield from self.run(now, started_by="confirmation")

    def watch(self) -> Iterator[Outcome]:
        """Check what is due, for ever: until `stop` is set. A database that does not answer is waited for."""
        while not self.stop.is_set():
            progressed = False
            try:
                for outcome in self.run(self._next(), started_by="schedule"):
                    progressed = progressed or isinstance(outcome, Result)
                    yield outcome
            except StoreUnavailableError as fault:
                log.error("waiting for the database", **fault.diagnostics())
            if not progressed:
                self.stop.wait(TURN)

    def tidy(self) -> None:
        """Every six hours by the clock of this machine: forget the bytes of refused captures whose time is over, and do
        what a killed removal or repacking left to do."""
        now = SystemClock().now()
        if self._tidied is None or abs(now - self._tidied) > timedelta(hours=6):
            with writing():
                forget_refused(now, keep=incidents.captures_to_keep())
            self._tidied = now
            try:
                repack.finish()
            except RecordError as fault:
                log.warning("packs not tidied", **fault.diagnostics())

    def give_back(self) -> None:
        """Give back every lease this process holds."""
        with writing():
            due.release(self._process())

    def _next(self) -> list[int]:
        """The documents that are due now, a few for each worker. StoreUnavailableError."""
        close_old_connections()  # one that broke is of no use any more
        self.tidy()
        now = self.tools.clock.now()
        with storage_faults():
            due.ensure(now)
            return [row.document_id for row in due.due(now)[: 4 * self.workers]]

    def _renew(self) -> None:
        if time.monotonic() - self._renewed < self.lease.total_seconds() / 3:
            return
        self._renewed = time.monotonic()
        try:
            with writing():
                due.renew(self._process(), self.lease)
        except StoreUnavailableError as fault:
            log.warning("leases not renewed", **fault.diagnostics())

    @staticmethod
    def _process() -> str:
        """What the holder names of this process's threads begin with."""
        return due.holder_name().rpartition(":")[0] + ":"

    def _work(
        self,
        todo: queue.SimpleQueue[int],
        done: queue.SimpleQueue[Outcome | None],
        started_by: str,
    ) -> None:
        try:
            while not self.stop.is_set() and (keys := self._next_few(todo)):
                for outcome in self._few(keys, started_by):
                    done.put(outcome)
        finally:
            connections.close_all()
            done.put(None)

    def _next_few(self, todo: queue.SimpleQueue[int]) -> list[int]:
        """The next documents for one worker: fewer when few are left, so that the others have some too."""
        keys = []
        with suppress(queue.Empty):
            for _ in range(min(AT_ONCE, max(1, todo.qsize() // self.workers))):
                keys.append(todo.get_nowait())
        return keys

    def _few(self, keys: list[int], started_by: str) -> Iterator[Outcome]:
        """Take the leases of a few documents at once, read what is known of them, and check one after the other."""
        holder = due.holder_name()
        try:
            with writing():
                taken = due.claim(keys, holder, self.lease)
            with storage_faults():
                documents = Document.objects.select_related("platform", "due").in_bulk(taken)
                known = self._known(documents)
        except ConductAtlasError as fault:
            log.error("checks not begun", documents=keys, **fault.diagnostics())
            for key in keys:
                self._return_lease(key, holder)
                yield Skipped(key, fault)
            return
        for place, key in enumerate(keys):
            if self.stop.is_set():
                self._give_back_unused(keys[place:], holder)
                return
            if key not in documents:
                yield Skipped(key)
                continue
            with bound_contextvars(document=key):
                yield self._one(documents[key], known.get(key), started_by, holder)

    def _one(self, document: Document, known: Known | None, started_by: str, holder: str) -> Outcome:
        key = document.pk
        try:
            with storage_faults():
                why = "confirmation" if document.due.why == "confirmation" else started_by
                result = check(document, self.tools, started_by=why, holder=holder, known=known)
        except LeaseLostError as fault:
            return Skipped(key, fault)
        except ConductAtlasError as fault:
            log.error("check not recorded", **fault.diagnostics())
            self._return_lease(key, holder)
            return Skipped(key, fault)
        except Exception as fault:  # one document never stops the run; the trace goes to the log
            log.exception("check broke")
            self._return_lease(key, holder)
            return Skipped(key, ConductAtlasError(f"{type(fault).__name__}: {fault}"))
        log.debug(
            "checked",
            path=result.document.path,
            check=result.check_key,
            captures=result.capture_keys,
            outcome=result.outcome,
            reason=result.reason,
        )
        return result

    @staticmethod
    def _known(documents: Mapping[int, Document]) -> Mapping[int, Known]:
        """What is known of them; nothing where one spoils it for the others: then each is looked at by itself."""
        try:
            return known_of(list(documents.values()))
        except ConductAtlasError:
            raise
        except Exception:  # the trace goes to the log, and whose fault it is shows when it is checked
            log.exception("not read together", documents=list(documents))
            return {}

    def _give_back_unused(self, keys: list[int], holder: str) -> None:
        """Documents that were taken and not begun are free at once, and as due as before."""
        try:
            with writing():
                due.give_back(keys, holder)
        except ConductAtlasError:
            log.warning("leases not given back; they run out by themselves")

    def _return_lease(self, key: int, holder: str) -> None:
        """After a fault the document is tried again in a while, by whoever is free."""
        try:
            with writing():
                Due.objects.filter(document=key, holder=holder).update(
                    holder="", lease_until=None, due_at=self.tools.clock.now() + due.FIRST_RETRY
                )
        except ConductAtlasError:
            log.warning("lease not given back; it runs out by itself")
