"""One transaction on one connection: begin, run prepared statements, commit or roll back.

Errors of the driver leave here only as StoreUnavailable, StoreMismatch or OutcomeUnknown.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, NoReturn

from sqlalchemy import Connection, Dialect, Engine, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from casework.errors import Reentered, SetupError, StoreMismatch, StoreUnavailable
from casework.storage.engine import BUSY_MILLISECONDS, is_memory
from casework.storage.host import Hosts
from casework.storage.prepared import Cursor, Prepared

# By context, not by thread: on an event loop many transactions are under way in one thread.
_INSIDE: ContextVar[frozenset[int]] = ContextVar("casework transactions under way", default=frozenset())


class OutcomeUnknown(StoreUnavailable):
    """The commit failed in a way that does not tell whether it took place."""

    code = "outcome-unknown"


class ConstraintBroken(StoreUnavailable):
    """The database would not take a row. Whoever knows which constraint may say more; to others it is unavailable."""


class Transaction:
    """A cursor inside a transaction, with the dialect that its statements are compiled for."""

    def __init__(self, cursor: Cursor, dialect: Dialect) -> None:
        self._cursor, self.dialect = cursor, dialect
        self.after_commit: list[Callable[[], None]] = []
        self.broken = self.closed = False

    @contextmanager
    def lent(self) -> Iterator[Transaction]:
        """This transaction, until left; whoever keeps it for longer is told so."""
        try:
            yield self
        finally:
            self.closed = True

    @contextmanager
    def whole(self) -> Iterator[None]:
        """All or nothing: where the inside raises, what it did is taken back and the rest of the transaction stays."""
        self._going()
        waiting = len(self.after_commit)
        with translated():
            self._cursor.execute("SAVEPOINT casework_verb")
        try:
            yield
        except BaseException:
            del self.after_commit[waiting:]
            self._take_back()
            raise
        with translated():
            self._cursor.execute("RELEASE casework_verb")

    def _take_back(self) -> None:
        # After a full disk SQLite has ended the whole transaction by itself; nothing more may be written then.
        try:
            self._cursor.execute("ROLLBACK TO casework_verb")
            self._cursor.execute("RELEASE casework_verb")
        except Exception:
            self.broken = True

    def _going(self) -> None:
        if self.closed:
            raise Reentered("this desk's transaction has ended; ask the app for another")
        if self.broken:
            raise StoreUnavailable("the database ended this transaction; begin another")

    def run(self, statement: Prepared, values: Mapping[str, Any]) -> Cursor:
        """Run a prepared statement; the cursor holds its rows until the next one."""
        if self.closed or self.broken:
            self._going()
        try:
            self._cursor.execute(statement.sql, statement.bound(values))
        except sqlite3.DatabaseError as error:
            raise_ours(error)
        return self._cursor

    def ask(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Any]:
        """All rows of a statement that is compiled for this one use; not for the hot path."""
        return self.run(Prepared(statement, self.dialect), values or {}).fetchall()

    def each(self, statement: Executable, values: Mapping[str, Any] | None = None, size: int = 500) -> Iterator[Any]:
        """The rows one by one in flat memory; no other statement may run meanwhile."""
        cursor = self.run(Prepared(statement, self.dialect), values or {})
        while rows := cursor.fetchmany(size):
            yield from rows


@contextmanager
def translated() -> Iterator[None]:
    """Driver errors as ours; for what is not asked several times in every firing."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise_ours(error)


def raise_ours(error: sqlite3.DatabaseError) -> NoReturn:
    """Raise a driver error as one of ours; its text names tables, never values."""
    text = str(error)
    if isinstance(error, sqlite3.IntegrityError):
        raise ConstraintBroken(text) from error
    if isinstance(error, sqlite3.OperationalError) and any(sign in text for sign in _OTHER_TABLES):
        raise StoreMismatch(text, "run app.create_tables() or `casework migrate`") from error
    raise StoreUnavailable(text) from error


_OTHER_TABLES = ("no such table", "no such column", "has no column")


