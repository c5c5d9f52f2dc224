from __future__ import annotations

import os
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.archive.deltas import decode, encode

PAGE = b"".join(
    b"<p>%d. What is yours stays yours; a copy is kept %d days.</p>\n" % (n, n) for n in range(3000)
)


@given(st.binary(max_size=3000), st.binary(max_size=3000))
def test_what_was_encoded_is_decoded(body: bytes, base: bytes) -> None:
    assert decode(encode(body, base), len(body), base) == body


@given(st.binary(max_size=200), st.binary(max_size=400), st.binary(max_size=50))
def test_damaged_frames_never_raise_anything_else(frame: bytes, body: bytes, base: bytes) -> None:
    good = encode(body, base)
    for damaged in (frame, good[: len(good) // 2], good + frame):
        with suppress(ValueError):
            assert len(decode(damaged, len(body), base)) == len(body)


def test_one_changed_word_costs_next_to_nothing() -> None:
    later = PAGE.replace(b"kept 700 days", b"kept 30 days")
    assert len(encode(later, PAGE)) < 200 < len(encode(PAGE)) / 20


def test_all_of_a_large_base_is_in_reach() -> None:
    base = os.urandom(7_000_000)  # cannot be compressed by itself
    body = base[:4_000_000] + b"one word more" + base[4_000_000:]
    delta = encode(body, base)
    assert len(delta) < 10_000
    assert decode(delta, len(body), base) == body


def test_a_frame_that_claims_another_size_is_refused_before_it_is_unpacked() -> None:
    bomb = encode(bytes(50_000_000))
    assert len(bomb) < 10_000
    with pytest.raises(ValueError, match="another size"):
        decode(bomb, 100)
