"""One heap for all threads, where the C library would give each its own.

glibc opens an arena a thread, and what one large page left free in an arena is of no use to the others: over a
long run that is 25 MB of 190. Threads wait for the interpreter anyway, so there is no contention to be afraid of.
"""

from __future__ import annotations

import contextlib
import ctypes

M_ARENA_MAX = -8  # malloc.h of the GNU C library


def share_heap() -> None:
    """Ask for a single arena; to be called before threads allocate. Elsewhere than on glibc it does nothing."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
