"""Bring an archive back from a file that `backup` made: into an empty data folder, and nowhere else.

The file may be cut, damaged or made by someone who means harm. It is a plain tar (a packed one could unpack to
anything); only the files that its manifest names are taken, under names that stay inside; each has to be a regular
file of the size and the SHA-256 that the manifest states. Everything is unpacked and checked beside its place first.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from conductatlas.config import Config, load
from conductatlas.errors import BackupError
from conductatlas.work.backup import FORMAT, MANIFEST, PACKS, Summary, digest_of, run, server

PART = ".restoring"  # within the data folder, since that may be a mounted disk
LONGEST_MANIFEST = 500_000_000  # bytes: some two million members


@dataclass(frozen=True, slots=True)
class Member:
    """A file as the manifest states it. `digest` is its SHA-256."""

    name: str
    size: int
    digest: str


def restore(source: Path, data_dir: Path) -> Summary:
    """Bring an archive back into an empty data folder, and into an empty database where it is a server.

    Every member is checked against the manifest before anything is put in place. BackupError: nothing was, and what
    lay there before lies there still.
    """
    is_new = not data_dir.exists()
    try:
        data_dir.mkdir(parents=True, mode=0o700, exist_ok=True)
        with _alone(data_dir) as part:
            try:
                members = _unpack(source, part)
                _put_in_place(part, data_dir)
            finally:
                shutil.rmtree(part, ignore_errors=True)
    except (OSError, ValueError, tarfile.TarError) as fault:
        raise BackupError(
            f"{source} could not be restored: {fault}", remedy="Check the file and try again."
        ) from fault
    finally:
        if is_new and data_dir.is_dir() and not any(data_dir.iterdir()):
            data_dir.rmdir()
    return Summary(len(members), source.stat().st_size)


@contextmanager
def _alone(data_dir: Path) -> Iterator[Path]:
    """The empty folder in which to unpack, of this process alone. What a killed restore left is cleared away."""
    descriptor = os.open(data_dir, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"another restore into {data_dir} is running", remedy="Wait for it.") from None
        part = data_dir / PART
        if others := sorted(file.name for file in data_dir.iterdir() if file != part):
            half = part.exists()
            raise BackupError(
                f"{data_dir} is not empty: it holds {', '.join(others[:5])}{' …' if len(others) > 5 else ''}"
                + (", and what a restore left that was killed" if half else ""),
                remedy="Empty it and restore again: the restore was not finished."
                if half
                else "Restore into a folder that does not exist yet.",
            )
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        yield part
    finally:
        os.close(descriptor)


def _unpack(source: Path, part: Path) -> list[Member]:
    with tarfile.open(source, "r:") as tar:
        members = _manifest(tar)
        there = {info.name: info for info in tar}
        total = sum(member.size for member in members)
        if total > source.stat().st_size:
            raise ValueError("its manifest states more bytes than the file has")
        if total > (free := shutil.disk_usage(part).free):
            raise ValueError(f"it holds {total} bytes, and the disk has room for {free}")
        for member in members:
            _extract(tar, there.get(member.name), member, part)
    return members


def _manifest(tar: tarfile.TarFile) -> list[Member]:
    """What the first member states. ValueError if it is not what `backup` writes."""
    head = tar.next()
    if head is None or head.name != MANIFEST or not head.isreg() or head.size > LONGEST_MANIFEST:
        raise ValueError("it does not begin with a manifest")
    stream = tar.extractfile(head)
    try:
        stated: Any = json.loads(stream.read()) if stream else None
    except (ValueError, RecursionError):
        raise ValueError("its manifest cannot be read") from None
    if not isinstance(stated, dict) or stated.get("format") != FORMAT:
        found = stated.get("format") if isinstance(stated, dict) else None
        raise ValueError(f"its format is {found!r}, not {FORMAT}")
    try:
        members = [
            Member(_safe(row["name"]), int(row["size"]), str(row["sha256"])) for row in stated["members"]
        ]
    except (KeyError, TypeError):
        raise ValueError("its manifest lacks something") from None
    if len({member.name for member in members}) < len(members):
        raise ValueError("its manifest names a file twice")
    return members


def _safe(name: str) -> str:
    """The name, if it is one inside the folder. ValueError, TypeError."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
        raise ValueError(f"{name!r} points outside the folder")
    return name


