"""Merkle trees: the known answers of RFC 6962's reference tests, and every proof of every small tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse import merkle

# The inputs and roots of the reference implementation's own tests (google/certificate-transparency).
INPUTS = [
    bytes.fromhex(h)
    for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
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
LEAVES = [merkle.leaf(i) for i in INPUTS]
SIZES = range(1, 40)
MANY = [merkle.leaf(bytes([n])) for n in SIZES]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_known_ones(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.Growing().root() == merkle.root([])


def test_a_growing_tree_has_the_same_root_at_every_size() -> None:
    tree = merkle.Growing()
    for size in SIZES:
        tree.add(MANY[size - 1])
        assert (tree.size, tree.root()) == (size, merkle.root(MANY[:size]))


def test_every_leaf_of_every_small_tree_is_proven_and_no_other_is() -> None:
    for size in SIZES:
        root = merkle.root(MANY[:size])
        for index in range(size):
            path = merkle.inclusion_proof(MANY[:size], index)
            assert merkle.included(MANY[index], index, size, path, root)
            assert not merkle.included(merkle.leaf(b"forged"), index, size, path, root)
            assert not merkle.included(MANY[index], index + 1, size, path, root)
            assert not merkle.included(MANY[index], index, size, [*path, root], root)


def test_every_small_tree_is_consistent_with_each_earlier_one() -> None:
    for size in SIZES:
        root = merkle.root(MANY[:size])
        for old in range(1, size + 1):
            path = merkle.consistency_proof(MANY[:size], old)
            assert merkle.consistent(old, merkle.root(MANY[:old]), size, root, path)
            assert not merkle.consistent(old, merkle.leaf(b"forged"), size, root, path)
            if old < size:
                assert not merkle.consistent(old, merkle.root(MANY[:old]), size, merkle.leaf(b"forged"), path)


@given(st.integers(2, 39), st.data())
def test_a_proof_with_one_flipped_bit_proves_nothing(size: int, data: st.DataObject) -> None:
    leaves = MANY[:size]
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_proof(leaves, index)
    at = data.draw(st.integers(0, len(path) - 1))
    bit = data.draw(st.integers(0, 255))
    path[at] = (int.from_bytes(path[at]) ^ 1 << bit).to_bytes(32)
    assert not merkle.included(leaves[index], index, size, path, merkle.root(leaves))


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof(MANY[:3], index)


@pytest.mark.parametrize("old", [0, 4])
def test_there_is_no_proof_from_a_tree_that_never_was(old: int) -> None:
    with pytest.raises(IndexError):
        merkle.consistency_proof(MANY[:3], old)
