"""What the words for how sure a type is mean: what was measured."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from conductatlas.reading.clauses.surety import SURETIES, surety


@pytest.mark.parametrize(
    ("confidence", "word"), [(1.0, "high"), (0.9, "high"), (0.89, "medium"), (0.7, "medium"), (0, "low")]
)
def test_the_word(confidence: float, word: str) -> None:
    assert surety(confidence) == word


def test_it_means_what_was_measured() -> None:
    measured = json.loads(files("conductatlas.web").joinpath("accuracy.json").read_text("utf-8"))
    right = {least: round(100 * share) for least, _, share in measured["types"]["curve"]}
    assert {word: of_100 for word, (_, of_100) in SURETIES.items()} == {
        word: right[least] for word, (least, _) in SURETIES.items()
    }
