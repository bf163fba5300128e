"""Whatever runs the jobs may run them twice, late, in parallel, or forget them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from effects.parcel import ANA, START, Sink, app_on, clock_of, numbers, post, told
from faults.town import at_once

from casework import Casework, Refused
from casework.jobs import Job, Writing

pytestmark = pytest.mark.both


class Remembering:
    """A runner that only takes down what it is told."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.cancelled: list[str] = []

    def enqueue(self, writing: Writing, jobs: Sequence[Job], /) -> None:
        self.jobs += jobs

    def cancel(self, writing: Writing, keys: Iterable[str], /) -> None:
        self.cancelled += keys

    def prepare(self, connection: Any, /) -> None:
        self.jobs.clear()


def run(app: Casework, runner: Remembering) -> list[str]:
    """Perform all jobs once."""
    jobs, runner.jobs = runner.jobs, []
    return [app.perform(job).did for job in jobs]


def test_a_message_is_sent_by_its_job_and_by_none_after_it() -> None:
    sink, runner = Sink(), Remembering()
    app = app_on(post(sink), runner=runner)
    told(app, 1)
    (job,) = runner.jobs

    assert ["sent", "gone", "gone"] == [app.perform(job).did for _ in range(3)]
    assert 1 == len(sink.keys)


def test_a_job_performed_by_eight_at_once_is_done_once() -> None:
    sink, runner = Sink(), Remembering()
    app = app_on(post(sink), runner=runner)
    told(app, 1)
    (job,) = runner.jobs

    outcomes = at_once([lambda: app.perform(job).did] * 8)

    assert ["gone"] * 7 + ["sent"] == sorted({"early": "gone"}.get(did, did) for did in outcomes)
    assert 1 == len(sink.keys)


def test_jobs_in_the_wrong_order_wait_for_each_other() -> None:
    sink, runner = Sink(), Remembering()
    app = app_on(post(sink), runner=runner)
    (case,) = told(app, 1, times=3)
    jobs = runner.jobs[::-1]

    outcomes = [app.perform(job) for job in jobs]

    assert ["blocked", "blocked", "sent"] == [outcome.did for outcome in outcomes]
    assert all(outcome.again_at is not None for outcome in outcomes[:2])
    assert ["sent", "sent"] == [app.perform(job).did for job in jobs[1::-1]]
    assert [2, 3, 4] == numbers(sink.keys, case)


def test_a_failure_says_when_to_come_again() -> None:
    sink, runner = Sink(), Remembering()
    app = app_on(post(sink), runner=runner)
    (case,) = told(app, 1)
    sink.failing.add(case.id)
    (job,) = runner.jobs

    outcome = app.perform(job)

    assert "failed" == outcome.did and outcome.again_at is not None
    assert START + timedelta(seconds=5) <= outcome.again_at <= START + timedelta(seconds=6.25)
    assert ("early", outcome.again_at) == ((again := app.perform(job)).did, again.again_at)


def test_a_timer_gets_its_job_when_it_comes_near() -> None:
    runner = Remembering()
    app = app_on(post(Sink()), runner=runner)
    case = app.desk(ANA).open("parcel")
    assert [] == runner.jobs

    clock_of(app).advance(timedelta(minutes=55))
    app.tend()

    assert [f"timer/main/{case.id}/pick_up"] == [job.key for job in runner.jobs]
    (job,) = runner.jobs
    assert "early" == app.perform(job).did
    clock_of(app).advance(timedelta(minutes=5))
    assert ["fired", "gone"] == [app.perform(job).did for _ in range(2)]


def test_leaving_the_state_cancels_the_job_of_its_timer() -> None:
    runner = Remembering()
    app = app_on(post(Sink()), runner=runner)
    desk = app.desk(ANA)
    case = desk.open("parcel")
    desk.fire(case, "lend")

    assert f"timer/main/{case.id}/pick_up" in runner.cancelled


def test_a_firing_that_is_rolled_back_leaves_no_job_that_does_anything() -> None:
    sink, runner = Sink(), Remembering()
    app = app_on(post(sink), runner=runner)

    def work(desk: Any) -> None:
        desk.fire(desk.open("parcel"), "tell")
        raise LookupError

    with pytest.raises(LookupError):
        app.atomically(ANA, work)

    assert ["gone"] == [app.perform(job).did for job in runner.jobs]
    assert [] == sink.keys


def test_what_a_runner_forgot_it_is_told_again() -> None:
    sink, runner = Sink(), Remembering()
    app = app_on(post(sink), runner=runner)
    cases = told(app, 3, times=2)
    runner.jobs.clear()
    app.tend()
    assert [] == runner.jobs, "they may have their jobs still"

    clock_of(app).advance(timedelta(minutes=1))
    app.tend()

    assert ["sent"] * 6 == run(app, runner)
    assert [[2, 3]] * 3 == [numbers(sink.keys, case) for case in cases]


def test_a_job_names_rows_and_nobody() -> None:
    runner = Remembering()
    app = app_on(post(Sink()), runner=runner)
    told(app, 1)
    clock_of(app).advance(timedelta(minutes=55))
    app.tend()

    assert {"message", "timer"} == {job.kind for job in runner.jobs}
    assert [] == [job for job in runner.jobs if "hello" in repr(job) or "'li'" in repr(job) or "ana" in repr(job)]


def test_retrying_by_hand_wakes_the_runner() -> None:
    sink, runner = Sink(), Remembering()
    app = app_on(post(sink, pauses=[]), runner=runner)
    (case,) = told(app, 1)
    sink.failing.add(case.id)
    assert ["dead"] == run(app, runner)
    sink.failing.clear()

    app.retry(f"main/{case.id}/2/0", by="zhou", because="mended")

    assert ["sent"] == run(app, runner)


def test_the_runner_is_not_a_back_door() -> None:
    runner = Remembering()
    app = app_on(post(Sink()), runner=runner)
    told(app, 1)

    with pytest.raises(Refused):
        app.desk(ANA).fire(app.effects()[0].key.case_id, "bring")
    assert 1 == len(runner.jobs)
