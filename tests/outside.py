"""A store as somebody sees it who has the database and not the application: plain SQL, the same words for both kinds.

Values are told by question marks; each statement takes effect by itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg


class Outside:
    """One connection to a store, past everything that keeps it whole."""

    def __init__(self, connection: Any) -> None:
        self._connection, self.on_sqlite = connection, isinstance(connection, sqlite3.Connection)

    def do(self, sql: str, *values: Any) -> int:
        """Run one statement; how many rows it changed."""
        count: int = self._run(sql, values).rowcount
        return count

    def ask(self, sql: str, *values: Any) -> list[Any]:
        """The rows of a query."""
        rows: list[Any] = self._run(sql, values).fetchall()
        return rows

    def tables(self) -> list[str]:
        """The names of all tables, in order."""
        if self.on_sqlite:
            told = self.ask("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        else:
            told = self.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        return [name for (name,) in told]

    def rows(self) -> dict[str, list[Any]]:
        """Every row of every table, to be compared with an earlier look."""
        return {name: sorted(self.ask(f'SELECT * FROM "{name}"'), key=repr) for name in self.tables()}

    def _run(self, sql: str, values: tuple[Any, ...]) -> Any:
        if self.on_sqlite:
            return self._connection.execute(sql, values)
        if not values:
            return self._connection.execute(sql)
        return self._connection.execute(sql.replace("%", "%%").replace("?", "%s"), values)


@contextmanager
def outside(url: str) -> Iterator[Outside]:
    """A connection to the store of a test, for as long as the block."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            yield Outside(connection)
    else:
        with closing(psycopg.connect(url, autocommit=True)) as made:
            yield Outside(made)
