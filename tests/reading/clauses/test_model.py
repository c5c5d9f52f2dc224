"""The learned model: the shipped weights, what they say, and input nobody meant for them."""

from __future__ import annotations

import zipfile
from importlib.resources import as_file, files
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conductatlas.reading.clauses import classify as classifying
from conductatlas.reading.clauses.features import features, words
from conductatlas.reading.clauses.model import model
from conductatlas.reading.clauses.taxonomy import taxonomy

LABELLED = Path(__file__).resolve().parents[4] / "shared" / "labelled"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("Limitation of liability", "In no event shall Larkspur be liable for any indirect or consequential damages."),
        ("Unilateral termination", "We may terminate your account at any time, for any reason, without notice."),
        ("Unilateral change", "Larkspur reserves the right to change these Terms at any time without notice."),
        ("Content removal", "We may remove or refuse any content that you post at our sole discretion without notice."),
        ("Contract by using", "By accessing or using the Service, you agree to be bound by these Terms."),
        ("Choice of law", "These Terms are governed by the laws of California, without its conflict of laws rules."),
        ("Jurisdiction", "You submit to the exclusive jurisdiction of the courts located in Santa Clara County."),
        ("Arbitration", "You and Larkspur agree that any dispute will be resolved by final and binding arbitration."),
    ],
)  # fmt: skip
def test_says_what_a_sentence_is(kind: str, text: str) -> None:
    learned = model()
    (row,) = learned.probabilities([text])
    assert learned.kinds[int(row.argmax())] == kind
    assert row.max() >= learned.least[learned.kinds.index(kind)]


def test_says_nothing_of_what_it_does_not_know() -> None:
    learned = model()
    rows = learned.probabilities(["We are glad that you are here.", "Stir the soup and add salt.", ""])
    assert (rows < learned.least).all()


def test_a_text_is_scored_the_same_alone_and_among_others() -> None:
    texts = ["We may change these Terms.", "", "\0", "Larkspur is not liable for lost data."]
    together = model().scores(texts)
    assert np.allclose(together, np.vstack([model().scores([text]) for text in texts]))
    assert model().scores([]).shape == (0, len(model().kinds))


def test_capitals_and_tokens_apart_do_not_matter() -> None:
    a, b = model().scores(["We are NOT liable, at any time.", "we are not liable , at any time ."])
    assert np.allclose(a, b)


def test_weights_hold_numbers_and_bytes_only() -> None:
    with as_file(files("conductatlas.reading.clauses").joinpath("weights.npz")) as path:
        assert path.stat().st_size < 3_000_000
        with zipfile.ZipFile(path) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        with np.load(path, allow_pickle=False) as kept:
            assert {kept[name].dtype.kind for name in kept.files} == {"f", "u"}


def test_each_kind_has_a_type_that_the_taxonomy_maps_to_it() -> None:
    assert set(classifying.COMMONLY) == set(model().kinds)
    for kind, type_ in classifying.COMMONLY.items():
        assert kind in taxonomy()[type_].labels["unfair_tos"]


def test_thresholds_are_probabilities() -> None:
    learned = model()
    assert ((learned.least > 0.02) & (learned.least < 0.98)).all()
    assert (learned.slope > 0).all()


def test_a_megabyte_of_junk_is_no_trouble() -> None:
    for text in ("liable " * 150_000, "a" * 1_000_000, "(" * 1_000_000, "\0" * 1_000_000):
        assert np.isfinite(model().probabilities([text])).all()


@given(st.text(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_text_has_probabilities(text: str) -> None:
    rows = model().probabilities([text])
    assert ((rows >= 0) & (rows <= 1)).all()


def test_features_are_told_apart_by_block() -> None:
    found = features(words("Zorblax may terminate 12 accounts"), {"may", "terminate", "accounts", "0"})
    assert found["word"][:5] == ["xx", "may", "terminate", "0", "accounts"]
    assert "xx may" in found["word"]
    assert "xx" not in found["stem"]
    assert "plat>may" in found["meaning"]
    assert "account&term" in found["meaning"]
    assert "end_may" in found["phrase"]


@pytest.mark.corpus
def test_weights_are_what_the_labelled_sentences_give(tmp_path: Path) -> None:
    from training.__main__ import train
    from training.weights import write

    learned = train(LABELLED)
    write(learned.model, tmp_path / "weights.npz")
    with as_file(files("conductatlas.reading.clauses").joinpath("weights.npz")) as shipped:
        assert (tmp_path / "weights.npz").read_bytes() == shipped.read_bytes(), "run `make train`"


@pytest.mark.corpus
def test_probabilities_are_those_of_held_back_contracts() -> None:
    """Of sentences of the validation split, as many have a kind as the probabilities let expect, give or take."""
    from training.sentences import unfair_tos

    sentences = unfair_tos(LABELLED, "validation")
    said = model().probabilities([sentence.text for sentence in sentences]).ravel()
    has = np.array([[n in s.kinds for n in range(len(model().kinds))] for s in sentences]).ravel()
    order = np.argsort(said)
    means = [(said[part].mean(), has[part].mean()) for part in np.array_split(order[-600:], 4)]
    assert all(lower[1] <= upper[1] + 0.05 for lower, upper in pairwise(means))
    assert max(abs(expected - seen) for expected, seen in means) < 0.15
