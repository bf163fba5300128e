"""F44: however many messages wait, were sent or are parked, the next one is found at once."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta

import pytest
from effects.parcel import START, Sink, app_on, post
from sqlalchemy import text

from casework import Casework
from casework.clock import to_micros
from casework.storage.sql.prepared import Prepared

pytestmark = pytest.mark.both


STEP = 20_000  # rows that are written by one statement, well within its time
TRANSACTIONS = 4  # of sending one message: three that look for what is due, and the report
# A tenth waits for the channel, as many for one that nobody has, and the rest was sent.
FILL = """
INSERT INTO casework_message
    (tenant, case_id, number, line, channel, recipient, body, state, attempts, next_at, token)
WITH RECURSIVE told(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM told WHERE n < :last - 1)
SELECT 'main', 'case-' || n, 2, 0, CASE n % 10 WHEN 1 THEN 'gone' ELSE 'post' END, 'li', :body,
    CASE WHEN n % 10 < 2 THEN 'waiting' ELSE 'sent' END, 0, :due - n % 1000, 0 FROM told
"""


def filled(count: int) -> Casework:
    app = app_on(post(Sink(), order="none"))
    with app._engine.store.engine.begin() as connection:
        for first in range(0, count, STEP):
            told = {"first": first, "last": min(first + STEP, count), "body": b"{}", "due": to_micros(START)}
            connection.execute(text(FILL), told)
        # In the same transaction: what a planner learned in one that is rolled back is forgotten.
        connection.execute(text("ANALYZE"))
    return app


def plan(app: Casework, statement: Prepared, values: dict[str, object]) -> str:
    """How the database would find what the statement asks for."""
    driver = app._engine.store.engine.raw_connection()
    try:
        cursor = driver.cursor()
        how = "EXPLAIN QUERY PLAN " if app._engine.store.engine.dialect.name == "sqlite" else "EXPLAIN "
        cursor.execute(how + statement.sql, statement.bound(values))
        return "\n".join(str(row) for row in cursor.fetchall())
    finally:
        driver.rollback()
        driver.close()


def test_f44_the_next_message_is_found_by_the_index_without_sorting() -> None:
    app = filled(20_000)
    asked = {"b_channel": "post", "b_now": to_micros(START)}

    found = plan(app, app._engine.store.messages._next, asked)

    assert "ix_casework_message_due" in found
    assert "TEMP B-TREE" not in found and "Sort" not in found
    app.dispose()


@pytest.mark.long
def test_f44_of_a_million_the_next_one_is_taken_within_20_ms() -> None:
    app = filled(1_000_000)
    store, took, waited = app._engine.store, [], []
    for _ in range(1_000):
        begun = time.perf_counter()
        assert 1 == app.send_waiting(START, limit=1).sent
        took.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        for _ in range(TRANSACTIONS):
            with store.transactions.read() as transaction:
                transaction.send("SELECT 1")
        waited.append(time.perf_counter() - begun)
    slow, idle = (statistics.quantiles(times, n=100)[98] for times in (took, waited))
    print(f"\n99 of 100 messages took less than {slow * 1_000:.1f} ms, asking for nothing {idle * 1_000:.1f} ms")

    assert max(0.020, 3 * idle) > slow, "more than 20 ms, and not for a machine that is busy otherwise"
    app.dispose()


def test_f44_what_was_sent_long_ago_keeps_its_key() -> None:
    app = filled(2_000)
    keys = {str(row.key) for row in app.effects("sent", limit=5_000)}
    app._engine.clock.advance(timedelta(days=40))  # type: ignore[attr-defined]

    while app.tend().emptied:
        pass

    assert keys == {str(row.key) for row in app.effects("emptied", limit=5_000)}
    app.dispose()
