"""F44: however many messages wait, were sent or are parked, the next one is found at once."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

import pytest
from effects.parcel import START, Sink, app_on, post
from sqlalchemy import text

from casework import Casework
from casework.clock import to_micros
from casework.storage.schema import message
from casework.storage.sql.prepared import Prepared

pytestmark = pytest.mark.both


def rows(count: int) -> Iterator[dict[str, object]]:
    """A tenth waits for the channel, as many for one that nobody has, and the rest was sent."""
    due = to_micros(START)
    for n in range(count):
        state, channel = (
            ("waiting", "post") if n % 10 == 0 else ("waiting", "gone") if n % 10 == 1 else ("sent", "post")
        )
        key = {"tenant": "main", "case_id": f"case-{n:08}", "number": 2, "line": 0}
        told = {"channel": channel, "recipient": "li", "body": b"{}", "state": state, "attempts": 0}
        yield {**key, **told, "next_at": due - n % 1000, "token": 0}


def filled(count: int) -> Casework:
    app = app_on(post(Sink(), order="none"))
    with app._engine.store.engine.begin() as connection:
        waiting = rows(count)
        while several := list(islice(waiting, 10_000)):
            connection.execute(message.insert(), several)
    with app._engine.store.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
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
    app, took = filled(1_000_000), []
    for _ in range(1_000):
        begun = time.perf_counter()
        assert 1 == app.send_waiting(START, limit=1).sent
        took.append(time.perf_counter() - begun)

    assert 0.020 > statistics.quantiles(took, n=100)[98], "of a hundred attempts 99 take less"
    app.dispose()


def test_f44_what_was_sent_long_ago_keeps_its_key() -> None:
    app = filled(2_000)
    keys = {str(row.key) for row in app.effects("sent", limit=5_000)}
    app._engine.clock.advance(timedelta(days=40))  # type: ignore[attr-defined]

    while app.tend().emptied:
        pass

    assert keys == {str(row.key) for row in app.effects("emptied", limit=5_000)}
    app.dispose()
