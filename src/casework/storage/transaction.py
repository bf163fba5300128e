"""One transaction on one connection: begin, run prepared statements, commit or roll back.

Errors of the driver leave here only as StoreUnavailable, StoreMismatch or OutcomeUnknown.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, Executable

from casework.errors import Reentered, StoreMismatch, StoreUnavailable
from casework.storage.engine import BUSY_MILLISECONDS, is_memory
from casework.storage.prepared import Cursor, Prepared


class OutcomeUnknown(StoreUnavailable):
    """The commit failed in a way that does not tell whether it took place."""

    code = "outcome-unknown"


class Transaction:
    """A cursor inside a transaction, with the dialect that its statements are compiled for."""

    def __init__(self, cursor: Cursor, dialect: Dialect) -> None:
        self._cursor, self.dialect = cursor, dialect
        self.after_commit: list[Callable[[], None]] = []

    def run(self, statement: Prepared, values: Mapping[str, Any]) -> Cursor:
        """Run a prepared statement; the cursor holds its rows until the next one."""
        with translated():
            self._cursor.execute(statement.sql, statement.bound(values))
        return self._cursor

    def run_many(self, statement: Prepared, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a prepared statement for each row."""
        with translated():
            self._cursor.executemany(statement.sql, [statement.bound(row) for row in rows])

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
    """Driver errors as ours; the driver's text names tables, never values."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if "no such table" in text or "no such column" in text or "has no column" in text:
            raise StoreMismatch(text, "run app.create_tables() or `casework migrate`") from error
        raise StoreUnavailable(text) from error
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        raise StoreUnavailable(str(error)) from error


class Transactions:
    """Begins transactions on an engine; writers of one process queue here instead of in SQLite's busy loop."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._memory = is_memory(engine)
        self._writers = threading.Lock()
        self._active = threading.local()

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that holds the write lock from its start, so that what it reads stays true."""
        with self._alone(), self._queue(), self._connection() as raw:
            cursor = raw.cursor()
            with translated():
                cursor.execute("BEGIN IMMEDIATE")
            transaction = Transaction(cursor, self.engine.dialect)
            try:
                yield transaction
            except BaseException:
                _roll_back(raw)
                raise
            _commit(raw, cursor)
        for call in transaction.after_commit:
            call()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that sees one state of the store and writes nothing."""
        with self._shared() if self._memory else _nothing(), self._connection() as raw:
            cursor = raw.cursor()
            with translated():
                cursor.execute("BEGIN")
            try:
                yield Transaction(cursor, self.engine.dialect)
            finally:
                _roll_back(raw)

    @contextmanager
    def joined(self, connection: Connection) -> Iterator[Transaction]:
        """The host's own transaction; the host begins it and owns COMMIT.

        On SQLite a write that changes nothing takes the write lock before anything is read.
        """
        with self._alone():
            connection.exec_driver_sql("UPDATE casework_manifest SET hash = hash WHERE 1 = 0")
            cursor: Any = connection.connection.cursor()
            try:
                yield Transaction(cursor, connection.dialect)
            finally:
                cursor.close()

    @contextmanager
    def _shared(self) -> Iterator[None]:
        """In memory there is one connection, so that a reader has to wait for its turn as well."""
        with self._alone(), self._queue():
            yield

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if getattr(self._active, "inside", False):
            raise Reentered("a transaction is under way in this thread; use the desk that you were given")
        self._active.inside = True
        try:
            yield
        finally:
            self._active.inside = False

    @contextmanager
    def _queue(self) -> Iterator[None]:
        if not self._writers.acquire(timeout=BUSY_MILLISECONDS / 1000):
            raise StoreUnavailable("other writers of this process kept the store busy for too long")
        try:
            yield
        finally:
            self._writers.release()

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        with translated():
            raw = self.engine.raw_connection()
        try:
            yield raw
        finally:
            raw.close()


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _roll_back(raw: Any) -> None:
    # After a full disk SQLite has rolled back by itself and says that there is nothing to roll back (F5).
    try:
        raw.rollback()
    except sqlite3.Error:
        raw.invalidate()


def _commit(raw: Any, cursor: Cursor) -> None:
    try:
        cursor.execute("COMMIT")
    except sqlite3.OperationalError as error:
        _roll_back(raw)
        if "locked" in str(error) or "full" in str(error):
            raise StoreUnavailable(str(error)) from error
        raise OutcomeUnknown(str(error)) from error
