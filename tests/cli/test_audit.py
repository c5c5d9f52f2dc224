"""`audit`: what is said of provisions is held against what it rests on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def checked(shell: Any, web: Any, policy: Callable[..., bytes]) -> Any:
    shell.declare(web.url)
    web.page = policy()
    assert shell("check", "--all").code == 0
    return shell


def test_what_is_said_rests_on_what_it_names(checked: Any) -> None:
    done = checked("audit", "--json")
    assert done.code == 0, done.out
    (row,) = done.rows
    assert {one["area"] for one in row["checked"]} == {"quotes", "analyses"}
    assert all(one["holds"] > 0 and one["fails"] == 0 for one in row["checked"])
    assert "hold, 0 do not" in checked("audit").out


def test_a_quote_that_differs_is_named(checked: Any) -> None:
    with sqlite3.connect(checked.folder / "conductatlas.sqlite3") as database:
        triggers = [
            row[0]
            for row in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'provisions_finding'"
            )
        ]
        for name in triggers:
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE provisions_finding SET digest = 'f' WHERE id = 1")
    done = checked("audit", "--json")
    assert done.code == 1
    assert done.rows[0]["kind"] == "quote_differs"


def test_an_empty_archive_says_so(shell: Any) -> None:
    done = shell("audit")
    assert (done.code, done.out.strip()) == (0, "Nothing is said yet.")
