"""Backups by the night: names, rotation, what a killed one leaves, and an archive that is in use meanwhile."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import tarfile
import time
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


def test_a_folder_gets_a_dated_file_and_keeps_as_many_as_asked(filled: Any, tmp_path: Path) -> None:
    folder = tmp_path / "nightly"
    folder.mkdir()
    old = [folder / f"atlas-2026-0{month}-01T030000Z.tar" for month in range(1, 6)]
    others = [folder / "atlas-before-upgrade.tar", folder / "notes.txt"]
    left = folder / ".atlas-2026-05-02T030000Z.tar.part"
    for file in (*old, *others, left):
        file.write_bytes(b"x")
    row = filled("backup", str(folder), "--keep", "3", "--json").rows[0]
    assert re.fullmatch(r"atlas-\d{4}-\d\d-\d\dT\d{6}Z\.tar", Path(row["file"]).name)
    assert row["deleted"] == [str(file) for file in old[:3]]
    assert sorted(folder.iterdir()) == sorted([*old[3:], *others, Path(row["file"])])


def test_without_keep_no_backup_is_deleted(filled: Any, tmp_path: Path) -> None:
    folder = tmp_path / "nightly"
    folder.mkdir()
    old = folder / "atlas-2026-01-01T030000Z.tar"
    old.write_bytes(b"x")
    row = filled("backup", str(folder), "--json").rows[0]
    assert row["deleted"] == []
    assert sorted(folder.iterdir()) == [old, Path(row["file"])]


def test_a_backup_that_fails_deletes_nothing(filled: Any, tmp_path: Path) -> None:
    folder = tmp_path / "nightly"
    folder.mkdir()
    old = folder / "atlas-2026-01-01T030000Z.tar"
    old.write_bytes(b"x")
    filled.environment["CONDUCTATLAS_DATABASE_URL"] = "sqlite:///none.sqlite3"
    ran = filled("backup", str(folder), "--keep", "1", "--json")
    assert (ran.code, ran.rows[0]["error"]["code"]) == (1, "backup")
    assert list(folder.iterdir()) == [old]


def test_keep_asks_for_a_folder(filled: Any, tmp_path: Path) -> None:
    ran = filled("backup", str(tmp_path / "none.tar"), "--keep", "3", "--json")
    assert ran.rows[0]["error"]["code"] == "configuration"


def test_a_backup_of_an_archive_in_use_holds_all_that_its_database_names(filled: Any, tmp_path: Path) -> None:
    """While packs are made, joined and deleted, a backup can be restored and every snapshot in it read."""
    script = Path(__file__).parents[1] / "archive" / "keep_repacking.py"
    target = tmp_path / "busy"
    target.mkdir()
    environment = filled.env()
    subprocess.run([sys.executable, script, target, "--make"], env=environment, check=True)
    said = tmp_path / "said"
    filled.environment["CONDUCTATLAS_DATA_DIR"] = str(target)
    file = tmp_path / "busy.tar"
    with (
        said.open("wb") as out,
        subprocess.Popen(
            [sys.executable, script, target, "--go"], env=environment, stdout=out, stderr=out
        ) as process,
    ):
        try:
            while said.read_text().count("removed") < 2:
                assert process.poll() is None, said.read_text()
                time.sleep(0.05)
            ran = filled("backup", str(file), "--json")
            assert ran.code == 0, ran.out
        finally:
            process.kill()
    filled.environment["CONDUCTATLAS_DATA_DIR"] = str(tmp_path / "restored")
    assert filled("restore", str(file)).code == 0
    rows = [row for row in filled("doctor", "--deep", "--json").rows if row["subject"] == "snapshots"]
    assert rows and not [row for row in rows if row["level"] == "fault"], rows


def test_doctor_reads_every_snapshot_when_asked(filled: Any) -> None:
    row = next(row for row in filled("doctor", "--deep", "--json").rows if row["subject"] == "snapshots")
    assert (row["level"], "1 read back" in row["message"]) == ("good", True)
    with sqlite3.connect(filled.folder / "conductatlas.sqlite3") as database:
        database.execute("UPDATE archive_packmember SET data = x'28b52ffd'")
    ran = filled("doctor", "--deep", "--json")
    row = next(row for row in ran.rows if row["subject"] == "snapshots")
    assert (ran.code, row["level"]) == (1, "fault")
    with sqlite3.connect(filled.folder / "conductatlas.sqlite3") as database:
        database.execute("DELETE FROM archive_packmember")
    rows = filled("doctor", "--deep", "--json").rows
    assert any("lie in no pack" in row["message"] for row in rows)


def test_settings_that_are_a_link_are_in_the_backup_with_their_content(filled: Any, tmp_path: Path) -> None:
    real = tmp_path / "managed.toml"
    (filled.folder / "config.toml").rename(real)
    (filled.folder / "config.toml").symlink_to(real)
    target = tmp_path / "a.tar"
    assert filled("backup", str(target)).code == 0
    with tarfile.open(target) as tar:
        assert tar.getmember("config.toml").isreg()
    filled.folder.rename(tmp_path / "lost")
    assert filled("restore", str(target)).code == 0
    assert (filled.folder / "config.toml").read_text() == real.read_text()


# ── removing and repacking, as an operator calls them ────────────────────────────────────────────────


def test_a_removal_says_what_would_go_and_waits_for_yes(filled: Any) -> None:
    ran = filled("remove", "CA-V-1", "--reason", "Order of a court.", "--json")
    assert (ran.code, ran.rows[0]["removed"], ran.rows[0]["versions"]) == (1, False, ["CA-V-000001"])
    assert filled("diff", "CA-V-1", "CA-V-1").code == 0
    told = filled("remove", "CA-V-1", "--reason", "Order of a court.", "--ground", "12 O 34/26", "--yes")
    assert told.code == 0
    assert "Order of a court." in told.out and "12 O 34/26" in told.out
    assert "Backups made before still hold it" in told.err
    error = filled("diff", "CA-V-1", "CA-V-1", "--json").rows[0]["error"]
    assert error["code"] == "removed"
    again = filled("remove", "CA-V-1", "--reason", "Again.", "--yes", "--json")
    assert (again.code, again.rows[0]["error"]["code"]) == (1, "not_found")
    assert filled("check", "--all", "--json").rows[0]["outcome"] == "unchanged"


def test_a_removal_leaves_no_word_in_any_file_of_the_archive(filled: Any) -> None:
    words = b"responsible for what happens in it"

    def holding() -> list[str]:
        files = [file for file in filled.folder.rglob("*") if file.is_file()]
        return [file.name for file in files if words in file.read_bytes()]

    assert holding()
    row = filled("remove", "CA-D-1", "--reason", "Order of a court.", "--yes", "--json").rows[0]
    assert (row["removed"], row["snapshots"], row["objects_left"], row["copies"]) == (True, 1, 0, [])
    assert holding() == []
    assert list((filled.folder / "snapshots").rglob("*.zpack")) == []


def test_a_removal_names_who_decided_and_what_it_cannot_find(filled: Any) -> None:
    filled("operator", "op@heron.example")
    for identity in ("CA-C-1", "capture-99"):
        ran = filled("remove", identity, "--reason", "x", "--yes", "--json")
        assert ran.rows[0]["error"]["code"] == "not_found"
    ran = filled("remove", "CA-V-1", "--reason", "x", "--by", "no@heron.example", "--yes", "--json")
    assert ran.rows[0]["error"]["code"] == "configuration"
    assert (
        filled("remove", "CA-V-1", "--reason", " ", "--yes", "--json").rows[0]["error"]["code"] == "not_found"
    )
    assert filled("remove", "CA-V-1", "--reason", "x", "--by", "OP@heron.example", "--yes").code == 0
    with sqlite3.connect(filled.folder / "conductatlas.sqlite3") as database:
        assert database.execute("SELECT by_id FROM archive_tombstone").fetchall() == [(1,)]


def test_a_copy_that_still_holds_it_is_named(filled: Any) -> None:
    (filled.folder / "backups").mkdir()
    (filled.folder / "backups" / "before-migration-1.sqlite3").write_bytes(b"")
    row = filled("remove", "CA-V-1", "--reason", "x", "--yes", "--json").rows[0]
    assert [Path(copy).name for copy in row["copies"]] == ["before-migration-1.sqlite3"]


def test_repack_says_what_it_would_do_and_does_it(filled: Any) -> None:
    assert filled("repack", "--json").rows == [
        {
            "packs_before": 0,
            "packs_after": 0,
            "bytes_before": 0,
            "bytes_after": 0,
            "left_out": 0,
            "objects_left": 0,
        }
    ]
    assert filled("repack", "nobody/terms", "--json").rows[0]["error"]["code"] == "not_found"
    with sqlite3.connect(
        filled.folder / "conductatlas.sqlite3"
    ) as database:  # as if it had been short and removed
        database.execute(
            "INSERT INTO archive_tombstone (document_id, reason, ground, whole_document, at) "
            "VALUES (1, 'x', '', 0, '2026-11-25')"
        )
        database.execute("INSERT INTO archive_removedsnapshot (tombstone_id, snapshot_id) VALUES (1, 1)")
    dry = filled("repack", "heron/terms", "--dry-run", "--json").rows
    assert [(row["packs_before"], row["left_out"], row["bytes_after"]) for row in dry] == [(1, 1, None)] * 2
    told = filled("repack").out
    assert "heron/terms: 1 packs → 0" in told and "1 removed snapshots left out" in told
