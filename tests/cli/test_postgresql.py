"""Commands on a PostgreSQL server: databases of their own, under a name that has to be escaped."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

pytestmark = pytest.mark.postgres

Policy = Callable[..., bytes]
Database = Callable[[], str]


@pytest.fixture
def database() -> Iterator[Database]:
    """Makes an empty database and returns its address; drops all of them at the end."""
    server = os.environ.get("CONDUCTATLAS_TEST_POSTGRESQL")
    if not server:
        pytest.skip("CONDUCTATLAS_TEST_POSTGRESQL names no server")
    import psycopg
    from psycopg.sql import SQL, Identifier

    made: list[str] = []
    with psycopg.connect(server, autocommit=True) as connection:

        def make() -> str:
            made.append(f"atlas tést/{secrets.token_hex(4)}")
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(made[-1])))
            base = server.partition("?")[0].rpartition("/")[0]
            return f"{base}/{quote(made[-1], safe='')}?sslmode=prefer&application_name=conductatlas"

        yield make
        for name in made:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    import psycopg

    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


@pytest.fixture
def declared(shell: Any, web: Any, policy: Policy, database: Database) -> Any:
    shell.declare(web.url)
    web.page = policy()
    shell.environment["CONDUCTATLAS_DATABASE_URL"] = database()
    return shell


def test_two_first_starts_at_once_make_one_archive_and_one_version(declared: Any) -> None:
    both = [declared.start("check", "--all", "--json") for _ in range(3)]
    told = [json.loads(line) for process in both for line in process.communicate(timeout=120)[0].splitlines()]
    outcomes = sorted(row.get("outcome", row) for row in told)
    assert outcomes.count("changed") == 1, told
    assert set(outcomes) <= {"busy", "changed", "unchanged"}
    url = declared.environment["CONDUCTATLAS_DATABASE_URL"]
    assert rows(url, "SELECT count(*) FROM history_version") == [(1,)]
    assert rows(url, "SELECT holder FROM work_due") == [("",)]


def test_two_runners_at_once_share_the_work_and_double_nothing(declared: Any, web: Any) -> None:
    declared("check", "--all")
    web.page = web.page.replace(b"30 days", b"10 days")
    both = [declared.start("check", "--all", "--json") for _ in range(2)]
    told = [json.loads(line) for process in both for line in process.communicate(timeout=120)[0].splitlines()]
    assert sorted(row["outcome"] for row in told) in (["busy", "changed"], ["changed", "unchanged"])
    url = declared.environment["CONDUCTATLAS_DATABASE_URL"]
    counted = "SELECT (SELECT count(*) FROM history_version), (SELECT count(*) FROM history_change)"
    assert rows(url, counted) == [(2, 1)]


def test_watch_stops_on_sigterm_and_leaves_no_lease(declared: Any) -> None:
    with declared.start("watch", "--json") as process:
        assert json.loads(process.stdout.readline())["outcome"] == "changed"
        process.terminate()
        assert process.wait(timeout=20) == 0
    url = declared.environment["CONDUCTATLAS_DATABASE_URL"]
    assert rows(url, "SELECT holder FROM work_due") == [("",)]


def test_watching_survives_a_server_that_drops_its_connections(declared: Any) -> None:
    url = declared.environment["CONDUCTATLAS_DATABASE_URL"]
    with declared.start("watch", "--json") as process:
        assert json.loads(process.stdout.readline())["outcome"] == "changed"
        rows(
            url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("UPDATE work_due SET due_at = now() - interval '1 hour'")
        assert json.loads(process.stdout.readline())["outcome"] == "unchanged"
        process.terminate()
        assert process.wait(timeout=20) == 0


def test_a_backup_brings_the_archive_back_and_tells_no_password(
    declared: Any, tmp_path: Path, database: Database
) -> None:
    """pg_dump and pg_restore are called through a script that writes down how."""
    url = declared.environment["CONDUCTATLAS_DATABASE_URL"]
    scheme, _, rest = url.partition("://")
    login, _, host = rest.partition("@")
    declared.environment["CONDUCTATLAS_DATABASE_URL"] = f"{scheme}://{login.split(':')[0]}:s%20cret@{host}"
    told = tmp_path / "arguments"
    for program in ("pg_dump", "pg_restore"):
        script = tmp_path / "bin" / program
        script.parent.mkdir(exist_ok=True)
        script.write_text(
            f'#!/bin/sh\necho "$0 $*" >> "{told}"\necho "$PGPASSWORD" >> "{told}.given"\n'
            f'PATH="${{PATH#*:}}" exec {program} "$@"\n'
        )
        script.chmod(0o755)
    declared.environment["PATH"] = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    assert declared("check", "--all").code == 0
    before = declared("diff", "CA-V-1", "CA-V-1", "--json").out
    target = tmp_path / "archive.tar"
    ran = declared("backup", str(target), "--json")
    assert ran.code == 0, ran.out
    declared.folder.rename(tmp_path / "lost")

    again = declared("restore", str(target), "--json")  # the database is not empty
    assert again.rows[0]["error"]["code"] == "backup"
    assert "not empty" in again.rows[0]["error"]["message"]
    assert not declared.folder.exists()
    assert rows(url, "SELECT count(*) FROM history_version") == [(1,)]

    declared.environment["CONDUCTATLAS_DATABASE_URL"] = database()
    ran = declared("restore", str(target), "--json")
    assert ran.code == 0, ran.out
    assert declared("diff", "CA-V-1", "CA-V-1", "--json").out == before
    assert declared("doctor").code == 0  # triggers and all
    assert "cret" not in told.read_text()
    assert "s cret" in Path(f"{told}.given").read_text()


def test_a_server_that_does_not_answer_is_a_typed_error(shell: Any, web: Any) -> None:
    shell.declare(web.url)
    shell.environment["CONDUCTATLAS_DATABASE_URL"] = "postgresql://me:s3cret@127.0.0.1:1/none"
    for command in (("check", "--all"), ("doctor",)):
        ran = shell(*command, "--json")
        assert ran.code == 1
        assert "store_unavailable" in ran.out or "connection" in ran.out
        assert "Traceback" not in ran.err
        assert "s3cret" not in ran.out + ran.err
