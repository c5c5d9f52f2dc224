"""Commands that take their time: how they are stopped, and how far they have got."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from conductatlas.cli.output import Output

Item = TypeVar("Item")


@contextmanager
def stopping(stop: threading.Event) -> Iterator[None]:
    """SIGTERM and Ctrl-C set `stop`; whoever runs then ends, or gives back what it holds."""

    def ask(_signal: int, _frame: object) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def progress(output: Output, what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, told how much is done by now; else nothing."""
    if output.as_json or not sys.stderr.isatty() or not total:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress, TimeRemainingColumn

    columns: tuple[Any, ...] = (*Progress.get_default_columns()[:3], TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def bar(output: Output, items: list[Item], what: str) -> Iterator[Iterable[Item]]:
    """The items, with a bar on a terminal that shows how far they have got."""
    with progress(output, what, len(items)) as told:
        yield _told(items, told)


def _told(items: list[Item], told: Callable[[int], None]) -> Iterator[Item]:
    for done, item in enumerate(items, 1):
        yield item
        told(done)
