"""The types of clauses against three hundred that were labelled by reading (tests/corpus/clause_labels.jsonl)."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.corpus.texts import reading_with

from conductatlas.reading.clauses.extractor import extract

LABELS = Path(__file__).parents[1] / "corpus" / "clause_labels.jsonl"
LEAST = (0.0, 0.6, 0.7, 0.8, 0.9, 0.95)


def run(corpus: Path) -> dict[str, Any]:
    """Of the labelled clauses: how many lie in a provision; of these the share whose provision is called by a type that
    a reader gave the clause, and the share of clauses whose own first type is one; by least confidence."""
    by_document: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for line in LABELS.read_text("utf-8").splitlines():
        row = json.loads(line)
        by_document[row["document"], row["sha256"]].append(row)
    judged: list[tuple[float, bool, bool]] = []
    labelled = missing = 0
    for (name, digest), rows in sorted(by_document.items()):
        reading = reading_with(name, digest, corpus)
        if reading is None:
            missing += len(rows)
            continue
        found = extract(reading, "privacy" if "privacy" in name else "terms")
        for row in rows:
            labelled += 1
            clause = max(
                found.clauses, key=lambda one: min(one.end, row["end"]) - max(one.start, row["start"])
            )
            owner = next((one for one in found.findings if clause.place in one.clauses), None)
            if owner is None:
                continue
            own = found.types.get(clause.place) or owner.types
            judged.append((own[0].confidence, owner.type in row["types"], own[0].type in row["types"]))
    curve = []
    for least in LEAST:
        kept = [one for one in judged if one[0] >= least]
        if kept:
            right = sum(is_right for _sure, _owner, is_right in kept) / len(kept)
            curve.append((least, len(kept) / max(1, labelled), right))
    return {
        "labelled": labelled,
        "missing": missing,
        "typed": len(judged),
        "by_provision": sum(owner for _sure, owner, _own in judged) / max(1, len(judged)),
        "by_clause": sum(own for _sure, _owner, own in judged) / max(1, len(judged)),
        "curve": curve,
    }
