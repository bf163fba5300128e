"""Bytes on their way in and out: no more of them than may be, and none that are not those that were put."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from casework.blobs.port import BlobStore
from casework.errors import BlobDamaged, InvalidValue

CHUNK = 1 << 16


def taken_in(content: bytes | BinaryIO, limit: int) -> bytes:
    """All of *content*. Raises InvalidValue as soon as it is more than *limit* bytes, or is no binary stream."""
    held = bytes(content) if isinstance(content, bytes | bytearray | memoryview) else _read(content, limit)
    if len(held) > limit:
        raise InvalidValue("content", f"takes at most {limit:,} bytes", f"最多{limit:,}字节")
    return held


def _read(content: BinaryIO, limit: int) -> bytes:
    found = bytearray()
    while len(found) <= limit:
        chunk = content.read(min(CHUNK, limit + 1 - len(found)))
        if not isinstance(chunk, bytes):
            raise InvalidValue("content", "takes bytes or a stream of bytes, such as open(…, 'rb')", "须为字节或字节流")
        if not chunk:
            break
        found += chunk
    return bytes(found)


def given_out(stream: BinaryIO, digest: str, size: int) -> Iterator[bytes]:
    """The bytes in pieces, and the stream closed. Raises BlobDamaged where they are not those of *digest*.

    The last piece is kept back until all of them are known to be right, so that nobody ever holds a whole
    file that is another one.
    """
    found, count, kept = hashlib.sha256(), 0, b""
    with stream:
        while chunk := stream.read(CHUNK):
            count += len(chunk)
            found.update(chunk)
            if count > size:
                break
            if kept:
                yield kept
            kept = chunk
    if count != size or found.hexdigest() != digest:
        raise BlobDamaged(digest, "its bytes are not those that were enclosed")
    if kept:
        yield kept


def damage(blobs: BlobStore, digest: str, size: int, *, rehash: bool) -> str:
    """What is wrong with a blob, in words; empty where nothing is. Its bytes are read only to be hashed again."""
    found = blobs.size(digest)
    if found is None:
        return "is not there"
    if found != size:
        return f"has {found} bytes instead of {size}"
    if rehash:
        try:
            for _ in given_out(blobs.open(digest), digest, size):
                pass
        except BlobDamaged:
            return "holds other bytes than were enclosed"
    return ""
