"""Backup and restore, doctor, settings, migration, operators and withholding, as an operator calls them."""

from __future__ import annotations

import json
import socket
import sqlite3
import stat
import tarfile
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Policy = Callable[..., bytes]


@pytest.fixture
def filled(shell: Any, web: Any, policy: Policy) -> Any:
    shell.declare(web.url)
    web.page = policy()
    assert shell("check", "--all").code == 0
    return shell


def test_a_backup_brings_the_archive_back(filled: Any, tmp_path: Path) -> None:
    target = tmp_path / "archive.tar"
    assert filled("backup", str(target)).code == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert filled("backup", str(target), "--json").rows[0]["error"]["code"] == "backup"
    assert filled("restore", str(target), "--json").rows[0]["error"]["code"] == "backup"  # not empty
    before = filled("diff", "CA-V-1", "CA-V-1", "--json").out
    key = (filled.folder / "keys" / "secret.key").read_text()
    filled.folder.rename(tmp_path / "lost")
    assert filled("restore", str(target)).code == 0
    assert filled("diff", "CA-V-1", "CA-V-1", "--json").out == before
    assert (filled.folder / "keys" / "secret.key").read_text() == key
    assert filled("doctor").code == 0


def test_a_backup_holds_what_lies_elsewhere_and_restores_it_where_settings_say(
    filled: Any, tmp_path: Path
) -> None:
    """Packs and database under other names than the usual ones, and the operator's own declarations."""
    filled.environment["CONDUCTATLAS_DATABASE_URL"] = "sqlite:///rows/atlas 100%?.sqlite3"
    filled.environment["CONDUCTATLAS_BLOB_URL"] = f"file://{tmp_path / 'packs'}"
    (filled.folder / "rows").mkdir()
    assert filled("check", "--all").code == 0
    sealed = tmp_path / "packs" / "packs" / "0a.zpack"
    sealed.parent.mkdir(parents=True, exist_ok=True)
    sealed.write_bytes(b"sealed")
    target = tmp_path / "archive.tar"
    ran = filled("backup", str(target), "--json")
    assert ran.code == 0, ran.out
    with tarfile.open(target) as tar:
        names = set(tar.getnames())
    assert {"database.sqlite3", "snapshots/packs/0a.zpack", "mine/heron.toml", "keys/secret.key"} <= names
    filled.folder.rename(tmp_path / "lost")
    sealed.unlink()
    filled.folder.mkdir()  # as a mounted disk is there, and empty
    assert filled("restore", str(target)).code == 0
    assert sealed.read_bytes() == b"sealed"
    assert (filled.folder / "rows" / "atlas 100%?.sqlite3").exists()
    assert filled("check", "--all", "--json").rows[0]["outcome"] == "unchanged"


def test_a_backup_of_one_kind_of_database_is_not_restored_into_the_other(filled: Any, tmp_path: Path) -> None:
    target = tmp_path / "archive.tar"
    filled("backup", str(target))
    filled.folder.rename(tmp_path / "lost")
    filled.environment["CONDUCTATLAS_DATABASE_URL"] = "postgresql:///elsewhere"
    assert "SQLite" in filled("restore", str(target), "--json").rows[0]["error"]["message"]
    assert not filled.folder.exists()


def test_a_damaged_backup_restores_nothing(filled: Any, tmp_path: Path) -> None:
    target = tmp_path / "archive.tar"
    filled("backup", str(target))
    with tarfile.open(target) as tar:
        member = tar.getmember("database.sqlite3")
    damaged = bytearray(target.read_bytes())
    damaged[member.offset_data + 5000] ^= 1
    target.write_bytes(damaged)
    filled.folder.rename(tmp_path / "lost")
    error = filled("restore", str(target), "--json").rows[0]["error"]
    assert (error["code"], "damaged" in error["message"]) == ("backup", True)
    assert not filled.folder.exists()


@pytest.mark.first_start
def test_a_backup_cannot_write_outside_the_folder(shell: Any, tmp_path: Path) -> None:
    target, manifest = tmp_path / "evil.tar", tmp_path / "manifest.json"
    manifest.write_text(
        json.dumps({"format": 1, "members": [{"name": "../evil", "size": 1, "sha256": "0" * 64}]})
    )
    with tarfile.open(target, "w") as tar:
        tar.add(manifest, "manifest.json")
        tar.add(manifest, "../evil")
    assert "outside" in shell("restore", str(target), "--json").rows[0]["error"]["message"]
    assert not (tmp_path / "evil").exists()


def test_doctor_looks_at_everything_and_names_a_missing_trigger(filled: Any) -> None:
    rows = filled("doctor", "--json").rows
    subjects = {"disk", "migrations", "append-only", "clock", "leases", "documents", "stamps"}
    assert {row["subject"] for row in rows} == subjects | {"browser", "settings"}
    with sqlite3.connect(filled.folder / "conductatlas.sqlite3") as database:
        database.execute("DROP TRIGGER history_version_no_update")
    ran = filled("doctor", "--json")
    assert ran.code == 1
    fault = next(row for row in ran.rows if row["level"] == "fault")
    assert "history_version" in fault["message"]
    assert "migrate" in fault["remedy"]
    assert filled("migrate", "--json").rows == [{"applied": [], "protected": ["history_version"]}]
    assert filled("doctor").code == 0


