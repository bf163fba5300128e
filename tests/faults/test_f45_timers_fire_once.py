"""F45: however many schedulers run, each timer fires once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from faults.town import CLERK, START, at_once, founded, guests, in_processes, schedules
from oracle import assert_inv, balances, entries_of
from stores import fresh, on_sqlite, quick

from casework import (
    CaseType,
    Casework,
    Condition,
    Deadline,
    Field,
    FrozenClock,
    Invariant,
    State,
    StoreUnavailable,
    Transition,
    Workflow,
    elapsed_since,
    field,
    hours,
    state,
)
from casework.desk import firing
from casework.exploring import Proving
from casework.storage.sql.transaction import ConstraintBroken

PAID = True
LOOKED_AT = 300
"""So many cases have their entries read one by one; the balances speak for all."""
LATER = START + timedelta(hours=2)


def lodged(url: str, count: int) -> tuple[Casework, FrozenClock, list[str]]:
    """An app with that many people inside, all of whom have to leave after an hour."""
    clock = FrozenClock(START)
    app = founded(url, clock=clock, beds=count)
    ids = [case.id for case in guests(app, count)]
    assert count == len(app.desk(CLERK).bulk(ids, "admit", batch="all", chunk=count).done)
    return app, clock, ids


def assert_each_left_once(app: Casework, ids: list[str]) -> None:
    for case in ids[:LOOKED_AT]:
        assert ["open", "fire", "timer"] == [content["kind"] for _, content in entries_of(app, case)]
    assert {"free|anlu|": len(ids), "taken|anlu|": 0} == balances(app)
    assert_inv(app)


def test_four_schedulers_in_threads_fire_each_timer_once(long: bool) -> None:
    count = 10_000 if long else 300
    app, clock, ids = lodged(fresh(), count)
    clock.set(LATER)

    ran = at_once([lambda: app.run_due(limit=20_000)] * 4)

    assert (count, 0) == (sum(part.fired for part in ran), sum(part.stuck for part in ran))
    assert_each_left_once(app, ids)
    app.dispose()


def test_four_schedulers_in_processes_fire_each_timer_once(long: bool) -> None:
    url, count = fresh(), 2_000 if long else 200
    app, _, ids = lodged(url, count)

    assert count == sum(in_processes(schedules, [(url, LATER)] * 4))
    assert_each_left_once(app, ids)
    app.dispose()


@pytest.mark.parametrize("limit", [1, 7, 200, 201])
def test_a_limit_leaves_the_rest_for_the_next_run(limit: int) -> None:
    app, clock, ids = lodged(quick(), 201)
    clock.set(LATER)

    fired = app.run_due(limit=limit).fired

    assert limit == fired
    assert 201 - limit == app.run_due().fired
    assert_each_left_once(app, ids)


def stay(closes: bool) -> CaseType:
    """A guest whom the deadline turns out; where that would break what must hold, it is refused."""
    over = State("gone", final=True)
    return CaseType(
        "stay",
        chain=[
            Workflow(
                "stay",
                initial="inside",
                states=[State("inside"), over],
                transitions=[Transition("turn_out", "inside", "gone", roles="clerk")],
                deadlines=[Deadline("night", "inside", hours(1), trigger="turn_out")],
            ),
            Workflow(
                "bag",
                initial="held",
                states=[State("held"), State("returned", final=True)],
                transitions=[
                    Transition("return_it", "held", "returned", roles="clerk"),
                    Transition("follow", "held", "returned", automatic=True, condition=state("stay") == "gone"),
                ],
            ),
        ],
        data=[Field("paid", "boolean")],
        roles=["clerk"],
        opens="clerk",
        grants={"view": "clerk"},
        invariants=() if closes else [Invariant("paid", (state("stay") != "gone") | (field("paid") == PAID))],
    )


@pytest.mark.parametrize(("closes", "ends"), [(True, "gone"), (False, "inside")])
def test_a_deadline_that_is_refused_has_rung_all_the_same(closes: bool, ends: str) -> None:
    """It leaves an entry that says so, once; it is not tried again for ever."""
    clock = FrozenClock(START)
    app = Casework(quick(), case_types=[stay(closes)], clock=clock, proving=Proving(limit=0))  # it gets stuck here
    app.create_tables()
    case = app.desk(CLERK).open("stay", paid=False)
    clock.set(LATER)

    assert [(1, 0), (0, 0)] == [(ran.fired, ran.stuck) for ran in (app.run_due(), app.run_due())]
    assert ends == app.desk(CLERK).get(case.id).state
    assert closes == ("refused" not in entries_of(app, case.id)[1][1])
    assert_inv(app)


@pytest.mark.parametrize("operator", ["ge", "gt"])
def test_an_automatic_step_that_waits_wakes_by_itself(operator: str) -> None:
    """At the very instant from which its condition holds, with nobody touching the case."""
    hour = timedelta(hours=1)
    waited = elapsed_since("a") >= hour if operator == "ge" else elapsed_since("a") > hour
    clock = FrozenClock(START)
    app = Casework(quick(), case_types=[_waiting(waited)], clock=clock)
    app.create_tables()
    case = app.desk(CLERK).open("wait")

    clock.set(START + hour)
    app.run_due()
    assert ("b" if operator == "ge" else "a") == app.desk(CLERK).get(case.id).state
    clock.advance(timedelta(microseconds=1))
    app.run_due()
    assert "b" == app.desk(CLERK).get(case.id).state
    assert_inv(app)


def _waiting(waited: Condition) -> CaseType:
    return CaseType(
        "wait",
        chain=[
            Workflow(
                "wait",
                initial="a",
                states=[State("a"), State("b"), State("c", final=True)],
                transitions=[
                    Transition("follow", "a", "b", automatic=True, condition=waited),
                    Transition("end", ("a", "b"), "c", roles="clerk"),
                ],
            )
        ],
        roles=["clerk"],
        opens="clerk",
        grants={"view": "clerk"},
    )


@pytest.mark.parametrize("failing", [RuntimeError("x"), ConstraintBroken("x")], ids=lambda error: type(error).__name__)
def test_a_timer_that_fails_is_stuck_and_starves_no_other(monkeypatch: pytest.MonkeyPatch, failing: Exception) -> None:
    """However many of them come first, and however little is done in one run."""
    app, clock, ids = lodged(quick(), 203)
    clock.set(LATER)
    carry_out, stuck = firing.carry_out, set(sorted(ids)[:201])

    def failing_on_some(engine: Any, transaction: Any, loaded: Any, move: Any) -> Any:
        if loaded.snapshot.id in stuck:
            raise failing
        return carry_out(engine, transaction, loaded, move)

    monkeypatch.setattr(firing, "carry_out", failing_on_some)
    runs = [app.run_due(limit=1) for _ in "abc"]
    assert [1, 1, 0] == [ran.fired for ran in runs]
    # Where several schedulers may work, each begins somewhere else, and may meet a good one before some that are stuck.
    assert all(ran.stuck == 201 or (ran.stuck < 201 and not on_sqlite()) for ran in runs) and 201 == runs[-1].stuck
    stuck.clear()
    assert 201 == app.run_due().fired
    assert_each_left_once(app, ids)


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit, StoreUnavailable])
def test_what_is_about_all_timers_stops_the_run_and_leaves_them_armed(
    monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException]
) -> None:
    app, clock, ids = lodged(quick(), 2)
    clock.set(LATER)

    def interrupted(*_: Any) -> Any:
        raise interruption

    with monkeypatch.context() as patch:
        patch.setattr(firing, "carry_out", interrupted)
        with pytest.raises(interruption):
            app.run_due()
    assert 2 == app.run_due().fired
    assert_each_left_once(app, ids)