def _extract(tar: tarfile.TarFile, info: tarfile.TarInfo | None, member: Member, folder: Path) -> None:
    if info is None:
        raise ValueError(f"{member.name!r} is missing: the file was cut, or never finished")
    if not info.isreg() or info.issparse():
        raise ValueError(f"{member.name!r} is no plain file")
    if info.size != member.size:
        raise ValueError(f"{member.name!r} is of another size than the manifest states")
    target = folder / member.name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    stream = tar.extractfile(info)
    assert stream is not None, "a plain file has content"
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        shutil.copyfileobj(stream, out, 1 << 20)
        out.flush()
        os.fsync(out.fileno())
    if digest_of(target.open("rb")) != member.digest:
        raise ValueError(f"{member.name!r} is damaged: its digest differs from the manifest's")


def _put_in_place(part: Path, data_dir: Path) -> None:
    """Move everything from `part` to where its settings want it; what lies outside the data folder first, for that can
    fail. Nothing that exists is overwritten."""
    config = replace(load(part), data_dir=data_dir)
    dump, copy = part / "database.dump", part / "database.sqlite3"
    database, packs = config.sqlite_file, config.blob_folder
    if (database is None) != dump.exists():
        raise BackupError(
            f"the backup holds a {'PostgreSQL' if dump.exists() else 'SQLite'} database, and the settings name another",
            remedy="Set CONDUCTATLAS_DATABASE_URL to a database of that kind.",
        )
    if database is None:
        _require_empty(config)
    elif database.exists():
        raise BackupError(f"{database} exists already", remedy="Move it away, or name another database.")
    if packs is not None and (part / PACKS).exists():
        here = _until_moved(packs, part, data_dir)
        for file in sorted((part / PACKS).rglob("*.zpack")) if here != part / PACKS else ():
            _move(file, here / file.relative_to(part / PACKS))
    if database is not None:
        _move(copy, _until_moved(database, part, data_dir))
    else:
        target, environment = server(config)
        options = ("--exit-on-error", "--no-owner", "--single-transaction")
        run("pg_restore", *options, target, str(dump), environment=environment)
        dump.unlink()
    for file in list(part.iterdir()):
        file.rename(data_dir / file.name)


def _until_moved(place: Path, part: Path, data_dir: Path) -> Path:
    """Where to put what belongs at `place`: in `part` if it lies in the data folder, which `part` will be."""
    place, data_dir = place.resolve(), data_dir.resolve()
    return part / place.relative_to(data_dir) if place.is_relative_to(data_dir) else place


def _move(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if file == target:
        return
    if target.exists():
        if digest_of(target.open("rb")) != digest_of(file.open("rb")):
            raise FileExistsError(f"{target} exists already and is another file")
        return
    shutil.move(file, target)


def _require_empty(config: Config) -> None:
    """BackupError if there is any table in the database that a dump is to go into."""
    import psycopg

    query = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    try:
        with psycopg.connect(**config.postgresql()) as connection:  # type: ignore[arg-type]
            row = connection.execute(query).fetchone()
    except psycopg.Error as fault:
        raise BackupError(
            f"the database does not answer: {str(fault).strip()[:300]}", remedy="Start it, or name another."
        ) from None
    if row is not None and row[0]:
        raise BackupError(
            f"the database that the settings name is not empty: it has {row[0]} tables",
            remedy="Name an empty one with CONDUCTATLAS_DATABASE_URL, and in config.toml afterwards.",
        )
