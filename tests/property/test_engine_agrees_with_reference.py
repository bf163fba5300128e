"""The engine and the second interpreter walk the same way through random cases and have to agree at every step.

Verdicts with their codes, states, data, due dates, balances, what is available; ``why_not`` says what
``fire`` does; and INV holds all the time. The walk is that of the test kit.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import assert_inv
from stores import quick
from strategies import sound_case_types

from casework import (
    Actor,
    Case,
    CaseType,
    Casework,
    Deadline,
    Field,
    FrozenClock,
    Refusal,
    Refused,
    Set,
    State,
    Transition,
    Workflow,
    field,
    hours,
    keep,
    state,
)
from casework.rescue import rescue, station
from casework.testing import workflow_machine
from casework.testing.machine.bench import Bench
from casework.testing.machine.choosing import calls
from casework.testing.machine.setup import Given, prepared

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
STEPS = 24
WALKS = settings(max_examples=max(settings().max_examples // 2, 10))


@WALKS
@given(st.data())
def test_any_sound_case_type_runs_as_the_reference_says(data: st.DataObject) -> None:
    """As ``workflow_machine`` does, for a case type that is drawn as well."""
    given_ = Given(case_types=(data.draw(sound_case_types()),), parts=(), plugins=(), attachments=(), requirements=())
    setup = prepared("sample", given_, actors=None, data=None, forms={}, claims=(), before=None)
    bench = Bench(setup)
    for _ in range(STEPS):
        bench.do(calls(data.draw, bench))
    bench.end()


TestRescue = workflow_machine(rescue, beside=[station]).TestCase
TestRescue.settings = settings(TestRescue.settings, max_examples=WALKS.max_examples)


def refusal(call: Callable[[], object]) -> Refusal | None:
    """Why not, or None."""
    try:
        call()
    except Refused as no:
        return no.refusal
    return None


# What the walks above (or writing the reference) have found; each was mended.

AMOUNT = Field("amount", "integer")


def four_eyes(*, automatic: bool = False, deadline: bool = False) -> CaseType:
    """Somebody asks for an amount, somebody else approves of it; what else may touch the amount is to be chosen."""
    cap = [Transition("cap", "low", "high", automatic=True, condition=field("hurry") == YES, effects=Set("amount", 9))]
    late = [Deadline("late", "asking", hours(1), trigger="ask_nothing")]
    return CaseType(
        "money",
        chain=[
            Workflow(
                "money",
                initial="asking",
                states=[State("asking"), State("paid", final=True)],
                transitions=[
                    Transition("ask", "asking", roles="clerk", form=[AMOUNT], effects=keep("amount")),
                    Transition("ask_nothing", "asking", roles="clerk", effects=Set("amount", 1)),
                    Transition("hurry", "asking", roles="clerk", effects=Set("hurry", True)),
                    Transition("approve", "asking", "paid", roles="clerk", four_eyes=("ask",)),
                    Transition("approve_nothing", "asking", "paid", roles="clerk", four_eyes=("ask_nothing",)),
                ],
                deadlines=late if deadline else (),
            ),
            Workflow(
                "level",
                initial="low",
                states=[State("low"), State("high", final=True)],
                transitions=[
                    *(cap if automatic else ()),
                    Transition("rise", "low", "high", roles="clerk"),
                    Transition("over", "low", "high", automatic=True, condition=state("money") == "paid"),
                ],
            ),
        ],
        data=[AMOUNT, Field("hurry", "boolean"), Field("kept", "text", managed=True)],
        roles=["clerk"],
        opens="clerk",
        grants={"view": "clerk", "edit": "clerk"},
    )


YES = True
ASKER, APPROVER = (Actor(name, roles={"clerk"}, unit="anlu") for name in ("asker", "approver"))


def started(case_type: CaseType) -> tuple[Casework, FrozenClock, Case]:
    clock = FrozenClock(START)
    app = Casework(quick(), case_types=[case_type], clock=clock)
    app.create_tables()
    return app, clock, app.desk(ASKER).open("money")


@pytest.mark.parametrize("name", ["nonsense", "kept"])
@pytest.mark.parametrize("value", [None, "x"])
def test_an_amendment_of_what_cannot_be_amended_is_refused_even_when_it_clears(name: str, value: str | None) -> None:
    app, _, case = started(four_eyes())

    said = refusal(lambda: app.desk(ASKER).amend(case, **{name: value}))

    assert said is not None and "invalid-form" == said.code and [name] == [problem.field for problem in said.problems]


def test_an_act_is_void_when_an_automatic_step_changes_what_it_covered() -> None:
    app, _, case = started(four_eyes(automatic=True))
    case = app.desk(ASKER).fire(case, "ask", amount=2)
    assert app.desk(APPROVER).why_not(case, "approve", {}) is None

    case = app.desk(ASKER).fire(case, "hurry")

    assert 9 == case.data["amount"]
    said = app.desk(APPROVER).why_not(case, "approve", {})
    assert said is not None and "unmet" == said.code
    assert_inv(app)


def test_what_a_deadline_did_is_an_act_like_any_other() -> None:
    """The system asked; anybody is somebody else; and the log says the same as the row."""
    app, clock, case = started(four_eyes(deadline=True))
    clock.advance(timedelta(hours=1))

    assert 1 == app.run_due().fired

    assert_inv(app)
    assert app.desk(ASKER).why_not(case.id, "approve_nothing", {}) is None


def test_the_same_person_under_another_account_is_the_same_person() -> None:
    """Sabotage that random walks seldom meet; so it is asked for outright."""
    app, _, case = started(four_eyes())
    app.desk(ASKER).fire(case, "ask", amount=2)
    again = Actor("another account", roles={"clerk"}, unit="anlu", person="asker")

    assert [True, True, False] == [
        app.desk(who).why_not(case.id, "approve", {}) is not None for who in (ASKER, again, APPROVER)
    ]


def test_entering_a_state_anew_starts_its_deadline_anew() -> None:
    """A weekly visit leads from a state into the same state; a step without a target leaves the clock alone."""
    visit = Workflow(
        "money",
        initial="in",
        states=[State("in"), State("out", final=True)],
        transitions=[
            Transition("visit", "in", "in", roles="clerk"),
            Transition("look", "in", roles="clerk"),
            Transition("go", "in", "out", roles="clerk"),
        ],
        deadlines=[Deadline("weekly", "in", hours(168))],
    )
    grants = {"view": "clerk"}
    app, clock, case = started(CaseType("money", chain=[visit], roles=["clerk"], opens="clerk", grants=grants))

    clock.advance(timedelta(days=2))
    looked = app.desk(ASKER).fire(case, "look")
    visited = app.desk(ASKER).fire(looked, "visit")

    assert case.dues == looked.dues == {"weekly": START + timedelta(days=7)}
    assert {"weekly": START + timedelta(days=9)} == visited.dues
    assert_inv(app)
