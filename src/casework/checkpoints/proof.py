"""Proofs about a tree (RFC 6962 §2.1.1 and §2.1.2): that a leaf is in it, and that it only ever grew.

Checking follows RFC 9162 §2.1.3.2 and §2.1.4.2, which say the same as steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from casework.checkpoints.tree import CompactRange, root_of

Proof = tuple[bytes, ...]
MOST_HASHES = 63


def consistency(old: CompactRange, added: Sequence[bytes]) -> Proof:
    """That the tree of *old* is the beginning of the tree with the leaves *added* after it."""
    size = old.size + len(added)

    def node(start: int, end: int) -> bytes:
        if end <= old.size:
            return old.subtree(start, end - start)
        return root_of(added[start - old.size : end - old.size])

    def within(start: int, end: int, *, whole: bool) -> Proof:
        if old.size == end:
            return () if whole else (node(start, end),)
        split = start + _left(end - start)
        if old.size <= split:
            return (*within(start, split, whole=whole), node(split, end))
        return (*within(split, end, whole=False), node(start, split))

    return within(0, size, whole=True) if 0 < old.size < size else ()


def consistent(proof: Proof, *, sizes: tuple[int, int], roots: tuple[bytes, bytes]) -> bool:
    """Whether *proof* shows that the first of two trees is the beginning of the second."""
    (old, new), (old_root, new_root) = sizes, roots
    if old > new or len(proof) > MOST_HASHES:
        return False
    if old == 0 or old == new:
        return not proof and (old == 0 or old_root == new_root)
    path = list(proof) if old & old - 1 else [old_root, *proof]
    if not path:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if not last:
            return False
        if at & 1 or at == last:
            first, second = _node(sibling, first), _node(sibling, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = _node(second, sibling)
        at, last = at >> 1, last >> 1
    return not last and (first, second) == (old_root, new_root)


def inclusion(leaves: Sequence[bytes], position: int) -> Proof:
    """That the leaf at *position* is in the tree over *leaves*. Raises IndexError where there is none."""
    if not 0 <= position < len(leaves):
        raise IndexError("there is no such leaf")
    if len(leaves) == 1:
        return ()
    split = _left(len(leaves))
    if position < split:
        return (*inclusion(leaves[:split], position), root_of(leaves[split:]))
    return (*inclusion(leaves[split:], position - split), root_of(leaves[:split]))


def included(proof: Proof, leaf: bytes, *, position: int, size: int, root: bytes) -> bool:
    """Whether *proof* shows that *leaf* stands at *position* in the tree of that size and root."""
    if not 0 <= position < size:
        return False
    at, last, found = position, size - 1, leaf
    for sibling in proof:
        if not last:
            return False
        if at & 1 or at == last:
            found = _node(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = _node(found, sibling)
        at, last = at >> 1, last >> 1
    return not last and found == root


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _left(count: int) -> int:
    """The largest power of two below *count*: so many leaves stand in the left half."""
    return 1 << (count - 1).bit_length() - 1
