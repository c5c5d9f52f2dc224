"""The reader against the parts that human curators selected on the same pages of the corpus.

For each capture on which every selector of the declaration matches and yields 200 words or more, the page is read
twice: with the selectors, and without. Words are compared as multisets, for the document and for each section:
recall is the share of the selected words that the reader found, precision the share of its words that were selected.
"""

from __future__ import annotations

import json
import lzma
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from conductatlas.errors import ConductAtlasError
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.page import Page, Selector
from conductatlas.reading.text.reader import examine
from conductatlas.reading.text.sections import sections

LEAST_WORDS = 200
WORST = 10


@dataclass(frozen=True, slots=True)
class Capture:
    """One capture of the corpus with what its curators selected."""

    name: str
    page: Page


@dataclass(frozen=True, slots=True)
class Score:
    """Shares from 0 to 1 for one capture; `in_section` compares each section with the one of the same anchor."""

    name: str
    recall: float
    precision: float
    recall_in_section: float
    precision_in_section: float


def captures(corpus: Path, every: int = 1) -> Iterator[Capture]:
    """Every `every`-th HTML capture of each document, the last one always among them."""
    about = {
        (d["platform"], d["document"]): d for d in json.loads((corpus / "documents.json").read_text("utf-8"))
    }
    rows: dict[tuple[str, str], list[dict[str, object]]] = defaultdict(list)
    with (corpus / "index.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            rows[row["platform"], row["document"]].append(row)
    for (platform, document), found in sorted(rows.items()):
        declared = about[platform, document]
        found.sort(key=lambda row: int(str(row["captured_at"])))
        chosen = found[::-1][::every][::-1]
        if declared["media_type"] != "text/html":
            continue
        with lzma.open(corpus / platform / f"{document}.xz") as bodies:
            for row in sorted(chosen, key=lambda row: int(str(row["offset"]))):
                bodies.seek(int(str(row["offset"])))
                yield Capture(
                    f"{platform} / {document} @{row['captured_at']}",
                    page_of(bodies.read(int(str(row["length"]))), row, declared),
                )


def page_of(body: bytes, row: Mapping[str, object], declared: Mapping[str, object]) -> Page:
    """The page of an HTML capture, as its curators selected it. row: of index.jsonl; declared: of documents.json."""
    return Page(
        body,
        "text/html; charset=utf-8",
        str(row["url"] or declared["url"]),
        _selectors(declared["select"]),
        _selectors(declared["remove"]),
    )


def run(corpus: Path, every: int = 1) -> dict[str, object]:
    """The figures: medians and 10th percentiles, the worst ten, the captures left out by reason, CPU time a page."""
    scores: list[Score] = []
    left_out: Counter[str] = Counter()
    seconds = 0.0
    size = pages = 0
    for capture in captures(corpus, every):
        if not capture.page.select:
            left_out["no selectors declared"] += 1
            continue
        try:
            selected = examine(capture.page)
            started = time.process_time()
            read = examine(Page(capture.page.body, capture.page.content_type, capture.page.url)).reading
            seconds += time.process_time() - started
        except ConductAtlasError as error:
            left_out[error.code] += 1
            continue
        size, pages = size + len(capture.page.body), pages + 1
        if any(selector in capture.page.select for selector in selected.unmatched):
            left_out["a selector matches nothing"] += 1
        elif selected.reading.words < LEAST_WORDS:
            left_out[f"fewer than {LEAST_WORDS} words selected"] += 1
        else:
            scores.append(score(capture.name, read, selected.reading))
    return {
        "captures": len(scores),
        "left_out": dict(left_out),
        "cpu_ms_per_page": round(seconds / max(pages, 1) * 1000, 2),
        "mean_page_kb": round(size / max(pages, 1) / 1000, 1),
        "cpu_ms_per_150_kb": round(seconds / max(size, 1) * 150_000 * 1000, 2),
        **{field: _spread([getattr(s, field) for s in scores]) for field in FIELDS},
        "worst": [
            {"capture": s.name, "recall": round(s.recall, 3), "precision": round(s.precision, 3)}
            for s in sorted(scores, key=lambda s: (s.recall, s.precision))[:WORST]
        ],
        "least_precise": [
            {"capture": s.name, "recall": round(s.recall, 3), "precision": round(s.precision, 3)}
            for s in sorted(scores, key=lambda s: (s.precision, s.recall))[:WORST]
        ],
    }


FIELDS = ("recall", "precision", "recall_in_section", "precision_in_section")


def score(name: str, read: Reading, selected: Reading) -> Score:
    """How the words of `read` compare with those of `selected`."""
    found, wanted = Counter(read.text.split()), Counter(selected.text.split())
    found_by, wanted_by = _words_by_section(read), _words_by_section(selected)
    shared = sum((found_by.get(anchor, Counter()) & words).total() for anchor, words in wanted_by.items())
    both = (found & wanted).total()
    return Score(
        name,
        both / wanted.total(),
        both / max(found.total(), 1),
        shared / wanted.total(),
        shared / max(found.total(), 1),
    )


def _words_by_section(reading: Reading) -> dict[str, Counter[str]]:
    return {s.anchor: Counter(reading.text[s.start : s.end].split()) for s in sections(reading)}


def _selectors(declared: object) -> tuple[Selector, ...]:
    if declared is None:
        return ()
    return tuple(declared) if isinstance(declared, list) else (declared,)  # type: ignore[return-value]


def _spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values) or [0.0]
    return {"median": round(median(ordered), 4), "p10": round(ordered[len(ordered) // 10], 4)}


if __name__ == "__main__":
    every = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    print(json.dumps(run(Path(sys.argv[1]), every), indent=1, ensure_ascii=False))
