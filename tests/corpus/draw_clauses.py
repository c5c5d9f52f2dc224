"""Which clauses are labelled by hand: drawn by a seed from the English terms and privacy policies of the corpus.

    python -m tests.corpus.draw_clauses TEXTS SHEET

TEXTS: a folder of `<platform>__<document>.json` {kind, language, title, text, marks}, one a document. SHEET is written:
one JSON line a drawn clause {document, sha256, start, end, path, lead, words}, to be read and labelled; the labels are
kept in clause_labels.jsonl without the words. No classifier is asked: segmentation alone decides what can be drawn.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from conductatlas.reading.clauses.clause import ClauseKind
from conductatlas.reading.clauses.segment import passages, segment
from conductatlas.reading.text.marks import Mark, Reading

SEED = 20_261_126  # written down before the draw
NUMBER = 300
MOST = 6  # of one document
KINDS = {"terms", "privacy"}
LEAST_WORDS = 8


def clauses_of(file: Path) -> Iterator[dict[str, Any]]:
    """What of one document may be drawn: clauses that are no titles and no labels of links, of eight words or more."""
    row = json.loads(file.read_text("utf-8"))
    if row["kind"] not in KINDS or not row["language"].startswith("en"):
        return
    marks = tuple(Mark.from_row(mark) for mark in row["marks"])
    reading = Reading(row["text"], marks, row["title"], row["language"])
    digest = hashlib.sha256(reading.text.encode()).hexdigest()
    found = segment(reading)
    for clause, passage in zip(found, passages(reading, found, row["kind"]), strict=True):
        if (
            clause.kind in {ClauseKind.HEADING, ClauseKind.REFERENCE}
            or len(passage.text.split()) < LEAST_WORDS
        ):
            continue
        yield {
            "document": file.stem,
            "sha256": digest,
            "start": clause.start,
            "end": clause.end,
            "path": passage.path,
            "lead": passage.lead,
            "words": reading.text[clause.start : clause.end],
        }


def draw(documents: Mapping[str, Sequence[dict[str, Any]]], number: int = NUMBER) -> list[dict[str, Any]]:
    """`number` clauses: one of each document in turn, until there are enough or each has given MOST of its own."""
    queues = {
        name: random.Random(f"{SEED}/{name}").sample(documents[name], min(MOST, len(documents[name])))
        for name in sorted(documents)
    }
    order = sorted(queues)
    random.Random(SEED).shuffle(order)
    drawn = [queues[name][turn] for turn in range(MOST) for name in order if turn < len(queues[name])][
        :number
    ]
    return sorted(drawn, key=lambda row: (row["document"], row["start"]))


def main(texts: Path, sheet: Path) -> None:
    documents: dict[str, list[dict[str, Any]]] = {}
    seen: set[str] = set()
    for file in sorted(texts.glob("*.json")):
        rows = list(clauses_of(file))
        if rows and rows[0]["sha256"] not in seen:  # the same text under two names counts once
            seen.add(rows[0]["sha256"])
            documents[file.stem] = rows
    sheet.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in draw(documents)), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