@pytest.mark.first_start
def test_doctor_says_what_it_can_of_an_archive_that_is_not_there_yet_or_broken(shell: Any) -> None:
    rows = {row["subject"]: row for row in shell("doctor", "--json").rows}
    assert rows["migrations"]["level"] == "warning"
    assert "append-only" not in rows
    (shell.folder / "conductatlas.sqlite3").write_bytes(b"This is no database. " * 500)
    ran = shell("doctor", "--json")
    assert ran.code == 1
    fault = next(row for row in ran.rows if row["level"] == "fault")
    assert (fault["subject"], "not a database" in fault["message"]) == ("migrations", True)
    assert shell("check", "--all", "--json").rows[0]["error"]["code"] == "store_unavailable"


def test_config_show_names_the_origin_of_each_setting(filled: Any) -> None:
    filled.environment["CONDUCTATLAS_WORKERS"] = "3"
    filled.environment["CONDUCTATLAS_DATABASE_URL"] = (
        "postgresql://me:secret@db.example/a?password=secret&sslmode=require"
    )
    filled.environment["CONDUCTATLAS_SECOND_VANTAGE_PROXY"] = "https://me:secret@proxy.example:3128"
    ran = filled("config", "show", "--json")
    rows = {row["setting"]: row for row in ran.rows}
    assert rows["workers"]["origin"] == "environment CONDUCTATLAS_WORKERS"
    assert rows["host_spacing"]["origin"].endswith("config.toml")
    assert rows["port"]["origin"] == "default"
    assert "secret" not in ran.out
    assert "sslmode=require" in rows["database_url"]["value"]
    assert rows["second_vantage_proxy"]["value"] == "https://me:…@proxy.example:3128"


def test_a_database_from_newer_code_is_left_alone(filled: Any) -> None:
    with sqlite3.connect(filled.folder / "conductatlas.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('history', '0999_later', '2030-01-01')"
        )
    assert filled("check", "--all", "--json").rows[0]["error"]["code"] == "schema_too_new"


def test_a_migration_is_preceded_by_a_copy(filled: Any) -> None:
    with sqlite3.connect(filled.folder / "conductatlas.sqlite3") as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
        database.execute("DROP TABLE django_session")
    assert filled("migrate", "--json").rows == [{"applied": ["sessions.0001_initial"], "protected": []}]
    (copy,) = (filled.folder / "backups").iterdir()
    with sqlite3.connect(copy) as database:
        assert database.execute("SELECT count(*) FROM history_version").fetchone() == (1,)


def test_up_listens_on_every_address_of_a_name(filled: Any) -> None:
    filled.environment["CONDUCTATLAS_BIND"] = "localhost"
    with filled.start("up", "--port", "0", "--json") as process:
        url = json.loads(process.stdout.readline())["serving"]
        with urllib.request.urlopen(url + "healthz") as answer:
            assert answer.status == 200
        process.terminate()
        assert process.wait(timeout=15) == 0


def test_up_refuses_to_listen_abroad_without_names(filled: Any) -> None:
    filled.environment["CONDUCTATLAS_BIND"] = "0.0.0.0"
    error = filled("up", "--port", "0", "--json").rows[0]["error"]
    assert (error["code"], "allowed_hosts" in error["message"]) == ("configuration", True)


def test_up_serves_the_site_and_watches(filled: Any) -> None:
    with filled.start("up", "--port", "0", "--json") as process:
        url = json.loads(process.stdout.readline())["serving"]
        assert url.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(url + "platform/heron/terms/") as answer:
            assert b"Heron" in answer.read()
        process.terminate()
        assert process.wait(timeout=15) == 0


def test_a_withheld_text_is_replaced_by_its_reason(filled: Any) -> None:
    assert filled("withhold", "CA-V-1", "--reason", "Asked for by its author.").code == 0
    assert filled("withhold", "CA-V-9", "--reason", "x", "--json").rows[0]["error"]["code"] == "not_found"
    assert filled("withhold", "CA-V-1", "--reason", " ", "--json").code == 1


def test_serving_on_a_taken_port_is_a_typed_error(filled: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for command in ("serve", "up"):
            ran = filled(command, "--port", str(port), "--json")
            error = ran.rows[0]["error"]
            assert (ran.code, error["code"], str(port) in error["message"]) == (1, "configuration", True), (
                ran.err
            )


def test_serve_takes_a_free_port_says_which_and_ends_in_time(filled: Any) -> None:
    with filled.start("serve", "--port", "0", "--workers", "1", "--json") as process:
        url = json.loads(process.stdout.readline())["serving"]
        with urllib.request.urlopen(url + "/healthz") as answer:
            assert answer.status == 200
        process.terminate()
        assert process.wait(timeout=15) == 0


def test_an_operator_gets_a_password_once(filled: Any) -> None:
    row = filled("operator", "op@heron.example", "--json").rows[0]
    assert (row["new"], len(row["password"]) >= 12) == (True, True)
    assert filled("operator", "op@heron.example", "--json").rows[0]["new"] is False
    assert filled("operator", "nobody", "--json").rows[0]["error"]["code"] == "configuration"


def test_lint_names_file_and_line(filled: Any) -> None:
    assert filled("catalogue", "lint").code == 0
    bad = filled.folder / "mine" / "bad.toml"
    bad.write_text('name = "Bad"\nslug = "bad"\ncategory = "social"\n\n[[documents]]\nkind = "trems"\n')
    ran = filled("catalogue", "lint", "--json")
    assert ran.code == 1
    assert any(row["file"].endswith("bad.toml") and row["line"] == 6 for row in ran.rows)
    assert len(filled("catalogue", "list", "--json").rows) == 1  # the good file still loads


def test_help_is_quick_to_load() -> None:
    """No command's heavy parts are imported to say what the commands are."""
    import subprocess
    import sys

    heavy = "('django', 'httpcore2', 'selectolax', 'rich')"
    code = f"import sys, conductatlas.cli.app; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
