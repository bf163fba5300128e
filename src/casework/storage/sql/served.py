"""A transaction on a server, which is asked as little as possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Dialect, Executable

from casework.storage.sql.line import Line
from casework.storage.sql.prepared import Cursor, Prepared
from casework.storage.sql.transaction import Driver, Transaction

WAITING_LIMIT = 500
"""Statements that are kept back at most."""
Waiting = tuple[Prepared, Sequence[Any]]
_NUMBER = "; SELECT pg_current_xact_id()::text"


class Joining(Driver, Protocol):
    """A driver that makes one statement of several."""

    def together(self, waiting: Iterable[Waiting]) -> Iterator[tuple[str, Sequence[Any]]]:
        """What was put, as few statements."""


class Served(Transaction):
    """Keeps what was put until something is asked, and sends it as few statements; a server is asked less that way."""

    def __init__(
        self,
        raw: Any,
        dialect: Dialect,
        driver: Joining,
        *,
        locks: bool = True,
        hosted: bool = False,
        begin: str = "",
        line: Line | None = None,
    ) -> None:
        super().__init__(line or raw, dialect, driver, locks=locks, hosted=hosted)
        self._driver: Joining = driver
        self._connection: Any = getattr(raw, "driver_connection", raw)
        self._begin = begin
        self._waiting: list[Waiting] = []
        self.wrote = False
        self.numbered = False
        """Whether the server is asked for the number of the transaction, by which its outcome can be found out."""
        self.number = ""

    def lock(self, order: tuple[int, str, str], statement: Prepared, values: Mapping[str, Any]) -> Cursor:
        """Lock what the statement reads, and remember it in case that all this has to go again."""
        if self.locks:
            self.held[order] = (statement, values)
        return self.run(statement, values)

    def put(self, statement: Prepared, values: Mapping[str, Any]) -> None:
        """Write before anything else is asked."""
        if self.closed or self.broken:
            self.going()
        self.wrote = self.wrote or statement.writes
        self._waiting.append((statement, statement.bound(values)))
        if len(self._waiting) > WAITING_LIMIT:
            self.flush()

    def changed_one(self, statement: Prepared, values: Mapping[str, Any]) -> bool:
        """Write to a row that was read, and so locked, in this transaction."""
        if not self.locks:
            return super().changed_one(statement, values)
        self.put(statement, values)
        return True

    def many(self, statement: Prepared, rows: Sequence[Any]) -> int:
        """Write many rows by one statement, sent together by the driver."""
        self._begun()
        self.wrote = True
        return super().many(statement, rows)

    def run(self, statement: Prepared, values: Mapping[str, Any]) -> Cursor:
        """Run a prepared statement behind what was put; the cursor holds its rows until the next one."""
        if self.closed or self.broken:
            self.going()
        self.wrote = self.wrote or statement.writes
        self._send(statement.sql, statement.bound(values))
        return self._cursor

    def send(self, sql: str) -> None:
        """Run a command of transactions behind what was put."""
        self._send(sql, None)

    def flush(self) -> None:
        """Send what was put."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            for sql, values in self._driver.together(waiting):
                self._send(sql, values)

    def forget(self) -> None:
        """Drop what was put and was not sent."""
        self._waiting.clear()

    @property
    def driver(self) -> Any:
        """The connection of psycopg, for who has to write into the same transaction; what was put is sent before."""
        self._begun()
        self.wrote = True
        return self._connection

    @property
    def begun(self) -> bool:
        """Whether anything has to reach the server, or has."""
        return not self._begin or bool(self._waiting)

    def _begun(self) -> None:
        self.flush()
        if self._begin:
            begin, self._begin = self._begin, ""
            self._execute(begin + _NUMBER if self.numbered else begin, None)
            if self.numbered:
                self.number = str(self._cursor.fetchone()[0])

    def _send(self, sql: str, values: Sequence[Any] | None) -> None:
        if self._begin or self._waiting:
            self._begun()
        self._execute(sql, values)

    def _execute(self, sql: str, values: Sequence[Any] | None) -> None:
        try:
            self._cursor.execute(sql, values)
        except self._errors as error:
            self._driver.raise_ours(error)

    def each(self, statement: Executable, values: Mapping[str, Any] | None = None, size: int = 500) -> Iterator[Any]:
        """The rows one by one in flat memory, by a cursor of the server."""
        self.going()
        self._begun()
        prepared = Prepared(statement, self.dialect)
        try:
            with self._connection.cursor(name="casework_each") as cursor:
                cursor.execute(prepared.sql, prepared.bound(values or {}))
                while rows := cursor.fetchmany(size):
                    yield from rows
        except self._errors as error:
            self._driver.raise_ours(error)
