"""A connection of psycopg, spoken to through its libpq: a third of what its cursors cost for each statement.

It knows the few types that columns of cases have, and holds one result at a time.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from hashlib import sha256
from itertools import count
from typing import Any

log = logging.getLogger("casework.storage")

KEPT_STATEMENTS = 400
"""Prepared statements of one connection: some dozen for each case type, and what updates of their rows need."""
_PLACE = re.compile(r"%[s%]")
_COMMAND_OK, _TUPLES_OK, _BAD = 1, 2, 1
_TEXT, _BINARY = 0, 1
_IDLE = 0
_SQLSTATE = ord("C")
_NOT_KEPT = (b"26000", b"0A000")
"""A prepared statement that somebody dropped, or whose table was changed."""
_SHARED = b"42P05"
"""One is there already: others use the same session, which only a pooler brings about."""


class Line:
    """Runs statements whose places are ``%s``, one after the other; a statement that comes again is prepared."""

    def __init__(self, connection: Any, *, prepares: bool) -> None:
        from psycopg import DataError, OperationalError
        from psycopg.adapt import Transformer
        from psycopg.errors import error_from_result

        self._connection, self._libpq = connection, connection.pgconn
        self._load = Transformer(connection)
        self._error_from: Callable[[Any], Exception] = error_from_result
        self._lost, self._unfit = OperationalError, DataError
        self._room = KEPT_STATEMENTS if prepares else 0
        self._numbered: dict[str, bytes] = {}
        self._names: dict[str, bytes] = {}
        self._result: Any = None
        self._place = 0
        self._count = -1

    def cursor(self) -> Line:
        """Itself, for it holds one result at a time."""
        return self

    def execute(self, sql: str, values: Sequence[Any] | None = None, /) -> Line:
        """Run a statement and hold its rows. Raises errors of psycopg."""
        self._result = None
        if values is None:
            return self._hold(self._libpq.exec_(sql.encode()))
        told, formats = self._told(values)
        name = self._names.get(sql)
        if name is None:
            name = self._prepared(sql)
        if name:
            return self._hold(self._libpq.exec_prepared(name, told, formats))
        return self._hold(self._libpq.exec_params(self._numbered[sql], told, None, formats))

    def roll_back(self) -> None:
        """End the transaction, if there is one. The driver's own rollback would drop every prepared statement."""
        if self._libpq.transaction_status != _IDLE:
            self.execute("ROLLBACK")

    def _prepared(self, sql: str) -> bytes:
        """The name under which the server keeps a statement; empty the first time, and where it keeps too many."""
        numbered = self._numbered.get(sql)
        if numbered is None:
            places = count(1)
            told = _PLACE.sub(lambda found: f"${next(places)}" if found[0] == "%s" else "%", sql)
            self._numbered[sql] = told.encode()
            return b""
        if len(self._names) >= self._room:
            return b""
        # Named by what it says: where sessions are shared after all, a name never means another statement.
        name = b"casework_" + sha256(numbered).hexdigest()[:40].encode()
        self._hold(self._libpq.prepare(name, numbered))
        self._names[sql] = name
        return name

    def _told(self, values: Sequence[Any]) -> tuple[list[bytes | None], list[int]]:
        told: list[bytes | None] = []
        formats: list[int] = []
        for value in values:
            kind = type(value)
            if kind is str:
                if "\0" in value:
                    raise self._unfit("text holds a NUL")
                told.append(value.encode())
            elif kind is bytes:
                told.append(value)
                formats.append(_BINARY)
                continue
            elif value is None:
                told.append(None)
            else:
                told.append(_number(value))
            formats.append(_TEXT)
        return told, formats

    def _hold(self, result: Any) -> Line:
        if result.status not in (_COMMAND_OK, _TUPLES_OK):
            if self._libpq.status == _BAD:
                raise self._lost("the connection is lost")
            self._kept_no_more(result.error_field(_SQLSTATE))
            raise self._error_from(result)
        self._result, self._place = result, 0
        if result.status == _TUPLES_OK:
            self._load.set_pgresult(result)
        return self

    def _kept_no_more(self, state: bytes | None) -> None:
        if state in _NOT_KEPT:
            self._names.clear()
        elif state == _SHARED:
            self._names.clear()
            self._room = 0
            log.warning("a pooler shares sessions of the store; give StoreOptions(prepared=False)")

    @property
    def statusmessage(self) -> str:
        """What the server said."""
        return "" if self._result is None else (self._result.command_status or b"").decode()

    @property
    def rowcount(self) -> int:
        """Rows that were read or written; -1 where nobody counted."""
        if self._result is None:
            return self._count
        told = self._result.command_tuples
        return -1 if told is None else int(told)

    @property
    def description(self) -> list[tuple[str]]:
        """The names of the columns, each in a tuple of its own."""
        return [(self._result.fname(n).decode(),) for n in range(self._result.nfields)]

    def fetchone(self) -> Any:
        """The next row, or None."""
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        return self.fetchmany(self._result.ntuples)

    def fetchmany(self, size: int = 100, /) -> list[Any]:
        """At most *size* of the rows that are left."""
        end = min(self._result.ntuples, self._place + size)
        rows: list[Any] = self._load.load_rows(self._place, end, tuple)
        self._place = end
        return rows

    def executemany(self, sql: str, rows: Any, /) -> Any:
        """One statement for many rows, by a cursor of the driver, which sends them together."""
        with self._connection.cursor() as cursor:
            cursor.executemany(sql, rows)
            self._result, self._count = None, cursor.rowcount

    def close(self) -> None:
        """Let go of the result."""
        self._result = None


def _number(value: Any) -> bytes:
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, float):
        return repr(value).encode()
    if isinstance(value, bytearray | memoryview):
        raise TypeError("bytes are given as bytes")
    raise TypeError(f"a column of cases holds no {type(value).__name__}")
