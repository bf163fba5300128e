"""F47, F52: a clock that jumps fires no mass of timers by itself; who was asleep for days catches up when told to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from effects.parcel import ANA, START, Sink, app_on, clock_of, post

from casework import Casework
from casework.jobs import WorkLimits

pytestmark = pytest.mark.both
FEW = WorkLimits(late_timers=5)


def waiting(count: int, limits: WorkLimits = FEW) -> Casework:
    """So many parcels, each of which goes back after an hour."""
    app = app_on(post(Sink()), work=limits)
    app.atomically(ANA, lambda desk: [desk.open("parcel") for _ in range(count)])
    return app


def test_a_jump_forward_fires_nothing_and_says_so() -> None:
    app = waiting(6)
    clock_of(app).set(START + timedelta(days=400))

    ran = app.run_due()

    assert (0, 6) == (ran.fired, ran.braked)
    clock_of(app).set(START)
    assert (0, 0) == ((ran := app.run_due()).fired, ran.braked), "the clock is right again, and nothing was lost"


def test_f52_who_was_asleep_for_three_days_catches_up_when_told_that_the_clock_is_right() -> None:
    app = waiting(6)
    clock_of(app).set(START + timedelta(days=3))

    assert 0 == app.run_due().fired
    assert 6 == app.run_due(force=True).fired
    instants = {entry.at for row in app.effects() for entry in app.desk(ANA).history(row.key.case_id)[1:]}
    assert {START + timedelta(days=3)} == instants, "each fires at the present instant"


def test_few_late_timers_are_no_jump() -> None:
    app = waiting(5)
    clock_of(app).set(START + timedelta(days=3))

    assert (5, 0) == ((ran := app.run_due()).fired, ran.braked)


def test_many_at_the_same_instant_are_no_jump_either() -> None:
    app = waiting(30)
    clock_of(app).set(START + timedelta(hours=1, minutes=30))

    assert (30, 0) == ((ran := app.run_due()).fired, ran.braked)


def test_after_a_jump_back_timers_that_were_armed_since_fire_by_the_clock_as_it_is() -> None:
    app = waiting(1)
    clock_of(app).set(START - timedelta(days=30))
    app.desk(ANA).open("parcel")
    clock_of(app).advance(timedelta(hours=2))

    assert 1 == app.run_due().fired
