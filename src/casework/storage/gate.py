"""What has to be looked at before anything is written: once, and again after every new connection.

A new connection may lead to another server than the last one, with less in it (F30).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import Any

from sqlalchemy import Engine, event

from casework.storage.sql.transaction import Transaction

_ASIDE: ContextVar[bool] = ContextVar("the gate is kept open", default=False)


class Gate:
    """*look* is called in the first transaction that writes; where it raises, nothing is written.

    It is called again on a connection that was made after the last one on which it was: another thread may have
    connected to another server while this one looked at its own.
    """

    def __init__(self, engine: Engine, look: Callable[[Transaction], None]) -> None:
        self._look, self._numbers = look, count(2)
        self._last, self._seen = 1, 0
        event.listen(engine, "connect", self._made)

    def _made(self, _: Any, record: Any) -> None:
        record.info["gate"] = self._last = next(self._numbers)

    def __call__(self, transaction: Transaction, connection: Mapping[Any, Any]) -> None:
        """Let a transaction through, or raise what speaks against it; *connection* is what is known of its own."""
        # One that was made before there was a gate has no number, and counts as the last one.
        number = connection.get("gate", self._last)
        if number > self._seen and not _ASIDE.get():
            self._look(transaction)
            self._seen = max(self._seen, number)


@contextmanager
def aside() -> Iterator[None]:
    """No gate is asked meanwhile: for the one who accepts what speaks against writing."""
    token = _ASIDE.set(True)
    try:
        yield
    finally:
        _ASIDE.reset(token)
