"""The provisions of what was recorded: looked for right after a check, and wherever that was left undone.

look        one document, after its check
look_all    all documents, or some
ask_all     the questionnaire, of platforms whose documents say something else
CatchingUp  all that is due, beside the checks
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

import structlog

from conductatlas.catalogue.models import Document
from conductatlas.clock import Clock
from conductatlas.history.models import Change, Reading
from conductatlas.provisions import asking, queries, services
from conductatlas.work.beside import again_and_again, tried
from conductatlas.writing import writing

TURN = 60.0  # seconds between two looks at what is due

log = structlog.get_logger("conductatlas.provisions")


def look(document: Document, clock: Clock) -> None:
    """What is due of one document, and which provisions its changes touch: some are drawn between texts that were
    looked at long before. A fault is logged, since what is due stays so."""

    def step() -> None:
        look_all([document], clock)
        with writing():
            services.touch(Change.objects.filter(document=document, touched=None))

    tried(step, log, "provisions not looked for")


def look_all(
    documents: Iterable[Document] | None, clock: Clock, turns: Callable[[list[int]], Iterable[int]] = iter
) -> int:
    """Look for provisions wherever that is due, one text at a time; how many were looked at. `turns` may show a bar.

    documents: None for all; the named ones are settled in any case, since an earlier text may stand again. The first
    fault ends it, what was written before stays. Errors as of `services.look_for_provisions`.
    """
    rows = queries.due()
    if documents is not None:
        documents = list(documents)
        rows = rows.filter(version__document__in=documents)
    keys = list(rows.values_list("pk", flat=True))
    for key in turns(keys):
        _look_at(key, clock)
    for document in queries.looked_at() if documents is None else documents:
        services.settle(document, clock.now())
    return len(keys)


def ask_all(clock: Clock) -> int:
    """Put the questionnaire to the platforms whose documents say something else than when they were asked last; how
    many were asked."""
    platforms = asking.stale()
    for platform in platforms:
        asking.fill(platform, clock.now())
    return len(platforms)


def _look_at(key: int, clock: Clock) -> None:
    reading = Reading.objects.select_related("version__document").get(pk=key)
    services.look_for_provisions(reading, clock.now())


@dataclass(slots=True)
class CatchingUp:
    """Looks for provisions where that is due, beside the checks: after an upgrade, or where a process was killed."""

    clock: Clock
    stop: threading.Event = field(default_factory=threading.Event)
    _faulty: set[int] = field(default_factory=set)  # readings that this process does not try again
    _is_settled: bool = False

    def step(self) -> int:
        """Look at what is due, until `stop` is set; how many texts were looked at. One with a fault is logged, and left
        out until the next start."""
        keys = [key for key in queries.due().values_list("pk", flat=True) if key not in self._faulty]
        documents: set[int] = set()
        for key in keys:
            if self.stop.is_set():
                break
            tried(partial(self._look_at, key, documents), log, "provisions not looked for")
        if not self._is_settled or documents:
            every = queries.looked_at()
            for document in every.filter(pk__in=documents) if self._is_settled else every:
                tried(partial(services.settle, document, self.clock.now()), log, "provisions not settled")
            self._is_settled = True
        tried(partial(ask_all, self.clock), log, "platforms not asked")
        return len(keys)

    def _look_at(self, key: int, documents: set[int]) -> None:
        self._faulty.add(key)
        _look_at(key, self.clock)
        self._faulty.discard(key)
        documents.add(Reading.objects.values_list("version__document", flat=True).get(pk=key))

    def run(self) -> None:
        """A step now and every minute until `stop` is set. What goes wrong is logged."""
        tried(self.step, log, "provisions not looked for")
        again_and_again(lambda: tried(self.step, log, "provisions not looked for"), self.stop, TURN)
