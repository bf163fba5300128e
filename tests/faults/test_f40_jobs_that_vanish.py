"""F40: whatever a runner loses, be it a worker, a job or all jobs, the rows of the store bring back."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from effects.parcel import ANA, Sink, app_on, post, told
from oracle import assert_inv
from sqlalchemy import text
from stores import fresh

from casework import Casework, FrozenClock, SystemClock
from casework.jobs.procrastinate import Procrastinate, work
from casework.jobs.procrastinate.worker import Pace

pytestmark = pytest.mark.postgres
PACE = Pace(tend="* * * * * *", poll=0.1, heartbeat=0.2, silent=1.0, hung=5.0, again=0.1)
MINUTE = timedelta(minutes=1)


def running(sink: Sink, **more: Any) -> tuple[Casework, str]:
    """An app on Procrastinate; nobody works yet."""
    url = fresh()
    channel = post(sink, lease=timedelta(seconds=1), pauses=[timedelta(milliseconds=100)] * 3)
    return app_on(channel, **{"url": url, "clock": SystemClock(), "runner": Procrastinate(), **more}), url


def sql(app: Casework, statement: str, **values: Any) -> list[Any]:
    with app._engine.store.engine.begin() as connection:
        found = connection.execute(text(statement), values)
        return list(found.fetchall()) if found.returns_rows else []


def worked(app: Casework, url: str, sink: Sink, count: int) -> None:
    """Work until so much has arrived, or for long enough."""
    end = time.monotonic() + 60
    while len(sink.keys) < count and time.monotonic() < end:
        work(app, url, concurrency=2, seconds=1, pace=PACE)


def begun_and_vanished(app: Casework, *, with_its_row: bool) -> None:
    """A worker fetches a job, takes the message, and is never heard of again."""
    ((worker,),) = sql(app, "SELECT worker_id FROM procrastinate_register_worker_v1()")
    sql(app, "SELECT id FROM procrastinate_fetch_job_v2(NULL, :worker)", worker=worker)
    (row,) = app.effects("waiting")
    changed = "UPDATE casework_message SET token = token + 1, attempts = 1, leased_until = :until, next_at = :until"
    now = app._engine.clock.now()
    sql(app, changed, until=int((now + timedelta(seconds=1)).timestamp() * 1_000_000))
    sql(app, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    if with_its_row:
        sql(app, "DELETE FROM procrastinate_workers")
    assert ["doing"] == [status for (status,) in sql(app, "SELECT status::text FROM procrastinate_jobs")]
    assert str(row.key).startswith("main/")


@pytest.mark.parametrize("with_its_row", [True, False], ids=["its row is gone", "its row is there"])
def test_f40_a_job_whose_worker_vanished_is_done_by_another(with_its_row: bool) -> None:
    sink = Sink()
    app, url = running(sink)
    told(app, 1)
    begun_and_vanished(app, with_its_row=with_its_row)

    worked(app, url, sink, 1)

    assert [("sent", 2)] == [(row.state, row.attempts) for row in app.effects()]
    assert 1 == len(sink.keys)
    assert [] == sql(app, "SELECT * FROM procrastinate_jobs WHERE task_name = 'casework.perform'")
    app.dispose()


def test_f40_a_store_that_was_restored_without_its_jobs_gets_them_again() -> None:
    sink = Sink()
    past = FrozenClock(SystemClock().now() - 2 * MINUTE)
    app, url = running(sink, clock=past)
    cases = told(app, 4, times=2)
    sql(app, "DELETE FROM procrastinate_jobs")
    past.advance(2 * MINUTE)

    worked(app, url, sink, 8)

    assert [2, 3] * 4 == [int(key.split("/")[2]) for case in cases for key in sink.keys if case.id in key]
    assert_inv(app)
    app.dispose()


def test_a_runner_that_is_switched_on_late_finds_what_waits() -> None:
    sink = Sink()
    past = FrozenClock(SystemClock().now() - 2 * MINUTE)
    before, url = running(sink, clock=past, runner=None)
    told(before, 3)
    before.dispose()
    app, _ = running(sink, url=url)

    worked(app, url, sink, 3)

    assert 3 == len(sink.keys)
    app.dispose()


def test_finished_jobs_are_gone() -> None:
    sink = Sink()
    app, url = running(sink)
    told(app, 5)
    worked(app, url, sink, 5)

    counted = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'casework.perform'"
    assert [(0,)] == sql(app, counted)
    assert [(0,)] == sql(app, "SELECT count(*) FROM procrastinate_workers"), "whoever stopped has signed off"
    app.dispose()


def test_f63_a_job_table_holds_nothing_of_a_person() -> None:
    app, _ = running(Sink())
    case = app.desk(ANA).open("parcel")
    app.desk(ANA).fire(case, "tell")

    ((lock, key, arguments),) = sql(app, "SELECT lock, queueing_lock, args FROM procrastinate_jobs")

    assert (f"main/{case.id}", f"message/main/{case.id}/2/0") == (lock, key)
    assert {"kind", "tenant", "case_id", "name", "due_at", "lane"} == set(arguments)
    assert not {"li", "hello", "ana"} & set(json.dumps(arguments).split('"'))
    app.dispose()


def test_a_firing_that_is_rolled_back_leaves_no_job() -> None:
    app, _ = running(Sink())

    def taken_back(desk: Any) -> None:
        desk.fire(desk.open("parcel"), "tell")
        raise LookupError

    with pytest.raises(LookupError):
        app.atomically(ANA, taken_back)

    assert [] == sql(app, "SELECT id FROM procrastinate_jobs")
    app.dispose()


def test_leaving_a_state_takes_the_job_of_its_timer_along() -> None:
    app, _ = running(Sink(), clock=FrozenClock(SystemClock().now()))
    clock = app._engine.clock
    assert isinstance(clock, FrozenClock)
    desk = app.desk(ANA)
    case = desk.open("parcel")
    clock.advance(timedelta(minutes=55))
    app.tend()
    counted = "SELECT count(*) FROM procrastinate_jobs WHERE queueing_lock LIKE 'timer/%'"
    assert [(1,)] == sql(app, counted)

    desk.fire(case, "lend")

    assert [(0,)] == sql(app, counted)
    app.dispose()


def test_tables_of_procrastinate_are_made_once_and_their_version_is_known() -> None:
    app, _ = running(Sink())
    app.migrate()
    app.create_tables()

    assert [("procrastinate",)] == sql(app, "SELECT runner FROM casework_runner WHERE version LIKE '3.%'")
    app.dispose()
