"""F84: what a definition does not allow, nobody may do. There is no all-powerful role and no empty guard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest
from faults.town import CLERK, POST, TYPES, founded, guest, guests
from oracle import refused
from stores import quick

from casework import (
    Actor,
    CaseType,
    Casework,
    Desk,
    Field,
    InvalidValue,
    Role,
    State,
    Transition,
    UnsoundDefinition,
    Workflow,
    Worklist,
    check,
    field,
)

STRANGERS = {
    "no role": Actor("x", unit="anlu"),
    "a role that nobody named": Actor("x", roles={"admin"}),
    "names that sound powerful": Actor("root", roles={"superuser", "Manager", "*", "system", ""}),
    "the name of a role as a person": Actor("clerk", unit="anlu"),
    "the role, elsewhere": Actor("x", roles={"clerk"}, unit="other"),
    "the role, of another tenant": Actor("x", roles={"clerk"}, tenant="other"),
}
CALLS: dict[str, Callable[[Desk, str], object]] = {
    "get": lambda desk, case: desk.get(case),
    "history": lambda desk, case: desk.history(case),
    "fire": lambda desk, case: desk.fire(case, "tick"),
    "amend": lambda desk, case: desk.amend(case, name="Wu"),
    "note": lambda desk, case: desk.note(case, "seen"),
    "assign": lambda desk, case: desk.assign(case, "owner", "x"),
    "correct": lambda desk, case: desk.correct(case, 2, because="a slip"),
    "available": lambda desk, case: desk.available(case),
    "what if": lambda desk, case: desk.what_if(case, "tick"),
}


def without(case_type: CaseType, **changes: Any) -> CaseType:
    return attrs.evolve(case_type, **changes)


def stripped(case_type: CaseType) -> CaseType:
    """The same with a transition that names no role and has no condition."""
    workflow = case_type.chain[0]
    bare = Transition("sneak", "waiting", "gone")
    return without(case_type, chain=[attrs.evolve(workflow, transitions=(*workflow.transitions, bare))])


def test_a_transition_without_roles_is_found() -> None:
    assert "CW401" in [finding.code for finding in check(stripped(guest))]
    with pytest.raises(UnsoundDefinition, match="CW401"):
        Casework(quick(), case_types=[stripped(guest)], parts=[POST])


@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_to_a_stranger_no_case_is_there(call: Callable[[Desk, str], object], stranger: Actor) -> None:
    """The answer is the same as for a case that does not exist."""
    app = founded()
    case = app.desk(CLERK).fire(guests(app, 1)[0], "tick")

    no = refused(app, lambda: call(app.desk(stranger), case.id))

    nothing = refused(app, lambda: call(app.desk(stranger), "no-such-case"))
    assert "not-found" == no.code
    assert attrs.evolve(nothing, case_id=case.id) == no


@pytest.mark.parametrize("stranger", [*STRANGERS.values()][:5], ids=[*STRANGERS][:5])
def test_a_stranger_opens_nothing(stranger: Actor) -> None:
    app = founded()

    no = refused(app, lambda: app.desk(stranger).open("guest", unit="anlu"))

    assert "not-permitted" == no.code


@pytest.mark.parametrize("name", [{"id": "system"}, {"id": "x", "person": "system"}])
def test_nobody_acts_under_the_name_of_the_system(name: dict[str, str]) -> None:
    app = founded()

    with pytest.raises(InvalidValue):
        app.desk(Actor(**name, roles={"clerk"})).open("guest", unit="anlu")  # type: ignore[arg-type]


@pytest.mark.parametrize("permission", ["edit", "note", "correct", "assign"])
def test_who_may_look_may_not_therefore_act(permission: str) -> None:
    """With everything granted but one thing, that one thing is refused."""
    grants = {name: roles for name, roles in dict(guest.grants).items() if name != permission}
    app = Casework(quick(), case_types=[without(guest, grants=grants), *TYPES[1:]], parts=[POST])
    app.create_tables()
    desk = app.desk(CLERK)
    case = desk.fire(guests(app, 1)[0], "tick")
    call = CALLS["amend" if permission == "edit" else permission]

    assert "not-permitted" == refused(app, lambda: call(desk, case.id)).code
    assert 3 == desk.fire(case, "tick").revision


def test_without_readers_nobody_reads_what_is_sealed() -> None:
    app = Casework(quick(), case_types=[without(guest, readers={}), *TYPES[1:]], parts=[POST])
    app.create_tables()
    case = guests(app, 1)[0]

    assert ({}, ("name",)) == (dict(case.data), case.hidden)
    assert "not-permitted" == refused(app, lambda: app.desk(CLERK).amend(case, name="Wu")).code


def kept(*grants: str) -> CaseType:
    """A case that its owner sees, whoever that is, beside a chief; *grants* are what the owner may do with it."""
    workflow = Workflow(
        "kept",
        initial="open",
        states=[State("open"), State("shut", final=True)],
        transitions=[Transition("shut", "open", "shut", roles="owner")],
    )
    return CaseType(
        "kept",
        chain=[workflow],
        data=[Field("secret", field_class="identity")],
        roles=["chief", Role("owner", local=True)],
        opens="chief",
        grants={**dict.fromkeys(grants, ("chief", "owner")), "assign": "chief"},
        readers={"identity": ("chief", "owner")},
        worklists=[Worklist("mine", roles=("chief", "owner"))],
    )


def test_a_local_role_is_only_what_was_assigned() -> None:
    """Whoever merely says that they are the owner is a stranger to every case."""
    app = Casework(quick(), case_types=[kept("view", "edit", "note")])
    app.create_tables()
    chief, li = app.desk(Actor("chief", roles={"chief"})), Actor("li", roles={"owner"})
    case = chief.open("kept", secret="s").id

    for call in (lambda: app.desk(li).get(case), lambda: app.desk(li).fire(case, "shut")):
        assert "not-found" == refused(app, call).code
    assert () == app.desk(li).find("kept").cases
    assert "not-permitted" == refused(app, lambda: app.desk(li).find("kept", field("secret").known)).code
    assert "not-permitted" == refused(app, lambda: app.desk(li).worklist("kept", "mine")).code
    assert "not-permitted" == refused(app, lambda: app.desk(li).open("kept")).code
    chief.assign(case, "owner", "li")
    assert {"secret": "s"} == dict(app.desk(Actor("li")).get(case).data)
    assert [case] == [found.id for found in app.desk(Actor("li")).find("kept").cases]
    assert "shut" == app.desk(Actor("li")).fire(case, "shut").state


def test_whoever_may_not_correct_learns_nothing_of_what_could_be() -> None:
    app = Casework(quick(), case_types=[kept("view", "note")])
    app.create_tables()
    desk = app.desk(Actor("chief", roles={"chief"}))
    case = desk.note(desk.open("kept"), "seen").id

    for entry in (1, 2, 3, 99):
        assert "not-permitted" == refused(app, lambda entry=entry: desk.correct(case, entry, because="x")).code  # type: ignore[misc]


def test_amending_nothing_is_refused_and_leaves_no_entry() -> None:
    app = founded()
    case = guests(app, 1)[0]
    no = refused(app, lambda: app.desk(CLERK).amend(case))

    assert "invalid-form" == no.code
    assert "nothing to amend" in no.sentence("en")
