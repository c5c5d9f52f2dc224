"""Run by test_killed.py in a process of its own: checks one document again and again and seals the ledger, killed at
random instants: between bytes, row, leaf and checkpoint.

usage: python killed.py TRIALS SEED, with CONDUCTATLAS_DATA_DIR set. Prints one JSON object.

Each trial serves a new text, kills a run at a random instant of its life, lets the next run go to its end, and
counts what the two of them left: exactly one version and one change. After each kill the archive is held against
its ledger; in the end all of it is, and nothing waits.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from conductatlas.cli.opening import open_archive

PAGE = Path(os.environ["CONDUCTATLAS_DATA_DIR"]) / "page.html"
START = datetime(2026, 3, 1, tzinfo=UTC)
EACH = 5  # kills; after the last of them and its next run everything is looked at, from the first leaf on


class Web(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"" if self.path == "/robots.txt" else PAGE.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


def policy(number: int) -> str:
    rules = "".join(
        f"<p>You agree to rule {n} of these terms, which we may change with {n + number} days of notice.</p>"
        for n in range(1, 60)
    )
    return f"<!doctype html><html lang=en><title>Terms</title><main><h1>Terms of Service</h1>{rules}</main>"


def in_child(run: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        try:
            run()
            os._exit(0)
        except BaseException as fault:
            sys.stderr.write(f"{fault!r}\n")
            os._exit(1)
    return child


def serve() -> tuple[int, int]:
    server = HTTPServer(("127.0.0.1", 0), Web)
    child = in_child(server.serve_forever)
    server.server_close()
    return child, server.server_address[1]


def main(trials: int, seed: int) -> None:
    chance = random.Random(seed)
    config = open_archive()
    from django.db import connections

    from conductatlas.archive import ledger
    from conductatlas.catalogue.models import Document, Platform
    from conductatlas.cli.opening import runner
    from conductatlas.clock import SetClock
    from conductatlas.evidence.audit.run import FILE, Audit
    from conductatlas.history.models import Change, Version
    from conductatlas.reading.clauses.extractor import extract
    from conductatlas.reading.text.marks import Reading as TextReading
    from conductatlas.work import due

    PAGE.write_text(policy(0))
    web, port = serve()
    platform = Platform.objects.create(slug="a", name="A", category="social")
    document = Document.objects.create(
        platform=platform, slug="terms", kind="terms", title="Terms", language="en"
    )
    document.sources.create(url=f"http://127.0.0.1:{port}/terms")
    due.ensure(START)
    key = document.pk

    ledger.BATCH = 2  # more instants between two transactions

    def run(number: int) -> None:
        due.release_dead()
        clock = SetClock(START + timedelta(days=number), given=False)
        pool = runner(config, clock, None)
        assert [type(outcome).__name__ for outcome in pool.run([key], started_by="person")] == ["Result"]
        ledger.seal("the one that is killed", clock)

    def faults(*, is_whole: bool, may_wait: bool) -> list[str]:
        """In a process of its own: what reads packs has threads, which a fork of ours would lack."""
        connections.close_all()
        found = config.data_dir / "found.json"

        def look() -> None:
            report = Audit(config.data_dir / FILE).run(since_last=not is_whole)
            waiting = [f"{report.waiting} leaves wait"] if report.waiting and not may_wait else []
            found.write_text(
                json.dumps([f"{one.subject}: {one.sentence}" for one in report.tally.findings] + waiting)
            )

        _, status = os.waitpid(in_child(look), 0)
        assert status == 0, "what looks must go through"
        return list(json.loads(found.read_text()))

    def forked(number: int, kill_after: float | None) -> bool:
        """Whether the run came to its end before it was killed."""
        connections.close_all()
        child = in_child(lambda: run(number))
        if kill_after is None:
            _, status = os.waitpid(child, 0)
            assert status == 0, "the run after a kill must go through"
            return True
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        return os.WIFEXITED(status)

    # What a process compiles when it first reads is compiled before the forks, so that instants hit the writing.
    extract(TextReading(policy(0), (), "Terms", "en"), "terms")
    forked(0, None)
    took, bad, finished = 0.1, [], 0
    for trial in range(1, trials + 1):
        PAGE.write_text(policy(trial))
        finished += forked(2 * trial, chance.uniform(0, took))
        wrong = faults(is_whole=False, may_wait=True) if trial % EACH == 0 else []
        began = time.monotonic()
        forked(2 * trial + 1, None)
        took = 0.8 * took + 0.2 * 1.6 * (
            time.monotonic() - began
        )  # the second has less to do where the first wrote
        left = (Version.objects.count(), Change.objects.count())
        if trial == trials:
            wrong += faults(is_whole=True, may_wait=False)
        if left != (trial + 1, trial) or wrong:
            bad.append([trial, *left, *wrong])
            break
    os.kill(web, signal.SIGKILL)
    print(json.dumps({"trials": trials, "bad": bad, "ended_before_the_kill": finished}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
