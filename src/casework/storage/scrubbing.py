"""Have the database forget bytes that nothing names any more: deleted rows stay in free pages and in the journal.

What was copied elsewhere is not reached: backups, archived write-ahead logs, replicas, slots.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from casework.errors import StoreUnavailable
from casework.storage import schema
from casework.storage.sql.engine import is_memory
from casework.storage.store import Store

_PATIENCE = "0"
"""PostgreSQL waits as long as it takes: rewriting a table is no statement of a firing."""


def scrub(store: Store) -> tuple[str, ...]:
    """Rewrite what holds values of persons. Answers with what could not be done, each with what would be right."""
    with store.transactions.read() as transaction:
        types = sorted({row[0] for row in transaction.ask(select(schema.manifest.c.case_type))})
    left: tuple[str, ...] = ()
    if not is_memory(store.engine):
        left = _sqlite(store) if store.engine.dialect.name == "sqlite" else _postgres(store, types)
    if not left:
        store.transactions.carried(store.erasures.scrubbed)
    return left


def _sqlite(store: Store) -> tuple[str, ...]:
    with _alone(store) as run:
        run("VACUUM")
        # In write-ahead mode the new pages, and the old ones before them, lie in the log until it is emptied.
        rows = run("PRAGMA wal_checkpoint(TRUNCATE)")
    if rows and rows[0][0]:
        return ("the write-ahead log is still being read; call scrub again when nobody reads",)
    return ()


def _postgres(store: Store, types: list[str]) -> tuple[str, ...]:
    quoted = store.engine.dialect.identifier_preparer.quote
    tables = [quoted(name) for name in (*(f"case_{name}" for name in types), *(table.name for table in _HOLDING))]
    left = []
    with _alone(store) as run:
        run(f"SET statement_timeout = {_PATIENCE}")
        run(f"SET lock_timeout = {_PATIENCE}")
        # Samples of values are kept too: they are taken anew, and then the old ones forgotten.
        for command in (*(f"VACUUM (FULL, ANALYZE) {table}" for table in tables), _SAMPLES):
            if not _ran(run, command):
                left.append(f"{command}: run it as the owner of the database")
        for command in ("CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT"):
            if not _ran(run, command):
                left.append(f"{command}: run it as a superuser, or grant pg_checkpoint and pg_switch_wal()")
        (recycles,) = run("SELECT current_setting('wal_recycle')")[0]
        if recycles == "on":
            left.append("wal_recycle is on, so that old write-ahead log is kept under new names: set it to off")
    return tuple(left)


_SAMPLES = "VACUUM (FULL) pg_catalog.pg_statistic"
_HOLDING = (schema.entry, schema.message, schema.request, schema.enclosure, schema.inbox, schema.assignment, schema.key)
"""The tables, besides the current rows, in which values of persons or their digests may have lain."""


def _ran(run: Any, command: str) -> bool:
    try:
        run(command)
    except StoreUnavailable:
        return False
    return True


@contextmanager
def _alone(store: Store) -> Iterator[Any]:
    """A connection outside of transactions, thrown away afterwards; what the driver raises becomes ours."""
    raw = store.engine.raw_connection()
    try:
        driver = raw.driver_connection
        assert driver is not None
        cursor = driver.cursor()

        def run(command: str) -> list[Any]:
            try:
                cursor.execute(command)
                return list(cursor.fetchall()) if cursor.description else []
            except Exception as error:
                raise StoreUnavailable(type(error).__name__) from error

        yield run
        cursor.close()
    finally:
        raw.invalidate()
        raw.close()
