"""The tree of RFC 6962 and its proofs: the published roots, and that no proof shows what is not so."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.checkpoints.proof import consistency, consistent, included, inclusion
from casework.checkpoints.tree import EMPTY_ROOT, CompactRange, root_of

INPUTS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
LEAVES = [hashlib.sha256(b"\0" + bytes.fromhex(text)).digest() for text in INPUTS]
MANY = [hashlib.sha256(b"\0" + str(number).encode()).digest() for number in range(80)]
SIZES = st.integers(0, len(MANY))


def grown(size: int) -> CompactRange:
    found = CompactRange()
    found.extend(MANY[:size])
    return found


def by_the_book(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\1" + by_the_book(leaves[:half]) + by_the_book(leaves[half:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_that_logs_have_published(size: int) -> None:
    assert ROOTS[size - 1] == root_of(LEAVES[:size]).hex()


def test_a_tree_without_leaves_has_a_root() -> None:
    assert EMPTY_ROOT == CompactRange().root() == by_the_book([])


@given(st.lists(st.integers(1, 40), max_size=6))
def test_leaves_may_come_in_any_portions(portions: list[int]) -> None:
    found, leaves = CompactRange(), [MANY[place % len(MANY)] for place in range(sum(portions))]
    for count in portions:
        found.extend(leaves[found.size : found.size + count])
        found = CompactRange.read(found.size, bytes(found))

    assert len(leaves) == found.size
    assert by_the_book(leaves) == found.root()


@given(SIZES, SIZES)
def test_a_log_that_grew_can_prove_it(one: int, other: int) -> None:
    old, new = sorted((one, other))
    proof = consistency(grown(old), MANY[old:new])

    assert consistent(proof, sizes=(old, new), roots=(grown(old).root(), grown(new).root()))


@given(SIZES.filter(bool), SIZES.filter(bool), st.integers(0, 70), st.integers(0, 255))
def test_no_proof_shows_another_history(one: int, other: int, place: int, bit: int) -> None:
    old, new = sorted((one, other))
    proof, roots = consistency(grown(old), MANY[old:new]), (grown(old).root(), grown(new).root())
    wrong = bytearray(32)
    wrong[bit // 8] = 1 << bit % 8
    flipped = [bytes(a ^ b for a, b in zip(node, wrong, strict=True)) for node in proof]

    assert not consistent(proof, sizes=(old, new), roots=(bytes(32), roots[1]))
    assert not consistent(proof, sizes=(old, new), roots=(roots[0], bytes(32)))
    assert not consistent((*proof, bytes(32)), sizes=(old, new), roots=roots)
    if proof:
        at = place % len(proof)
        assert not consistent((*proof[:at], flipped[at], *proof[at + 1 :]), sizes=(old, new), roots=roots)
        assert not consistent(proof[:-1], sizes=(old, new), roots=roots)
        assert not consistent(proof[1:], sizes=(old, new), roots=roots)


def test_a_smaller_tree_does_not_follow_on_a_larger_one() -> None:
    assert not consistent((), sizes=(3, 2), roots=(grown(3).root(), grown(2).root()))


@given(SIZES.filter(bool), st.data())
def test_a_leaf_is_proven_where_it_stands_and_nowhere_else(size: int, data: st.DataObject) -> None:
    position, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    proof, root = inclusion(MANY[:size], position), grown(size).root()

    assert included(proof, MANY[position], position=position, size=size, root=root)
    assert (position == other) == included(proof, MANY[other], position=position, size=size, root=root)
    assert (position == other) == included(proof, MANY[position], position=other, size=size, root=root)


def test_a_leaf_that_is_not_there_has_no_proof() -> None:
    with pytest.raises(IndexError):
        inclusion(MANY[:3], 3)


@pytest.mark.parametrize(("size", "joined"), [(1, b""), (2, bytes(64)), (1, bytes(31)), (-1, b"")])
def test_subtrees_that_are_not_those_of_so_many_leaves_are_refused(size: int, joined: bytes) -> None:
    with pytest.raises(ValueError, match="subtrees"):
        CompactRange.read(size, joined)
