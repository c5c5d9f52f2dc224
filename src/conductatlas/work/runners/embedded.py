"""Threads of this process check documents; rows say which (house rule 2).

A worker takes a lease, checks, and gives it back in the same transaction that records the check. When the
process is asked to stop, running checks get a few seconds to end; then their leases are given back, and
whatever such a check still tries to write is refused by the lease.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import connections

from conductatlas.archive.services import forget_refused
from conductatlas.catalogue.models import Document
from conductatlas.clock import SetClock
from conductatlas.errors import ConductAtlasError, LeaseLostError
from conductatlas.work import due
from conductatlas.work.models import Due
from conductatlas.work.pipeline import Result, Tools, check
from conductatlas.writing import writing

GRACE = 8.0  # seconds; a stop is over within ten
TURN = 5.0  # seconds between two looks at what is due
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

    def run(self, documents: Iterable[int], *, started_by: str) -> Iterator[Outcome]:
        """Check `documents` (keys), as many at a time as there are workers; results as they come.

        A document with a change to confirm is asked for without conditions. Ends early, after at most GRACE
        seconds, when `stop` is set.
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
        open_threads, waited = len(threads), 0.0
        while open_threads and waited < GRACE:
            try:
                outcome = done.get(timeout=0.2)
            except queue.Empty:
                waited += 0.2 if self.stop.is_set() else 0.0
                continue
            if outcome is None:
                open_threads -= 1
            else:
                yield outcome
        if open_threads:
            self.give_back()

    def settle(self, documents: Iterable[int], clock: SetClock) -> Iterator[Outcome]:
        """Go on with the clock at each later due moment of these documents until no candidate is open."""
        keys = list(documents)
        for _ in range(SETTLE_ROUNDS):
            waiting = list(Due.objects.filter(document__in=keys, why="confirmation").order_by("due_at"))
            if not waiting or self.stop.is_set():
                return
            clock.moment = max(clock.moment, waiting[0].due_at)
            now = [row.document_id for row in waiting if row.due_at <= clock.moment]
            yield from self.run(now, started_by="confirmation")

    def watch(self) -> Iterator[Outcome]:
        """Check what is due, for ever: until `stop` is set."""
        tidied: datetime | None = None
        while not self.stop.is_set():
            now = self.tools.clock.now()
            due.ensure(now)
            if tidied is None or abs(now - tidied) > timedelta(hours=6):
                with writing():
                    forget_refused(now)
                tidied = now
            progressed = False
            rows = due.due(now)[: 4 * self.workers]
            for outcome in self.run([row.document_id for row in rows], started_by="schedule"):
                progressed = progressed or isinstance(outcome, Result)
                yield outcome
            if not progressed:
                self.stop.wait(TURN)

    def give_back(self) -> None:
        """Give back every lease this process holds."""
        with writing():
            due.release(due.holder_name().rsplit(":", 1)[0])

    def _work(
        self,
        todo: queue.SimpleQueue[int],
        done: queue.SimpleQueue[Outcome | None],
        started_by: str,
    ) -> None:
        try:
            while not self.stop.is_set():
                try:
                    key = todo.get_nowait()
                except queue.Empty:
                    return
                done.put(self._one(key, started_by))
        finally:
            connections.close_all()
            done.put(None)

    def _one(self, key: int, started_by: str) -> Outcome:
        holder = due.holder_name()
        try:
            with writing():
                taken = due.claim([key], holder, self.lease)
            if not taken:
                return Skipped(key)
            document = Document.objects.select_related("platform", "due").get(pk=key)
            confirming = document.due.why == "confirmation"
            result = check(
                document,
                self.tools,
                started_by="confirmation" if confirming else started_by,
                holder=holder,
                conditional=not confirming,
            )
        except LeaseLostError as fault:
            return Skipped(key, fault)
        except ConductAtlasError as fault:
            log.error("check not recorded", document=key, **fault.diagnostics())
            self._return_lease(key, holder)
            return Skipped(key, fault)
        except Exception as fault:  # one document never stops the run; the trace goes to the log
            log.exception("check broke", document=key, pid=os.getpid())
            self._return_lease(key, holder)
            return Skipped(key, ConductAtlasError(f"{type(fault).__name__}: {fault}"))
        log.debug("checked", document=result.document.path, check=result.check_key, outcome=result.outcome)
        return result

    def _return_lease(self, key: int, holder: str) -> None:
        """After a fault the document is tried again in a while, by whoever is free."""
        try:
            with writing():
                Due.objects.filter(document=key, holder=holder).update(
                    holder="", lease_until=None, due_at=self.tools.clock.now() + due.FIRST_RETRY
                )
        except ConductAtlasError:
            log.warning("lease not given back; it runs out by itself", document=key)
