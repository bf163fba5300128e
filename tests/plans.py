"""What a statement costs as the database sees it: which statements were run, and by which index each table is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from outside import outside

SEARCH = re.compile(r"(?:SEARCH|SCAN) (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")
MANY = 4_000
# These few rows a planner reads whole and sorts; what is asked is whether it could read them in order, range by range.
IN_ORDER = "SET enable_seqscan = off", "SET enable_bitmapscan = off", "SET enable_sort = off"


@contextmanager
def statements_of(transaction: Any) -> Iterator[list[str]]:
    """Every statement that is run in a transaction during the block, with its values."""
    found: list[str] = []
    if transaction.dialect.name == "sqlite":
        transaction.driver.set_trace_callback(found.append)
        try:
            yield found
        finally:
            transaction.driver.set_trace_callback(None)
        return
    run = type(transaction).run

    def recording(itself: Any, statement: Any, values: Any) -> Any:
        # What is sent holds no values; the driver's client-side cursor writes them into the text.
        found.append(psycopg.ClientCursor(itself.driver).mogrify(statement.sql, statement.bound(values)))
        return run(itself, statement, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(transaction), "run", recording)
        yield found


def crowd(url: str, table: str, **columns: str) -> None:
    """Fill a table on PostgreSQL, whose planner looks at how much there is; SQLite's looks at the indexes alone.

    Args:
        url: the store.
        table: holds a row at least, of which the others are copies.
        columns: in what they differ from it, as SQL over ``n``, which counts them.
    """
    with outside(url) as store:
        if store.on_sqlite:
            return
        asked = "SELECT column_name FROM information_schema.columns WHERE table_name = ? ORDER BY ordinal_position"
        names = [f'"{name}"' for (name,) in store.ask(asked, table)]
        told = [columns.get(name.strip('"'), name) for name in names]
        source = f"(SELECT * FROM {table} LIMIT 1) AS one, generate_series(1, {MANY}) AS n"
        store.do(f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(told)} FROM {source}")
        store.do(f"ANALYZE {table}")


def indexes_read(url: str, statement: str) -> list[tuple[str, str]]:
    """Each reading of a table in the plan of a statement, as the table and the index; "" where all of it is read."""
    with outside(url) as store:
        if store.on_sqlite:
            steps = [step for (*_, step) in store.ask(f"EXPLAIN QUERY PLAN {statement}")]
            return [(found[1], found[2] or "") for found in map(SEARCH.match, steps) if found]
        for setting in IN_ORDER:
            store.do(setting)
        (((plan,),),) = store.ask(f"EXPLAIN (FORMAT JSON) {statement}")
    return list(_readings(plan["Plan"]))


def _readings(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "Relation Name" in node:
        yield node["Relation Name"], node.get("Index Name", "")
    for part in node.get("Plans", ()):
        yield from _readings(part)
