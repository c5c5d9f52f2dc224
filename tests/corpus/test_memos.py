"""The labels of the memo pairs: their form, and that they fit the texts that they were made on."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from tests.bench.memos import DIGITS, FILE, SIDES, Label, Marked, digest_of, labels, move_marks, readings

LABELS = labels()
EXPECTED = {"substantive", "date_mismatch", "S15"}


def test_labels_keep_no_words_of_a_text() -> None:
    for row in tomllib.loads(FILE.read_text("utf-8"))["pairs"]:
        assert row.keys() <= {"id", "expected", "note", "spans", "declared", "certain"}
        assert len(row["note"].split()) <= 12
        assert all(span.keys() == {"side", "start", "end", "digest"} for span in row["spans"])


def test_labels_say_what_should_come_out_and_where() -> None:
    assert len({label.id for label in LABELS}) == len(LABELS) == 54
    for label in LABELS:
        assert label.expected in EXPECTED
        assert (label.expected == "S15") == bool(label.declared)
        assert label.spans
        for span in label.spans:
            assert span.side in SIDES
            assert 0 <= span.start < span.end
            assert len(span.digest) == DIGITS
    assert sum(label.expected == "substantive" for label in LABELS) == 51


def test_only_the_marked_words_fit() -> None:
    marked = Marked("old", 4, 7, digest_of("not"))
    assert marked.fits("May not")
    assert not marked.fits("May now")


PAIR = """\
# Marks.
[[pairs]]
id = "one"
expected = "substantive"
note = "A note."
spans = [
    { side = "old", start = 0, end = 4, digest = "DIGEST" },
    { side = "new", start = 5, end = 9, digest = "0000000000000000" },
]
"""


def test_marks_move_with_their_words(tmp_path: Path) -> None:
    for name in SIDES.values():
        (tmp_path / "one").mkdir(exist_ok=True)
        (tmp_path / "one" / name).write_text("# Terms\n\nWe sell data, more data, and data.\n", "utf-8")
    file = tmp_path / "memos.toml"
    file.write_text(PAIR.replace("DIGEST", digest_of("data")), "utf-8")
    gone = move_marks(tmp_path, file)
    old, new = labels(file)[0].spans
    assert (old.start, old.end, new.start) == (14, 18, 5)
    assert len(gone) == 1
    assert gone[0].startswith('one: { side = "new"')
    assert file.read_text("utf-8").startswith("# Marks.\n[[pairs]]\nid")
    assert move_marks(tmp_path, file) == gone


@pytest.fixture(scope="module")
def memos(shared: Path) -> Path:
    return shared / "memos"


@pytest.mark.corpus
def test_every_memo_is_labelled(memos: Path) -> None:
    told = [json.loads(line)["pair"] for line in (memos / "index.jsonl").read_text("utf-8").splitlines()]
    assert [label.id for label in LABELS] == told


@pytest.mark.corpus
@pytest.mark.parametrize("label", LABELS, ids=lambda label: label.id[:40])
def test_the_marked_words_stand_where_the_label_says(label: Label, memos: Path) -> None:
    texts = {side: reading.text for side, reading in readings(memos, label.id).items()}
    assert [span for span in label.spans if not span.fits(texts[span.side])] == []
