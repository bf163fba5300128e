"""F50: a datetime without a zone names no instant; there is no door through which one comes in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from faults.town import CLERK, START
from oracle import refused, untouched
from stores import quick

from casework import (
    CaseType,
    Casework,
    Desk,
    Field,
    FrozenClock,
    InvalidValue,
    Now,
    Set,
    State,
    Transition,
    Workflow,
    field,
    keep,
)

NAIVE = datetime(2026, 3, 1, 8)
SEEN = Field("seen", "instant")

visit = CaseType(
    "visit",
    chain=[
        Workflow(
            "visit",
            initial="open",
            states=[State("open"), State("shut", final=True)],
            transitions=[
                Transition("see", "open", roles="clerk", form=[SEEN], effects=keep("seen")),
                Transition("shut", "open", "shut", roles="clerk", effects=Set("seen", Now())),
            ],
        )
    ],
    data=[SEEN],
    roles=["clerk"],
    opens="clerk",
    grants={"view": "clerk", "edit": "clerk"},
)


def app_at(clock: object) -> Casework:
    app = Casework(quick(), case_types=[visit], clock=clock)  # type: ignore[arg-type]
    app.create_tables()
    return app


CALLS: dict[str, Callable[[Desk, str], object]] = {
    "open": lambda desk, case: desk.open("visit", seen=NAIVE),
    "fire": lambda desk, case: desk.fire(case, "see", seen=NAIVE),
    "fire with a request id": lambda desk, case: desk.fire(case, "see", seen=NAIVE, request_id="one"),
    "amend": lambda desk, case: desk.amend(case, seen=NAIVE),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_form_refuses_a_naive_datetime(call: Callable[[Desk, str], object]) -> None:
    app = app_at(FrozenClock(START))
    desk = app.desk(CLERK)
    case = desk.open("visit")

    no = refused(app, lambda: call(desk, case.id))

    assert ("invalid-form", ["seen"]) == (no.code, [problem.field for problem in no.problems])


DOORS: dict[str, Callable[[], object]] = {
    "a condition": lambda: field("seen") > NAIVE,
    "a choice in a condition": lambda: field("seen").in_(NAIVE),
    "an effect": lambda: Set("seen", NAIVE),
    "a frozen clock": lambda: FrozenClock(NAIVE),
    "a clock that is set": lambda: FrozenClock(START).set(NAIVE),
}


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_a_definition_refuses_a_naive_datetime(door: Callable[[], object]) -> None:
    with pytest.raises((InvalidValue, ValueError)):
        door()


@pytest.mark.parametrize("run", [Casework.run_due, Casework.send_waiting])
def test_the_worker_refuses_a_naive_now(run: Callable[[Casework, datetime], object]) -> None:
    app = app_at(FrozenClock(START))

    with untouched(app), pytest.raises(ValueError, match="naive"):
        run(app, NAIVE)


class NaiveClock:
    """A clock of the host's own that forgot its zone."""

    def now(self) -> datetime:
        return NAIVE


def test_a_clock_that_tells_no_zone_writes_nothing() -> None:
    app = app_at(NaiveClock())

    with untouched(app), pytest.raises((TypeError, ValueError), match="naive"):
        app.desk(CLERK).open("visit")


def test_one_instant_told_in_two_zones_is_one_value() -> None:
    """Across the end of summer time: the wall clock says the same twice, the instants differ by an hour."""
    app = app_at(FrozenClock(START))
    desk = app.desk(CLERK)
    summer, winter = (datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=h))) for h in (2, 1))

    first = desk.open("visit", seen=summer)
    same = desk.open("visit", seen=summer.astimezone(timezone(timedelta(hours=8))))
    later = desk.open("visit", seen=winter)

    assert first.data == same.data
    assert timedelta(hours=1) == later.data["seen"] - first.data["seen"]  # type: ignore[operator]
    assert [later.id] == [case.id for case in desk.find("visit", field("seen") > summer).cases]
