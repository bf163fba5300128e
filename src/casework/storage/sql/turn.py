"""Whose turn it is: one transaction in each context, and one writer of each file that has room for one.

Entered for every transaction, so that these are classes rather than generators.
"""

from __future__ import annotations

import threading
from contextvars import ContextVar

from casework.errors import Reentered, StoreUnavailable

# By context, not by thread: on an event loop many transactions are under way in one thread.
_INSIDE: ContextVar[frozenset[object]] = ContextVar("casework transactions under way", default=frozenset())


class Alone:
    """Refuses a second transaction on one store within the first."""

    def __enter__(self) -> None:
        inside = _INSIDE.get()
        if self in inside:
            raise Reentered("a transaction is under way here; use the desk that you were given")
        _INSIDE.set(inside | {self})

    def __exit__(self, *_: object) -> None:
        _INSIDE.set(_INSIDE.get() - {self})


class Turn:
    """*alone*, and the only writer of this process, where *patience* says for how many seconds one waits for that."""

    def __init__(self, alone: Alone, patience: float | None) -> None:
        self._alone, self._patience = alone, patience
        self._writers = threading.Lock()

    def __enter__(self) -> None:
        self._alone.__enter__()
        try:
            if self._patience is not None and not self._writers.acquire(timeout=self._patience):
                raise StoreUnavailable("other writers of this process kept the store busy for too long")
        except BaseException:
            self._alone.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        if self._patience is not None:
            self._writers.release()
        self._alone.__exit__()
