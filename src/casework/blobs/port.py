"""What keeps the bytes of enclosures: content in, its SHA-256 out. Whoever keeps them elsewhere implements this."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, Protocol, runtime_checkable

import attrs


@attrs.frozen
class StoredBlob:
    """One blob as its store has it: its digest (SHA-256, 64 hexadecimal digits), its size in bytes, since when."""

    digest: str
    size: int
    at: datetime


@runtime_checkable
class BlobStore(Protocol):
    """Keeps bytes under their digest. Several processes may use one at once.

    Each method raises StoreUnavailable where the bytes cannot be reached just now. Nothing that a caller
    chose becomes a name, and no digest ever names half of a blob.
    """

    def put(self, content: BinaryIO, /) -> str:
        """Keep *content* to its end and answer with its digest; what is there already counts as put just now."""
        ...

    def open(self, digest: str, /) -> BinaryIO:
        """The bytes, to be read and closed. Raises BlobDamaged where there are none."""
        ...

    def size(self, digest: str, /) -> int | None:
        """How many bytes are kept under *digest*; None where there are none."""
        ...

    def delete(self, digest: str, /) -> None:
        """Forget the bytes; nothing happens where there are none."""
        ...

    def stored(self) -> Iterator[StoredBlob]:
        """Every blob, in no order."""
        ...

    def tidy(self, before: datetime, /) -> int:
        """Remove what somebody began to put before that instant and never finished; answers with how many."""
        ...
