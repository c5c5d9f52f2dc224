"""Who needs the objects of the store to stay, and who deletes some, keep out of each other's way.

A backup copies the database first and the packs that it names afterwards; sealing and repacking write an object
first and name it afterwards. In between no object may go. The lock is one of the server where rows lie on
PostgreSQL, else one on a file of the data folder; both end with the process that holds them.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.conf import settings
from django.db import connection

from conductatlas.errors import StoreUnavailableError
from conductatlas.writing import storage_faults

PACKS = 0x7061636B  # the advisory lock on a PostgreSQL server


@contextmanager
def packs_stay() -> Iterator[None]:
    """Until the end of the block nobody deletes an object. Many can ask for this at once.

    It waits for a deletion that is going on, which takes moments. StoreUnavailableError.
    """
    with _held(shared=True):
        yield


@contextmanager
def may_delete() -> Iterator[bool]:
    """Whether objects may be deleted until the end of the block: not while anyone needs them to stay."""
    with _held(shared=False) as held:
        yield held


def _held(*, shared: bool) -> AbstractContextManager[bool]:
    return _on_server(shared) if settings.CONFIG.sqlite_file is None else _on_file(shared)


@contextmanager
def _on_server(shared: bool) -> Iterator[bool]:
    take, give = (
        ("pg_advisory_lock_shared", "pg_advisory_unlock_shared")
        if shared
        else ("pg_try_advisory_lock", "pg_advisory_unlock")
    )
    with storage_faults(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {take}(%s)", [PACKS])
        held = shared or bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held:
            with storage_faults(), connection.cursor() as cursor:
                cursor.execute(f"SELECT {give}(%s)", [PACKS])


@contextmanager
def _on_file(shared: bool) -> Iterator[bool]:
    try:
        stream = (settings.CONFIG.data_dir / ".packs").open("ab")
    except OSError as fault:
        raise StoreUnavailableError(f"the data folder cannot be written: {fault.strerror}") from None
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH if shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
