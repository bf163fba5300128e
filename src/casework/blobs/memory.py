"""Blobs in the memory of one process: for tests, and for nothing that has to last."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from casework.blobs.port import StoredBlob
from casework.clock import Clock, SystemClock
from casework.errors import BlobDamaged


class BlobMemory:
    """Keeps blobs as long as the process lives. *clock* tells since when."""

    def __init__(self, *, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._kept: dict[str, tuple[bytes, datetime]] = {}
        self._lock = threading.Lock()

    def put(self, content: BinaryIO, /) -> str:
        """Keep the bytes."""
        held = content.read()
        digest = hashlib.sha256(held).hexdigest()
        with self._lock:
            self._kept[digest] = held, self._clock.now()
        return digest

    def open(self, digest: str, /) -> BinaryIO:
        """The bytes of a blob."""
        found = self._kept.get(digest)
        if found is None:
            raise BlobDamaged(digest, "it is not there")
        return io.BytesIO(found[0])

    def size(self, digest: str, /) -> int | None:
        """The size of a blob."""
        found = self._kept.get(digest)
        return None if found is None else len(found[0])

    def delete(self, digest: str, /) -> None:
        """Forget a blob."""
        with self._lock:
            self._kept.pop(digest, None)

    def stored(self) -> Iterator[StoredBlob]:
        """Every blob."""
        with self._lock:
            kept = dict(self._kept)
        for digest, (held, at) in kept.items():
            yield StoredBlob(digest, len(held), at)

    def tidy(self, before: datetime, /) -> int:
        """Nothing is ever left unfinished here."""
        return 0
