"""The extractor: what a reading says, as this version of segmentation, rules, model and facts tells it."""

from __future__ import annotations

from collections.abc import Sequence

from conductatlas.reading.clauses import rules
from conductatlas.reading.clauses.finding import Typed
from conductatlas.reading.clauses.findings import Found, find
from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.text.marks import Reading

EXTRACTOR_VERSION = (
    1  # counts up whenever the same text may give other provisions, types, facts or severities
)


def extract(reading: Reading, kind: str = "") -> Found:
    """What `reading` says. kind: of the document ("terms", "privacy"), "" if not known. Raises nothing."""
    return find(reading, kind, _by_rules)


def _by_rules(passages: Sequence[Passage]) -> list[tuple[Typed, ...]]:
    return [
        tuple(Typed(hit.type, hit.confidence, f"rule:{hit.rule}") for hit in rules.hits(passage))
        for passage in passages
    ]
