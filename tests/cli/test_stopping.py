"""Stopping, waiting and being refused: what long-running commands do when the machine wants something else."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

Policy = Callable[..., bytes]
ROW = {
    "document", "path", "at", "check", "outcome", "reason", "captures", "version", "change", "kind", "confirmed",
    "error",
}  # fmt: skip


def held(shell: Any) -> list[tuple[str]]:
    with sqlite3.connect(shell.folder / "conductatlas.sqlite3") as database:
        return list(database.execute("SELECT holder FROM work_due"))


class Slow(bytes):
    """A page whose server takes its time; `asked` is set once it is asked for."""

    asked: Event

    def __len__(self) -> int:
        self.asked.set()
        time.sleep(25)
        return super().__len__()


@pytest.fixture
def slow() -> Slow:
    page = Slow(b"<p>late</p>")
    page.asked = Event()
    return page


def test_up_ends_within_ten_seconds_while_a_page_hangs_and_a_reader_is_there(
    shell: Any, web: Any, slow: Slow
) -> None:
    shell.declare(web.url)
    web.page = slow
    with shell.start("up", "--port", "0", "--json") as process:
        port = int(json.loads(process.stdout.readline())["serving"].rstrip("/").rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as reader:
            reader.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert reader.recv(12) == b"HTTP/1.1 200"
            assert slow.asked.wait(timeout=60)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0  # grace is 8 s; the rest is for a busy machine
        assert "Traceback" not in process.stderr.read()
    assert held(shell) == [("",)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_check_that_is_stopped_says_so_and_leaves_no_lease(
    shell: Any, web: Any, slow: Slow, number: signal.Signals
) -> None:
    shell.declare(web.url)
    web.page = slow
    with shell.start("check", "--all", "--json") as process:
        assert slow.asked.wait(timeout=60)
        process.send_signal(number)
        assert process.wait(timeout=20) == 1
        assert process.stdout.read() == ""
    assert held(shell) == [("",)]


def test_a_document_that_another_worker_holds_has_the_same_keys(shell: Any, web: Any, slow: Slow) -> None:
    shell.declare(web.url)
    web.page = slow
    with shell.start("check", "--all", "--json") as process:
        assert slow.asked.wait(timeout=60)
        ran = shell("check", "--all", "--json")
        assert (ran.code, ran.rows[0]["outcome"], set(ran.rows[0])) == (0, "busy", ROW)
        process.terminate()
        process.wait(timeout=20)


def test_names_and_due_together_leave_out_what_is_not_due(shell: Any, web: Any, policy: Policy) -> None:
    shell.declare(web.url)
    web.page = policy()
    assert len(shell("check", "heron", "--due", "--json").rows) == 1
    assert shell("check", "heron", "--due", "--json").rows == []
    assert len(shell("check", "heron", "--json").rows) == 1


def test_a_new_document_is_due_by_the_clock_of_the_run(shell: Any, web: Any, policy: Policy) -> None:
    shell.declare(web.url)
    web.page = policy()
    rows = shell("check", "--now", "2026-01-01", "--json").rows
    assert [row["at"] for row in rows] == ["2026-01-01T00:00:00+00:00"]


def without_privilege() -> None:
    """Root may write what nobody may: give that up before the command starts (prctl, PR_CAPBSET_DROP)."""
    import ctypes

    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


def test_a_database_that_is_read_only_is_a_typed_error(shell: Any, web: Any, policy: Policy) -> None:
    shell.declare(web.url)
    web.page = policy()
    assert shell("check", "--all").code == 0
    database = shell.folder / "conductatlas.sqlite3"
    database.chmod(0o400)
    ran = shell("check", "--all", "--json", preexec_fn=without_privilege)
    assert (ran.code, ran.rows[0]["error"]["code"]) == (1, "store_unavailable"), ran.err
    assert "Traceback" not in ran.err
    database.chmod(0o600)
    assert shell("check", "--all", "--json").rows[0]["outcome"] == "unchanged"


@pytest.mark.first_start
def test_a_data_folder_that_is_read_only_is_a_typed_error(shell: Any, web: Any, policy: Policy) -> None:
    shell.declare(web.url)
    shell.folder.chmod(0o500)
    ran = shell("check", "--all", "--json", preexec_fn=without_privilege)
    shell.folder.chmod(0o700)
    assert (ran.code, ran.rows[0]["error"]["code"]) == (1, "configuration"), ran.err


def test_who_stops_reading_the_results_leaves_no_trace(shell: Any, web: Any, policy: Policy) -> None:
    shell.declare(web.url)
    web.page = policy()
    with shell.start("check", "--all", "--json") as process:
        process.stdout.close()
        assert process.wait(timeout=60) == 1
        assert process.stderr.read() == ""
    assert held(shell) == [("",)]


def test_a_name_that_is_no_text_is_told_and_breaks_nothing(shell: Any, tmp_path: Path) -> None:
    ran = shell("read", os.fsdecode(os.fsencode(tmp_path) + b"/\xff.html"), "--json")
    assert ran.rows[0]["error"]["code"] == "not_found"


@pytest.fixture
def asked(policy: Policy) -> Iterator[tuple[str, list[float]]]:
    """A host and the moments at which it was asked for something."""
    moments: list[float] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            moments.append(time.monotonic())
            body = b"" if self.path == "/robots.txt" else policy()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", moments
    server.shutdown()
    server.server_close()


def test_two_processes_share_the_spacing_of_a_host(shell: Any, asked: tuple[str, list[float]]) -> None:
    host, moments = asked
    shell.declare(f"{host}/terms")
    (shell.folder / "mine" / "plover.toml").write_text(
        (shell.folder / "mine" / "heron.toml")
        .read_text()
        .replace("heron", "plover")
        .replace("Heron", "Plover")
        .replace("/terms", "/rules")
    )
    shell.environment["CONDUCTATLAS_HOST_SPACING"] = "2"
    shell("catalogue", "list")
    both = [shell.start("check", name, "--json") for name in ("heron", "plover")]
    for process in both:
        assert json.loads(process.communicate(timeout=60)[0])["outcome"] == "changed"
    assert len(moments) >= 3  # two pages, and robots.txt once or twice
    assert all(later - earlier > 1.2 for earlier, later in pairwise(sorted(moments)))


def test_a_demo_that_was_stopped_goes_on_where_it_was(shell: Any) -> None:
    with shell.start("demo", "--load-only", "--json") as process:
        first = [json.loads(process.stdout.readline()) for _ in range(20)]
        process.terminate()
        first += [json.loads(line) for line in process.stdout]
        assert process.wait(timeout=20) == 1
    rest = shell("demo", "--load-only", "--json").rows
    checks = [(row["path"], row["at"]) for row in first + rest]
    assert len(checks) == len(set(checks))
    moments = {at for _, at in checks}
    assert (len(moments), len(checks) % len(moments)) == (14, 0)
    assert shell("demo", "--load-only", "--json").rows == []
