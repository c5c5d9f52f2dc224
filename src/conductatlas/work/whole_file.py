"""A file that is there as a whole or not at all: written beside its place, and locked while it is."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from conductatlas.errors import ConductAtlasError


def part_of(target: Path) -> Path:
    """Where a file is written until all of it is on disk."""
    return target.with_name(f".{target.name}.part")


@contextmanager
def whole_file(target: Path, what: str, error: type[ConductAtlasError], *, mode: int) -> Iterator[BinaryIO]:
    """The file beside `target`, which takes its place once all of it is on disk; what is unfinished is deleted.

    what: as people call it. `error` where the target exists, where another process writes it, and where it cannot be
    written. The lock ends with the process, so a part that nobody holds was left behind.
    """
    if target.exists():
        raise error(f"{target} exists already")
    part = part_of(target)
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, mode), "r+b") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise error(f"{part} is being written by another {what}") from None
            try:
                stream.truncate()
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
                part.replace(target)
            finally:
                part.unlink(missing_ok=True)
    except (OSError, sqlite3.Error, tarfile.TarError, zipfile.LargeZipFile) as fault:
        raise error(f"{target} could not be written: {fault}") from fault
