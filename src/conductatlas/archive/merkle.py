"""Merkle trees as RFC 9162 (2.1) and RFC 6962 (2.1) define them: hashes, roots and proofs. Values only.

A tree is read through `Node`, a function that gives the hash of a complete subtree: of `node(level, n)` the one over
the leaves [n · 2**level, (n + 1) · 2**level). Whatever holds the hashes, a proof asks it for a few dozen of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY = sha256().digest()  # the root of a tree without leaves

Node = Callable[[int, int], bytes]


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf's bytes (RFC 9162, 2.1.1: SHA-256 over 0x00 and them)."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side (RFC 9162, 2.1.1: SHA-256 over 0x01 and both)."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash over a power of two of neighbouring complete subtrees of one size."""
    row = list(hashes)
    assert row and len(row) & (len(row) - 1) == 0, "a complete subtree has a power of two of parts"
    while len(row) > 1:
        row = [node_hash(row[n], row[n + 1]) for n in range(0, len(row), 2)]
    return row[0]


def root(size: int, node: Node) -> bytes:
    """The root of the tree over the first `size` leaves."""
    return _hash(0, size, node) if size else EMPTY


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """The proof that the leaf at `index` is in the tree of `size` leaves (RFC 9162, 2.1.3.1). ValueError if it
    cannot be."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has none at {index}")
    return list(_path(index, 0, size, node))


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """The proof that the tree of `new` leaves begins with the tree of `old` leaves (RFC 9162, 2.1.4.1). ValueError if
    it cannot. Empty where the trees are the same, or the old one has no leaves."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves cannot begin with one of {old}")
    return list(_subproof(old, 0, new, True, node)) if 0 < old < new else []


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether `proof` shows that the leaf with hash `leaf` stands at `index` under the root `expected` (RFC 9162,
    2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == expected


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree under `new_root` begins with the one under `old_root` (RFC 9162,
    2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        return not proof and (old_root == EMPTY if old == 0 else old_root == new_root)
    steps = list(proof)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, step)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _hash(start: int, end: int, node: Node) -> bytes:
    size = end - start
    if size & (size - 1) == 0:  # complete: the cuts below leave `start` at a multiple of it
        level = size.bit_length() - 1
        return node(level, start >> level)
    cut = start + _cut(size)
    return node_hash(_hash(start, cut, node), _hash(cut, end, node))


def _path(index: int, start: int, end: int, node: Node) -> Iterator[bytes]:
    if end - start == 1:
        return
    cut = start + _cut(end - start)
    if index < cut:
        yield from _path(index, start, cut, node)
        yield _hash(cut, end, node)
    else:
        yield from _path(index, cut, end, node)
        yield _hash(start, cut, node)


def _subproof(old: int, start: int, end: int, is_whole: bool, node: Node) -> Iterator[bytes]:
    if old == end:
        if not is_whole:
            yield _hash(start, end, node)
        return
    cut = start + _cut(end - start)
    if old <= cut:
        yield from _subproof(old, start, cut, is_whole, node)
        yield _hash(cut, end, node)
    else:
        yield from _subproof(old, cut, end, False, node)
        yield _hash(start, cut, node)


def _cut(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)
