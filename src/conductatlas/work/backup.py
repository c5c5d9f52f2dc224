"""One file that holds an archive: a consistent copy of the database, every sealed pack, settings and keys.

A tar file: `manifest.json` (name, size and SHA-256 of each member, what made it), `database.sqlite3` or
`database.dump` (pg_dump's custom format), `config.toml`, `keys/…`, `snapshots/…` (wherever the packs lie on this
machine), and the declarations and roots of time stamps that lie in the data folder. The database is copied first:
packs are immutable, and none is deleted while a backup is being written, so those it names are all there afterwards.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from conductatlas import __version__
from conductatlas.archive.pack_lock import packs_stay
from conductatlas.config import Config
from conductatlas.errors import BackupError
from conductatlas.work.migration import copy_sqlite
from conductatlas.work.whole_file import part_of, whole_file

FORMAT = 1
MANIFEST = "manifest.json"
PACKS = "snapshots"  # what their folder is called in a backup
DATED = "atlas-{:%Y-%m-%dT%H%M%S}Z.tar"  # UTC; the names sort by age
_DATED = re.compile(r"atlas-\d{4}-\d\d-\d\dT\d{6}Z\.tar")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a backup or a restore moved: number of files, and bytes."""

    files: int
    size: int


def backup(config: Config, target: Path) -> Summary:
    """Write the archive to `target`, whole or not at all. BackupError if it exists or cannot be written."""
    with (
        whole_file(target, "backup", BackupError, mode=0o600) as stream,
        packs_stay(),
        _scratch_beside(part_of(target)) as scratch,
    ):
        database = _copy_database(config, scratch)
        members = [(database.name, database), *_files(config)]
        _write_tar(stream, members)
    return Summary(len(members), target.stat().st_size)


def dated(folder: Path, now: datetime) -> Path:
    """The file in `folder` that a backup made at `now` is called by."""
    return folder / DATED.format(now.astimezone(UTC))


def rotate(folder: Path, keep: int) -> list[Path]:
    """Delete the oldest backups beyond `keep` in a folder, and what a killed one left; returns those backups.

    Only files with the names that `dated` gives are looked at. BackupError if one cannot be deleted.
    """
    try:
        dated_ones = sorted(file for file in folder.iterdir() if _DATED.fullmatch(file.name))
        gone = dated_ones[: max(len(dated_ones) - keep, 0)]
        for file in gone:
            file.unlink()
        for part in folder.glob(".atlas-*.tar.part"):
            if _is_left_behind(part):
                part.unlink(missing_ok=True)
                shutil.rmtree(_scratch(part), ignore_errors=True)
    except OSError as fault:
        raise BackupError(
            f"{folder} could not be tidied: {fault}", remedy="Delete the oldest backups by hand."
        ) from fault
    return gone


def server(config: Config) -> tuple[str, dict[str, str]]:
    """How PostgreSQL's programs are told the database. The password goes by the environment: arguments are public."""
    from psycopg.conninfo import make_conninfo

    parameters = config.postgresql()
    password = parameters.pop("password", "")
    return f"--dbname={make_conninfo(**parameters)}", {"PGPASSWORD": password} if password else {}


def run(*command: str, environment: dict[str, str]) -> None:
    """Run one of PostgreSQL's programs. BackupError with its words if it is missing or fails."""
    try:
        done = subprocess.run(  # noqa: S603
            command, env=os.environ | environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise BackupError(
            f"{command[0]} is not installed",
            remedy="Install PostgreSQL's client programs of the server's version.",
        ) from None
    if done.returncode:
        raise BackupError(
            f"{command[0]}: {done.stderr.strip()[:500]}", remedy="Mend what it says and try again."
        )


@contextmanager
def _scratch_beside(part: Path) -> Iterator[Path]:
    """A folder beside the unfinished file for the copy of the database: the usual one for such things may lie in
    memory. The lock of that file is this folder's too, so that `rotate` leaves both alone."""
    scratch = _scratch(part)
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        scratch.mkdir(mode=0o700)
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _scratch(part: Path) -> Path:
    return part.with_suffix(".scratch")


def _copy_database(config: Config, scratch: Path) -> Path:
    if config.sqlite_file is not None:
        target = scratch / "database.sqlite3"
        copy_sqlite(config.sqlite_file, target)
        return target
    target = scratch / "database.dump"
    source, environment = server(config)
    run("pg_dump", "--format=custom", f"--file={target}", source, environment=environment)
    return target


def _files(config: Config) -> Iterator[tuple[str, Path]]:
    """Settings, keys, declarations and roots of stamps in the data folder, and packs, by their name in the backup."""
    inside = [config.data_dir / name for name in config.declarations if _is_inside(config, name)]
    files = [config.data_dir / "config.toml", *(config.data_dir / "keys").glob("*")]
    files += [file for folder in inside for file in ([folder] if folder.is_file() else folder.glob("*.toml"))]
    if _is_inside(config, config.timestamp_roots):
        roots = config.data_dir / config.timestamp_roots
        files += roots.glob("*") if roots.is_dir() else [roots]
    for file in sorted(set(files)):
        if file.is_file():
            yield str(file.relative_to(config.data_dir)), file
    if (packs := config.blob_folder) is not None:
        for file in sorted(packs.rglob("*.zpack")):
            yield f"{PACKS}/{file.relative_to(packs)}", file


def _is_inside(config: Config, name: str) -> bool:
    """Whether what a setting names lies below the data folder."""
    return config.data_dir.resolve() in (config.data_dir / name).resolve().parents


def _write_tar(stream: BinaryIO, members: list[tuple[str, Path]]) -> None:
    entries = [
        {"name": name, "size": path.stat().st_size, "sha256": digest_of(path.open("rb"))}
        for name, path in members
    ]
    manifest = {
        "format": FORMAT,
        "software": f"ConductAtlas/{__version__}",
        "made_at": datetime.now(UTC).isoformat(),
        "members": entries,
    }
    with tarfile.open(fileobj=stream, mode="w", dereference=True) as tar:
        text = json.dumps(manifest, indent=1).encode()
        head = tarfile.TarInfo(MANIFEST)
        head.size, head.mode = len(text), 0o600
        tar.addfile(head, io.BytesIO(text))
        for name, path in members:
            tar.add(path, arcname=name, recursive=False)


def _is_left_behind(part: Path) -> bool:
    """Whether nobody writes this unfinished backup any more."""
    with part.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def digest_of(stream: BinaryIO) -> str:
    """SHA-256 of what is left of a stream, hexadecimal; the stream is closed."""
    with stream:
        sum_of = hashlib.sha256()
        while chunk := stream.read(1 << 20):
            sum_of.update(chunk)
    return sum_of.hexdigest()
