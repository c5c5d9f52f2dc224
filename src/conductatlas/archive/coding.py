"""Content codings (RFC 9110, section 8.4.1): taking them off a body, never beyond a limit.

A few kilobytes can unpack to gigabytes. Nothing here makes more than the limit and one step (16 MiB at most),
whatever the body claims about itself.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from typing import Protocol

import brotli
import zstandard

from conductatlas.errors import AnswerTooLargeError, BrokenAnswerError

ACCEPTED = "gzip, br, zstd, deflate"

_ZLIB_STEP = 4096  # bytes in; deflate makes at most 1032 of one
_ZSTD_STEP = 512  # bytes in; the four bytes of a block make at most 128 KiB
_ZSTD_WINDOW = 1 << 23  # the largest a body may ask for (RFC 9659)
_BROTLI_STEP = 1 << 16  # bytes out; this library knows how to stop by itself
_CUT = "the compressed body ends too early"
_MAX_MEMBERS = 100  # of one body; RFC 1952 has no limit, but more is an attack
_MAX_CODINGS = 3


def codings_of(values: Iterable[str]) -> tuple[str, ...]:
    """The codings that Content-Encoding fields name, in the order they were put on; "identity" is none."""
    names = (name.strip().lower() for value in values for name in value.split(","))
    return tuple(name.removeprefix("x-") for name in names if name not in {"", "identity"})


def decode(body: bytes, codings: tuple[str, ...], limit: int) -> bytes:
    """`body` without its codings.

    BrokenAnswerError: a coding that is unknown or was not asked for, data that does not follow it, or data
    that ends too early. AnswerTooLargeError: more than `limit` bytes.
    """
    if len(codings) > _MAX_CODINGS:
        raise BrokenAnswerError(f"the body has {len(codings)} content codings")
    for coding in reversed(codings):
        if coding not in _CODINGS:
            raise BrokenAnswerError(f"the body has the unknown content coding {coding[:40]!r}")
        try:
            body = _CODINGS[coding](body, limit) if body else body
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise BrokenAnswerError(f"the body is not valid {coding}: {error}") from error
    return body


class _Member(Protocol):
    """One self-contained run of compressed data, as both zlib and zstandard offer it."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


def _gzip(body: bytes, limit: int) -> bytes:
    return _members(lambda: zlib.decompressobj(zlib.MAX_WBITS | 16), body, _ZLIB_STEP, limit)


def _zstd(body: bytes, limit: int) -> bytes:
    unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    return _members(unpacker.decompressobj, body, _ZSTD_STEP, limit)


def _deflate(body: bytes, limit: int) -> bytes:
    """The zlib format, as RFC 9110 has it, or the bare deflate stream that some servers send instead."""
    unpacked = bytearray()
    try:
        _one_member(zlib.decompressobj(), body, _ZLIB_STEP, unpacked, limit)
    except zlib.error:
        unpacked.clear()
        _one_member(zlib.decompressobj(-zlib.MAX_WBITS), body, _ZLIB_STEP, unpacked, limit)
    return bytes(unpacked)


def _brotli(body: bytes, limit: int) -> bytes:
    unpacker = brotli.Decompressor()
    unpacked = bytearray()
    data = body
    while more := unpacker.process(data, output_buffer_limit=_BROTLI_STEP):
        unpacked += more
        data = b""
        if len(unpacked) > limit:
            raise _too_large(limit)
    if not unpacker.is_finished():
        raise BrokenAnswerError(_CUT)
    return bytes(unpacked)


def _members(start: Callable[[], _Member], body: bytes, step: int, limit: int) -> bytes:
    """One member after another; what follows the last and starts no new one is ignored, as browsers do."""
    unpacked = bytearray()
    rest = body
    for number in range(_MAX_MEMBERS):
        before = len(unpacked)
        try:
            rest = _one_member(start(), rest, step, unpacked, limit)
        except (zlib.error, zstandard.ZstdError):
            if number == 0:
                raise
            return bytes(unpacked[:before])
        if not rest:
            return bytes(unpacked)
    raise BrokenAnswerError(f"the body has more than {_MAX_MEMBERS} compressed members")


def _one_member(member: _Member, data: bytes, step: int, unpacked: bytearray, limit: int) -> bytes:
    """Appends what the member holds to `unpacked`; returns the data behind it."""
    position = 0
    while not member.eof:
        if position >= len(data):
            raise BrokenAnswerError(_CUT)
        unpacked += member.decompress(data[position : position + step])
        position += step
        if len(unpacked) > limit:
            raise _too_large(limit)
    return member.unused_data + data[position:]


def _too_large(limit: int) -> AnswerTooLargeError:
    return AnswerTooLargeError(f"the body unpacks to more than {limit} bytes")


_CODINGS = {"gzip": _gzip, "br": _brotli, "zstd": _zstd, "deflate": _deflate}