class Transactions:
    """Begins transactions on an engine; writers of one process queue here instead of in SQLite's busy loop."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._memory = is_memory(engine)
        self._writers = threading.Lock()
        self._hosts = Hosts()

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that holds the write lock from its start, so that what it reads stays true."""
        with self._turn(), self._connection() as raw:
            cursor = _begun(raw, "BEGIN IMMEDIATE")
            transaction = Transaction(cursor, self.engine.dialect)
            try:
                with transaction.lent():
                    yield transaction
                if transaction.broken:
                    raise StoreUnavailable("the database ended this transaction; nothing was kept")
            except BaseException:
                _roll_back(raw)
                raise
            _commit(raw, cursor)
        told(transaction.after_commit)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that sees one state of the store and writes nothing."""
        # In memory there is one connection, so that a reader has to wait for its turn as well.
        with self._turn() if self._memory else nullcontext(), self._connection() as raw:
            cursor = _begun(raw, "BEGIN")
            try:
                with Transaction(cursor, self.engine.dialect).lent() as transaction:
                    yield transaction
            finally:
                _roll_back(raw)

    @contextmanager
    def joined(self, connection: Connection) -> Iterator[Transaction]:
        """The host's own transaction; the host begins it and owns COMMIT.

        On SQLite a write that changes nothing takes the write lock before anything is read. What waits for
        the commit happens when the host commits, and never where it rolls back.
        """
        _connected(connection)
        with self._alone():
            _take_lock(connection)
            cursor: Any = connection.connection.cursor()
            transaction = Transaction(cursor, connection.dialect)
            try:
                with transaction.lent():
                    yield transaction
            finally:
                cursor.close()
                if transaction.after_commit:
                    calls = tuple(transaction.after_commit)
                    self._hosts.after_commit(connection, lambda: told(calls))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        inside = _INSIDE.get()
        if id(self) in inside:
            raise Reentered("a transaction is under way here; use the desk that you were given")
        token = _INSIDE.set(inside | {id(self)})
        try:
            yield
        finally:
            _INSIDE.reset(token)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._alone():
            if not self._writers.acquire(timeout=BUSY_MILLISECONDS / 1000):
                raise StoreUnavailable("other writers of this process kept the store busy for too long")
            try:
                yield
            finally:
                self._writers.release()

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        try:
            raw = self.engine.raw_connection()
        except sqlite3.DatabaseError as error:
            raise_ours(error)
        except PoolTimeout as error:
            raise StoreUnavailable("every connection to the store is in use") from error
        try:
            yield raw
        finally:
            raw.close()


def told(calls: Iterable[Callable[[], None]]) -> None:
    """Do what waited for the commit; an interruption is passed on once everything was done."""
    interrupted: KeyboardInterrupt | None = None
    for call in calls:
        try:
            call()
        except KeyboardInterrupt as error:
            interrupted = error
    if interrupted is not None:
        raise interrupted


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


def _take_lock(connection: Connection) -> None:
    try:
        connection.exec_driver_sql("UPDATE casework_manifest SET hash = hash WHERE 1 = 0")
    except DBAPIError as error:
        with translated():
            raise error.orig or error from None
    if not getattr(connection.connection.driver_connection, "in_transaction", True):
        raise SetupError("this connection commits each statement by itself; give one with a transaction")


def _begun(raw: Any, begin: str) -> Cursor:
    cursor: Cursor = raw.cursor()
    try:
        cursor.execute(begin)
    except sqlite3.DatabaseError as error:
        raise_ours(error)
    return cursor


def _roll_back(raw: Any) -> None:
    # After a full disk SQLite has rolled back by itself and says that there is nothing to roll back (F5).
    try:
        raw.rollback()
    except sqlite3.Error:
        raw.invalidate()


def _commit(raw: Any, cursor: Cursor) -> None:
    try:
        cursor.execute("COMMIT")
    except sqlite3.DatabaseError as error:
        _roll_back(raw)
        if "locked" in str(error) or "full" in str(error):
            raise StoreUnavailable(str(error)) from error
        raise OutcomeUnknown(str(error)) from error
