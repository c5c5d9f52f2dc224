"""How long full text takes over many provisions, on either database: rare, common, together, in order."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from tests.bench.machine import empty_postgresql, in_process, spread

PROVISIONS = 200_000
OF_A_DOCUMENT = 100
START = datetime(2026, 2, 1, tzinfo=UTC)
TIMES = 25  # each kind of question
SEED = 6

# The words of made-up clauses: a few stand in nearly all, many in one of some thousands, as in any language.
EVERYWHERE = (
    "the",
    "you",
    "we",
    "may",
    "of",
    "to",
    "service",
    "data",
    "terms",
    "account",
    "not",
    "or",
    "and",
)
OFTEN = (
    "arbitration",
    "liability",
    "terminate",
    "notice",
    "fees",
    "retention",
    "licence",
    "dispute",
    "content",
)
CLAUSE = "we may suspend your account without notice"  # in one clause of a thousand

QUESTIONS = {
    "a rare word": lambda draw: f"word{draw.randrange(100, 500)}",
    "a frequent word": lambda draw: draw.choice(OFTEN),
    "a word of every clause": lambda draw: draw.choice(EVERYWHERE),
    "three words": lambda draw: " ".join((*draw.sample(OFTEN, 2), draw.choice(EVERYWHERE))),
    "words in their order": lambda _: f'"{CLAUSE}"',
    "frequent words in their order": lambda _: '"we may"',
    "what nobody says": lambda draw: f"service unheard{draw.randrange(1000)}",
}


def run(quick: bool = False) -> dict[str, Any]:
    """Database → question → count, p50_ms, p95_ms; `made_s`, seconds that the entries took to be made;
    `ranked`, so many matches are."""
    number = PROVISIONS // 20 if quick else PROVISIONS
    found = {"SQLite": in_process(__name__, number)}
    with empty_postgresql() as database:
        if database is not None:
            found["PostgreSQL"] = in_process(__name__, number, database_url=database)
    return found


def measure(number: int) -> dict[str, Any]:
    from conductatlas.provisions.search import RANKED, search

    began = time.perf_counter()
    fill(number)
    found: dict[str, Any] = {"made_s": round(time.perf_counter() - began, 1), "ranked": RANKED}
    draw = random.Random(SEED)
    for name, question in QUESTIONS.items():
        times = []
        for _ in range(TIMES):
            asked = question(draw)
            began = time.perf_counter()
            hits = search(None, asked)
            times.append(time.perf_counter() - began)
            assert bool(hits) != (name == "what nobody says"), asked
        found[name] = spread(times)
    return found


def fill(number: int) -> None:
    """Entries of made-up clauses, a hundred a document, as if each had been found in its reading."""
    from django.db import connection, transaction

    from conductatlas.archive.models import Check
    from conductatlas.catalogue.models import Document, Platform
    from conductatlas.history.models import Reading, Version
    from conductatlas.provisions.models import Provision, SearchEntry

    draw = random.Random(SEED)
    documents = number // OF_A_DOCUMENT
    with transaction.atomic():
        platforms = Platform.objects.bulk_create(
            Platform(slug=f"p{n}", name=f"Platform {n}") for n in range(documents // 5 + 1)
        )
        made = Document.objects.bulk_create(
            Document(platform=platforms[n // 5], slug=f"d{n}", kind="terms", title="Terms")
            for n in range(documents)
        )
        checks = Check.objects.bulk_create(_check(document) for document in made)
        versions = Version.objects.bulk_create(
            Version(document=document, check_row=check, at=START)
            for document, check in zip(made, checks, strict=True)
        )
        readings = Reading.objects.bulk_create(_reading(version) for version in versions)
    for first in range(0, documents, 100):
        with transaction.atomic():
            some = [(made[n], readings[n]) for n in range(first, min(first + 100, documents))]
            provisions = Provision.objects.bulk_create(
                Provision(document=document, type="suspension", slug=f"s{n}", made_at=START)
                for document, _ in some
                for n in range(OF_A_DOCUMENT)
            )
            places = [place for place in some for _ in range(OF_A_DOCUMENT)]
            SearchEntry.objects.bulk_create(
                SearchEntry(document=d, reading=r, provision=p, anchor="s", title=t, body=b)
                for (d, r), p, (t, b) in zip(places, provisions, clauses(draw, len(places)), strict=True)
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def clauses(draw: random.Random, number: int) -> Iterator[tuple[str, str]]:
    """(title, words), of 60 to 100 words each."""
    for _ in range(number):
        words = [*draw.choices(EVERYWHERE, k=30), *draw.sample(OFTEN, 2)]
        words += [f"word{int(draw.paretovariate(0.7)) % 5000}" for _ in range(draw.randrange(28, 68))]
        draw.shuffle(words)
        sentence = CLAUSE if draw.random() < 0.001 else "we may do so"
        yield f"{draw.choice(OFTEN).title()} {draw.randrange(40)}", f"{' '.join(words)} {sentence}."


def _check(document: Any) -> Any:
    from conductatlas.archive.models import Check

    return Check(document=document, started_at=START, finished_at=START, outcome="changed")


def _reading(version: Any) -> Any:
    from conductatlas.history.models import Reading

    return Reading(
        version=version, reader_version=1, text="x", marks="[]", digest="0" * 64, words=1, read_at=START
    )


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    from conductatlas import logs

    logs.configure("console", "error")  # on standard error
    django.setup()
    call_command("migrate", verbosity=0)
    print(json.dumps(measure(int(sys.argv[1]))))
