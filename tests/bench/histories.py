"""The histories of well-known platforms: each version compared with the one before it, timed and counted."""

from __future__ import annotations

import json
import lzma
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench.machine import quantile

from conductatlas.reading.compare.comparison import Comparison, compare
from conductatlas.reading.text.markdown import read_markdown
from conductatlas.reading.text.marks import Reading

SLOWEST = 10


class Pair(NamedTuple):
    """Neighbouring versions of one document, in Markdown; `hint` is a rule's guess at the size of what changed."""

    name: str
    hint: str
    old: str
    new: str


def run(shared: Path, every: int = 1) -> dict[str, Any]:
    """Counts by kind, severity and direction (where comparisons have them), CPU milliseconds, the slowest ten.

    `every`: only each so many-th pair.
    """
    times: list[tuple[float, str]] = []
    kinds: Counter[str] = Counter()
    by_hint: dict[str, Counter[str]] = defaultdict(Counter)
    judged: dict[str, Counter[str]] = defaultdict(Counter)
    versions = documents = dated = hunks = 0
    for number, pair in enumerate(neighbours(shared / "histories")):
        versions += 1
        documents += pair is None
        if pair is None or number % every:
            continue
        old, new = read_markdown(pair.old), read_markdown(pair.new)
        comparison, spent = timed(old, new)
        kind = comparison.kind.value if comparison.kind else "equal"
        kinds[kind] += 1
        by_hint[pair.hint][kind] += 1
        for name in ("severity", "direction"):
            if comparison.hunks and hasattr(comparison, name):
                judged[name][str(getattr(comparison, name))] += 1
        dated += any((comparison.dates.new.updated, comparison.dates.new.effective))
        hunks += len(comparison.hunks)
        sizes = f"{old.words:,} to {new.words:,} words, {len(comparison.hunks):,} hunks"
        times.append((spent, f"{pair.name}, {sizes}"))
    spent_each = [spent for spent, _ in times]
    return {
        "versions": versions,
        "documents": documents,
        "pairs": len(times),
        "kinds": dict(sorted(kinds.items())),
        "judged": {name: dict(sorted(counted.items())) for name, counted in judged.items()},
        "by_hint": {hint: dict(sorted(counted.items())) for hint, counted in sorted(by_hint.items())},
        "with_a_stated_date": dated,
        "hunks": hunks,
        "ms_median": round(quantile(spent_each, 0.5), 1),
        "ms_p95": round(quantile(spent_each, 0.95), 1),
        "s_total": round(sum(spent_each) / 1_000, 1),
        "slowest": [f"{spent:.0f} ms: {what}" for spent, what in sorted(times, reverse=True)[:SLOWEST]],
    }


def neighbours(folder: Path) -> Iterator[Pair | None]:
    """One item a version, in the order of the files: it with the one before it, None for a document's first."""
    for file in sorted(folder.glob("*.jsonl.xz")):
        before: dict[str, str] = {}
        with lzma.open(file, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                name = f"{row['service']} {row['document']}"
                if before and before["name"] == name:
                    yield Pair(f"{name} {row['date'][:10]}", row["hint"], before["text"], row["text"])
                else:
                    yield None
                before = {"name": name, "text": row["text"]}


def timed(old: Reading, new: Reading) -> tuple[Comparison, float]:
    """The comparison, and the milliseconds of CPU that it took."""
    start = time.process_time()
    comparison = compare(old, new)
    return comparison, (time.process_time() - start) * 1_000
