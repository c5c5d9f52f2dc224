"""One file that holds an archive: a consistent copy of the database, every sealed pack, settings and keys.

A tar file: `manifest.json` (name, size and SHA-256 of each member, what made it), `database.sqlite3` or
`database.dump` (pg_dump's custom format), `config.toml`, `keys/…`, `snapshots/…`. The database is copied first:
packs are immutable and only ever added, so those it names are all there afterwards.
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
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from conductatlas import __version__
from conductatlas.config import Config, load
from conductatlas.errors import BackupError
from conductatlas.work.migration import copy_sqlite

FORMAT = 1


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


def restore(source: Path, data_dir: Path, *, database_url: str | None = None) -> Summary:
    """Bring an archive back into an empty data folder, and into an empty database where it is a server.

    Every member is checked against the manifest before anything is put in place. BackupError: nothing was.
    """
    if data_dir.exists() and any(data_dir.iterdir()):
        raise BackupError(f"{data_dir} is not empty", remedy="Restore into a folder that does not exist yet.")
    part = data_dir.with_name(f".{data_dir.name}.restoring")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True, mode=0o700)
        with tarfile.open(source) as tar:
            manifest = _manifest(tar)
            for member in manifest["members"]:
                _extract(tar, member, part)
        if (part / "database.dump").exists():
            _restore_server(part / "database.dump", database_url or load(part).database_url)
            (part / "database.dump").unlink()
        else:
            (part / "database.sqlite3").rename(
                part / (load(part).sqlite_file or Path("conductatlas.sqlite3")).name
            )
        if data_dir.exists():
            data_dir.rmdir()
        part.rename(data_dir)
    except (OSError, KeyError, ValueError, tarfile.TarError) as fault:
        raise BackupError(
            f"{source} could not be restored: {fault}", remedy="Check the file and try again."
        ) from fault
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Summary(len(manifest["members"]), source.stat().st_size)


def _copy_database(config: Config, scratch: Path) -> Path:
    if config.sqlite_file is not None:
        target = scratch / "database.sqlite3"
        copy_sqlite(config.sqlite_file, target)
        return target
    target = scratch / "database.dump"
    _run("pg_dump", "--format=custom", f"--file={target}", f"--dbname={config.database_url}")
    return target


def _restore_server(dump: Path, database_url: str) -> None:
    _run(
        "pg_restore",
        "--exit-on-error",
        "--no-owner",
        "--single-transaction",
        f"--dbname={database_url}",
        str(dump),
    )


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
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
    """Settings, keys and packs, by their name in the backup."""
    for name in ("config.toml", "keys", "snapshots"):
        top = config.data_dir / name
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file():
                yield str(path.relative_to(config.data_dir)), path


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
