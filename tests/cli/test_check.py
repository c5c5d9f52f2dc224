from __future__ import annotations

import json
import signal
import sqlite3
import time
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

Policy = Callable[..., bytes]
CLAUSES = (
    "These terms govern your use of the Heron service. By using the service you agree to these terms.",
    "You must be at least 16 years old to open an account, and you are responsible for what happens in it.",
    "We may change these terms. We will tell you by e-mail at least 30 days before a change takes effect.",
)


def test_check_says_what_came_of_it_and_never_doubles(shell: Any, web: Any, policy: Policy) -> None:
    shell.declare(web.url)
    web.page = policy()
    first, second = shell("check", "--all", "--json"), shell("check", "heron/terms", "--json")
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert [row["outcome"] for row in first.rows + second.rows] == ["changed", "unchanged"]
    assert first.rows[0]["version"] == "CA-V-000001"
    assert set(first.rows[0]) == {
        "document", "path", "at", "check", "outcome", "reason", "captures", "version", "change", "kind", "confirmed",
        "error",
    }  # fmt: skip
    assert shell("check", "--json").rows == []  # nothing is due


def test_settle_goes_on_until_the_change_is_confirmed(shell: Any, web: Any, policy: Policy) -> None:
    shell.declare(web.url)
    web.page = policy()
    shell("check", "--all", "--now", "2026-01-01", "--json")
    web.page = policy(*CLAUSES[:3], "We may end this agreement whenever we want to, and close your account.")
    rows = shell("check", "--all", "--now", "2026-02-01T06:00:00Z", "--settle", "--json").rows
    assert [(row["outcome"], row["at"]) for row in rows] == [
        ("changed", "2026-02-01T06:00:00+00:00"),
        ("unchanged", "2026-02-01T08:00:00+00:00"),
    ]
    assert rows[1]["confirmed"] == rows[0]["change"]
    assert shell("check", "--settle").code == 1


def test_settle_goes_on_after_a_confirming_check_that_failed(shell: Any, web: Any, policy: Policy) -> None:
    shell.declare(web.url)
    web.page = policy()
    shell("check", "--all", "--now", "2026-01-01", "--json")
    web.page = policy(*CLAUSES[:3], "We may end this agreement whenever we want to, and close your account.")
    web.statuses = [200, 503]
    rows = shell("check", "--all", "--now", "2026-02-01", "--settle", "--json").rows
    assert [row["outcome"] for row in rows] == ["changed", "failed", "unchanged"]
    assert rows[2]["confirmed"] == rows[0]["change"]


def test_an_unknown_document_is_a_typed_error(shell: Any, web: Any) -> None:
    shell.declare(web.url)
    ran = shell("check", "heron/privacy", "--json")
    assert ran.code == 1
    assert ran.rows[0]["error"]["code"] == "not_found"


def test_watch_stops_on_sigterm_and_leaves_no_lease(shell: Any, web: Any, policy: Policy) -> None:
    shell.declare(web.url)
    web.page = policy()
    with shell.start("watch", "--json") as process:
        assert json.loads(process.stdout.readline())["outcome"] == "changed"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0
    with sqlite3.connect(shell.folder / "conductatlas.sqlite3") as database:
        assert database.execute("SELECT holder FROM work_due").fetchall() == [("",)]


def test_a_slow_page_does_not_hold_up_the_end(shell: Any, web: Any) -> None:
    asked = Event()

    class Slow(bytes):
        def __len__(self) -> int:
            asked.set()
            time.sleep(20)
            return super().__len__()

    shell.declare(web.url)
    web.page = Slow(b"<p>late</p>")
    with shell.start("watch", "--json") as process:
        assert asked.wait(timeout=30)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0
    with sqlite3.connect(shell.folder / "conductatlas.sqlite3") as database:
        assert database.execute("SELECT holder FROM work_due").fetchall() == [("",)]
        assert database.execute("SELECT count(*) FROM archive_check").fetchone() == (0,)


def test_two_runners_at_once_record_one_version(shell: Any, web: Any, policy: Policy) -> None:
    shell.declare(web.url)
    web.page = policy()
    shell("catalogue", "list")
    both = [shell.start("check", "--all", "--json") for _ in range(2)]
    rows = [json.loads(line) for process in both for line in process.communicate(timeout=60)[0].splitlines()]
    assert sorted(row["outcome"] for row in rows) in (["busy", "changed"], ["changed", "unchanged"])
    with sqlite3.connect(shell.folder / "conductatlas.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM history_version").fetchone() == (1,)


def test_a_full_disk_is_a_typed_outcome_and_nothing_is_lost(shell: Any, web: Any, policy: Policy) -> None:
    import resource

    shell.declare(web.url)
    web.page = policy()
    assert shell("check", "--all", "--json").rows[0]["outcome"] == "changed"
    web.page = policy(
        *[f"You agree to rule {n} of these terms and to its heron clause." for n in range(30_000)]
    )
    size = (shell.folder / "conductatlas.sqlite3").stat().st_size + 300_000
    ran = shell(
        "check", "--all", "--json", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    )
    assert ran.code == 1
    row = ran.rows[-1]
    assert (row["outcome"], row["error"]["code"]) == ("not_recorded", "store_unavailable")
    assert row["error"]["remedy"]
    again = shell("check", "--all", "--json").rows[0]
    assert (again["outcome"], again["version"] is not None) == ("changed", True)
    with sqlite3.connect(shell.folder / "conductatlas.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM history_change").fetchone() == (1,)


@pytest.mark.first_start
def test_a_data_folder_that_cannot_be_written_is_a_typed_error(shell: Any) -> None:
    shell.folder.write_text("a file, not a folder")
    ran = shell("check", "--all", "--json")
    assert ran.code == 1
    assert ran.rows[0]["error"]["code"] == "configuration"
