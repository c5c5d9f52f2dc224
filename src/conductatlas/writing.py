"""The one writer of a process: short transactions, one after the other.

Threads fetch, read and pack with no transaction open and then queue up here, so that SQLite's single write
lock is asked for by one thread at a time. On PostgreSQL the lock costs nothing that matters.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import (
    DatabaseError,
    DataError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)

from conductatlas.errors import StoreUnavailableError

_lock = threading.RLock()  # what is written within a transaction is part of it


@contextmanager
def writing() -> Iterator[None]:
    """One transaction. StoreUnavailableError if the database cannot take it: then nothing of it was written."""
    with _lock, storage_faults(), transaction.atomic():
        yield


@contextmanager
def forced_to_disk() -> Iterator[None]:
    """Commits within survive a loss of power, and all that was committed before them. Around a transaction, not in it.

    A server does so with each commit. SQLite is told to: its log is forced out with the next commit, whole.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with _lock, storage_faults():
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = FULL")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA synchronous = NORMAL")


@contextmanager
def storage_faults() -> Iterator[None]:
    """Turn what databases say about full disks, locks and lost servers into StoreUnavailableError.

    What only a fault of ours can cause, an impossible value or statement, stays what it is.
    """
    try:
        yield
    except (OperationalError, InterfaceError) as fault:
        raise StoreUnavailableError(f"the database did not take it: {fault}") from fault
    except (DataError, ProgrammingError):
        raise
    except DatabaseError as fault:
        if "append-only" in str(fault):
            raise
        raise StoreUnavailableError(f"the database refused it: {fault}") from fault
