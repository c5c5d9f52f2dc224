"""The pack store on the corpus: disk per snapshot, CPU per page kept, and how fast any moment can be read.

    python tests/bench/packs.py SHARED     the same figures by hand

All captures of the corpus are kept in time order per document. Then capture rows are added until there are
150,000, and snapshots are asked for by source and moment. The cache of recent snapshots is emptied before
each step: every delta is written and every snapshot read as by a process that has just started.
"""

from __future__ import annotations

import json
import lzma
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

CAPTURES = 150_000
READS = 2_000
PAGE = 150_000  # bytes of the page that CPU is stated for


def run(shared: Path) -> dict[str, Any]:
    """Figures by name; bytes, milliseconds, counts as the names say. Takes about two minutes."""
    with TemporaryDirectory() as folder:
        environment = os.environ | {
            "CONDUCTATLAS_DATA_DIR": folder,
            "CONDUCTATLAS_DATABASE_URL": "sqlite:///conductatlas.sqlite3",
            "CONDUCTATLAS_BLOB_URL": "file://snapshots",
            "DJANGO_SETTINGS_MODULE": "conductatlas.django_settings",
        }
        done = subprocess.run(
            [sys.executable, __file__, "--measure", shared, folder],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
        )
    return dict(json.loads(done.stdout))


def measure(corpus: Path, folder: Path) -> dict[str, Any]:
    from conductatlas.archive.models import PackMember, Snapshot

    kept = keep_all(corpus)
    fill_captures()
    distinct = Snapshot.objects.count()
    in_objects = sum(f.stat().st_blocks * 512 for f in (folder / "snapshots").rglob("*"))
    in_rows = sum(PackMember.objects.exclude(data=None).values_list("length", flat=True))
    return {
        **kept,
        "distinct snapshots": distinct,
        "bytes on disk per snapshot": round((in_objects + in_rows) / distinct),
        **read_moments(),
    }


def keep_all(corpus: Path) -> dict[str, Any]:
    """Prepare, store and seal every capture; what that cost."""
    from django.db import transaction

    from conductatlas.archive import packs
    from conductatlas.catalogue.models import Document, Platform, Source

    raw, cpu, transactions, count = 0, 0.0, [], 0
    for name, captures in by_document(corpus):
        platform, _ = Platform.objects.get_or_create(slug=name[0][:80], defaults={"name": name[0]})
        document = Document.objects.create(platform=platform, slug=name[1][:80])
        source = Source.objects.create(document=document, url=captures[0]["url"] or "https://x.example/")
        for body, at in bodies(corpus, name, captures):
            packs.recent.clear()
            began = time.process_time()
            prepared = packs.prepare(source, body)
            opened = time.perf_counter()
            with transaction.atomic():
                packs.store(prepared, source, at, "text/html")
            closed = time.perf_counter()
            packs.seal_if_full(source)
            if prepared.known is None:
                cpu += time.process_time() - began
                raw += len(body)
                count += 1
                transactions.append(closed - opened)
    return {
        "captures kept": count,
        "mean length of a capture": round(raw / count),
        "CPU ms per 150 KB page, prepared, stored and sealed": round(cpu / raw * PAGE * 1000, 2),
        "store transaction p95 ms": milliseconds(transactions, 0.95),
    }


def fill_captures() -> None:
    """Capture rows for every source, evenly over its time, up to CAPTURES in all; each names a real snapshot."""
    from conductatlas.archive.models import Capture, CaptureOutcome, Check, CheckOutcome, Snapshot
    from conductatlas.catalogue.models import Source

    sources = Source.objects.filter(packs__isnull=False).distinct()  # without: those that only repeat another
    per_source = CAPTURES // len(sources) + 1
    for source in sources:
        snapshots = list(Snapshot.objects.filter(member__pack__source=source).order_by("first_kept_at"))
        first = snapshots[0].first_kept_at
        step = (snapshots[-1].first_kept_at - first + timedelta(days=1)) / per_source
        check = Check.objects.create(
            document_id=source.document_id,
            started_at=first,
            finished_at=first,
            outcome=CheckOutcome.UNCHANGED,
        )
        following = iter([*snapshots[1:], None])
        current, coming = snapshots[0], next(following)
        rows = []
        for turn in range(per_source):
            at = first + turn * step
            while coming is not None and coming.first_kept_at <= at:
                current, coming = coming, next(following)
            rows.append(
                Capture(
                    check_row=check,
                    source=source,
                    outcome=CaptureOutcome.SAME,
                    requested_url=source.url,
                    final_url=source.url,
                    headers=[["content-type", "text/html; charset=utf-8"], ["server", "bench"]],
                    status=200,
                    started_at=at,
                    finished_at=at,
                    snapshot=current,
                )
            )
        Capture.objects.bulk_create(rows, batch_size=500)


def read_moments() -> dict[str, Any]:
    """Ask for the snapshot of a random source at a random moment: capture row, members, bytes, digest."""
    from conductatlas.archive import packs
    from conductatlas.archive.models import Capture
    from conductatlas.catalogue.models import Source

    chance = random.Random(1)
    sources = list(Source.objects.filter(captures__isnull=False).distinct())
    spans = {
        s.pk: list(s.captures.order_by("started_at").values_list("started_at", flat=True)) for s in sources
    }
    times = []
    for _ in range(READS):
        source = chance.choice(sources)
        span = spans[source.pk]
        moment = span[0] + chance.random() * (span[-1] - span[0])
        packs.recent.clear()
        began = time.perf_counter()
        address = (
            Capture.objects.filter(source=source, started_at__lte=moment, snapshot__isnull=False)
            .order_by("-started_at")
            .values_list("snapshot__digest", flat=True)[0]
        )
        packs.read_snapshot(address)
        times.append(time.perf_counter() - began)
    return {
        "captures in the table": Capture.objects.count(),
        "snapshot by date p50 ms": milliseconds(times, 0.5),
        "snapshot by date p95 ms": milliseconds(times, 0.95),
        "snapshot by date worst ms": milliseconds(times, 1.0),
    }


def by_document(corpus: Path) -> Iterator[tuple[tuple[str, str], list[dict[str, Any]]]]:
    """(platform, document) and its captures in time order."""
    with (corpus / "index.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    rows.sort(key=lambda row: (row["platform"], row["document"], row["captured_at"]))
    for name, captures in groupby(rows, key=lambda row: (row["platform"], row["document"])):
        yield name, list(captures)


def bodies(
    corpus: Path, name: tuple[str, str], captures: list[dict[str, Any]]
) -> Iterator[tuple[bytes, datetime]]:
    whole = lzma.decompress((corpus / name[0] / f"{name[1]}.xz").read_bytes())
    for row in captures:
        start = row["offset"]
        yield whole[start : start + row["length"]], datetime.fromtimestamp(row["captured_at"], UTC)


def milliseconds(seconds: list[float], share: float) -> float:
    """The quantile `share` of measured seconds, in milliseconds."""
    return round(sorted(seconds)[min(int(len(seconds) * share), len(seconds) - 1)] * 1000, 2)


if __name__ == "__main__":
    if sys.argv[1] == "--measure":
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        print(json.dumps(measure(Path(sys.argv[2]) / "corpus", Path(sys.argv[3]))))
    else:
        print(json.dumps(run(Path(sys.argv[1])), indent=2))
