"""The shipped weights for types, and how such weights are made."""

from __future__ import annotations

from importlib.resources import as_file, files

import numpy as np
import pytest
from training import typing
from training.labelled import Labelled, digest_of_labels

from conductatlas.reading.clauses.leaning import NO_TYPE, leaning, probabilities
from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.clauses.taxonomy import taxonomy

FEES = (
    "You pay the price of your plan each month.",
    "Prices are shown before you pay.",
    "You pay each month.",
)
AGE = ("You must be sixteen years old.", "Children may not use it.", "Nobody below sixteen years may join.")
RETENTION = ("We keep logs for ninety days.", "We keep your account until you close it.", "Logs are kept.")


def test_they_are_made_from_the_labels_that_stand_here() -> None:
    with (
        as_file(files("conductatlas.reading.clauses").joinpath("types.npz")) as path,
        np.load(path, allow_pickle=False) as kept,
    ):
        assert bytes(kept["made_of"]).decode() == digest_of_labels(), "labels have changed: make train"


def test_every_type_they_know_is_one_of_ours() -> None:
    assert set(leaning().types) - {NO_TYPE} <= set(taxonomy())
    assert len(leaning().types) > 100
    assert 0.3 < leaning().least < 0.9


def test_scores_of_a_passage_do_not_depend_on_the_others() -> None:
    found = [["w:arbitration", "w:disputes"], [], ["w:refund", "w:refund", "w:days"]]
    together = leaning().scores(found)
    assert together.shape == (3, len(leaning().types))
    for n, one in enumerate(found):
        assert np.array_equal(leaning().scores([one])[0], together[n])
    assert leaning().types[int(together[0].argmax())] == "arbitration"
    assert leaning().scores([]).shape == (0, len(leaning().types))


def test_probabilities_are_between_none_and_all() -> None:
    weights = np.array([100.0, -1.0], dtype=np.float32)
    low, middle, high = probabilities([[-1.0], [0.01], [1.0]], weights)
    assert 0 <= low < 0.001 and 0.999 < high <= 1
    assert middle == pytest.approx(0.5)
    assert probabilities([], weights) == []


def _examples() -> list[Labelled]:
    """Alike on all platforms, but for one label that is wrong."""
    wrong = Labelled(Passage("Nothing else is owed.", ("Prices",), kind="terms"), "platform 0", ("age",))
    alike = [
        Labelled(Passage(text, (title,), kind="terms"), f"platform {n}", (name,))
        for n in range(6)
        for name, title, texts in (
            ("fees", "Prices", FEES),
            ("retention", "How long", RETENTION),
            ("age", "Who may join", AGE),
        )
        for text in texts
    ]
    return [wrong, *alike]


def test_what_labels_say_is_learned_the_same_each_time() -> None:
    learned = typing.learn(_examples())
    again = typing.learn(_examples())
    assert np.array_equal(learned.leaning.weights, again.leaning.weights)
    assert np.array_equal(learned.leaning.first, again.leaning.first)
    assert learned.curve[-1][1] > 0.9
    assert learned.types["fees"].right == learned.types["fees"].found == 18
    scores = learned.leaning.scores([["w:pay", "w:month"], ["w:logs", "w:kept"]])
    assert [learned.leaning.types[n] for n in scores.argmax(axis=1)] == ["fees", "retention"]
