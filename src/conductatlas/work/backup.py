"""One file that holds an archive: a consistent copy of the database, every sealed pack, settings and keys.

A tar file: `manifest.json` (name, size and SHA-256 of each member, what made it), `database.sqlite3` or
`database.dump` (pg_dump's custom format), `config.toml`, `keys/…`, `snapshots/…` (wherever the packs lie on this
machine), and the declarations that lie in the data folder. The database is copied first: packs are immutable and
only ever added, so those it names are all there afterwards.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from conductatlas import __version__
from conductatlas.config import Config, load
from conductatlas.errors import BackupError
from conductatlas.work.migration import copy_sqlite

FORMAT = 1
PACKS = "snapshots"  # what their folder is called in a backup


@dataclass(frozen=True, slots=True)
class Summary:
    """What a backup or a restore moved: number of files, and bytes."""

    files: int
    size: int


def backup(config: Config, target: Path) -> Summary:
    """Write the archive to `target`, whole or not at all. BackupError if it exists or cannot be written."""
    if target.exists():
        raise BackupError(f"{target} exists already")
    part = target.with_name(f".{target.name}.part")
    try:
        with tempfile.TemporaryDirectory(prefix="conductatlas-") as scratch:
            database = _copy_database(config, Path(scratch))
            members = [(database.name, database), *_files(config)]
            _write_tar(part, members)
        part.replace(target)
    except (OSError, sqlite3.Error, tarfile.TarError) as fault:
        part.unlink(missing_ok=True)
        raise BackupError(f"{target} could not be written: {fault}") from fault
    return Summary(len(members), target.stat().st_size)


def restore(source: Path, data_dir: Path) -> Summary:
    """Bring an archive back into an empty data folder, and into an empty database where it is a server.

    Every member is checked against the manifest before anything is put in place. BackupError: nothing was.
    """
    if data_dir.exists() and any(data_dir.iterdir()):
        raise BackupError(f"{data_dir} is not empty", remedy="Restore into a folder that does not exist yet.")
    is_new = not data_dir.exists()
    part = data_dir / ".restoring"  # within, since the folder may be a mounted disk
    try:
        data_dir.mkdir(parents=True, mode=0o700, exist_ok=True)
        part.mkdir(mode=0o700)
        with tarfile.open(source) as tar:
            manifest = _manifest(tar)
            for member in manifest["members"]:
                _extract(tar, member, part)
        _put_in_place(part, data_dir)
    except (OSError, KeyError, ValueError, tarfile.TarError) as fault:
        raise BackupError(
            f"{source} could not be restored: {fault}", remedy="Check the file and try again."
        ) from fault
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if is_new and not any(data_dir.glob("*")):
            shutil.rmtree(data_dir, ignore_errors=True)
    return Summary(len(manifest["members"]), source.stat().st_size)


def _copy_database(config: Config, scratch: Path) -> Path:
    if config.sqlite_file is not None:
        target = scratch / "database.sqlite3"
        copy_sqlite(config.sqlite_file, target)
        return target
    target = scratch / "database.dump"
    source, environment = _server(config)
    _run("pg_dump", "--format=custom", f"--file={target}", source, environment=environment)
    return target


def _put_in_place(part: Path, data_dir: Path) -> None:
    """Move everything from `part` to where its settings want it, the database first."""
    config = replace(load(part), data_dir=data_dir)
    dump, copy = part / "database.dump", part / "database.sqlite3"
    database, packs = config.sqlite_file, config.blob_folder
    if (database is None) != dump.exists():
        raise BackupError(
            f"the backup holds a {'PostgreSQL' if dump.exists() else 'SQLite'} database, and the settings name another",
            remedy="Set CONDUCTATLAS_DATABASE_URL to a database of that kind.",
        )
    if database is not None and database.exists():
        raise BackupError(f"{database} exists already", remedy="Move it away, or name another database.")
    if database is None:
        target, environment = _server(config)
        options = ("--exit-on-error", "--no-owner", "--single-transaction")
        _run("pg_restore", *options, target, str(dump), environment=environment)
        dump.unlink()
    else:
        _move(copy, part / database.relative_to(data_dir) if database.is_relative_to(data_dir) else database)
    if packs is not None and (part / PACKS).exists():
        here = part / packs.relative_to(data_dir) if packs.is_relative_to(data_dir) else packs
        for file in sorted((part / PACKS).rglob("*.zpack")) if here != part / PACKS else ():
            _move(file, here / file.relative_to(part / PACKS))
    for file in list(part.iterdir()):
        file.rename(data_dir / file.name)


def _move(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(file, target)


def _server(config: Config) -> tuple[str, dict[str, str]]:
    """How PostgreSQL's programs are told the database. The password goes by the environment: arguments are public."""
    from psycopg.conninfo import make_conninfo

    parameters = config.postgresql()
    password = parameters.pop("password", "")
    return f"--dbname={make_conninfo(**parameters)}", {"PGPASSWORD": password} if password else {}


def _run(*command: str, environment: dict[str, str]) -> None:
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


def _files(config: Config) -> Iterator[tuple[str, Path]]:
    """Settings, keys, declarations in the data folder and packs, by their name in the backup."""
    folders = [config.data_dir / name for name in config.declarations]
    inside = [folder for folder in folders if folder.resolve().is_relative_to(config.data_dir.resolve())]
    files = [config.data_dir / "config.toml", *(config.data_dir / "keys").glob("*")]
    files += [file for folder in inside for file in ([folder] if folder.is_file() else folder.glob("*.toml"))]
    for file in sorted(set(files)):
        if file.is_file():
            yield str(file.relative_to(config.data_dir)), file
    if (packs := config.blob_folder) is not None:
        for file in sorted(packs.rglob("*.zpack")):
            yield f"{PACKS}/{file.relative_to(packs)}", file


def _write_tar(target: Path, members: list[tuple[str, Path]]) -> None:
    entries = [
        {"name": name, "size": path.stat().st_size, "sha256": _digest(path.open("rb"))}
        for name, path in members
    ]
    manifest = {
        "format": FORMAT,
        "software": f"ConductAtlas/{__version__}",
        "made_at": datetime.now(UTC).isoformat(),
        "members": entries,
    }
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream, tarfile.open(fileobj=stream, mode="w") as tar:
        text = json.dumps(manifest, indent=1).encode()
        head = tarfile.TarInfo("manifest.json")
        head.size, head.mode = len(text), 0o600
        tar.addfile(head, io.BytesIO(text))
        for name, path in members:
            tar.add(path, arcname=name, recursive=False)
        tar.close()
        stream.flush()
        os.fsync(stream.fileno())


def _manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    stream = tar.extractfile("manifest.json")
    if stream is None:
        raise ValueError("there is no manifest in it")
    manifest: dict[str, Any] = json.load(stream)
    if manifest.get("format") != FORMAT:
        raise ValueError(f"its format is {manifest.get('format')!r}, not {FORMAT}")
    return manifest


def _extract(tar: tarfile.TarFile, member: dict[str, str], folder: Path) -> None:
    target = (folder / member["name"]).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise ValueError(f"{member['name']!r} points outside the folder")
    stream = tar.extractfile(member["name"])
    if stream is None:
        raise ValueError(f"{member['name']!r} is no file")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        shutil.copyfileobj(stream, out)
    if _digest(target.open("rb")) != member["sha256"]:
        raise ValueError(f"{member['name']!r} is damaged: its digest differs from the manifest's")


def _digest(stream: BinaryIO) -> str:
    with stream:
        digest = hashlib.sha256()
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
