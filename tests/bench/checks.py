"""What checks cost: memory over a long run, the one write transaction, CPU of a page, and readers meanwhile."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from tests.bench.machine import empty_postgresql, in_process, memory, replaying, spread
from tests.bench.reader import Capture, captures

START = datetime(2026, 2, 1, tzinfo=UTC)
MOMENTS = (
    *("2025-10-03", "2025-10-31", "2025-11-28", "2025-12-28", "2026-01-20", "2026-02-20"),
    *("2026-03-20", "2026-04-20", "2026-05-20", "2026-06-20", "2026-07-20", "2026-08-20"),
)
PAGE = (120_000, 180_000)  # bytes: pages taken as one of 150 KB
HOST = "http://bench.example"
READERS_CHECKS = 200


def run(shared: Path, quick: bool = False) -> dict[str, Any]:
    """Figures of the long run on both databases, of hostile pages, of one page, and of pages shown meanwhile."""
    with replaying(shared) as server:
        moments = MOMENTS[:4] if quick else MOMENTS
        long_run = {
            "SQLite": in_process(__name__, "long-run", server, 4, *moments),
            "SQLite, one worker": in_process(__name__, "long-run", server, 1, *moments),
        }
        with empty_postgresql() as database:
            if database is not None:
                url = {"database_url": database}
                long_run["PostgreSQL"] = in_process(__name__, "long-run", server, 4, *moments, **url)
        return {
            "long_run": long_run,
            "hostile": in_process(__name__, "hostile", server),
            "page": in_process(__name__, "one-page", shared, 15 if quick else 60),
            "meanwhile": in_process(__name__, "meanwhile", shared),
        }


def long_run(server: str, workers: str, *moments: str) -> dict[str, Any]:
    """141 documents checked at each moment in this process, over HTTP: memory after each, and transactions."""
    from conductatlas.clock import SetClock
    from conductatlas.work.runners.embedded import Embedded
    from conductatlas.work.tools import make_tools

    documents = json.loads(urlopen(f"{server}/_replay/documents").read())
    keys = [declare(server + document["path"]).pk for document in documents]
    clock = SetClock(START)
    pool = Embedded(make_tools(_settings(), clock), workers=int(workers), lease=timedelta(minutes=5))
    outcomes: defaultdict[str, int] = defaultdict(int)
    resident: list[float] = []
    with timed_transactions() as transactions:
        began = time.process_time()
        for moment in moments:
            clock.moment = datetime.fromisoformat(moment).replace(tzinfo=UTC)
            body = json.dumps({"now": clock.moment.isoformat()}).encode()
            urlopen(Request(f"{server}/_replay/clock", body, method="PUT")).read()
            for outcome in pool.run(keys, started_by="bench"):
                outcomes[getattr(outcome, "outcome", "skipped")] += 1
            resident.append(round(memory()[0], 1))
        spent = time.process_time() - began
    assert "skipped" not in outcomes, "checks broke: their errors stand above"
    return {
        "checks": sum(outcomes.values()),
        "outcomes": dict(outcomes),
        "resident_mb": resident,
        "peak_mb": round(memory()[1], 1),
        "cpu_ms_per_check": round(spent / sum(outcomes.values()) * 1000, 2),
        "transaction": spread(transactions),
    }


def hostile(server: str) -> dict[str, Any]:
    """Pages made to hurt, each through a whole check: outcome, seconds, and the most memory up to then."""
    from conductatlas.archive.memory import Page
    from conductatlas.clock import SetClock
    from conductatlas.work.tools import make_tools

    path = json.loads(urlopen(f"{server}/_replay/documents").read())[0]["path"]
    clock = SetClock(START)
    tools = make_tools(_settings(), clock)
    document = declare(server + path)
    figures: dict[str, Any] = {}

    def look(name: str, check: Callable[[], Any]) -> None:
        began = time.perf_counter()
        result = check()
        figures[name] = {
            "outcome": f"{result.outcome} {result.reason}".strip(),
            "seconds": round(time.perf_counter() - began, 2),
            "peak_mb": round(memory()[1], 1),
        }

    def ill(kind: str, times: int = 1) -> None:
        body = json.dumps({"path": path, "kind": kind, "times": times}).encode()
        urlopen(Request(f"{server}/_replay/faults", body, method="PUT")).read()

    ill("gzip-bomb", 2)
    urlopen(server + path).read(100)  # packed on first use, which takes longer than a server may
    look("2 GB of zeros in 2 MB of gzip", lambda: checked(document, tools))
    ill("huge")
    look("60 MB of HTML", lambda: checked(document, tools))
    web = memory_tools()
    for name, make in hostile_bodies().items():
        url = f"{HOST}/{len(figures)}"
        web.fetcher.pages[url] = Page(make())  # one at a time: what is measured is a check, not the table
        there = declare(url)
        look(name, lambda there=there: checked(there, web))  # type: ignore[misc]
        web.fetcher.pages.clear()
        _allow_robots(web)
    return figures


def hostile_bodies() -> dict[str, Callable[[], bytes]]:
    """Makers of bodies just within `max_body` that are hard to parse, to read or to hold."""
    room = 9_900_000
    start = b"<!doctype html><html lang=en><title>Terms of Service</title><main><h1>Terms of Service</h1>"
    clause = b"<p>You agree to these terms, and we may change them with 30 days notice.</p>"
    return {
        "10 MB of clauses": lambda: start + clause * (room // len(clause)),
        "100,000 elements one in another": lambda: start + b"<div>" * 100_000 + clause * 40,
        "2 million elements one in another": lambda: start + b"<i>" * ((room - 9000) // 3) + clause * 40,
        "1 million table cells": lambda: start + b"<table>" + b"<tr><td>a<td>b" * 500_000,
        "1 million links": lambda: start + b"<a href=/>a</a>" * 600_000,
        "one word of 10 MB": lambda: start + clause * 40 + b"x" * (room - 9000),
        "1 million numeric references": lambda: start + clause * 40 + b"&#8482; " * 1_000_000,
    }


def one_page(shared: str, wanted: str) -> dict[str, Any]:
    """CPU of a whole check of one real page of about 150 KB: changed, unchanged by 304, and by other bytes."""
    from conductatlas.archive.memory import Page

    tools = memory_tools()
    spent: defaultdict[str, list[float]] = defaultdict(list)
    sizes: list[int] = []
    for number, (old, new) in enumerate(changed_pairs(Path(shared) / "corpus", int(wanted) + 3)):
        url = f"{HOST}/{number}"
        document = declare(url)
        if number < 3:  # models, patterns and tables are loaded on first use
            spent_on: defaultdict[str, list[float]] = defaultdict(list)
        else:
            spent_on = spent
            sizes.append(len(new))
        for what, body, outcome in (
            ("first", old, "changed"),
            ("changed", new, "changed"),
            ("unchanged, other bytes", new + b"<!-- served by 17 -->", "unchanged"),
            ("unchanged, 304", new + b"<!-- served by 17 -->", "unchanged"),
        ):
            tools.fetcher.pages[url] = Page(body, headers={"ETag": f'"{hash(body)}"'})
            began = time.process_time()
            result = checked(document, tools)
            spent_on[what].append(time.process_time() - began)
            assert result.outcome == outcome, (url, what, result.outcome, result.reason)
    return {"mean_kb": round(sum(sizes) / len(sizes) / 1000, 1)} | {
        what: spread(times) for what, times in spent.items()
    }


def meanwhile(shared: str) -> dict[str, Any]:
    """A document's page asked for again and again while checks of changed pages run in the same process."""
    from django.test import Client

    from conductatlas.archive.memory import Page
    from conductatlas.work.runners.embedded import Embedded

    tools = memory_tools()
    pairs = list(changed_pairs(Path(shared) / "corpus", 40))
    keys = []
    for number, (old, _) in enumerate(pairs):
        document = declare(f"{HOST}/{number}")
        tools.fetcher.pages[f"{HOST}/{number}"] = Page(old)
        checked(document, tools)
        keys.append(document.pk)
    pool = Embedded(tools, workers=4, lease=timedelta(minutes=5))
    done = threading.Event()
    times: dict[str, list[float]] = {"alone": [], "meanwhile": []}

    def ask(into: list[float], until: Callable[[], bool]) -> None:
        client = Client(headers={"host": "127.0.0.1"})
        while not until():
            began = time.perf_counter()
            answer = client.get("/platform/bench/document-1/")
            into.append(time.perf_counter() - began)
            assert answer.status_code == 200

    ask([], iter([False, False, True]).__next__)
    ask(times["alone"], lambda: len(times["alone"]) >= 100)
    reader = threading.Thread(target=ask, args=(times["meanwhile"], done.is_set))
    reader.start()
    checks, began = 0, time.perf_counter()
    for turn in range(READERS_CHECKS // len(pairs)):
        for number, pair in enumerate(pairs):
            tools.fetcher.pages[f"{HOST}/{number}"] = Page(pair[(turn + 1) % 2])
        checks += sum(1 for _ in pool.run(keys, started_by="bench"))
    seconds = time.perf_counter() - began
    done.set()
    reader.join()
    return {"checks": checks, "checks_per_second": round(checks / seconds, 1)} | {
        name: spread(seconds) for name, seconds in times.items()
    }


def changed_pairs(corpus: Path, wanted: int) -> Iterator[tuple[bytes, bytes]]:
    """Bodies of neighbouring captures of about 150 KB that are policies with different texts, two a document."""
    from conductatlas.reading.text.reader import read

    before: Capture | None = None
    taken: defaultdict[str, int] = defaultdict(int)
    for capture in captures(corpus, every=3):
        name = capture.name.partition(" @")[0]
        if sum(taken.values()) == wanted:
            return
        if taken[name] == 2 or not PAGE[0] < len(capture.page.body) < PAGE[1]:
            continue
        last, before = before, capture
        if last is None or last.name.partition(" @")[0] != name or last.page.body == capture.page.body:
            continue
        pages = [replace(part.page, select=(), remove=()) for part in (last, capture)]
        old, new = map(read, pages)
        if old.digest != new.digest and all(map(_is_policy, pages, (old, new))):
            taken[name] += 1
            yield last.page.body, capture.page.body


def _is_policy(page: Any, reading: Any) -> bool:
    from conductatlas.reading.text.gate import judge

    return judge(page, reading).accepted


def memory_tools() -> Any:
    """Tools whose web is a table in memory, at HOST."""
    from conductatlas.archive.hosts import Hosts
    from conductatlas.archive.memory import MemoryFetcher
    from conductatlas.clock import SetClock
    from conductatlas.work.pipeline import Tools

    clock = SetClock(START)
    fetcher = MemoryFetcher(clock=clock)
    hosts = Hosts(fetcher=fetcher, clock=clock, spacing=lambda _host: 0.0)
    tools = Tools(fetcher, hosts, clock, {"place": "bench"}, 90)
    _allow_robots(tools)
    return tools


def declare(url: str) -> Any:
    """A watched document with this one source."""
    from conductatlas.catalogue.models import Document, Platform, Source
    from conductatlas.work import due

    platform, _ = Platform.objects.get_or_create(slug="bench", defaults={"name": "Bench", "category": "ai"})
    number = Document.objects.count() + 1
    document = Document.objects.create(
        platform=platform, slug=f"document-{number}", kind="terms", title="Terms of Service"
    )
    Source.objects.create(document=document, position=0, url=url)
    due.ensure(START)
    return document


def checked(document: Any, tools: Any) -> Any:
    """One whole check, as a worker makes it."""
    from conductatlas.catalogue.models import Document
    from conductatlas.work import due
    from conductatlas.work.pipeline import check

    due.claim([document.pk], "bench", timedelta(minutes=5))
    fresh = Document.objects.select_related("platform", "due").get(pk=document.pk)
    return check(fresh, tools, started_by="bench", holder="bench")


@contextmanager
def timed_transactions() -> Iterator[list[float]]:
    """Seconds that each check's transaction is open, from after its first statement to after its COMMIT."""
    from conductatlas.work import pipeline

    times: list[float] = []
    writing = pipeline.writing

    @contextmanager
    def timed() -> Iterator[None]:
        with writing():
            began = time.perf_counter()
            yield
        times.append(time.perf_counter() - began)

    pipeline.writing = timed
    try:
        yield times
    finally:
        pipeline.writing = writing


def _settings() -> Any:
    from conductatlas.config import load

    return replace(load(), host_spacing={"default": 0.0}, allowed_networks=(str(ip_network("127.0.0.1/32")),))


def _allow_robots(tools: Any) -> None:
    from conductatlas.archive.memory import Page

    tools.fetcher.pages[f"{HOST}/robots.txt"] = Page(b"User-agent: *\nAllow: /\n", content_type="text/plain")


MEASURES = {"long-run": long_run, "hostile": hostile, "one-page": one_page, "meanwhile": meanwhile}

if __name__ == "__main__":
    import django
    from django.core.management import call_command

    from conductatlas import logs

    logs.configure("console", "error")  # on standard error
    django.setup()
    call_command("migrate", verbosity=0)
    print(json.dumps(MEASURES[sys.argv[1]](*sys.argv[2:])))
