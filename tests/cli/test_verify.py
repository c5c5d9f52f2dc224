"""`verify --archive`, as an operator calls it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest


def test_an_archive_is_verified_and_what_was_edited_is_named(shell: Any, web: Any, policy: Any) -> None:
    web.page = policy()
    shell.declare(web.url)
    assert shell("check", "--all").code == 0
    checkpoint = shell("ledger", "show", "--json").rows[0]["checkpoint"]
    kept = shell.folder / "kept.txt"
    kept.write_text(checkpoint["note"])

    done = shell("verify", "--archive", "--against", str(kept), "--json")
    assert done.code == 0
    (summary,) = done.rows
    assert summary["finished"] and summary["size"] == checkpoint["size"] and summary["waiting"] == 0
    checked = {row["area"]: (row["holds"], row["fails"], row["unknown"]) for row in summary["checked"]}
    assert checked["copies of checkpoints"] == (2, 0, 0) and checked["snapshots"][0] >= 1
    assert all(fails == 0 for _, fails, _ in checked.values())
    told = shell("verify", "--archive")
    assert told.code == 0 and "Everything holds" in told.out and "cannot be told" in told.out

    with closing(sqlite3.connect(shell.folder / "conductatlas.sqlite3")) as database, database:
        database.execute("DROP TRIGGER archive_capture_no_update")
        database.execute("UPDATE archive_capture SET status = 404 WHERE id = 1")
    found = shell("verify", "--archive", "--json")
    assert found.code == 1
    assert {name: found.rows[0][name] for name in ("area", "kind", "verdict", "subject")} == {
        "area": "rows",
        "kind": "row_edited",
        "verdict": "does not hold",
        "subject": "capture 1",
    }
    assert "DOES NOT HOLD  capture 1" in shell("verify", "--archive").out
    assert shell("verify", "--archive", "--since-last").code == 1, "one that failed is looked at whole"


def test_what_cannot_be_verified_is_said(shell: Any, web: Any) -> None:
    assert shell("verify").code == 2
    shell.declare(web.url)
    assert shell("check", "--all").code == 0
    gone = shell("verify", "--archive", "--against", "gone.txt", "--json")
    assert gone.code == 1 and gone.rows[0]["error"]["code"] == "not_found"
    letter = shell.folder / "letter.txt"
    letter.write_text("Dear archive")
    none = shell("verify", "--archive", "--against", str(letter), "--json")
    assert none.code == 1 and none.rows[0]["error"]["code"] == "checkpoint"


@pytest.mark.first_start
def test_nothing_is_verified_of_another_schema(shell: Any) -> None:
    done = shell("verify", "--archive", "--json")
    assert done.code == 1 and "schema" in done.rows[0]["error"]["message"]
