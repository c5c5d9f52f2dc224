"""What evidence costs: checks with their leaves through one writer, proofs, an audit of everything, bytes on disk.

growth   checks of an unchanged page and of new pages, sealed as they come, each commit forced to the disk;
         then the audit of what they left
kept     snapshots of the corpus in our packs, and the same in the same order in a git repository
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.machine import in_process, spread

LEAVES = 10_000_000
PROOFS = 300
SEAL_EVERY = 300  # checks: a minute of a large archive is more


def run(shared: Path, quick: bool = False) -> dict[str, Any]:
    """Figures by name, in the units that their names say."""
    unchanged, fresh, every = (300, 60, 48) if quick else (1_500, 200, 12)
    return {
        "growth": in_process(__name__, "growth", unchanged, fresh),
        "kept": in_process(__name__, "kept", shared, every),
        "proof": proofs(),
    }


def growth(unchanged: str, fresh: str) -> dict[str, Any]:
    """Checks a second, the database's growth of an unchanged one by table, and captures verified a second."""
    from django.conf import settings
    from tests.bench.checks import HOST, checked, declare, memory_tools

    from conductatlas.archive.memory import Page
    from conductatlas.archive.models import Capture, Snapshot
    from conductatlas.evidence.audit.run import FILE, Audit

    tools = memory_tools()
    tools.clock.given = False
    document = declare(f"{HOST}/terms")

    def serve(number: int) -> None:
        body = page(number)
        tools.fetcher.pages[f"{HOST}/terms"] = Page(body, headers=HEADERS | {"ETag": f'"{number}"'})

    def several(count: int, outcomes: set[str], first: int | None = None) -> dict[str, Any]:
        """Checks a second on the clock and by CPU alone, sealing among them; and how long each took."""
        times: list[float] = []
        began, spent = time.perf_counter(), time.process_time()
        for number in range(count):
            if first is not None:
                serve(first + number)
            tools.clock.moment += timedelta(minutes=10)
            start = time.perf_counter()
            assert checked(document, tools).outcome in outcomes
            times.append(time.perf_counter() - start)
            if number % SEAL_EVERY == SEAL_EVERY - 1:
                seal(tools)
        seal(tools)
        return {
            "a second": round(count / (time.perf_counter() - began), 1),
            "a second of CPU": round(count / (time.process_time() - spent), 1),
            **spread(times),
        }

    serve(0)
    several(1, {"changed"})
    several(50, {"unchanged"})
    before = sizes()
    unchanged_checks = several(int(unchanged), {"unchanged"})
    after = sizes()
    snapshots = Snapshot.objects.count()
    fresh_checks = several(int(fresh), {"changed", "unchanged"}, first=1)
    assert Snapshot.objects.count() == snapshots + int(
        fresh
    )  # a part that keeps changing is learned not to count
    captures = Capture.objects.count()
    began, spent = time.perf_counter(), time.process_time()
    report = Audit(settings.CONFIG.data_dir / FILE).run()
    took, cpu = time.perf_counter() - began, time.process_time() - spent
    assert report.finished and report.holds and not report.waiting, report.tally.findings
    grown = {name: (after[name] - before.get(name, 0)) / int(unchanged) for name in after}
    return {
        "fsync": fsync(settings.CONFIG.data_dir),
        "unchanged": unchanged_checks,
        "transaction": writer(document, tools),
        "new": fresh_checks,
        "bytes an unchanged check": round(sum(grown.values())),
        "bytes by table": {
            name: round(by) for name, by in sorted(grown.items(), key=lambda x: -x[1]) if by >= 8
        },
        "captures": captures,
        "leaves": report.size,
        "verified a second": round(captures / took),
        "verified a second of CPU": round(captures / cpu),
        "columns": columns(),
        "read and proven": read_and_proven(),
    }


HEADERS = {
    "Date": "Thu, 26 Nov 2026 12:00:00 GMT",
    "Server": "nginx",
    "Cache-Control": "private, max-age=0, must-revalidate",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
    "Set-Cookie": "session=0123456789abcdef0123456789abcdef; Path=/; HttpOnly; Secure",
}


def page(number: int) -> bytes:
    """A policy of some 40 clauses, of which one is another each time."""
    clauses = "".join(
        f"<p>You agree to rule {n} of these terms, which we may change with {n} days of notice to you.</p>"
        for n in range(1, 40)
    )
    last = f"<p>We may end your account after {number + 10} days without use of this service.</p>"
    return f"<!doctype html><html lang=en><title>Terms</title><main><h1>Terms</h1>{clauses}{last}</main>".encode()


def seal(tools: Any) -> None:
    """A checkpoint; then each commit is forced to the disk again, which sealing leaves off."""
    from django.db import connection

    from conductatlas.archive import ledger

    ledger.seal("bench", tools.clock)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = FULL")


def writer(document: Any, tools: Any) -> dict[str, float]:
    """The transaction of an unchanged check alone: what one writer is held for."""
    from tests.bench.checks import checked, timed_transactions

    with timed_transactions() as times:
        for _ in range(200):
            tools.clock.moment += timedelta(minutes=10)
            checked(document, tools)
    return spread(times) | {"a second": round(len(times) / sum(times), 1)}


