"""What pages cost with 10,000 versions in the tables: CPU of a request through Django, without a socket."""

from __future__ import annotations

import json
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.bench.machine import in_process, spread

DOCUMENTS, VERSIONS = 100, 100  # of each document
START = datetime(2025, 1, 1, tzinfo=UTC)
WORDS = 4_000  # of a text; policies of the corpus have 3,500 in the median
PAGES = 300  # of each kind, at random
WORD_LIST = (
    *("you", "we", "account", "service", "content", "may", "terms", "data", "personal", "information"),
    *("provide", "agreement", "rights", "use", "third", "parties", "process", "consent", "purpose"),
    *("notice", "days", "law", "request", "delete", "security", "share", "collect", "policy", "legal"),
)


def run(quick: bool = False) -> dict[str, Any]:
    """CPU milliseconds of pages by kind, p50 and p95; `first` is a page that nobody had asked for before."""
    return dict(in_process(__name__, 10 if quick else VERSIONS))


def measure(versions: int) -> dict[str, Any]:
    fill(versions)
    from conductatlas.history.models import Change, Version

    chance = random.Random(7)
    some = chance.sample(list(Version.objects.select_related("document__platform")), PAGES)
    changes = chance.sample(list(Change.objects.select_related("document__platform")), PAGES)
    places = {f"/platform/{version.document.path}/" for version in some}
    addresses = {
        "document": list(places),
        "version": [f"/platform/{v.document.path}/v/{v.public_id}/" for v in some],
        "change": [f"/change/{change.slug}/" for change in changes],
        "home": ["/"] * 20,
        "recent changes": ["/changes/"] * 20,
    }
    figures: dict[str, Any] = {"versions": Version.objects.count(), "changes": Change.objects.count()}
    asked(["/", *addresses["document"][:2], addresses["version"][0], addresses["change"][0]])
    for kind, paths in addresses.items():
        figures[f"{kind}, first"] = spread(asked(paths))
        figures[f"{kind}, again"] = spread(asked(paths[-40:]))
    return figures


def asked(paths: list[str]) -> list[float]:
    """Seconds of CPU that each page takes."""
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    times = []
    for path in paths:
        began = time.process_time()
        answer = client.get(path)
        times.append(time.process_time() - began)
        assert answer.status_code == 200, (path, answer.status_code)
    return times


