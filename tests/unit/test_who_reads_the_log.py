"""What a log and the ledger tell whom: to whom a view is lent, who reads remarks, who knows persons and balances."""

from __future__ import annotations

from typing import Any

import pytest
from stores import quick

from casework import (
    Account,
    Actor,
    Assign,
    CaseType,
    Casework,
    Desk,
    Field,
    Given,
    Post,
    Refused,
    Role,
    State,
    Transition,
    Workflow,
    balance,
)

pytestmark = pytest.mark.usefixtures("on_each_database")

PURSE = Account("purse", "coin", owner="person", minimum=0, maximum=9, readers=("clerk", "friend"))
MINT = Account("mint", "coin", owner="tenant")
LENT = {"view": "guest", "note": ("clerk", "guest")}
STAY = CaseType(
    "stay",
    chain=[
        Workflow(
            "stay",
            initial="home",
            states=[
                State("home", grants={"note": "clerk"}),
                State("lent", grants=LENT),
                State("over", final=True),
            ],
            transitions=[
                Transition(
                    "lend", "home", "lent", roles="clerk", form=[Field("why", field_class="personal", readers="guest")]
                ),
                Transition("take_back", "lent", "home", roles="clerk"),
                Transition(
                    "befriend",
                    "home",
                    roles="clerk",
                    form=[Field("who", field_class="personal")],
                    effects=Assign("friend", Given("who")),
                ),
                Transition("pay", ("home", "lent"), roles=("clerk", "guest", "watch"), effects=Post("mint", "purse")),
                Transition("owe", "home", roles=("clerk", "watch"), effects=Post("purse", "mint")),
                Transition("end", "home", "over", roles="clerk"),
            ],
        )
    ],
    roles=[Role("clerk"), Role("guest"), Role("watch"), Role("friend", local=True)],
    opens="clerk",
    grants={"view": ("clerk", "watch", "friend")},
    readers={"personal": ("clerk", "friend")},
    accounts=[PURSE, MINT],
)


@pytest.fixture
def desks() -> dict[str, Desk]:
    app = Casework(quick(), case_types=[STAY])
    app.create_tables()
    return {name: app.desk(Actor(name, roles={name})) for name in ("clerk", "guest", "watch")} | {
        "pal": app.desk(Actor("pal"))
    }


def lent(desks: dict[str, Desk]) -> Any:
    """Lent, taken back, and lent anew, with a remark before each."""
    clerk = desks["clerk"]
    case = clerk.open("stay", subjects={"person": "p-17"})
    for why in ("first reason", "second reason"):
        case = clerk.fire(clerk.note(case, f"before the {why}"), "lend", why=why)
        if why == "first reason":
            case = clerk.fire(case, "take_back")
    return case


def refused(call: Any, *told: Any, **more: Any) -> Any:
    with pytest.raises(Refused) as no:
        call(*told, **more)
    return no.value.refusal


def test_a_lent_view_reads_the_log_from_where_it_was_lent_last(desks: dict[str, Desk]) -> None:
    log = desks["guest"].history(lent(desks))

    assert [True, True, True, True, True, False] == [entry.withheld for entry in log]
    assert ["second reason"] == [entry.form["why"] for entry in log if "why" in entry.form]
    assert [1, 2, 3, 4, 5, 6] == [entry.number for entry in log]


def test_of_what_is_withheld_only_number_kind_and_time_are_told(desks: dict[str, Desk]) -> None:
    first = desks["guest"].history(lent(desks))[0]

    assert ("open", "", "", "", (), (), "") == (
        first.kind,
        first.trigger,
        first.actor,
        first.person,
        first.steps,
        first.hidden,
        first.hash,
    )


def test_whoever_views_in_every_state_reads_the_whole_log(desks: dict[str, Desk]) -> None:
    case = lent(desks)

    assert [False] * 6 == [entry.withheld for entry in desks["watch"].history(case.id)]


def test_a_local_role_that_views_in_every_state_reads_what_was_before_it_was_given(desks: dict[str, Desk]) -> None:
    case = desks["clerk"].fire(desks["clerk"].open("stay"), "befriend", who="pal")

    assert [False, False] == [entry.withheld for entry in desks["pal"].history(case.id)]


def test_a_remark_is_told_to_its_author_and_to_those_at_home(desks: dict[str, Desk]) -> None:
    case = lent(desks)
    desks["clerk"].note(case.id, "his daughter lives in town")
    desks["guest"].note(case.id, "which floor?")
    read = {name: [entry.note for entry in desks[name].history(case.id)][-2:] for name in ("clerk", "guest", "watch")}

    both = ["his daughter lives in town", "which floor?"]
    assert {"clerk": both, "guest": ["", "which floor?"], "watch": ["", ""]} == read


def test_who_it_is_about_is_told_to_those_who_read_what_is_personal(desks: dict[str, Desk]) -> None:
    clerk, watch = desks["clerk"], desks["watch"]
    case = clerk.fire(clerk.open("stay", subjects={"person": "p-17"}), "befriend", who="pal")
    clerk.fire(case, "pay")
    told = repr(watch.get(case.id)) + repr(watch.history(case.id)) + repr([*watch.export([case.id])])

    assert {"person": "p-17"} == dict(clerk.get(case.id).subjects)
    assert [] == [name for name in ("p-17", "pal") if name in told]
    assert ("mint||", "purse||", "coin", 1) == watch.history(case.id)[-1].postings[0]
    assert (("friend", ""),) == watch.history(case.id)[-2].assigned
    assert ["roles.friend", "subjects.person"] == next(watch.export([case.id]))["withheld"]


def test_what_somebody_has_is_told_to_the_readers_of_the_account(desks: dict[str, Desk]) -> None:
    clerk = desks["clerk"]
    case = clerk.fire(clerk.fire(clerk.open("stay"), "befriend", who="pal"), "pay")
    rich = balance("purse") >= 1

    assert {("purse", ""): 1} == desks["pal"].balances(case.id) == clerk.balances(case)
    assert {} == desks["watch"].balances(case.id)
    assert [case.id] == [found.id for found in clerk.find("stay", rich).cases]
    assert "not-permitted" == refused(desks["watch"].find, "stay", rich).code


def test_a_refusal_tells_what_is_left_to_the_readers_of_the_account_only(desks: dict[str, Desk]) -> None:
    case = desks["clerk"].open("stay")
    said = {name: refused(desks[name].fire, case.id, "owe") for name in ("clerk", "watch")}

    assert {"limit-reached"} == {no.code for no in said.values()}
    assert "0 left, 1 asked for" in said["clerk"].sentence("en")
    assert "left" not in said["watch"].sentence("en")


def test_an_account_of_somebody_without_readers_is_as_personal_as_they_are() -> None:
    plain = CaseType(
        "stay",
        chain=STAY.chain,
        roles=STAY.roles,
        opens="clerk",
        grants=STAY.grants,
        readers=STAY.readers,
        accounts=[Account("purse", "coin", owner="person", minimum=0), MINT],
    )
    app = Casework(quick(), case_types=[plain])
    app.create_tables()
    case = app.desk(Actor("clerk", roles={"clerk"})).open("stay")

    assert {} == app.desk(Actor("watch", roles={"watch"})).balances(case.id)
    assert [("purse", "")] == [*app.desk(Actor("clerk", roles={"clerk"})).balances(case.id)]
