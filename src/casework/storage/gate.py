"""What has to be looked at before anything is written: once, and again after every new connection.

A new connection may lead to another server than the last one, with less in it (F30).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Engine, event

from casework.storage.sql.transaction import Transaction

_ASIDE: ContextVar[bool] = ContextVar("the gate is kept open", default=False)


class Gate:
    """*look* is called in the first transaction that writes; where it raises, nothing is written."""

    def __init__(self, engine: Engine, look: Callable[[Transaction], None]) -> None:
        self._look, self._passed = look, False
        event.listen(engine, "connect", self._again)

    def _again(self, *_: Any) -> None:
        self._passed = False

    def __call__(self, transaction: Transaction) -> None:
        """Let a transaction through, or raise what speaks against it."""
        if not self._passed and not _ASIDE.get():
            self._look(transaction)
            self._passed = True


@contextmanager
def aside() -> Iterator[None]:
    """No gate is asked meanwhile: for the one who accepts what speaks against writing."""
    token = _ASIDE.set(True)
    try:
        yield
    finally:
        _ASIDE.reset(token)
