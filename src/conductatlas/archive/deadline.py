"""How long an attempt may still take, by the monotonic clock: one that is set or leaps cannot stretch it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from conductatlas.errors import FetchTimeoutError


class Deadline:
    """Runs out `seconds` after it was made. Not to be shared between threads."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self, limit: float) -> float:
        """Seconds the next step may take: `limit`, or what is left if that is less.

        FetchTimeoutError if nothing is left.
        """
        left = min(limit, self._end - time.monotonic())
        if left <= 0:
            raise FetchTimeoutError(f"the attempt took more than {self._seconds:g} s")
        return left

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What happens inside does not count: waiting for one's turn is not the server's slowness."""
        paused_at = time.monotonic()
        try:
            yield
        finally:
            self._end += time.monotonic() - paused_at
