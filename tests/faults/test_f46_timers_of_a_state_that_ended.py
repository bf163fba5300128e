"""F46: a timer belongs to one stay in its state. Whoever left in time, or came back, is not turned out by it."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from faults.town import CLERK, START, TickingClock, at_once, founded, guests, meddle
from oracle import assert_inv, entries_of, tables
from stores import fresh

from casework import Casework, FrozenClock

HOUR = timedelta(hours=1)


def test_who_left_in_time_is_not_turned_out() -> None:
    clock = FrozenClock(START)
    app = founded(clock=clock, beds=1)
    desk = app.desk(CLERK)
    case = desk.fire(desk.fire(guests(app, 1)[0], "admit"), "step_out")
    clock.advance(2 * HOUR)

    assert 0 == app.run_due().fired
    assert ("waiting", 3) == (desk.get(case).state, desk.get(case).revision)
    assert_inv(app)


def test_leaving_a_state_takes_its_timer_along() -> None:
    app = founded(beds=1)
    desk = app.desk(CLERK)
    inside = desk.fire(guests(app, 1)[0], "admit")
    assert ["stay"] == [row["name"] for row in tables(app)["casework_timer"]]

    desk.fire(inside, "step_out")

    assert [] == tables(app)["casework_timer"]


def test_who_came_back_may_stay_a_whole_hour() -> None:
    clock = FrozenClock(START)
    app = founded(clock=clock, beds=1)
    desk = app.desk(CLERK)
    case = desk.fire(desk.fire(guests(app, 1)[0], "admit"), "step_out")
    clock.advance(HOUR / 2)
    desk.fire(case, "admit")

    clock.set(START + HOUR)
    assert (0, "inside") == (app.run_due().fired, desk.get(case.id).state)
    clock.set(START + HOUR * 1.5)
    assert (1, "gone") == (app.run_due().fired, desk.get(case.id).state)
    assert_inv(app)


@pytest.mark.parametrize("seed", [1])
def test_no_timer_acts_after_its_stay_has_ended(seed: int, long: bool) -> None:
    """People go in and out while four schedulers run and the clock goes on; every look at it is four minutes later."""
    clock = TickingClock(START, timedelta(minutes=4))
    app = founded(fresh(), clock=clock, beds=100)
    ids = [case.id for case in guests(app, 600 if long else 60)]
    desk, over = app.desk(CLERK), threading.Event()

    def people(n: int) -> None:
        meddle(desk, ids, seed * 10 + n, 3_000 if long else 250)
        over.set()

    def scheduler() -> int:
        fired = 0
        while not over.is_set():
            fired += app.run_due().fired
        return fired

    told = at_once([*[lambda n=n: people(n) for n in range(2)], *[scheduler] * 4])  # type: ignore[misc]

    assert sum(told[2:]) > 0, "timers did fire"
    assert sum(told[2:]) == sum(_timers(app, case) for case in ids)
    assert_inv(app)
    app.dispose()


def _timers(app: Casework, case_id: str) -> int:
    """How often the case was turned out; each time it had been inside for an hour at least, without a break."""
    count, since = 0, None
    for at, content in entries_of(app, case_id):
        if content["kind"] == "timer":
            count += 1
            assert since is not None, "a timer acted on a case that was not inside"
            assert at - since >= HOUR, "a timer of an earlier stay acted on a later one"
        since = _since(content.get("steps", ()), at, since)
    return count


def _since(steps: list[list[str]], at: datetime, since: datetime | None) -> datetime | None:
    for _, _, _, target, flags in steps:
        if "s" not in flags:
            since = at if target == "inside" else None
    return since
