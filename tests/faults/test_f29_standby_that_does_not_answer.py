"""F29: a commit that waits for a standby in vain is told as unknown, and the request id tells what became of it."""

from __future__ import annotations

import time

import pytest
from faults.town import CLERK, POST, TYPES, code, founded
from oracle import assert_inv
from server import durable_server

from casework import Casework, StoreOptions

pytestmark = pytest.mark.postgres


def test_f29_a_commit_that_waits_for_a_dead_standby_is_unknown_and_is_found_by_its_request() -> None:
    with durable_server() as cluster:
        steady = founded(cluster.url())
        with steady._engine.store.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("ALTER SYSTEM SET synchronous_standby_names = 'gone'")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        time.sleep(0.3)
        app = Casework(cluster.url(), case_types=TYPES, parts=[POST], options=StoreOptions(commit_seconds=1))
        desk = app.desk(CLERK)

        started = time.monotonic()
        first = code(lambda: desk.open("guest", name="x", request_id="door-1"))
        waited = time.monotonic() - started
        again = desk.open("guest", name="x", request_id="door-1")
        found = desk.find("guest").cases

        assert "outcome-unknown" == first and waited < 5
        assert [again.id] == [case.id for case in found]
        assert_inv(app)
        app.dispose()
        steady.dispose()
