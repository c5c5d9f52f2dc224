"""Vectors of clauses: the same on every machine, near for like words, and nothing for words without a weight."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.peers.vector import SIZE, nearness, rarity, vector, words_of

NOTICE = "We will tell you by e-mail at least thirty days before any change of these terms takes effect."
OTHER_NOTICE = (
    "Before a change of our terms takes effect we tell you by e-mail, thirty days earlier at least."
)
PINNED = [0, 0, 0, 0, 58, 18, 0, 0, 44, 0, 0, 0, 0, 17, -36, 0, 0, 0, 0, 0, 0, 14, 0, 0]
COURT = "The courts of Dublin have exclusive jurisdiction over disputes that arise out of this agreement."


def test_the_same_text_gives_the_same_bytes_everywhere() -> None:
    kept = vector(NOTICE)
    assert kept == vector(NOTICE) and len(kept) == SIZE
    # Written down once: hashing must not depend on the process or the machine.
    assert np.frombuffer(kept, dtype=np.int8)[:24].tolist() == PINNED


def test_like_words_are_nearer_than_others() -> None:
    near, far, same = nearness(vector(NOTICE), [vector(OTHER_NOTICE), vector(COURT), vector(NOTICE)])
    assert far < 0.15 < 0.3 < near < same
    assert abs(float(same) - 1) < 1e-6


def test_words_without_a_weight_are_near_to_nothing() -> None:
    foreign = vector("Ὅσα ἂν γράφῃς 服务条款 zzyzx quillomere")
    assert foreign == bytes(SIZE)
    assert words_of(foreign) == 0
    assert nearness(foreign, [vector(NOTICE), foreign]).tolist() == [0, 0]
    assert nearness(vector(NOTICE), [b"short", bytes(SIZE)]).tolist() == [0, 0]
    assert nearness(vector(NOTICE), []).shape == (0,)


def test_words_are_counted_once_each() -> None:
    assert words_of(vector("terms terms terms of service")) == 3


def test_weights_are_of_words_that_clauses_use() -> None:
    assert len(rarity()) > 3000
    assert all(weight > 0 for weight in rarity().values())
    assert rarity()["the"] < rarity()["terms"] < rarity()["arbitration"]


@given(st.text(max_size=300), st.text(max_size=300))
def test_nearness_is_mutual_and_bounded(one: str, other: str) -> None:
    mine, theirs = vector(one), vector(other)
    (near,) = nearness(mine, [theirs]).tolist()
    (back,) = nearness(theirs, [mine]).tolist()
    assert -1.001 <= near <= 1.001
    assert abs(near - back) < 1e-6
