"""Files sealed in pieces, in flat memory, so that no piece can be changed, moved, dropped or cut off unseen.

Each file has a key of its own. Behind 16 bytes that name the form come pieces of 64 KiB, each with its tag; the
nonce of a piece is its number and whether it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway
and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015).
"""

from __future__ import annotations

import hashlib
from types import TracebackType
from typing import BinaryIO, Self

from casework.errors import BlobDamaged
from casework.keys.crypto import TAG_BYTES, Cipher, broken, cipher

PIECE = 1 << 16
HEAD = b"casework-file-1\n"


def sealed_size(size: int) -> int:
    """How many bytes a file of *size* bytes takes when it is sealed."""
    pieces = max(1, -(-size // PIECE))
    return len(HEAD) + size + pieces * TAG_BYTES


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


class SealingStream:
    """What reads like the file *content* sealed under *key*; *digest* is that of the bytes read so far."""

    def __init__(self, content: BinaryIO, key: bytes) -> None:
        self._content, self._cipher = content, cipher(key)
        self.key = key
        self._next = content.read(PIECE)
        self._ready, self._number, self._ended = bytearray(HEAD), 0, False
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def digest(self) -> str:
        """SHA-256 of what was read, in hexadecimal."""
        return self._hash.hexdigest()

    def read(self, size: int = -1, /) -> bytes:
        """At most *size* bytes, all of them without it; nothing at the end."""
        while not self._ended and (size < 0 or len(self._ready) < size):
            piece, self._next = self._next, self._content.read(PIECE)
            self._ended = not self._next
            self._ready += self._cipher.encrypt(_nonce(self._number, self._ended), piece, HEAD)
            self._number += 1
        found = bytes(self._ready if size < 0 else self._ready[:size])
        del self._ready[: len(found)]
        self._hash.update(found)
        self.size += len(found)
        return found


class OpeningStream:
    """What reads like the file that was sealed in *stored*, which is closed with it.

    Raises BlobDamaged at the first piece that is not the one that was sealed there; every byte that was read
    before is right.
    """

    def __init__(self, stored: BinaryIO, key: bytes, digest: str) -> None:
        self._stored, self._digest = stored, digest
        self._cipher: Cipher = cipher(key)
        self._ready, self._number, self._ended = bytearray(), 0, False
        self._next = b""
        self._begun = False

    def read(self, size: int = -1, /) -> bytes:
        """At most *size* bytes, all of them without it; nothing at the end."""
        while not self._ended and (size < 0 or len(self._ready) < size):
            self._ready += self._piece()
        found = bytes(self._ready if size < 0 else self._ready[:size])
        del self._ready[: len(found)]
        return found

    def _piece(self) -> bytes:
        if not self._begun:
            self._begun = True
            if self._exactly(len(HEAD)) != HEAD:
                raise BlobDamaged(self._digest, "it is not a sealed file")
            self._next = self._exactly(PIECE + TAG_BYTES)
        piece, self._next = self._next, self._exactly(PIECE + TAG_BYTES)
        self._ended = not self._next
        try:
            plain = self._cipher.decrypt(_nonce(self._number, self._ended), piece, HEAD)
        except (broken(), ValueError):
            raise BlobDamaged(self._digest, "its bytes are not those that were sealed") from None
        self._number += 1
        return plain

    def _exactly(self, size: int) -> bytes:
        """So many bytes, fewer only at the end: a stream may give less than it was asked for."""
        found = self._stored.read(size)
        while found and len(found) < size:
            more = self._stored.read(size - len(found))
            if not more:
                break
            found += more
        return found

    def close(self) -> None:
        """Let go of the stored bytes."""
        self._stored.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
