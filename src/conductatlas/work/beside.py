"""What goes on beside the checks, in a thread of its own: a step, again and again, that no fault ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections, connections

from conductatlas.errors import ConductAtlasError


def tried(step: Callable[[], object], log: Any, said: str) -> None:
    """One step. A fault is logged under what is `said` of it, one of ours with its trace: what was to be done stays
    where it is."""
    try:
        step()
    except ConductAtlasError as fault:
        log.error(said, **fault.diagnostics())
    except Exception:  # a fault of ours never ends what goes on beside
        log.exception(said)


def again_and_again(step: Callable[[], None], stop: threading.Event, seconds: float) -> None:
    """The step every so many `seconds` until `stop` is set. It is one that never raises."""
    try:
        while not stop.wait(seconds):
            close_old_connections()
            step()
    finally:
        connections.close_all()
