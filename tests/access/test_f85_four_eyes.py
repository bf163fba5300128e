"""F85: what one person asked for another approves, and neither a second account nor an editor gets around that."""

from __future__ import annotations

import attrs
import pytest
from oracle import refused
from stores import quick

from casework import Actor, CaseType, Casework, Desk, Field, Set, State, Transition, Workflow, actor, keep

plan = CaseType(
    "plan",
    data=[Field("amount", "integer"), Field("remark"), Field("approved", "boolean")],
    opens="clerk",
    grants={"view": ["clerk", "chief"], "edit": ["clerk", "chief"]},
    chain=[
        Workflow(
            "plan",
            initial="new",
            states=[State("new"), State("paid", final=True)],
            transitions=[
                Transition("ask", "new", roles="clerk", form=[Field("amount", "integer")], effects=keep("amount")),
                Transition("approve", "new", roles="chief", four_eyes="ask", effects=Set("approved", True)),
                Transition("pay", "new", "paid", roles="clerk", condition=actor.differs_from("approve")),
            ],
        )
    ],
)
LI, BO, XU = Actor("li", {"clerk"}), Actor("bo", {"chief"}), Actor("xu", {"clerk", "chief"})


@pytest.fixture
def app() -> Casework:
    made = Casework(quick(), case_types=[plan])
    made.create_tables()
    return made


def approved(app: Casework) -> str:
    """A case whose amount li asked for and bo approved."""
    case = app.desk(LI).open("plan")
    app.desk(LI).fire(case.id, "ask", amount=100)
    app.desk(BO).fire(case.id, "approve")
    return case.id


def test_f85_what_was_approved_is_carried_out(app: Casework) -> None:
    assert "paid" == app.desk(LI).fire(approved(app), "pay").state


@pytest.mark.parametrize(
    "again",
    [
        attrs.evolve(LI, roles={"chief"}),
        Actor("li-chief", {"chief"}, person="li"),
        Actor("li-there", roles_in={"north": {"chief"}}, unit="south", person="li"),
    ],
    ids=["the account", "a second account", "a role of one unit"],
)
def test_f85_whoever_asked_does_not_approve_under_any_account(app: Casework, again: Actor) -> None:
    case = app.desk(LI).open("plan", unit="north")
    app.desk(LI).fire(case.id, "ask", amount=100)

    assert "unmet" == refused(app, lambda: app.desk(again).fire(case.id, "approve")).code


@pytest.mark.parametrize("editor", [LI, BO, XU], ids=lambda who: who.id)
def test_f85_an_edit_after_the_approval_voids_it(app: Casework, editor: Actor) -> None:
    case = approved(app)
    app.desk(editor).amend(case, amount=1_000)

    assert "unmet" == refused(app, lambda: app.desk(XU).fire(case, "pay")).code
    assert "unmet" == refused(app, lambda: app.desk(BO).fire(case, "approve")).code


def test_f85_to_ask_anew_voids_the_approval_as_well(app: Casework) -> None:
    case = approved(app)
    app.desk(XU).fire(case, "ask", amount=1_000)

    assert "unmet" == refused(app, lambda: app.desk(LI).fire(case, "pay")).code
    assert "unmet" == refused(app, lambda: app.desk(XU).fire(case, "approve")).code
    app.desk(BO).fire(case, "approve")
    assert "paid" == app.desk(LI).fire(case, "pay").state


def test_f85_an_edit_of_something_else_leaves_it(app: Casework) -> None:
    case = approved(app)
    app.desk(LI).amend(case, remark="by bank")

    assert "paid" == app.desk(LI).fire(case, "pay").state


def test_f85_whoever_approved_does_not_pay(app: Casework) -> None:
    case = app.desk(LI).open("plan")
    app.desk(LI).fire(case.id, "ask", amount=100)
    app.desk(XU).fire(case.id, "approve")
    desks: list[Desk] = [app.desk(XU), app.desk(attrs.evolve(LI, person="xu"))]

    assert ["unmet"] * 2 == [refused(app, lambda desk=desk: desk.fire(case.id, "pay")).code for desk in desks]  # type: ignore[misc]
