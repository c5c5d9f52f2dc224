"""A data folder of each release, opened with the code of today, on both databases."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RELEASES = sorted(HERE.glob("*.tar.xz"))
LARGEST = 300_000  # bytes of a folder that is kept


@pytest.fixture(params=RELEASES, ids=lambda file: file.name.removesuffix(".tar.xz"))
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    with tarfile.open(request.param) as tar:
        tar.extractall(tmp_path, filter="data")
    return tmp_path / "data"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty PostgreSQL database, or "" for the SQLite file of the folder."""
    if request.param == "sqlite":
        yield ""
        return
    server = os.environ.get("CONDUCTATLAS_TEST_POSTGRESQL")
    if not server:
        pytest.skip("CONDUCTATLAS_TEST_POSTGRESQL names no server")
    import psycopg

    name = f"upgrade_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        yield f"{server.partition('?')[0].rpartition('/')[0]}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


def opened(folder: Path, database: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCTATLAS_")}
    clean |= {"CONDUCTATLAS_DATA_DIR": str(folder), "CONDUCTATLAS_LOG_LEVEL": "error"}
    rows = [str(folder / "conductatlas.sqlite3")] if database else []
    if database:
        clean["CONDUCTATLAS_DATABASE_URL"] = database
    return subprocess.run(
        [sys.executable, HERE / "open_folder.py", *rows],
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_archive_of_a_release_goes_on(folder: Path, database: str) -> None:
    done = opened(folder, database)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert found["applied"]
    assert (found["left"], found["unprotected"], found["bad"]) == ([], [], [])
    assert found["versions"] > 5 and found["changes"] > 5 and found["snapshots"] > 20
    assert found["provisions"]["left"] == 0
    assert found["provisions"]["looked_at"] == found["provisions"]["extractions"] > 5
    assert all(found["provisions"][name] > 5 for name in ("provisions", "touched", "found"))
    assert {address: status for address, status in found["statuses"].items() if status != 200} == {}
    assert len(found["statuses"]) > 60
    assert "append-only" in found["erased"]
    assert len(found["checks"]) > 3
    assert set(found["checks"].values()) == {"unchanged"}
    assert found["after"] == {"versions": found["versions"], "changes": found["changes"]}
    assert found["words_left"] == ""
    copies = list((folder / "backups").glob("before-migration-*.sqlite3"))
    assert len(copies) == (0 if database else 1)


def test_a_folder_that_newer_code_wrote_is_left_as_it_is(folder: Path) -> None:
    file = folder / "conductatlas.sqlite3"
    with sqlite3.connect(file) as rows:
        rows.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('history', '0999_x', '2030-01-01')"
        )
    rows.close()
    done = opened(folder, "")
    assert done.returncode == 1
    assert "SchemaTooNewError" in done.stderr
    with sqlite3.connect(file) as rows:
        tables = {name for (name,) in rows.execute("SELECT name FROM sqlite_master")}
    assert "archive_tombstone" not in tables


def test_folders_that_are_kept_are_small_and_hold_no_key() -> None:
    assert RELEASES
    for file in RELEASES:
        assert file.stat().st_size < LARGEST
        with tarfile.open(file) as tar:
            assert not [name for name in tar.getnames() if "keys" in name]