def fill(versions: int) -> None:
    """DOCUMENTS documents of `versions` versions, each with its check, capture, reading, and change with hunks."""
    from conductatlas.archive.models import Capture, Check, Snapshot
    from conductatlas.catalogue.models import Document, Platform, Source
    from conductatlas.history.models import Change, ChangeEvent, Hunk, Reading, Version, VersionSource
    from conductatlas.work import due

    for number in range(DOCUMENTS):
        platform, _ = Platform.objects.get_or_create(
            slug=f"bench-{number // 4}", defaults={"name": f"Bench {number // 4}", "category": "ai"}
        )
        document = Document.objects.create(
            platform=platform,
            slug=f"document-{number}",
            kind=("terms", "privacy", "cookies", "dpa")[number % 4],
            title=f"Document {number}",
            language="en",
        )
        source = Source.objects.create(document=document, url=f"http://bench.example/{number}")
        texts, comparison = readings(number)
        moments = [START + timedelta(days=5 * n, minutes=number) for n in range(versions)]
        checks = Check.objects.bulk_create(
            Check(document=document, started_at=at, finished_at=at, outcome="changed", started_by="bench")
            for at in moments
        )
        snapshots = Snapshot.objects.bulk_create(
            Snapshot(digest=f"{number:032x}{n:032x}", length=150_000, first_kept_at=at)
            for n, at in enumerate(moments)
        )
        captures = Capture.objects.bulk_create(
            Capture(
                check_row=check,
                source=source,
                outcome="kept",
                requested_url=source.url,
                final_url=source.url,
                status=200,
                headers=[["content-type", "text/html; charset=utf-8"]],
                started_at=at,
                finished_at=at,
                vantage={"place": "bench", "language": "en"},
                snapshot=snapshot,
            )
            for check, snapshot, at in zip(checks, snapshots, moments, strict=True)
        )
        rows = Version.objects.bulk_create(
            Version(document=document, check_row=check, at=at)
            for check, at in zip(checks, moments, strict=True)
        )
        VersionSource.objects.bulk_create(
            VersionSource(version=row, source=source, capture=capture, snapshot=capture.snapshot, position=0)
            for row, capture in zip(rows, captures, strict=True)
        )
        read = Reading.objects.bulk_create(
            _reading(row, texts[n % 2], f"{number:032x}{n:032x}", moments[n]) for n, row in enumerate(rows)
        )
        changes = Change.objects.bulk_create(
            Change(
                document=document,
                old_version=rows[n],
                new_version=rows[n + 1],
                old_reading=read[n],
                new_reading=read[n + 1],
                kind="substantive",
                old_last_seen_at=moments[n],
                seen_at=moments[n + 1],
                sentences_added=0,
                sentences_removed=0,
                sentences_modified=len(comparison[n % 2].hunks),
                words_added=comparison[n % 2].counts.words_added,
                words_removed=comparison[n % 2].counts.words_removed,
                clauses_moved=0,
                links_changed=0,
            )
            for n in range(versions - 1)
        )
        Hunk.objects.bulk_create(
            (
                Hunk(
                    change=change,
                    ordinal=ordinal,
                    kind=hunk.kind,
                    significance=hunk.significance,
                    rules=list(hunk.rules),
                    old_start=hunk.old.start if hunk.old else None,
                    old_end=hunk.old.end if hunk.old else None,
                    new_start=hunk.new.start if hunk.new else None,
                    new_end=hunk.new.end if hunk.new else None,
                    ops=[list(op) for op in hunk.ops],
                )
                for n, change in enumerate(changes)
                for ordinal, hunk in enumerate(comparison[n % 2].hunks)
            ),
            batch_size=500,
        )
        ChangeEvent.objects.bulk_create(
            ChangeEvent(change=change, state=state, at=change.seen_at, who="bench")
            for change in changes
            for state in ("candidate", "confirmed")
        )
    due.ensure(START)


def readings(number: int) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Two texts of a document that differ in a dozen clauses, and their comparisons, there and back."""
    from conductatlas.reading.compare.comparison import compare

    old, new = (_text(number, edited) for edited in (False, True))
    return (old, new), (compare(old, new), compare(new, old))


def _text(number: int, edited: bool) -> Any:
    from conductatlas.reading.text.page import Page
    from conductatlas.reading.text.reader import read

    chance = random.Random(number)
    clauses = []
    for n in range(WORDS // 50):
        words = chance.choices(WORD_LIST, k=50)
        if edited and n % 7 == 3:
            words[10:12] = ["thirty", "business", "days"]
        heading = f"<h2>{n // 4 + 1}. {' '.join(words[:4]).capitalize()}</h2>" if n % 4 == 0 else ""
        sentences = f"{' '.join(words[:25]).capitalize()}. {' '.join(words[25:]).capitalize()}."
        shape = f"<ul><li>{sentences}</li></ul>" if n % 5 == 4 else f"<p>{sentences}</p>"
        clauses.append(heading + shape.replace("terms", '<a href="/terms">terms</a>', 1))
    body = f"<!doctype html><html lang=en><title>Terms</title><main><h1>Terms</h1>{''.join(clauses)}</main>"
    return read(Page(body.encode(), "text/html; charset=utf-8", "http://bench.example/"))


def _reading(version: Any, text: Any, digest: str, at: datetime) -> Any:
    from conductatlas.history.models import Reading
    from conductatlas.reading.text.reader import READER_VERSION

    return Reading(
        version=version,
        reader_version=READER_VERSION,
        text=text.text,
        marks=json.dumps([mark.to_row() for mark in text.marks], ensure_ascii=False, separators=(",", ":")),
        digest=digest,
        title=text.title,
        language=text.language,
        words=text.words,
        read_at=at,
    )


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    from conductatlas import logs

    logs.configure("console", "error")
    django.setup()
    call_command("migrate", verbosity=0)
    print(json.dumps(measure(int(sys.argv[1]))))
