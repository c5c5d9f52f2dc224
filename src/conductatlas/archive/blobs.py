"""Immutable objects by key, outside the database: the one seam to the disk or the bucket that holds packs.

The seam is obstore's: a folder (`file://`), a bucket (`s3://`) and the in-memory twin (`memory://`) answer to
the same calls. What this file adds is the project's errors, and durability: obstore writes a local file
beside its place and renames it, but leaves it in the kernel's cache; here it is forced to the disk before
`put` returns.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

import obstore
from django.conf import settings
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, S3Store

from conductatlas.errors import ConfigurationError, StoreUnavailableError


@dataclass(frozen=True, slots=True)
class Blobs:
    """Objects in one place. Every fault of the place is a StoreUnavailableError."""

    store: ObjectStore
    folder: Path | None = None  # where the place is a folder of this machine

    def put(self, key: str, content: IO[bytes]) -> None:
        """Write the rest of `content` as one object: whole or not at all, and on the disk when this returns.

        An object that is there already is replaced; since keys name contents, by the same bytes.
        """
        try:
            obstore.put(self.store, key, content, max_concurrency=2)  # parts of 5 MB held at once
            if self.folder is not None:
                _force_to_disk(self.folder / key, self.folder)
        except (BaseError, OSError, ValueError) as fault:
            raise _unavailable(f"cannot write {key}", fault) from fault

    def get(self, key: str) -> bytes | None:
        """A whole object; None if there is none."""
        try:
            return bytes(obstore.get(self.store, key).bytes())
        except FileNotFoundError:
            return None
        except (BaseError, OSError, ValueError) as fault:
            raise _unavailable(f"cannot read {key}", fault) from fault

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """The bytes [start, start + length) of an object, fewer if it ends before."""
        try:
            return bytes(obstore.get_range(self.store, key, start=start, length=length))
        except (BaseError, OSError, ValueError) as fault:
            raise _unavailable(f"cannot read {key}", fault) from fault

    def delete(self, key: str) -> None:
        """Let an object go, for good when this returns. One that is not there is gone already."""
        try:
            with suppress(FileNotFoundError):
                obstore.delete(self.store, key)
            if self.folder is not None and (parent := (self.folder / key).parent).exists():
                _force_to_disk(parent, self.folder)
        except (BaseError, OSError, ValueError) as fault:
            raise _unavailable(f"cannot delete {key}", fault) from fault

    def unfinished(self, prefix: str) -> list[Path]:
        """What processes that were killed while they wrote objects below `prefix` left there, and what is being
        written: obstore writes a local file KEY beside its place, as KEY#N. A bucket shows only whole objects."""
        if self.folder is None:
            return []
        try:
            found = (self.folder / prefix).rglob("*#*")
            return sorted(file for file in found if file.name.rpartition("#")[2].isdigit())
        except OSError as fault:
            raise _unavailable(f"cannot list {prefix}", fault) from fault

    def delete_unfinished(self, prefix: str) -> None:
        """Delete that, for good when this returns. To be called while nobody writes."""
        for file in self.unfinished(prefix):
            try:
                file.unlink(missing_ok=True)
                _force_to_disk(file.parent, file.parent)
            except OSError as fault:
                raise _unavailable(f"cannot delete {file.name}", fault) from fault


def blobs() -> Blobs:
    """The place that `blob_url` names. ConfigurationError if it names none, StoreUnavailableError if it is
    not there."""
    return _at(settings.CONFIG.blob_url, settings.CONFIG.data_dir)


@lru_cache(maxsize=8)
def _at(url: str, data_dir: Path) -> Blobs:
    scheme, _, rest = url.partition("://")
    try:
        if scheme == "file" and rest:
            folder = data_dir / rest
            return Blobs(LocalStore(folder, mkdir=True), folder)
        if scheme == "s3" and rest:
            return Blobs(S3Store.from_url(url))
    except (BaseError, OSError, ValueError) as fault:
        raise _unavailable(f"cannot open {url}", fault) from fault
    if scheme == "memory":
        return Blobs(MemoryStore())
    raise ConfigurationError("blob_url must be file://FOLDER or s3://BUCKET/PREFIX")


def _force_to_disk(file: Path, root: Path) -> None:
    """fsync a file, and the folders that name it up to `root` (fsync(2): the entry needs its own)."""
    for path in (file, *(parent for parent in file.parents if parent.is_relative_to(root))):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _unavailable(what: str, fault: Exception) -> StoreUnavailableError:
    first_line = str(fault).partition("\n")[0]  # the rest is a dump of the library's own structures
    return StoreUnavailableError(f"snapshot store: {what}: {first_line or type(fault).__name__}")
