"""How long it takes to put clauses beside each other: the peers of one, six platforms, a matrix, a report."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tests.bench.machine import in_process, spread
from tests.bench.search import EVERYWHERE, OFTEN

PLATFORMS = 400
OF_A_PLATFORM = 5  # clauses of the type: 2,000 together
START = datetime(2026, 2, 1, tzinfo=UTC)
TIMES = 60
TURNS = 20
IN_A_REPORT = 38
SEED = 7
TYPE = "retention"


def run(quick: bool = False) -> dict[str, Any]:
    """CPU. `peers`: p50_ms and p95_ms of the peers of one clause; `clauses`: how many of its type there are; `beside`:
    six platforms over it; `matrix`: 38 platforms by eight questions; `report_s`: of 38 platforms, as each of its files.
    """
    return in_process(__name__, PLATFORMS // 10 if quick else PLATFORMS)


def measure(platforms: int) -> dict[str, Any]:
    from conductatlas.catalogue import queries as catalogue
    from conductatlas.provisions import comparing, peers, queries
    from conductatlas.provisions.matrix import Asked, matrix
    from conductatlas.provisions.models import Finding, PeerEntry

    fill(platforms)
    draw = random.Random(SEED)
    keys = list(Finding.objects.values_list("pk", flat=True))
    asked = queries.records(None, Finding.objects.filter(pk__in=draw.sample(keys, min(TIMES, len(keys)))))
    found = [_timed(lambda one=one: peers.of(one)) for one in asked]
    assert any(shown for _, shown in found)
    six = catalogue.platforms_named(None, [f"p{n}" for n in range(6)])
    slugs = tuple(f"p{n}" for n in range(IN_A_REPORT))
    beside = [_timed(lambda: comparing.compare(TYPE, six, START)) for _ in range(TURNS)]
    tables = [_timed(lambda: matrix(Asked(platforms=slugs))) for _ in range(TURNS)]
    return {
        "beside": spread([seconds for seconds, _ in beside]),
        "matrix": spread([seconds for seconds, _ in tables]),
        "report_s": _report(slugs),
        "clauses": PeerEntry.objects.filter(type=TYPE).count(),
        "peers": spread([seconds for seconds, _ in found]),
        "with_peers": sum(bool(shown) for _, shown in found),
    }


def _report(slugs: tuple[str, ...]) -> dict[str, float | None]:
    """Seconds that a report takes to be made and written in each of its forms."""
    from conductatlas.errors import StatementUnavailableError
    from conductatlas.evidence.report import report_html, report_pdf
    from conductatlas.provisions.reports.data import data_file
    from conductatlas.provisions.reports.definition import definitions
    from conductatlas.provisions.reports.made import Report, make
    from conductatlas.provisions.reports.markdown import markdown

    definition = replace(definitions()["ai-platforms"], platforms=slugs, category="")
    forms: dict[str, Callable[[Report], Any]] = {
        "md": lambda report: markdown(report, ""),
        "html": lambda report: report_html(report, ""),
        "json": data_file,
        "pdf": lambda report: report_pdf(report, ""),
    }
    found: dict[str, float | None] = {}
    for name, write in forms.items():

        def made(write: Callable[[Report], Any] = write) -> None:
            report = make(definition)
            assert report is not None and report.read == len(slugs)
            write(report)

        try:
            found[name] = round(_timed(made)[0], 2)
        except StatementUnavailableError:
            found[name] = None
    return found


def _timed(step: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    shown = step()
    return time.process_time() - began, shown


def fill(platforms: int) -> None:
    """Documents of made-up clauses of one type, five a platform, each with one of four periods."""
    from django.db import transaction
    from tests.bench.search import _check

    from conductatlas.catalogue.models import Document, Platform
    from conductatlas.history.models import Reading, Version
    from conductatlas.provisions import peers
    from conductatlas.provisions.models import (
        AnswerSheet,
        CurrentExtraction,
        Extraction,
        Finding,
        FindingType,
        FoundFact,
        Provision,
    )

    draw = random.Random(SEED)
    with transaction.atomic():
        for n in range(platforms):
            platform = Platform.objects.create(slug=f"p{n}", name=f"Platform {n}")
            document = Document.objects.create(
                platform=platform, slug="privacy", kind="privacy", title="Privacy"
            )
            check = _check(document)
            check.save()
            version = Version.objects.create(document=document, check_row=check, at=START)
            clauses = [_clause(draw) for _ in range(OF_A_PLATFORM)]
            text = "\n".join(clause for clause, _ in clauses)
            reading = Reading.objects.create(
                version=version,
                reader_version=1,
                text=text,
                marks="[]",
                digest="0" * 64,
                words=len(text.split()),
                read_at=START,
            )
            extraction = Extraction.objects.create(
                reading=reading, extractor_version=1, at=START, clauses=0, words=0, typed_words=0
            )
            start = 0
            for ordinal, (clause, period) in enumerate(clauses):
                finding = Finding.objects.create(
                    extraction=extraction,
                    provision=Provision.objects.create(
                        document=document, type=TYPE, slug=f"r{ordinal}", made_at=START
                    ),
                    ordinal=ordinal,
                    type=TYPE,
                    confidence=0.9,
                    anchor="s",
                    path="[]",
                    start=start,
                    end=start + len(clause),
                    digest="0" * 64,
                    continuity="new",
                )
                FindingType.objects.create(
                    finding=finding, position=0, type=TYPE, confidence=0.9, basis="made"
                )
                FoundFact.objects.create(
                    finding=finding, type=TYPE, name="periods", value=period, spans=[[start, start + 9]]
                )
                start += len(clause) + 1
            CurrentExtraction.objects.create(document=document, extraction=extraction)
            peers.index(extraction)
            AnswerSheet.objects.create(
                platform=platform, made_of="made", at=START, answers=_answers(draw, f"p{n}/privacy")
            )


def _answers(draw: random.Random, document: str) -> dict[str, Any]:
    """Answers to all questions, a third of them none."""
    from conductatlas.reading.clauses.questions import Answer, questions, to_row

    found = {}
    for key, question in questions().items():
        value = draw.choice((None, True, draw.choice(question.values or ("stated",))))
        quoted = "We keep personal data for a time and no longer." if value is not None else ""
        answer = Answer(value, document if value is not None else "", quote=quoted, searched=(document,))
        found[key] = to_row(answer)
    return found


def _clause(draw: random.Random) -> tuple[str, str]:
    """(words, period): 60 words, a fifth of them the same in all."""
    period = draw.choice(("P30D", "P90D", "P1Y", "P2Y"))
    words = [*draw.choices(EVERYWHERE, k=40), *draw.sample(OFTEN, 4)]
    return f"We keep personal data for {period} and no longer. {' '.join(words)}.", period


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    from conductatlas import logs

    logs.configure("console", "error")  # on standard error
    django.setup()
    call_command("migrate", verbosity=0)
    print(json.dumps(measure(int(sys.argv[1]))))
