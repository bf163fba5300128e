"""What an attached workflow brings along: roles, accounts, worklists, invariants, fields with readers of their own."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from errands import ANA, BEN, Bench, errand, offering, refused

from casework import (
    Account,
    Actor,
    CaseType,
    Conflict,
    Field,
    Invariant,
    Open,
    Outfit,
    Post,
    Role,
    Slot,
    State,
    Transition,
    UnsoundDefinition,
    Workflow,
    Worklist,
    attach,
    check,
    dump,
    field,
    keep,
    load,
    overdue,
    slot,
    state,
)
from casework.soundness import check_workflow

WARDS = [Field("ward", "choice", choices=["east", "west"], managed=True)]
STAY = Workflow(
    "stay",
    initial="idle",
    states=[State("idle"), State("asked", grants={"view": "porter"}), State("over", final=True)],
    transitions=[
        Transition("end", ("idle", "asked"), "over", automatic=True, condition=slot("closed")),
        Transition(
            "ask",
            "idle",
            "asked",
            roles="sender",
            form=[Field("ward", "choice", choices=["east", "west"], required=True), Field("reason", required=True)],
            effects=[keep("ward", "reason"), Post("free", "taken")],
        ),
        Transition(
            "lose_ward", "asked", roles="porter", form=[Field("ward", "choice", choices=["east"])], effects=keep("ward")
        ),
    ],
    fields=[*WARDS, Field("reason", field_class="health", readers="porter", managed=True)],
    slots=[Slot("sender", "role"), Slot("closed"), Slot("patient", "subject")],
    outfit=Outfit(
        roles=[Role("porter"), Role("guest", local=True)],
        accounts=[
            Account("free", "bed", owner="tenant", by="ward", minimum=-1),
            Account("taken", "bed", owner="tenant", by="ward"),
            Account("nights", "night", owner="patient", maximum=10),
        ],
        worklists=[Worklist("asked", "asked", roles=("porter", "sender"), condition=field("ward") == "east")],
        invariants=[Invariant("ward_known", (state("stay") != "asked") | field("ward").known)],
    ),
)
BOUND: dict[str, Any] = {"sender": "clerk", "closed": state("errand") == "done", "patient": "person"}
PLUGIN = offering("wards", attachments=[attach(STAY, "errand", **BOUND)])
PORTER = Actor("pia", roles={"porter"}, unit="north")


def composed(bench: Bench, host: CaseType | None = None) -> CaseType:
    return bench.app(host or errand(), plugins=[PLUGIN]).case_types[0]


def test_the_workflow_is_sound_by_itself_and_composed(bench: Bench) -> None:
    assert [] == check_workflow(STAY)
    assert [] == check(composed(bench))


def test_roles_and_accounts_keep_their_names_and_the_rest_carries_the_workflows(bench: Bench) -> None:
    host = composed(bench)

    assert {"clerk", "chief", "minder", "porter", "guest"} == {role.name for role in host.roles}
    assert {"guest", "minder"} == {role.name for role in host.roles if role.local}
    assert ["stay.asked"] == [worklist.name for worklist in host.worklists]
    assert ("stay", ("porter", "clerk")) == (host.worklists[0].workflow, host.worklists[0].roles)
    assert ["stay.ward_known"] == [invariant.name for invariant in host.invariants]
    accounts = {account.name: (account.owner, account.by) for account in host.accounts}
    assert ("tenant", "stay.ward") == accounts["free"]
    assert ("person", None) == accounts["nights"]
    assert Outfit() == host.chain[1].outfit


def test_a_worklist_that_came_along_lists_the_hosts_cases(bench: Bench) -> None:
    app = bench.app(errand(), plugins=[PLUGIN])
    desk = app.desk(ANA)
    east = desk.fire(desk.open("errand"), "stay.ask", ward="east", reason="x")
    desk.fire(desk.open("errand"), "stay.ask", ward="west", reason="x")

    assert [east.id] == [case.id for case in app.desk(PORTER).worklist("errand", "stay.asked").cases]


def test_accounts_that_came_along_hold_their_limits(bench: Bench) -> None:
    desk = bench.app(errand(), plugins=[PLUGIN]).desk(ANA)
    desk.fire(desk.open("errand"), "stay.ask", ward="east", reason="x")

    assert "limit-reached" == refused(desk.fire, desk.open("errand"), "stay.ask", ward="east", reason="x").code


def test_an_invariant_that_came_along_is_kept(bench: Bench) -> None:
    app = bench.app(errand(), plugins=[PLUGIN])
    desk = app.desk(ANA)
    case = desk.fire(desk.open("errand"), "stay.ask", ward="east", reason="x")

    assert "invariant-broken" == refused(app.desk(PORTER).fire, case.id, "stay.lose_ward").code


def test_readers_of_a_field_stand_instead_of_those_of_its_class(bench: Bench) -> None:
    app = bench.app(errand(), plugins=[PLUGIN])
    case = app.desk(ANA).fire(app.desk(ANA).open("errand"), "stay.ask", ward="east", reason="fever")
    chief = Actor("ch", roles={"chief", "clerk"}, unit="north")

    assert "fever" == app.desk(PORTER).get(case.id).data["stay.reason"]
    assert "stay.reason" not in app.desk(chief).get(case.id).data, "the chief reads health, but not this"
    assert "stay.reason" not in app.desk(BEN).get(case.id).data


def test_what_a_form_asks_for_a_field_with_readers_is_shown_to_them_alone(bench: Bench) -> None:
    app = bench.app(errand(), plugins=[PLUGIN])
    case = app.desk(ANA).fire(app.desk(ANA).open("errand"), "stay.ask", ward="east", reason="fever")
    chief = Actor("ch", roles={"chief", "clerk"}, unit="north")

    assert "fever" in repr(app.desk(PORTER).history(case.id))
    assert "fever" not in repr(app.desk(chief).history(case.id))


def test_a_host_without_declared_roles_goes_on_naming_any(bench: Bench) -> None:
    host = attrs.evolve(errand(), roles=())
    app = bench.app(host, plugins=[PLUGIN])

    assert {"porter", "clerk", "chief"} <= {role.name for role in app.case_types[0].roles}
    assert "doing" == app.desk(ANA).fire(app.desk(ANA).open("errand"), "start").state


def test_what_a_case_types_own_workflow_brings_is_refused() -> None:
    from casework import Casework

    with pytest.raises(UnsoundDefinition, match="CW507"):
        Casework(case_types=[attrs.evolve(errand(), chain=(*errand().chain, attrs.evolve(STAY, slots=())))])


@pytest.mark.parametrize(
    ("kind", "outfit"),
    [
        ("account", Outfit(accounts=[Account("stock", "box", minimum=3)])),
        ("role", Outfit(roles=[Role("minder")])),
    ],
)
def test_f100_two_declarations_of_one_name_are_a_conflict(bench: Bench, kind: str, outfit: Outfit) -> None:
    other = attrs.evolve(STAY, outfit=outfit, transitions=STAY.transitions[:1])

    with pytest.raises(Conflict, match=kind):
        bench.app(errand(), plugins=[offering("wards", attachments=[attach(other, "errand", **BOUND)])])


def test_an_account_of_a_subject_is_the_same_in_every_case_about_them(bench: Bench) -> None:
    nights = Account("nights", "night", owner="person", maximum=2)
    spent = Account("spent", "night", owner="tenant")
    sleep = Transition("sleep", "new", roles="clerk", effects=Post("spent", "nights"))
    desk = bench.app(errand(sleep, accounts=(nights, spent), readers={"personal": "clerk"})).desk(ANA)
    first = desk.fire(desk.open("errand"), "sleep")
    second = desk.open("errand", subjects=dict(first.subjects))
    desk.fire(second, "sleep")

    assert "limit-reached" == refused(desk.fire, second.id, "sleep").code
    assert "new" == desk.fire(desk.open("errand"), "sleep").state, "somebody else's nights are their own"


def test_an_account_of_nobody_the_case_is_about_is_unsound() -> None:
    found = check(errand(accounts=(Account("nights", "night", owner="stranger"),)))

    assert [("CW122", "accounts[0].owner")] == [(item.code, item.path) for item in found]


def test_a_deadline_in_what_comes_along_is_the_workflows_own(bench: Bench) -> None:
    late = attrs.evolve(
        STAY, outfit=Outfit(worklists=[Worklist("late", "asked", condition=overdue("gone"), roles="sender")])
    )

    with pytest.raises(UnsoundDefinition, match="CW112"):
        bench.app(
            errand(),
            plugins=[
                offering(
                    "wards",
                    attachments=[attach(attrs.evolve(late, transitions=STAY.transitions[:1]), "errand", **BOUND)],
                )
            ],
        )


def test_a_child_is_about_the_person_whom_the_opening_names(bench: Bench) -> None:
    errands = errand(name="errand", subjects=("guest", "host"))
    minding = Workflow(
        "minding",
        initial="idle",
        states=[State("idle"), State("over", final=True)],
        transitions=[
            Transition("end", "idle", "over", automatic=True, condition=slot("closed")),
            Transition("ask", "idle", roles="sender", effects=Open("visit", {}, subjects={"person": "patient"})),
        ],
        slots=[Slot("patient", "subject"), Slot("sender", "role"), Slot("closed")],
    )
    attached = attach(minding, "errand", patient="guest", sender="clerk", closed=state("errand") == "done")
    app = bench.app(errands, errand(name="visit", readers={"personal": "clerk"}), attachments=[attached])
    desk = app.desk(ANA)
    case = desk.open("errand", subjects={"guest": "g1", "host": "h1"})
    desk.fire(case, "minding.ask")

    assert [{"person": "g1"}] == [dict(child.subjects) for child in desk.find("visit").cases]
    assert "subjects: {person: patient}" in dump(minding)
    assert minding == load(dump(minding))
