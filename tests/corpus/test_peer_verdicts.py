"""Fifty pairs of a clause and its peer, drawn by a seed and read: their form, and how many are to the point."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.peers.choosing import WITHOUT_PEERS, Says

VERDICTS: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parent / "peer_verdicts.jsonl").read_text("utf-8").splitlines()
]


def test_fifty_pairs_of_two_platforms_were_read() -> None:
    assert len(VERDICTS) == 50
    for row in VERDICTS:
        assert row.keys() == {"type", "clause", "peer", "says", "nearness", "to_the_point", "note"}
        assert row["type"] in taxonomy().keys() - WITHOUT_PEERS
        assert row["says"] in set(Says)
        one, other = row["clause"], row["peer"]
        assert one["document"].partition("__")[0] != other["document"].partition("__")[0]
        for side in (one, other):
            assert side.keys() == {"document", "sha256", "start", "end"}
            assert 0 <= side["start"] < side["end"] and len(side["sha256"]) == 64


def test_most_are_to_the_point_and_the_others_say_why() -> None:
    assert sum(row["to_the_point"] for row in VERDICTS) >= 0.95 * len(VERDICTS)
    assert all(bool(row["note"]) != row["to_the_point"] for row in VERDICTS)
