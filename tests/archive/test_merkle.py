"""Merkle trees, held against the test vectors of Certificate Transparency and against a tree made the slow way."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.archive import merkle, tiles

# Inputs and roots of the reference implementation of RFC 6962.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
FIRST_OF_EIGHT = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
SIXTH_OF_EIGHT = [
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]


def leaves_of(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(n).encode()) for n in range(count)]


def node_of(leaves: list[bytes]) -> merkle.Node:
    return lambda level, n: merkle.fold(leaves[n << level : (n + 1) << level])


def slow_root(leaves: list[bytes]) -> bytes:
    """The definition (RFC 6962, 2.1), word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    cut = 1
    while cut * 2 < len(leaves):
        cut *= 2
    return sha256(b"\x01" + slow_root(leaves[:cut]) + slow_root(leaves[cut:])).digest()


@pytest.fixture
def known() -> list[bytes]:
    return [merkle.leaf_hash(bytes.fromhex(text)) for text in INPUTS]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference(known: list[bytes], size: int) -> None:
    assert merkle.root(size, node_of(known)).hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert merkle.root(0, node_of([])).hex() == sha256(b"").hexdigest()


@pytest.mark.parametrize(("index", "path"), [(0, FIRST_OF_EIGHT), (5, SIXTH_OF_EIGHT)])
def test_inclusion_proofs_are_those_of_the_reference(known: list[bytes], index: int, path: list[str]) -> None:
    assert [step.hex() for step in merkle.inclusion(index, 8, node_of(known))] == path


def test_consistency_proofs_are_those_of_the_reference(known: list[bytes]) -> None:
    node = node_of(known)
    assert [step.hex() for step in merkle.consistency(1, 8, node)] == FIRST_OF_EIGHT
    assert [step.hex() for step in merkle.consistency(6, 8, node)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@given(st.integers(1, 70), st.data())
def test_every_leaf_is_proven_and_nothing_else(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    root, proof = slow_root(leaves), merkle.inclusion(index, size, node_of(leaves))
    assert merkle.is_included(leaves[index], index, size, proof, root)
    if other != index:
        assert not merkle.is_included(leaves[other], index, size, proof, root)
        assert not merkle.is_included(leaves[index], other, size, proof, root)
    assert not merkle.is_included(leaves[index], index, size, [*proof, root], root)
    assert not proof or not merkle.is_included(leaves[index], index, size, proof[:-1], root)
    assert not merkle.is_included(leaves[index], index, size, proof, leaves[index][::-1])


@given(st.integers(0, 70), st.integers(0, 70), st.data())
def test_a_tree_that_has_only_grown_is_proven_and_no_other(a: int, b: int, data: st.DataObject) -> None:
    old, new = sorted((a, b))
    leaves = leaves_of(new)
    proof = merkle.consistency(old, new, node_of(leaves))
    before, after = slow_root(leaves[:old]), slow_root(leaves)
    assert merkle.is_consistent(old, new, before, after, proof)
    if 0 < old < new:
        changed = list(leaves)
        changed[data.draw(st.integers(0, old - 1))] = merkle.leaf_hash(b"another")
        forged = merkle.consistency(old, new, node_of(changed))
        assert not merkle.is_consistent(old, new, before, slow_root(changed), forged)
        assert not merkle.is_consistent(old, new, before, after, proof[:-1])
        assert not merkle.is_consistent(old, new, before, after, [*proof, after])


def test_what_cannot_be_proven_is_not_tried() -> None:
    node = node_of(leaves_of(3))
    for index, size in ((3, 3), (-1, 3), (0, 0)):
        with pytest.raises(ValueError, match="leaves"):
            merkle.inclusion(index, size, node)
    with pytest.raises(ValueError, match="begin"):
        merkle.consistency(4, 3, node)
    assert not merkle.is_included(b"", 0, 0, [], merkle.EMPTY)
    assert not merkle.is_consistent(4, 3, b"", b"", [])


@given(st.lists(st.integers(0, 700), min_size=1, max_size=4))
def test_tiles_give_the_same_tree_however_it_grew(batches: list[int]) -> None:
    leaves = leaves_of(sum(batches))
    held: dict[tuple[int, int], bytes] = {}
    size = 0
    for count in batches:
        size = tiles.grow(held, size, leaves[size : size + count])
    assert size == len(leaves)
    assert merkle.root(size, tiles.nodes(lambda level, n: held[level, n])) == slow_root(leaves)
    for (level, number), hashes in held.items():
        assert len(hashes) == 32 * tiles.width_at(size, level, number)
    unfinished = [place for place in held if tiles.width_at(size, *place) < tiles.WIDTH]
    assert sorted(unfinished) == sorted(tiles.unfinished(size))


@given(st.integers(0, 10**12))
def test_a_tile_has_one_address(number: int) -> None:
    assert tiles.number_of_path(tiles.number_in_path(number)) == number


def test_addresses_of_tiles_are_those_of_the_standard() -> None:
    assert tiles.number_in_path(1234067) == "x001/x234/067"
    for wrong in ("", "1", "0001", "x000/001", "067/x234", "x001", "abc", "-01"):
        with pytest.raises(ValueError, match="no tile number"):
            tiles.number_of_path(wrong)
