"""Two hundred mappings on real documents, each judged: their form, and how many were right.

Texts are named by digest and offsets; none of their words are kept. Drawn by seed from all that was mapped.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

FILE = Path(__file__).parent / "law_verdicts.jsonl"
KEYS = {"document", "digest", "start", "end", "rule", "article", "right", "why"}
RIGHT_AT_LEAST = 0.95


def test_mappings_were_judged_and_were_right() -> None:
    rows = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    assert len(rows) == 200
    for row in rows:
        assert row.keys() == KEYS
        assert re.fullmatch(r"[0-9a-f]{64}", row["digest"])
        assert 0 <= row["start"] < row["end"]
        assert re.fullmatch(r"[a-z]+", row["why"])
    assert sum(row["right"] for row in rows) >= RIGHT_AT_LEAST * len(rows)
