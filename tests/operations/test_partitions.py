"""Cases and their log, partitioned by tenant and by the month of opening: every verb works over them."""

from __future__ import annotations

import pytest
from shelter import shelter
from sqlalchemy import Connection, text
from stores import fresh
from working import case_types, day

from casework import Casework

pytestmark = pytest.mark.postgres

TABLES = {"casework_entry": "case_id", "casework_case": "id", "casework_posting": "case_id", "case_stay": "case__id"}


def _tenant(table: str) -> str:
    return "case__tenant" if table.startswith("case_") else "tenant"


def _partition(connection: Connection, table: str, scheme: str, parts: list[str]) -> None:
    """Put a partitioned table in the place of an empty one, with its keys, indexes and triggers."""
    triggers = connection.execute(
        text("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = to_regclass(:name) AND NOT tgisinternal"),
        {"name": table},
    )
    kept = [str(row[0]) for row in triggers]
    connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {table}_old")
    connection.exec_driver_sql(f"CREATE TABLE {table} (LIKE {table}_old INCLUDING ALL) PARTITION BY {scheme}")
    for number, part in enumerate(parts):
        connection.exec_driver_sql(f"CREATE TABLE {table}_{number} PARTITION OF {table} {part}")
    connection.exec_driver_sql(f"DROP TABLE {table}_old")
    for trigger in kept:
        connection.exec_driver_sql(trigger)


def _worked(app: Casework) -> None:
    for tenant in ("north", "south", "east"):
        day(app, tenant)
    verdict = app.verify()

    assert verdict.whole and verdict.cases >= 6


def test_the_tables_of_cases_may_be_partitioned_by_tenant() -> None:
    app = shelter(fresh(), case_types=case_types())
    parts = [f"FOR VALUES WITH (MODULUS 4, REMAINDER {number})" for number in range(4)]
    with app._engine.store.engine.begin() as connection:
        for table in TABLES:
            _partition(connection, table, f"HASH ({_tenant(table)})", parts)
    _worked(app)
    app.dispose()


def test_the_tables_of_cases_may_be_partitioned_by_the_month_of_opening() -> None:
    app = shelter(fresh(), case_types=case_types())
    # UUIDv7: the first twelve hexadecimal digits are the milliseconds since 1970; 019c… is the beginning of 2026.
    parts = ["FOR VALUES FROM ('019c0000') TO ('019d0000')", "DEFAULT"]
    with app._engine.store.engine.begin() as connection:
        for table, key in TABLES.items():
            _partition(connection, table, f"RANGE ({key})", parts)
    _worked(app)
    with app._engine.store.engine.connect() as connection:
        counts = [connection.execute(text(f"SELECT count(*) FROM casework_entry_{n}")).scalar() for n in (0, 1)]

    assert counts[0] and not counts[1]
    app.dispose()
