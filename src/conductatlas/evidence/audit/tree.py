"""The tree of the ledger, made again of its leaves, one batch after the other.

Held are the tiles that are not full, so that ten million leaves take no more room than ten thousand. What is stored
of the tree is compared on the way; where a leaf is gone, its hash is taken from there, so that what comes after can
still be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from conductatlas.archive import merkle, tiles
from conductatlas.archive.ledger_models import Leaf, Tile
from conductatlas.evidence.audit.findings import Area, Kind, Tally

ABSENT = bytes(merkle.HASH_SIZE)  # stands for a hash that nothing says


@dataclass(slots=True)
class Tree:
    """The first `size` leaves. open: the tiles that are begun and not full."""

    size: int = 0
    open: dict[tiles.Place, bytes] = field(default_factory=dict)

    def add(self, hashes: Sequence[bytes]) -> dict[tiles.Place, bytes]:
        """The tiles that became full."""
        self.size = tiles.grow(self.open, self.size, hashes)
        full = {
            place: content
            for place, content in self.open.items()
            if len(content) == tiles.WIDTH * merkle.HASH_SIZE
        }
        for place in full:
            del self.open[place]
        return full

    @property
    def root(self) -> bytes:
        return merkle.root(self.size, tiles.nodes(lambda level, number: self.open[level, number]))


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database holds of the leaves [start, end): leaves by place, and the hashes of the tree over them."""

    start: int
    end: int
    leaves: Mapping[int, Leaf]
    hashes: Mapping[int, bytes]  # by place, from the tiles

    @classmethod
    def read(cls, start: int, end: int) -> Stored:
        rows = Leaf.objects.filter(index__gte=start, index__lt=end)
        first, last = start // tiles.WIDTH, (end - 1) // tiles.WIDTH
        hashes: dict[int, bytes] = {}
        for tile in Tile.objects.filter(level=0, number__gte=first, number__lte=last):
            split = tiles.split(bytes(tile.hashes))
            hashes |= {tile.number * tiles.WIDTH + n: one for n, one in enumerate(split)}
        return cls(start, end, {leaf.index: leaf for leaf in rows}, hashes)

    def examined(self, tally: Tally) -> list[bytes]:
        """The hashes of the leaves in order. A leaf that is missing or is another than in the tree is named."""
        found, missing = [], []
        for index in range(self.start, self.end):
            leaf, kept = self.leaves.get(index), self.hashes.get(index)
            if leaf is None:
                missing.append(index)
                found.append(kept or ABSENT)
                continue
            own = bytes(leaf.hash)
            found.append(own)
            if kept is None or kept == own:
                tally.count(Area.LEAVES)
            else:
                self._name(leaf, kept, tally)
        _name_missing(missing, tally)
        return found

    def _name(self, leaf: Leaf, kept: bytes, tally: Tally) -> None:
        other = Leaf.objects.filter(hash=kept).first()
        if other is not None:
            sentence = (
                f"stands where the tree has {other.kind} {other.subject}, which stands at {other.index}"
            )
            kind = Kind.LEAF_MOVED
        else:
            sentence, kind = "has another hash than the tree has at its place", Kind.LEAF_DIFFERS
        tally.note(
            Area.LEAVES, kind, f"leaf {leaf.index}", f"The leaf of {leaf.kind} {leaf.subject} {sentence}."
        )


def compare(made: Mapping[tiles.Place, bytes], tally: Tally) -> None:
    """Tiles as leaves give them with those that are stored, which may have grown since."""
    for (level, number), content in made.items():
        stored = Tile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
        name = f"tile {level}/{number}"
        if stored is None:
            tally.note(Area.TILES, Kind.TILE_MISSING, name, "The tree's hashes there are not stored.")
        elif bytes(stored)[: len(content)] != content:
            tally.note(
                Area.TILES, Kind.TILE_DIFFERS, name, "The stored hashes are not those that the leaves give."
            )
        else:
            tally.count(Area.TILES)


def _name_missing(places: Sequence[int], tally: Tally) -> None:
    """Neighbours as one finding."""
    start = 0
    for n, place in enumerate(places, 1):
        if n < len(places) and places[n] == place + 1:
            continue
        first, start = places[start], n
        name = f"leaf {first}" if first == place else f"leaves {first} to {place}"
        tally.note(Area.LEAVES, Kind.LEAF_MISSING, name, "The ledger has a place there and no leaf.")
