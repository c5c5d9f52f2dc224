"""A back-fill in several processes, each taking whole documents: reading and comparing is work of the processor,
and threads of one process would wait for each other. Rows say who holds what, as everywhere (house rule 2)."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import django

from conductatlas.config import Config, load

if TYPE_CHECKING:  # tables can be imported once Django is set up, and a new process begins here
    from conductatlas.work.backfill import BackFill, Tally
    from conductatlas.work.holdings import Given

PATIENCE = 0.2  # seconds between two looks at how far it is

_own: dict[str, Any] = {}  # of a worker process: its tools, the count of captures, whether to stop


def back_fill(
    config: Config,
    documents: Mapping[int, Sequence[Given]],
    *,
    processes: int,
    stop: threading.Event,
    on_captures: Callable[[int], None] = lambda _: None,
) -> Iterator[Tally]:
    """Take in the captures of each document (its key); a tally a document, as they end.

    on_captures is told how many are done by now. Once `stop` is set, each document ends after the check at hand.
    """
    largest_first = sorted(documents.items(), key=lambda item: -len(item[1]))
    if processes <= 1 or len(documents) <= 1:
        yield from _here(config, largest_first, stop, on_captures)
        return
    context = multiprocessing.get_context("spawn")
    done, is_stopped = context.Value("Q", 0), context.Event()
    with ProcessPoolExecutor(
        min(processes, len(documents)), context, initializer=_begin, initargs=(done, is_stopped)
    ) as pool:
        waiting: set[Future[Tally]] = {pool.submit(_one, key, given) for key, given in largest_first}
        try:
            while waiting:
                if stop.is_set():
                    is_stopped.set()
                ended, waiting = wait(waiting, PATIENCE, FIRST_COMPLETED)
                on_captures(done.value)
                for future in ended:
                    yield future.result()
        finally:
            is_stopped.set()


def _here(
    config: Config,
    documents: Sequence[tuple[int, Sequence[Given]]],
    stop: threading.Event,
    on_captures: Callable[[int], None],
) -> Iterator[Tally]:
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        on_captures(done)

    worker = _worker(config, stop.is_set, count)
    for key, given in documents:
        yield worker.run(key, given)


def _worker(config: Config, is_stopped: Callable[[], bool], count: Callable[[], None]) -> BackFill:
    from conductatlas.clock import SystemClock
    from conductatlas.work.backfill import BackFill
    from conductatlas.work.tools import make_tools

    return BackFill(
        make_tools(config, SystemClock()), timedelta(seconds=config.lease_seconds), is_stopped, count
    )


def _begin(done: Any, is_stopped: Any) -> None:
    """Make a new process ready: settings come from the environment, as in its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is asked, and asks us
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conductatlas.django_settings")
    from conductatlas import logs

    config = load()
    logs.configure(config.log_format, config.log_level)
    django.setup()

    def count() -> None:
        with done.get_lock():
            done.value += 1

    _own["worker"] = _worker(config, is_stopped.is_set, count)


def _one(key: int, given: Sequence[Given]) -> Tally:
    worker: BackFill = _own["worker"]
    return worker.run(key, given)
