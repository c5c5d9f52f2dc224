"""One snapshot written against another: zstd frames whose dictionary is the bytes of the snapshot before.

Pure functions over bytes. A frame is plain RFC 8878, with its content size and without a checksum (snapshots
have SHA-256 for that); a delta's dictionary is "raw content" in the words of the zstd manual. So a pack is
frames one after the other and can be unpacked without any row of ours: each with what came out of the one
before.
"""

from __future__ import annotations

from zstandard import (
    DICT_TYPE_RAWCONTENT,
    ZstdCompressionDict,
    ZstdCompressionParameters,
    ZstdCompressor,
    ZstdDecompressor,
    ZstdError,
    frame_content_size,
)

# Measured over real captures: level 3 stores 20 % more than 9 and saves 0.7 ms a page; level 19 stores 7 %
# less and costs 20 times as much. So nothing is encoded a second time when a pack is sealed.
LEVEL = 9
SMALLEST_WINDOW, LARGEST_WINDOW = 10, 27  # powers of two that every decoder takes without being asked
# Beyond this many bytes zstd's usual table forgets the first of the base before it has seen the last. A table
# of 2^22 places finds all of 8 MB again and most of 10 MB; the next larger one takes 50 MB more while it works.
LARGE, LARGE_TABLE = 3_000_000, 22


def encode(body: bytes, base: bytes = b"") -> bytes:
    """`body` as one frame, against `base` if there is one. The window spans both, so that all of `base` is in
    reach."""
    together = len(base) + len(body)
    parameters = ZstdCompressionParameters.from_level(
        LEVEL,
        source_size=together,
        window_log=min(max(together.bit_length(), SMALLEST_WINDOW), LARGEST_WINDOW),
        hash_log=LARGE_TABLE if len(base) > LARGE else 0,  # 0: as the level says
        write_content_size=True,
    )
    return ZstdCompressor(dict_data=_dictionary(base), compression_params=parameters).compress(body)


def decode(frame: bytes, length: int, base: bytes = b"") -> bytes:
    """The `length` bytes that `frame` was made of. ValueError if it does not hold exactly so many.

    The size that the frame claims is looked at first: a damaged one cannot make us reserve memory at its
    will.
    """
    try:
        if frame_content_size(frame) != length:
            raise ValueError("the frame is of another size")
        return ZstdDecompressor(dict_data=_dictionary(base)).decompress(frame) if length else b""
    except ZstdError as fault:
        raise ValueError(f"the frame cannot be unpacked: {fault}") from None


def _dictionary(base: bytes) -> ZstdCompressionDict | None:
    return ZstdCompressionDict(base, dict_type=DICT_TYPE_RAWCONTENT) if base else None
