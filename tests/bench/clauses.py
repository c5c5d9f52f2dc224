"""What is found in documents: how fast, in how much memory, how much of the text, and whether every quote is exact."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.machine import in_process, quantile
from tests.bench.reader import captures

from conductatlas.errors import ConductAtlasError
from conductatlas.reading.clauses.extractor import extract
from conductatlas.reading.clauses.findings import Found
from conductatlas.reading.text.kinds import kind_for_alias
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.reader import examine

NEWEST = 1_000_000  # every so many captures of a document: its newest alone
SIZES = 120_000, 180_000  # bytes of a page whose time counts as that of one of 150 KB
TURNS = 3
CURVE = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
COVERED = ("terms", "privacy")


def run(corpus: Path, every: int = NEWEST) -> dict[str, Any]:
    """The figures, measured in a process of its own, so that the memory is of nothing else."""
    return dict(in_process(__name__, corpus, every))


def measure(corpus: Path, every: int) -> dict[str, Any]:
    extract(Reading("We may end this.", (), "", "en"), "terms")  # rules and weights are loaded before
    before = peak_mb()
    documents = clauses = findings = facts = inexact = 0
    kinds: Counter[str] = Counter()
    spent: list[tuple[float, str]] = []
    words: Counter[str] = Counter()
    least: list[tuple[float, str]] = []
    for name, kind, size, reading in readings(corpus, every):
        documents += 1
        seconds, found = timed(reading, kind)
        if SIZES[0] <= size <= SIZES[1]:
            seconds = min(seconds, *(timed(reading, kind)[0] for _ in range(TURNS - 1)))
            spent.append((seconds, f"{name}, {reading.words:,} words"))
        clauses += len(found.clauses)
        findings += len(found.findings)
        facts += sum(len(finding.facts) for finding in found.findings)
        inexact += faults(reading, found)
        kinds.update(clause.kind.value for clause in found.clauses)
        if reading.language == "en" and kind in COVERED:
            words["all"] += found.words
            words["typed"] += found.typed_words
            words.update(surely_typed(reading, found))
            least.append((found.coverage, name))
    times = [seconds for seconds, _ in spent]
    return {
        "documents": documents,
        "clauses": clauses,
        "findings": findings,
        "facts": facts,
        "inexact": inexact,
        "kinds": dict(kinds.most_common()),
        "pages_timed": len(times),
        "ms_median": round(quantile(times, 0.5) * 1_000, 1),
        "ms_p95": round(quantile(times, 0.95) * 1_000, 1),
        "documents_a_second": round(len(times) / sum(times), 1),
        "peak_mb": round(peak_mb()),
        "start_mb": round(before),
        "coverage": round(words["typed"] / words["all"], 4),
        "curve": {str(least): round(words[str(least)] / words["all"], 4) for least in CURVE},
        "slowest": [
            f"{seconds * 1_000:.0f} ms: {name}" for seconds, name in sorted(spent, reverse=True)[:10]
        ],
        "least_covered": [f"{share:.2f}: {name}" for share, name in sorted(least)[:10]],
    }


def readings(corpus: Path, every: int) -> Iterator[tuple[str, str, int, Reading]]:
    """Name, kind, bytes of the page and reading of each capture that can be read."""
    for capture in captures(corpus, every):
        document = capture.name.split(" / ")[1].split(" @")[0].split(" #")[0]
        try:
            reading = examine(capture.page).reading
        except ConductAtlasError:
            continue
        if reading.text:
            yield capture.name, kind_for_alias(document), len(capture.page.body), reading


def timed(reading: Reading, kind: str) -> tuple[float, Found]:
    """Seconds of CPU, and what was found."""
    began = time.process_time()
    found = extract(reading, kind)
    return time.process_time() - began, found


def faults(reading: Reading, found: Found) -> int:
    """Clauses out of order or overlapping or in two provisions, and quotes of provisions and facts that are no part of
    the text."""
    text = reading.text
    spans = [finding.span for finding in found.findings]
    spans += [span for finding in found.findings for fact in finding.facts for span in fact.spans]
    wrong = sum(not 0 <= start < end <= len(text) or text[start:end].isspace() for start, end in spans)
    position = 0
    for clause in found.clauses:
        wrong += clause.start < position or clause.end <= clause.start or clause.end > len(text)
        position = clause.end
    places = [place for finding in found.findings for place in finding.clauses]
    return wrong + len(places) - len(set(places))


def surely_typed(reading: Reading, found: Found) -> Counter[str]:
    """Words of clauses in provisions that are at least so sure, by the confidence."""
    counted: Counter[str] = Counter()
    for finding in found.findings:
        words = sum(
            len(reading.text[clause.start : clause.end].split())
            for clause in map(found.clauses.__getitem__, finding.clauses)
        )
        counted.update({str(least): words for least in CURVE if finding.confidence >= least})
    return counted


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))
