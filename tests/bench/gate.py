"""The gate over the corpus: every capture that is refused, by reason, with its id (the first 12 digits of SHA-256).

    python tests/bench/gate.py CORPUS [EVERY]     the same figures by hand

Captures are judged as the catalogue would have them judged: with the curators' selectors left out, since these
were written for later pages, and with the language in which most captures of the document are written.
"""

from __future__ import annotations

import json
import lzma
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from conductatlas.errors import UnreadableError
from conductatlas.reading.text.gate import Expectation, Verdict, judge
from conductatlas.reading.text.kinds import kind_for_alias
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import read

ID = 12


def run(corpus: Path, every: int = 1) -> dict[str, Any]:
    """Captures judged and accepted; of the refused ones, ids by reason and document; CPU milliseconds a page."""
    judged = accepted = 0
    refused: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    times: list[float] = []
    for name, kind, captures in documents(corpus, every):
        spoken = Counter(reading.language for _, _, reading in captures if reading and reading.text)
        expectation = Expectation(spoken.most_common(1)[0][0] if spoken else "", kind)
        for digest, page, reading in captures:
            started = time.process_time()
            verdict: Verdict = judge(page, reading, expectation)
            times.append((time.process_time() - started) * 1000)
            judged += 1
            if verdict.accepted:
                accepted += 1
            else:
                refused[verdict.verdict.value][name].append(digest[:ID])
    times.sort()
    return {
        "captures": judged,
        "accepted": accepted,
        "refused": {reason: sum(map(len, by.values())) for reason, by in sorted(refused.items())},
        "refused_captures": {reason: dict(by) for reason, by in sorted(refused.items())},
        "cpu_ms_median": round(median(times), 2),
        "cpu_ms_p95": round(times[int(len(times) * 0.95)], 2),
    }


def documents(corpus: Path, every: int) -> Iterator[tuple[str, str, list[tuple[str, Page, Reading | None]]]]:
    """Each document's name, kind and every `every`-th capture, as (SHA-256, page, reading or None)."""
    about = {
        (d["platform"], d["document"]): d for d in json.loads((corpus / "documents.json").read_text("utf-8"))
    }
    rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    with (corpus / "index.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            rows[row["platform"], row["document"]].append(row)
    for (platform, document), found in sorted(rows.items()):
        declared = about[platform, document]
        captures: list[tuple[str, Page, Reading | None]] = []
        bodies = lzma.decompress((corpus / platform / f"{document}.xz").read_bytes())
        for row in found[::every]:
            body = bodies[row["offset"] : row["offset"] + row["length"]]
            kind = "text/html; charset=utf-8" if row["media_type"] == "text/html" else row["media_type"]
            page = Page(body, kind, row["url"] or declared["url"] or "")
            captures.append((row["sha256"], page, _read(page)))
        yield f"{platform} / {document}", kind_for_alias(declared["terms_type"]), captures


def _read(page: Page) -> Reading | None:
    try:
        return read(page)
    except UnreadableError:
        return None


if __name__ == "__main__":
    step = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    print(json.dumps(run(Path(sys.argv[1]), step), indent=1, ensure_ascii=False))
