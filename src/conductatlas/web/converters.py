"""Ids and tiles in addresses."""

from __future__ import annotations

from typing import NamedTuple

from conductatlas.archive.tiles import WIDTH, number_in_path, number_of_path
from conductatlas.ids import parse_id, public_id

DEEPEST = 7  # of the levels of a tree of at most 2**64 leaves


class VersionKey:
    """`CA-V-000042` in an address, the key 42 in the view; addresses are made of either."""

    regex = r"CA-V-\d{1,18}"

    def to_python(self, text: str) -> int:
        parsed = parse_id(text)
        if parsed is None:
            raise ValueError(text)
        return parsed[1]

    def to_url(self, version: str | int) -> str:
        return version if isinstance(version, str) else public_id("V", version)


class TileName(NamedTuple):
    """Which hashes of the ledger's tree are asked for: the first `width` (1 to 256) of a tile."""

    level: int
    number: int
    width: int


class TileKey:
    """A tile's address as C2SP tlog-tiles has it, `0/x001/234` or, of a part, `0/x001/234.p/17`, and a `TileName`."""

    regex = r"\d{1,2}/(?:x\d{3}/){0,5}\d{3}(?:\.p/\d{1,3})?"

    def to_python(self, text: str) -> TileName:
        whole, _, part = text.partition(".p/")
        level, _, path = whole.partition("/")
        width = int(part) if part else WIDTH
        if str(int(level)) != level or int(level) > DEEPEST:
            raise ValueError(text)
        if part and (str(width) != part or not 0 < width < WIDTH):
            raise ValueError(text)
        return TileName(int(level), number_of_path(path), width)

    def to_url(self, name: TileName) -> str:
        part = f".p/{name.width}" if name.width < WIDTH else ""
        return f"{name.level}/{number_in_path(name.number)}{part}"
