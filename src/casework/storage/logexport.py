"""The log of a store as lines of JSON, for a verifier that cannot open its database.

Each line is an array: a kind and its values, bytes as an array of one base64 text. The kinds are those of the
tables without their prefix: ``case``, ``entry`` (without the values held apart), ``leaf``, ``unlogged``,
``checkpoint``, ``loss``; the first line names the format.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Select, Table, literal_column, select, tuple_

from casework.storage import schema
from casework.storage.sql.transaction import Transaction

FORMAT = "casework-log-1"
PAGE = 2_000
_PARTS: tuple[tuple[str, Table, tuple[str, ...], tuple[str, ...]], ...] = (
    ("case", schema.case, ("tenant", "id", "revision", "head"), ("tenant", "id")),
    ("entry", schema.entry, ("tenant", "case_id", "number", "body", "hash"), ("tenant", "case_id", "number")),
    ("leaf", schema.leaf, ("tenant", "case_id", "number", "position", "hash"), ("position",)),
    ("checkpoint", schema.checkpoint, ("origin", "size", "note"), ("origin", "size")),
    ("loss", schema.loss, ("position", "note"), ("position",)),
)


def exported(transaction: Transaction) -> Iterator[str]:
    """The lines, one state of the store from beginning to end, in flat memory; the queue in the order of the log."""
    yield json.dumps([FORMAT])
    for kind, table, names, key in _PARTS:
        for row in _rows(transaction, table, names, key):
            yield _line(kind, row)
    queue = schema.unlogged.c
    first = literal_column("rowid") if transaction.dialect.name == "sqlite" else queue.number
    waiting = select(queue.tenant, queue.case_id, queue.number).order_by(first, queue.tenant, queue.case_id)
    for row in transaction.each(waiting):
        yield _line("unlogged", row)


def _rows(transaction: Transaction, table: Table, names: Sequence[str], key: Sequence[str]) -> Iterator[Sequence[Any]]:
    columns = [table.c[name] for name in key]
    statement: Select[Any] = select(*(table.c[name] for name in names)).order_by(*columns).limit(PAGE)
    page = transaction.ask(statement)
    while page:
        yield from page
        last = tuple(page[-1][names.index(name)] for name in key)
        page = transaction.ask(statement.where(_after(columns, last)))


def _after(columns: Sequence[Column[Any]], last: tuple[Any, ...]) -> Any:
    return columns[0] > last[0] if len(columns) == 1 else tuple_(*columns) > tuple_(*last)


def _line(kind: str, row: Sequence[Any]) -> str:
    values = [[base64.b64encode(value).decode()] if isinstance(value, bytes | memoryview) else value for value in row]
    return json.dumps([kind, *values], ensure_ascii=False)
