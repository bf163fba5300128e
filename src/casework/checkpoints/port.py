"""Where checkpoints are kept outside the database. Whoever keeps them elsewhere implements this."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable


@runtime_checkable
class CheckpointPlace(Protocol):
    """Keeps notes and forgets none. Several processes may use one at once.

    A place is worth as much as it is out of reach of whoever can write to the database.
    Each method raises StoreUnavailable where the place cannot be reached just now.
    """

    def add(self, note: str, /) -> None:
        """Keep a note for good before returning; all of it, or nothing that would be taken for a note."""
        ...

    def notes(self) -> Iterator[str]:
        """Every note, in the order in which they were added."""
        ...

    def recent(self) -> tuple[str, ...]:
        """Some of the last notes, the very last among them; all of them where that is easier."""
        ...
