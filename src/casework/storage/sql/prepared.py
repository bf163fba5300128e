"""Statements compiled once by SQLAlchemy and run on the driver's own cursor.

That keeps SQLAlchemy the only author of SQL and costs a third of running through its Core. The raw
cursor skips type processors, so every value is bound as its column stores it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from operator import itemgetter
from typing import Any, Protocol

from sqlalchemy import Dialect, Executable
from sqlalchemy.sql import ClauseElement


class Cursor(Protocol):
    """As much of a DBAPI cursor as is used here."""

    rowcount: int
    description: Any

    def execute(self, sql: str, parameters: Any = ..., /) -> Any: ...
    def executemany(self, sql: str, parameters: Any, /) -> Any: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> Sequence[Any]: ...
    def fetchmany(self, size: int = ..., /) -> Sequence[Any]: ...
    def close(self) -> Any: ...


class Prepared:
    """One statement's SQL text and the order of its parameters."""

    __slots__ = ("_fixed", "_in_order", "sql", "table", "writes")

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        self.sql = str(compiled)
        self.writes = not statement.is_select
        self.table: str | None = getattr(getattr(statement, "table", None), "name", None)
        # Literals in a statement become parameters of their own; they keep the value they were built with.
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        positions: Sequence[str] | None = getattr(compiled, "positiontup", None)
        if positions is None:
            # Names would be put in order anew for every execution; and statements sent as one may share them.
            positions = _NAMED.findall(self.sql)
            self.sql = _NAMED.sub("%s", self.sql)
        self._in_order = _picker(positions)

    def bound(self, values: Mapping[str, Any]) -> Sequence[Any]:
        """The parameters in the order that the driver wants them in."""
        if self._fixed:
            values = {**self._fixed, **values}
        return self._in_order(values)


def _picker(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Takes the values of *names* out of a mapping, in that order."""
    if len(names) < 2:  # itemgetter answers with a tuple from two on
        return lambda values: tuple([values[name] for name in names])
    return itemgetter(*names)


_NAMED = re.compile(r"%\((\w+)\)s")


def inserts(dialect: Dialect) -> Any:
    """The dialect's own INSERT, which knows what to do on conflict."""
    # Importing both at the top would cost a third of importing casework.
    return import_module(f"sqlalchemy.dialects.{dialect.name}").insert
