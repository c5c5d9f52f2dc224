"""The hashes of the ledger's tree, 256 at a time (C2SP tlog-tiles).

The tile (level, number) holds the hashes of 256 complete subtrees of 256**level leaves each, those from
number · 256 on; the last of a level holds as many as there are. Whatever stands in it never changes, it only grows.
All of it follows from the leaves: it is kept so that a proof reads three tiles and not ten million rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, MutableMapping

from conductatlas.archive.merkle import HASH_SIZE, Node, fold

WIDTH = 256
HEIGHT = 8  # 2**HEIGHT = WIDTH

Place = tuple[int, int]  # level, number
_NUMBER = re.compile(r"(?:x\d{3}/)*\d{3}")


def nodes(tile: Callable[[int, int], bytes]) -> Node:
    """The tree's hashes from its tiles. A tile is asked for once in the life of what this returns."""
    held: dict[Place, bytes] = {}
    folded: dict[tuple[int, int], bytes] = {}

    def node(level: int, n: int) -> bytes:
        if (level, n) not in folded:
            row, within = divmod(level, HEIGHT)
            place, first = divmod(n << within, WIDTH)
            if (row, place) not in held:
                held[row, place] = tile(row, place)
            hashes = held[row, place][first * HASH_SIZE : (first + (1 << within)) * HASH_SIZE]
            folded[level, n] = fold(split(hashes))
        return folded[level, n]

    return node


def split(hashes: bytes) -> list[bytes]:
    return [hashes[n : n + HASH_SIZE] for n in range(0, len(hashes), HASH_SIZE)]


def grow(tiles: MutableMapping[Place, bytes], size: int, leaves: Iterable[bytes]) -> int:
    """Add the hashes of new leaves to the tiles of a tree of `size` leaves; the new size.

    `tiles` answers for the last tile of each level that is not full; those that changed or are new are in it after.
    """
    for leaf in leaves:
        level, place, entry = 0, size, leaf
        while True:
            number, slot = divmod(place, WIDTH)
            grown = (tiles[level, number] if slot else b"") + entry
            tiles[level, number] = grown
            if slot + 1 < WIDTH:
                break
            level, place, entry = level + 1, number, fold(split(grown))
        size += 1
    return size


def unfinished(size: int) -> list[Place]:
    """The tiles of a tree of `size` leaves that are begun and not full."""
    places, level = [], 0
    while size:
        number, width = divmod(size, WIDTH)
        if width:
            places.append((level, number))
        level, size = level + 1, number
    return places


def width_at(size: int, level: int, number: int) -> int:
    """How many hashes the tile has in a tree of `size` leaves: 0 to 256."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - number * WIDTH))


def number_in_path(number: int) -> str:
    """A tile's number as its address has it: groups of three digits, all but the last with an x (C2SP tlog-tiles)."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.append(f"x{number % 1000:03d}")
    return "/".join(reversed(groups))


def number_of_path(path: str) -> int:
    """The number in such an address. ValueError if it is none, or not written the one right way."""
    if not _NUMBER.fullmatch(path):
        raise ValueError(f"no tile number: {path!r}")
    number = int(path.replace("/", "").replace("x", ""))
    if number_in_path(number) != path:
        raise ValueError(f"no tile number: {path!r}")
    return number
