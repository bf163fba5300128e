"""The Merkle tree of RFC 6962 over the entries of a store, held as the few hashes that its next leaf needs.

An entry's bytes begin with 0x00, so that its hash is its leaf hash; a node is SHA-256(0x01 ‖ left ‖ right).
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
_NODE = b"\x01"
_CHUNK = 1 << 14


class CompactRange:
    """The first *size* leaves, as the roots of the perfect subtrees that they make up, the largest first.

    There are as many as *size* has ones in binary, 64 at most. Raises ValueError where there are others.
    """

    def __init__(self, size: int = 0, roots: Sequence[bytes] = ()) -> None:
        if size < 0 or len(roots) != size.bit_count() or any(len(root) != HASH_BYTES for root in roots):
            raise ValueError("these are not the subtrees of so many leaves")
        self._size, self._roots = size, list(roots)

    @classmethod
    def read(cls, size: int, joined: bytes) -> CompactRange:
        """A range as ``bytes(range)`` wrote it. Raises ValueError where it is not one."""
        return cls(size, [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)])

    def __bytes__(self) -> bytes:
        return b"".join(self._roots)

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._size

    def copy(self) -> CompactRange:
        """The same range, to be grown apart."""
        return CompactRange(self._size, self._roots)

    def root(self) -> bytes:
        """The hash of the whole tree (RFC 6962 §2.1)."""
        if not self._roots:
            return EMPTY_ROOT
        found = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            found = sha256(_NODE + left + found).digest()
        return found

    def subtree(self, start: int, count: int) -> bytes:
        """The root of one of its perfect subtrees, by the position of its first leaf. Raises LookupError."""
        place = 0
        for root, size in zip(self._roots, _powers(self._size), strict=True):
            if (place, size) == (start, count):
                return root
            place += size
        raise LookupError(f"no subtree of {count} leaves begins at {start}")

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add leaves at the end; long runs of them are hashed level by level, which is quicker than one by one."""
        place, count = 0, len(leaves)
        while place < count:
            step = min(1 << (count - place).bit_length() - 1, _CHUNK)
            if self._size:
                step = min(step, self._size & -self._size)
            self._push(_perfect(leaves[place : place + step]), step)
            place += step

    def _push(self, root: bytes, count: int) -> None:
        self._roots.append(root)
        self._size += count
        subtrees = self._size // count
        while not subtrees & 1:
            right = self._roots.pop()
            self._roots[-1] = sha256(_NODE + self._roots[-1] + right).digest()
            subtrees >>= 1


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The hash of the tree over these leaves."""
    grown = CompactRange()
    grown.extend(leaves)
    return grown.root()


def _perfect(level: Sequence[bytes]) -> bytes:
    """The root over a power of two of leaves."""
    while len(level) > 1:
        level = [sha256(_NODE + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0]


def _powers(size: int) -> list[int]:
    return [1 << bit for bit in reversed(range(size.bit_length())) if size >> bit & 1]
