"""The extractor: what a reading says, as this version of segmentation, rules, model and facts tells it."""

from __future__ import annotations

from conductatlas.reading.clauses.classify import classify
from conductatlas.reading.clauses.findings import Found, find
from conductatlas.reading.text.marks import Reading

# Counts up whenever the same text may give other provisions, types, facts or severities.
EXTRACTOR_VERSION = 2


def extract(reading: Reading, kind: str = "") -> Found:
    """What `reading` says. kind: of the document ("terms", "privacy"), "" if not known. Raises nothing."""
    return find(reading, kind, classify)
