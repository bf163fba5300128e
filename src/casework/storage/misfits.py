"""What stands in a file of SQLite as another kind of value than its column has: only somebody outside wrote it so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Integer, LargeBinary, and_, case, func, or_, select

from casework.storage import schema
from casework.storage.fault import Fault
from casework.storage.sql.transaction import Transaction

MOST = 100
"""Misfits of one table that are named."""
_LOG = ((schema.case, "id", "revision"), *((table, "case_id", "number") for table in (schema.entry, schema.leaf)))


def misfits(transaction: Transaction) -> Iterator[Fault]:
    """The rows of cases, entries and leaves that cannot be read as what they are; PostgreSQL has none.

    SQLite keeps a text in a column of bytes as the text that it is, and nothing that reads rows can go on from there.
    """
    if transaction.dialect.name != "sqlite":
        return
    for table, case_id, number in _LOG:
        place = case((func.typeof(table.c[number]) == "integer", table.c[number]), else_=0)
        shown = (func.hex(table.c.tenant), func.hex(table.c[case_id]), place)
        wrong = or_(*map(_misfit, table.columns))
        for *whose, at in transaction.ask(select(*shown).where(wrong).order_by(*shown).limit(MOST)):
            tenant, named = (bytes.fromhex(text).decode(errors="replace") for text in whose)
            yield Fault(tenant, named, int(at), f"a value in {table.name} is of another kind than its column")


def _misfit(column: Column[Any]) -> Any:
    kind = "integer" if isinstance(column.type, Integer) else "blob" if isinstance(column.type, LargeBinary) else "text"
    wrong = func.typeof(column) != kind
    return and_(wrong, column.is_not(None)) if column.nullable else wrong
