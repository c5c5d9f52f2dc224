"""The verdicts of readers that are kept: their form. They name texts by digests and hold no words."""

from __future__ import annotations

import json
import re

from tests.bench.judging.verdicts import FILE, RIGHT, VERDICTS

ID = re.compile(r"[a-z0-9-]+/[a-z0-9-]+/[0-9a-f]{16}-[0-9a-f]{16}")


def test_kept_verdicts_are_verdicts_of_two_readers() -> None:
    rows = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == sorted({row["id"] for row in rows})
    for row in rows:
        assert row.keys() == {"id", "sample", "reason", "verdicts"}
        assert ID.fullmatch(row["id"])
        assert row["sample"] in RIGHT
        assert len(row["verdicts"]) == 2
        assert set(row["verdicts"].values()) <= set(VERDICTS)
