"""Every row of every table of ours as it is stored, for checks that trust nothing but the store itself."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import select, table, text
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction

Row = dict[str, Any]
Tables = dict[str, list[Row]]


def every_row(transaction: Transaction) -> Tables:
    """The rows of every table by its name, each a mapping from column to what the column holds, in a fixed order."""
    names = transaction.ask(text(_NAMES[transaction.dialect.name]))
    return {name: _rows(transaction, name) for (name,) in names}


_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'case%' "
    'ORDER BY tablename COLLATE "C"',
}


def _rows(transaction: Transaction, name: str) -> list[Row]:
    cursor = transaction.run(_all_of(name, transaction.dialect.name), {})
    columns = [column[0] for column in cursor.description]
    return sorted((dict(zip(columns, row, strict=True)) for row in cursor.fetchall()), key=repr)


@lru_cache(maxsize=500)
def _all_of(name: str, kind: str) -> Prepared:
    return Prepared(select(text("*")).select_from(table(name)), _DIALECTS[kind]())


_DIALECTS: dict[str, Any] = {"sqlite": SQLiteDialect, "postgresql": PGDialect}
