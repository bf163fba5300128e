"""The same firing by hand with psycopg: four statements in a transaction, each waited for, on the same tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from benchmarks.by_hand import ENTRY, LOAD, UPDATE, Refusal, decided, projecting, together

if TYPE_CHECKING:
    import psycopg


def _named(sql: str) -> str:
    return sql.replace("?", "%s")


_LOAD, _UPDATE, _ENTRY = _named(LOAD) + "FOR UPDATE", _named(UPDATE), _named(ENTRY)


def connect(url: str) -> psycopg.Connection[Any]:
    """A connection as psycopg makes it: statements that come often are prepared."""
    import psycopg

    return psycopg.connect(url)


def fire(
    connection: psycopg.Connection[Any], roles: set[str], case_id: str, trigger: str, form: Mapping[str, Any]
) -> str:
    """One firing in a transaction of its own; answers with the new state."""
    cursor = connection.cursor()
    try:
        row = cursor.execute(_LOAD, ("main", case_id)).fetchone()
        found = decided(row, roles, case_id, trigger, form)
        if cursor.execute(_UPDATE, found.case).rowcount != 1:
            raise Refusal("somebody was faster")
        sql, stored = projecting(form)
        cursor.execute(_named(sql), (found.target, *stored, "main", case_id))
        cursor.execute(_ENTRY, found.entry)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    return found.target


def bulk(
    connection: psycopg.Connection[Any],
    roles: set[str],
    ids: list[str],
    trigger: str,
    form: Mapping[str, Any],
    batch: str,
) -> int:
    """One trigger on many cases, a hundred in each transaction, by executemany."""
    cursor = connection.cursor()
    for start in range(0, len(ids), 100):
        try:
            together(cursor, roles, ids[start : start + 100], trigger, form, batch, _named)
        except BaseException:
            connection.rollback()
            raise
        connection.commit()
    return len(ids)