def sizes() -> dict[str, int]:
    """Bytes of each table with its indexes, as SQLite stores them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name FROM sqlite_master")
        tables = dict(cursor.fetchall())
        cursor.execute("SELECT name, SUM(pgsize) FROM dbstat GROUP BY name")
        found: Counter[str] = Counter()
        for name, size in cursor.fetchall():
            table = tables.get(name, name)
            found[table if name == table else f"{table}, indexes"] += size
    return dict(found)


def columns() -> dict[str, float]:
    """Mean bytes of each column of a capture that found the same."""
    from django.db import connection

    from conductatlas.archive.models import Capture

    names = [field.column for field in Capture._meta.concrete_fields]
    means = ", ".join(f"AVG(COALESCE(LENGTH(CAST({name} AS BLOB)), 0))" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {means} FROM archive_capture WHERE outcome = 'same'")
        found = dict(zip(names, cursor.fetchone(), strict=True))
    return {name: round(mean) for name, mean in sorted(found.items(), key=lambda one: -one[1]) if mean >= 8}


def fsync(folder: Path) -> dict[str, float]:
    """Milliseconds that the disk takes to keep 4 KB."""
    times = []
    with (folder / "fsync").open("wb", buffering=0) as file:
        for _ in range(100):
            file.write(b"\0" * 4096)
            began = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    return spread(times)


def read_and_proven() -> dict[str, float]:
    """A proof out of this archive, tiles read from the database."""
    from conductatlas.archive import ledger, merkle, tiles
    from conductatlas.archive.ledger_models import Checkpoint

    size, times = Checkpoint.objects.order_by("-size")[0].size, []
    for n in range(PROOFS):
        began = time.perf_counter()
        merkle.inclusion(n * 7919 % size, size, tiles.nodes(ledger.tile))
        times.append(time.perf_counter() - began)
    return spread(times)


def proofs() -> dict[str, float]:
    """An inclusion proof in a tree of ten million leaves, each asked of tiles that nobody has read before; all hold.

    Every 256th leaf is the same, so that all full tiles of a level are: they are made as they are asked for.
    """
    from conductatlas.archive import merkle, tiles

    full = [b"".join(hashlib.sha256(bytes([n])).digest() for n in range(tiles.WIDTH))]
    while len(full) < 4:
        full.append(merkle.fold(tiles.split(full[-1])) * tiles.WIDTH)

    def tile(level: int, number: int) -> bytes:
        return full[level][: tiles.width_at(LEAVES, level, number) * merkle.HASH_SIZE]

    root, times = merkle.root(LEAVES, tiles.nodes(tile)), []
    for n in range(PROOFS):
        index = n * 15_485_863 % LEAVES
        began = time.thread_time()
        proof = merkle.inclusion(index, LEAVES, tiles.nodes(tile))
        times.append(time.thread_time() - began)
        assert merkle.is_included(full[0][index % 256 * 32 :][:32], index, LEAVES, proof, root)
    return spread(times)


def kept(shared: str, every: str) -> dict[str, Any]:
    """Bytes on disk of one document's snapshots in so many, here and in a git repository, by `du`."""
    from django.conf import settings
    from django.db import connection, transaction

    from conductatlas.archive import packs
    from conductatlas.archive.models import PackMember
    from conductatlas.catalogue.models import Document, Platform, Source

    def database() -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return du(Path(connection.settings_dict["NAME"]))

    corpus = Path(shared) / "corpus"
    chosen = list(packs_of(corpus))[:: int(every)]
    before, count, raw = database(), 0, 0
    with TemporaryDirectory(prefix="conductatlas-bench-") as folder:
        git = Path(folder)
        subprocess.run(["git", "init", "-q", "--bare", git], check=True)
        into = subprocess.Popen(["git", "-C", git, "fast-import", "--quiet"], stdin=subprocess.PIPE)
        assert into.stdin is not None
        for name, captures in chosen:
            platform, _ = Platform.objects.get_or_create(slug=name[0][:80], defaults={"name": name[0]})
            document = Document.objects.create(platform=platform, slug=name[1][:80])
            source = Source.objects.create(document=document, url=captures[0]["url"] or "https://x.example/")
            for body, at in bodies_of(corpus, name, captures):
                prepared = packs.prepare(source, body)
                with transaction.atomic():
                    packs.store(prepared, source, at, "text/html")
                packs.seal_if_full(source)
                count, raw = count + 1, raw + len(body)
                into.stdin.write(commit(document.pk, body, int(at.timestamp())))
        into.stdin.close()
        assert into.wait() == 0
        subprocess.run(["git", "-C", git, "gc", "--aggressive", "--prune=now", "--quiet"], check=True)
        theirs = du(git / "objects")
    ours = du(settings.CONFIG.data_dir / "snapshots") + database() - before
    lengths = [
        sum(PackMember.objects.filter(**those).values_list("length", flat=True))
        for those in ({}, {"ordinal": 0})
    ]
    return {
        "documents": len(chosen),
        "snapshots": count,
        "raw": raw,
        "ours": ours,
        "frames": lengths[0],
        "keyframes": lengths[1],
        "git": theirs,
    }


def commit(document: int, body: bytes, at: int) -> bytes:
    """A commit that puts one snapshot at its document's path (git fast-import)."""
    head = f"commit refs/heads/main\ncommitter bench <bench@example.org> {at} +0000\ndata 0\n"
    return f"{head}M 100644 inline {document}.html\ndata {len(body)}\n".encode() + body + b"\n"


def du(place: Path) -> int:
    """Bytes on disk of a file or folder."""
    return int(subprocess.run(["du", "-s", "-B1", place], check=True, capture_output=True).stdout.split()[0])


def packs_of(corpus: Path) -> Iterator[Any]:
    from tests.bench.packs import by_document

    return by_document(corpus)


def bodies_of(corpus: Path, name: Any, captures: Any) -> Iterator[Any]:
    from tests.bench.packs import bodies

    return bodies(corpus, name, captures)


MEASURES = {"growth": growth, "kept": kept}

if __name__ == "__main__":
    import django
    from django.core.management import call_command

    from conductatlas import logs

    logs.configure("console", "error")  # on standard error
    django.setup()
    call_command("migrate", verbosity=0)
    print(json.dumps(MEASURES[sys.argv[1]](*sys.argv[2:])))
