"""F19: at least one stays on duty. An account with a minimum of one says so, and new shifts count at once."""

from __future__ import annotations

import pytest
from faults.town import at_once, code
from oracle import assert_inv, balances
from stores import fresh, quick

from casework import Account, Actor, CaseType, Casework, Post, State, Transition, Workflow

CLERK = Actor("clerk", roles={"clerk"}, unit="anlu")


def shift(minimum: int) -> CaseType:
    return CaseType(
        "shift",
        chain=[
            Workflow(
                "shift",
                initial="off",
                states=[State("off"), State("on"), State("over", final=True)],
                transitions=[
                    Transition("begin", "off", "on", roles="clerk", effects=Post("outside", "on_duty")),
                    Transition("pause", "on", "off", roles="clerk", effects=Post("on_duty", "outside")),
                    Transition("end", "off", "over", roles="clerk"),
                ],
            )
        ],
        roles=["clerk"],
        opens="clerk",
        grants={"view": "clerk"},
        accounts=[Account("on_duty", "person", minimum=minimum), Account("outside", "person")],
    )


def test_two_people_cannot_both_leave() -> None:
    """Each trial: two are on duty and both go at once, while a third comes."""
    app = Casework(fresh(), case_types=[shift(1)])
    app.create_tables()
    desk = app.desk(CLERK)
    ids = app.atomically(CLERK, lambda inner: [inner.open("shift").id for _ in range(3)])

    for _ in range(20):
        for case in ids[:2]:
            code(lambda case=case: desk.fire(case, "begin"))  # type: ignore[misc]
        before = sum(desk.get(case).state == "on" for case in ids)
        told = at_once(
            [
                lambda: code(lambda: desk.fire(ids[0], "pause")),
                lambda: code(lambda: desk.fire(ids[1], "pause")),
                lambda: code(lambda: desk.fire(ids[2], "begin")),
            ]
        )

        on_duty = sum(desk.get(case).state == "on" for case in ids)
        assert {"on_duty|anlu|": on_duty} == balances(app)
        assert on_duty >= 1
        assert on_duty == before - told[:2].count("") + told[2:].count("")
        code(lambda: desk.fire(ids[2], "pause"))
    assert_inv(app)
    app.dispose()


@pytest.mark.parametrize("minimum", [1, 2, 3])
def test_a_minimum_that_is_not_reached_yet_can_be_grown_into(minimum: int) -> None:
    """From nobody to somebody is no crossing of the limit; going back below it is."""
    app = Casework(quick(), case_types=[shift(minimum)])
    app.create_tables()
    desk = app.desk(CLERK)
    ids = [desk.open("shift").id for _ in range(minimum + 1)]

    for case in ids:
        desk.fire(case, "begin")

    assert "" == code(lambda: desk.fire(ids[0], "pause"))
    assert "limit-reached" == code(lambda: desk.fire(ids[1], "pause"))
