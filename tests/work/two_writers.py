"""Run twice at once by test_two_writers.py: checks a document of its own again and again, and seals after each check.

usage: python two_writers.py NAME CHECKS, with CONDUCTATLAS_DATA_DIR set. Prints how many checkpoints it made.
"""

from __future__ import annotations

import contextlib
import sys
from datetime import UTC, datetime, timedelta

from conductatlas.cli.opening import open_archive

START = datetime(2026, 3, 1, tzinfo=UTC)


def main(name: str, checks: int) -> None:
    open_archive()
    from conductatlas.archive import ledger
    from conductatlas.archive.hosts import Hosts
    from conductatlas.archive.memory import MemoryFetcher, Page
    from conductatlas.catalogue.models import Document
    from conductatlas.clock import SystemClock
    from conductatlas.errors import LeaseLostError
    from conductatlas.work import due
    from conductatlas.work.pipeline import Tools, check

    clock = SystemClock()
    fetcher = MemoryFetcher(clock=clock)
    fetcher.pages[f"http://{name}.example/robots.txt"] = Page(b"User-agent: *\nAllow: /\n")
    tools = Tools(fetcher, Hosts(fetcher, clock, lambda _host: 0.0), clock, {"place": name}, 90)
    document = Document.objects.get(slug=name)
    ledger.BATCH = 2
    made = 0
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(checks):
        clauses = "".join(
            f"<p>You agree to rule {n} of these terms, which we may change with {n + number} days of notice.</p>"
            for n in range(1, 40)
        )
        page = f"<!doctype html><html lang=en><title>Terms</title><main><h1>Terms of Service</h1>{clauses}</main>"
        fetcher.pages[f"http://{name}.example/terms"] = Page(page.encode())
        assert due.claim([document.pk], name, timedelta(minutes=5)) == [document.pk]
        fresh = Document.objects.select_related("platform", "due").get(pk=document.pk)
        check(fresh, tools, started_by="person", holder=name)
        with contextlib.suppress(LeaseLostError):  # the other one goes on
            made += ledger.seal(name, clock) is not None
    print(made)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
