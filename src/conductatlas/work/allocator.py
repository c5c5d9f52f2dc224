"""How a process that checks all day holds its memory: one heap for all threads, and nothing old looked through.

glibc opens an arena a thread, and what one large page left free in an arena is of no use to the others: over a
long run that is 25 MB of 190. Threads wait for the interpreter anyway, so there is no contention to be afraid of.

What a process has loaded before its first check stays as long as it does. To look through all of it for garbage takes
55 ms each time, once in a hundred checks.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
from functools import cache

M_ARENA_MAX = -8  # malloc.h of the GNU C library


def share_heap() -> None:
    """Ask for a single arena; to be called before threads allocate. Elsewhere than on glibc it does nothing."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


@cache
def set_apart_what_is_loaded() -> None:
    """Leave what lives now out of every garbage collection to come; once a process."""
    gc.freeze()
