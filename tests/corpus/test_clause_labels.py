"""The clauses that were labelled by reading: their form, and that the same seed draws the same."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.corpus.draw_clauses import MOST, NUMBER, clauses_of, draw

from conductatlas.reading.clauses.taxonomy import taxonomy

LABELS = [
    json.loads(line)
    for line in (Path(__file__).parent / "clause_labels.jsonl").read_text("utf-8").splitlines()
]


def test_three_hundred_clauses_are_labelled_with_types_of_the_taxonomy() -> None:
    assert len(LABELS) == NUMBER == 300
    for row in LABELS:
        assert row.keys() == {"document", "sha256", "start", "end", "types"}
        assert 0 <= row["start"] < row["end"]
        assert set(row["types"]) <= taxonomy().keys()
        assert len(set(row["types"])) == len(row["types"])
    assert max(Counter(row["document"] for row in LABELS).values()) <= MOST
    assert sum(not row["types"] for row in LABELS) < 10


def test_labelled_clauses_of_a_document_do_not_overlap() -> None:
    rows = sorted((row["document"], row["start"], row["end"]) for row in LABELS)
    assert [(one, other) for one, other in pairwise(rows) if one[0] == other[0] and other[1] < one[2]] == []


def rows_of(name: str, number: int) -> list[dict[str, Any]]:
    return [{"document": name, "start": place * 10} for place in range(number)]


def test_every_document_gives_its_share_and_none_more_than_the_limit() -> None:
    documents = {name: rows_of(name, size) for name, size in {"a": 2, "b": 40, "c": 9}.items()}
    drawn = draw(documents, 9)
    assert Counter(row["document"] for row in drawn) == {"a": 2, "b": 4, "c": 3} or Counter(
        row["document"] for row in drawn
    ) == {"a": 2, "b": 3, "c": 4}
    assert drawn == draw(documents, 9)
    assert drawn == draw({name: documents[name][::1] for name in "cba"}, 9)
    assert Counter(row["document"] for row in draw(documents, 100)) == {"a": 2, "b": MOST, "c": MOST}


def test_titles_and_short_lines_are_not_drawn(tmp_path: Path) -> None:
    words = "We keep what you send us for as long as your account is open."
    text = f"Privacy\nHow long\n{words}\nShort line here."
    marks = [["heading", 0, 7, 1, ""], ["heading", 8, 16, 2, ""]]
    row = {"kind": "privacy", "language": "en", "title": "Privacy", "text": text, "marks": marks}
    file = tmp_path / "larkspur__privacy.json"
    file.write_text(json.dumps(row), "utf-8")
    assert [found["words"] for found in clauses_of(file)] == [words]
    for other in ({"kind": "dpa"}, {"language": "de"}):
        file.write_text(json.dumps(row | other), "utf-8")
        assert list(clauses_of(file)) == []
