"""Clauses that were labelled by reading, found again in the texts beside the checkout by digest and offsets.

labels.jsonl has a line a document: {source, document, kind, sha256, labels: [[start, end, "type,type"], …]}; the first
type is what a lawyer would file the clause under, "" none of ours. source: corpus or histories. The texts stay where
they are; the labels are ours.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.corpus.texts import reading_with

from conductatlas.reading.clauses.clause import Clause
from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.clauses.segment import passages, segment
from conductatlas.reading.text.kinds import guess_kind
from conductatlas.reading.text.markdown import read_markdown
from conductatlas.reading.text.marks import Reading

LABELS = Path(__file__).with_name("labels.jsonl")


class Labelled(NamedTuple):
    """A clause as its reader met it. platform: whose it is; clauses of one platform are alike. types: as labelled."""

    passage: Passage
    platform: str
    types: tuple[str, ...]


def labelled(shared: Path) -> Iterator[Labelled]:
    """All labelled clauses whose text is there, in the order of the file. shared: the folder of real data."""
    for line in LABELS.read_text("utf-8").splitlines():
        row = json.loads(line)
        reading = _reading(row, shared)
        if reading is None:
            continue
        clauses = segment(reading)
        by_place: Mapping[tuple[int, int], tuple[Clause, Passage]] = {
            (clause.start, clause.end): (clause, passage)
            for clause, passage in zip(clauses, passages(reading, clauses, row["kind"]), strict=True)
        }
        platform = row["document"].replace("/", "__").partition("__")[0].lower()
        for start, end, types in row["labels"]:
            found = by_place.get((start, end))
            if found is not None:
                yield Labelled(found[1], platform, tuple(name for name in types.split(",") if name))


def digest_of_labels() -> str:
    """SHA-256 of the file of labels, in hex: weights that were made from other labels have to be made anew."""
    return hashlib.sha256(LABELS.read_bytes()).hexdigest()


def _reading(row: dict[str, Any], shared: Path) -> Reading | None:
    if row["source"] == "corpus":
        return reading_with(row["document"], row["sha256"], shared / "corpus")
    text = _newest(shared / "histories").get(row["document"])
    reading = read_markdown(text) if text is not None else None
    return reading if reading is not None and reading.digest == row["sha256"] else None


@cache
def _newest(histories: Path) -> Mapping[str, str]:
    """ "<service>/<kind>" -> the text of its newest version."""
    found: dict[str, str] = {}
    for file in sorted(histories.glob("*.jsonl.xz")):
        with lzma.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                found[f"{row['service']}/{guess_kind(row['document'])}"] = row["text"]
    return found
