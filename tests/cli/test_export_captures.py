"""`export-captures`, and what comes back of it by `import-captures`."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

# What a capture comes to, whoever holds it: by address and date its outcome, and the digest of its bytes.
ROWS = """
    SELECT c.requested_url, c.final_url, c.started_at, c.outcome, c.reason, k.outcome,
        coalesce(s.digest, c.body_digest), k.started_at
    FROM archive_capture c JOIN archive_check k ON k.id = c.check_row_id
        LEFT JOIN archive_snapshot s ON s.id = c.snapshot_id
"""
TEXTS = "SELECT digest, title, language, words FROM history_reading"


def rows(folder: Path, query: str = ROWS) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "conductatlas.sqlite3")) as database:
        return sorted(database.execute(query))


FIRST = datetime.now(UTC).date() - timedelta(days=20)  # bytes of refused captures are not kept for long
TEMPLATE: list[Path] = []  # the data folder of `watched`, made once: exporting changes nothing in it


def date(day: int) -> str:
    """The first day is 1."""
    return (FIRST + timedelta(days=day - 1)).isoformat()


@pytest.fixture
def watched(
    shell: Any, web: Any, policy: Callable[..., bytes], tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """An archive with two texts, each seen twice, a page that is no policy, and a 404, over six days."""
    if not TEMPLATE:
        TEMPLATE.append(tmp_path_factory.mktemp("watched") / "data")
        maker = type(shell)(TEMPLATE[0])
        maker.declare(web.url)
        second = policy(
            *[f"These are new terms of Heron, number {n}, and you agree to them." for n in range(9)]
        )
        wall = b"<html><title>Just a moment</title><p>Checking your browser. Ray id 81c2</html>"
        for day, page in enumerate((policy(), policy(), wall, b"<p>Gone</p>", second, second), 1):
            web.page, web.statuses = page, [404] if day == 4 else []
            done = maker("check", "--all", "--now", f"{date(day)}T06:00:00Z")
            assert done.code == 0, done.err
    shutil.copytree(TEMPLATE[0], shell.folder, dirs_exist_ok=True)
    return shell


def test_what_is_exported_comes_back_as_it_was(watched: Any, shell: Any, tmp_path: Path) -> None:
    file = tmp_path / "heron.warc.gz"
    (told,) = watched("export-captures", str(file), "--with-refused", "--json").rows
    assert (told["format"], told["captures"], told["documents"], told["left_out"]) == ("warc", 6, 1, {})
    there = tmp_path / "other"
    there.mkdir()
    shutil.copy(watched.folder / "config.toml", there)
    shutil.copytree(watched.folder / "mine", there / "mine")
    other = type(shell)(there)
    done = other("import-captures", str(file), "--source", "Heron's archive", "--json")
    assert done.code == 0, done.err + done.out
    assert rows(there) == rows(watched.folder)
    assert {row[3] for row in rows(there)} == {"kept", "same", "refused", "failed"}
    assert rows(there, TEXTS) == rows(watched.folder, TEXTS)
    # Taken in, they keep the ids and dates that they have here; of the export of an export nothing is lost.
    again = other("export-captures", str(tmp_path / "again.warc.gz"), "--with-refused", "--json")
    assert again.rows[0]["captures"] == 6
    ids = "SELECT record_id FROM archive_provenance"
    (tmp_path / "map.toml").write_text(
        '[[map]]\nheader = "ConductAtlas-Document"\n'
        'document = "{conductatlas-platform}/{conductatlas-document}"\n'
    )
    third = type(shell)(tmp_path / "third")
    shutil.copytree(there, third.folder, ignore=shutil.ignore_patterns("*.sqlite3*", "snapshots"))
    words = ("--source", "x", "--map", str(tmp_path / "map.toml"))
    assert third("import-captures", str(tmp_path / "again.warc.gz"), *words).code == 0
    assert rows(third.folder) == rows(there)
    assert rows(third.folder, ids) == rows(there, ids)


def test_a_wacz_is_valid_and_twice_the_same(watched: Any, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.wacz", "b.zip")]
    first = watched("export-captures", str(files[0]), "--document", "heron/terms", "--json")
    second = watched("export-captures", str(files[1]), "--document", "CA-D-1", "--wacz", "--json")
    assert first.code == second.code == 0, first.err
    assert first.rows[0]["sha256"] == second.rows[0]["sha256"]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert first.rows[0]["left_out"] == {"refused": 2}
    command = [sys.executable, "-m", "wacz", "validate", "-f", str(files[0])]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert said.endswith("the passed WACZ is valid\n"), said


def test_a_day_counts_as_a_whole(watched: Any, tmp_path: Path) -> None:
    def number(name: str, *words: str) -> int:
        return int(watched("export-captures", str(tmp_path / name), *words, "--json").rows[0]["captures"])

    assert number("a", "--since", date(2), "--until", date(5)) == 4
    assert number("b", "--until", f"{date(5)}T06:00:00Z") == 4
    assert number("c", "--platform", "heron", "--capture", "1", "--since", date(6)) == 1


def test_people_are_told_what_is_not_in_it(watched: Any, tmp_path: Path) -> None:
    done = watched("export-captures", str(tmp_path / "a.warc.gz"))
    assert "6 captures of 1 documents" in done.out
    assert "Of 2 refused or failed captures the bytes are not in it (--with-refused adds" in done.out


def test_what_is_not_there_is_an_error_and_no_file(watched: Any, tmp_path: Path) -> None:
    for words, said in {
        ("--platform", "nobody"): "no platform is called 'nobody'",
        ("--document", "heron/nothing"): "no document is called 'heron/nothing'",
        ("--capture", "99"): "no capture has the key 99",
        ("--since", date(400)): "no capture that may be exported",
        ("--since", "soon"): "'soon' is no moment",
    }.items():
        done = watched("export-captures", str(tmp_path / "a.warc.gz"), *words)
        assert (done.code, said in done.err) == (1, True), done.err
    assert not list(tmp_path.glob("*a.warc*"))


def test_a_file_that_is_there_stays(watched: Any, tmp_path: Path) -> None:
    (tmp_path / "a.wacz").write_text("mine")
    done = watched("export-captures", str(tmp_path / "a.wacz"), "--json")
    assert (done.code, done.rows[0]["error"]["code"]) == (1, "export")
    assert (tmp_path / "a.wacz").read_text() == "mine"
