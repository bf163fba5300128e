"""A transaction that gathers writes, so that each statement is sent once for many rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from casework.storage.sql.prepared import Cursor, Prepared
from casework.storage.sql.transaction import Contended, Transaction

GATHERED_LIMIT = 2_000
"""Rows of one statement that are kept in memory before they are sent."""


class Gathering(Transaction):
    """Writes of many cases into one transaction, statement by statement in place of case by case.

    Cases are independent of each other, and rows of one statement keep their order. Whatever is read meanwhile
    finds everything that was written before.
    """

    def __init__(self, inner: Transaction) -> None:
        # Deliberately without super().__init__(): there is one cursor, and it is the inner transaction's.
        self._inner = inner
        self.dialect, self.locks, self.hosted, self.held = inner.dialect, inner.locks, inner.hosted, inner.held
        self.after_commit, self.shown, self.logged = inner.after_commit, [], inner.logged
        self.closed = self.broken = False
        self._rows: dict[Prepared, list[Any]] = {}
        self._each_changes_one: set[Prepared] = set()

    @property
    def evidence(self) -> tuple[str, str, int, bytes] | None:
        """The last entry written, as the inner transaction remembers it."""
        return self._inner.evidence

    @evidence.setter
    def evidence(self, entry: tuple[str, str, int, bytes] | None) -> None:
        self._inner.evidence = entry

    @property
    def driver(self) -> Any:
        """The driver's own connection, once it has everything that was written before."""
        self.flush()
        self._inner.flush()
        return self._inner.driver

    def put(self, statement: Prepared, values: Mapping[str, Any]) -> None:
        """Write with all other rows of the same statement."""
        if not statement.writes:  # a lock on a name, which comes before what is read next
            self._inner.put(statement, values)
            return
        rows = self._rows.get(statement)
        if rows is None:
            rows = self._rows[statement] = []
        rows.append(statement.bound(values))
        if len(rows) >= GATHERED_LIMIT:
            self.flush()

    def changed_one(self, statement: Prepared, values: Mapping[str, Any]) -> bool:
        """The same to a row that was read; where one is not as it was read, the whole transaction goes again."""
        if statement not in self._each_changes_one:
            self._each_changes_one.add(statement)
        self.put(statement, values)
        return True

    def run(self, statement: Prepared, values: Mapping[str, Any]) -> Cursor:
        """Run a statement that is needed now, behind all that was gathered."""
        self.flush()
        return self._inner.run(statement, values)

    def lock(self, order: tuple[int, str, str], statement: Prepared, values: Mapping[str, Any]) -> Cursor:
        """The same for what is to be locked."""
        self.flush()
        return self._inner.lock(order, statement, values)

    def send(self, sql: str) -> None:
        """Run a command of transactions behind all that was gathered."""
        self.flush()
        self._inner.send(sql)

    @contextmanager
    def whole(self) -> Iterator[None]:
        """All or nothing of what the inside does, which is not gathered."""
        self.flush()
        with self._inner.whole():
            yield

    def flush(self) -> None:
        """Send what was gathered. Raises Contended where a row was not as it was read."""
        gathered, self._rows = self._rows, {}
        for statement, rows in gathered.items():
            changed = self._inner.many(statement, rows)
            if statement in self._each_changes_one and changed != len(rows):
                raise Contended("a case was moved by somebody else meanwhile")
