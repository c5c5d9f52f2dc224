from __future__ import annotations

import contextlib
import gzip
import random
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.archive.coding import codings_of, decode
from conductatlas.errors import AnswerTooLargeError, BrokenAnswerError, FetchError

LIMIT = 1 << 20
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "br": lambda body: brotli.compress(body, quality=4),
    "zstd": lambda body: zstandard.ZstdCompressor().compress(body),
    "deflate": zlib.compress,
}
EACH = pytest.mark.parametrize("coding", sorted(PACK))
# Long enough for several steps of each decoder, and hard to compress.
LONG = random.Random(5).randbytes(100_000)


def bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


@EACH
@given(body=st.binary(max_size=2000))
def test_a_packed_body_comes_back(coding: str, body: bytes) -> None:
    assert decode(PACK[coding](body), (coding,), LIMIT) == body


@EACH
def test_a_long_body_comes_back(coding: str) -> None:
    assert decode(PACK[coding](LONG), (coding,), LIMIT) == LONG


def test_deflate_may_be_bare() -> None:
    assert decode(bare_deflate(LONG), ("deflate",), LIMIT) == LONG


def test_codings_come_off_in_reverse_order() -> None:
    codings = codings_of(["gzip, BR", "identity", " X-Gzip "])
    assert codings == ("gzip", "br", "gzip")
    assert decode(gzip.compress(brotli.compress(gzip.compress(b"terms"))), codings, LIMIT) == b"terms"


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_members_follow_each_other_and_what_is_behind_them_is_ignored(coding: str) -> None:
    pack = PACK[coding]
    assert (
        decode(pack(b"first ") + pack(b"second") + b"\0\0\0 not a member", (coding,), LIMIT)
        == b"first second"
    )


def test_endless_members_are_refused() -> None:
    with pytest.raises(BrokenAnswerError):
        decode(gzip.compress(b"") * 10_000, ("gzip",), LIMIT)


def test_an_empty_body_needs_no_coding() -> None:
    assert decode(b"", ("gzip",), LIMIT) == b""


@EACH
def test_a_cut_body_is_broken(coding: str) -> None:
    packed = PACK[coding](LONG)
    for length in (1, 10, len(packed) // 2, len(packed) - 1):
        with pytest.raises(BrokenAnswerError):
            decode(packed[:length], (coding,), LIMIT)


@EACH
@given(body=st.binary(min_size=1, max_size=300))
def test_any_bytes_are_decoded_or_typed_as_broken(coding: str, body: bytes) -> None:
    with contextlib.suppress(FetchError):
        decode(body, (coding,), LIMIT)


@pytest.mark.parametrize("codings", [("sdch",), ("gzip",) * 4])
def test_what_was_not_asked_for_is_broken(codings: tuple[str, ...]) -> None:
    with pytest.raises(BrokenAnswerError):
        decode(b"terms", codings, LIMIT)


def test_a_zstd_body_may_not_ask_for_a_huge_window() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    packed = packer.compress(LONG) + packer.flush()
    with pytest.raises(BrokenAnswerError):
        decode(packed, ("zstd",), LIMIT)


@EACH
def test_a_bomb_costs_little_memory(coding: str) -> None:
    bomb = PACK[coding](bytes(100 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(AnswerTooLargeError):
            decode(bomb, (coding,), LIMIT)
        assert tracemalloc.get_traced_memory()[1] < 40 << 20
    finally:
        tracemalloc.stop()


def test_a_bomb_in_a_bomb_stops_at_the_first() -> None:
    with pytest.raises(AnswerTooLargeError):
        decode(gzip.compress(gzip.compress(bytes(64 << 20))), ("gzip", "gzip"), LIMIT)
