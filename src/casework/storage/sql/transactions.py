"""Transactions on one engine: begun, committed or rolled back, carried out again where somebody was in the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import Context
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from casework.errors import StoreUnavailable
from casework.ids import Entropy, apart
from casework.storage.sql.backend import Backend, backend_of
from casework.storage.sql.engine import is_memory
from casework.storage.sql.host import Hosts
from casework.storage.sql.kept import Kept
from casework.storage.sql.transaction import ConnectionLost, Contended, Held, OutcomeUnknown, Transaction, told
from casework.storage.sql.turn import Alone, Turn

Answer = TypeVar("Answer")

ATTEMPTS = 8
FIRST_PAUSE = 0.004
"""Seconds, at most, before a transaction that somebody was in the way of goes again; twice as many each time."""
RECONNECTING = 0.05
"""The same where the connection was lost: a server that crashed needs some seconds."""


class Transactions:
    """Begins transactions on an engine; on SQLite, writers of one process queue here instead of in its busy loop."""

    def __init__(self, engine: Engine, entropy: Entropy) -> None:
        self.engine = engine
        self._jitter = apart(entropy, "pauses of transactions")
        self._backend: Backend = backend_of(engine)
        self._memory = is_memory(engine)
        self._alone = Alone()
        self._turn = Turn(self._alone, self._backend.turn_seconds)
        one_writer = self._backend.turn_seconds is not None and not self._memory
        self._kept = Kept(engine) if one_writer else None
        self._hosts = Hosts()
        self.gate: Callable[[Transaction, Mapping[Any, Any]], None] | None = None

    def carried(self, work: Callable[[Transaction], Answer]) -> Answer:
        """Carry out *work* in a transaction that writes; as a whole again where somebody else was in the way."""
        held: Held = {}
        for attempt in range(ATTEMPTS):
            try:
                with self.write() as transaction:
                    try:
                        # Whoever met somebody half-way takes the same locks again in the order that all agree on.
                        for order in sorted(held):
                            transaction.lock(order, *held[order])
                        return work(transaction)
                    finally:
                        held = transaction.held
            except Contended as error:
                if attempt == ATTEMPTS - 1:
                    raise
                self._pause(attempt, RECONNECTING if isinstance(error, ConnectionLost) else FIRST_PAUSE)
        raise AssertionError("the last attempt answers or raises")

    def apart(self, work: Callable[[Transaction], Answer]) -> Answer:
        """The same while another transaction is under way here; it must ask for nothing that that one has locked.

        Not on SQLite, where there is one writer.
        """
        return Context().run(self.carried, work)

    def _pause(self, attempt: int, first: float) -> None:
        share = (1 + int.from_bytes(self._jitter(1), "big")) / 256
        time.sleep(first * 2**attempt * share)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction in which what was read stays true: it holds SQLite's write lock, or locks the rows it reads."""
        with self._turn:
            raw = (self._kept and self._kept.take()) or self._connect()
            try:
                try:
                    # Within: whoever is interrupted as it begins must not hand a begun one to the next.
                    transaction = self._backend.begin(raw, writes=True)
                    with transaction:
                        if self.gate is not None:
                            self.gate(transaction, raw.info)
                        yield transaction
                    if transaction.broken:
                        raise StoreUnavailable("the database ended this transaction; nothing was kept")
                except BaseException:
                    self._backend.roll_back(raw)
                    raise
                self._commit(raw, transaction)
            except ConnectionLost:
                self._give_up(raw)
                raise
            finally:
                if self._kept is None:
                    raw.close()
                else:
                    self._kept.give(raw)
        told(transaction.after_commit)

    def _commit(self, raw: Any, transaction: Transaction) -> None:
        try:
            self._backend.commit(raw, transaction)
        except OutcomeUnknown as unknown:
            if not self._backend.was_kept(self.engine, raw, transaction, unknown):
                raise ConnectionLost("the connection was lost before the commit took place") from unknown

    @contextmanager
    def read(self, *, patient: bool = False) -> Iterator[Transaction]:
        """A transaction that sees one state of the store and writes nothing; a *patient* one may ask for long."""
        # In memory there is one connection, so that a reader has to wait for its turn as well.
        with self._turn if self._memory else nullcontext():
            raw = self._connect()
            try:
                transaction = self._backend.begin(raw, writes=False, patient=patient)
                try:
                    with transaction:
                        yield transaction
                finally:
                    self._backend.roll_back(raw)
            except ConnectionLost:
                self._give_up(raw)
                raise
            finally:
                raw.close()

    @contextmanager
    def joined(self, connection: Connection) -> Iterator[Transaction]:
        """The host's own transaction; the host begins it and owns COMMIT.

        On SQLite a write that changes nothing takes the write lock before anything is read. What waits for
        the commit happens when the host commits, and never where it rolls back.
        """
        _connected(connection)
        with self._alone:
            transaction = self._backend.join(connection)
            try:
                with transaction:
                    if self.gate is not None:
                        self.gate(transaction, connection.info)
                    yield transaction
                    transaction.flush()
            finally:
                transaction.let_go()
                if transaction.after_commit:
                    calls = tuple(transaction.after_commit)
                    self._hosts.after_commit(connection, lambda: told(calls))

    def _connect(self) -> Any:
        """A pooled connection; whoever got it closes it."""
        try:
            return self.engine.raw_connection()
        except self._backend.errors as error:
            self._backend.raise_ours(error)
        except DBAPIError as error:
            self._backend.raise_ours(error.orig)
        except PoolTimeout as error:
            raise StoreUnavailable("every connection to the store is in use") from error

    @staticmethod
    def _give_up(raw: Any) -> None:
        # The engine then replaces its sisters too, as each is asked for: they lead to the same server.
        if raw.is_valid:
            raw.invalidate()


_INSTEAD = {
    "Engine": "engine.connect()",
    "Session": "session.connection()",
    "AsyncSession": "what session.run_sync() hands over, and its .connection()",
    "AsyncConnection": "what connection.run_sync() hands over",
    "AsyncEngine": "what run_sync() of a connection hands over",
}


def _connected(connection: object) -> None:
    if not isinstance(connection, Connection):
        name = type(connection).__name__
        advice = f"; give it {_INSTEAD[name]}" if name in _INSTEAD else ""
        raise TypeError(f"begin() takes a sqlalchemy.Connection, not {name}{advice}")
