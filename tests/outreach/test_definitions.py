"""The definitions are proven, sound, speak both languages, and every way through them keeps to what they promise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine
from outreach.night import BOUND

import casework.outreach
import casework.outreach.rescue
from casework import CaseType, Casework, Field, Post, Text, Transition, UnsoundDefinition, balance, check, state
from casework.testing import never, whenever, workflow_machine

TYPES = {case_type.name: case_type for case_type in casework.outreach.casework_case_types()}
EACH = pytest.mark.parametrize("name", sorted(TYPES))


@EACH
def test_it_is_sound_without_a_finding_or_a_warning(name: str) -> None:
    assert [] == [str(finding) for finding in check(TYPES[name], {}, other_case_types=TYPES)]


def texts(case_type: CaseType) -> Iterator[tuple[str, Text]]:
    yield case_type.name, case_type.title
    for several in (case_type.roles, case_type.worklists, case_type.accounts):
        yield from ((item.name, item.title) for item in several)
    yield from ((item.name, item.because) for item in case_type.invariants)
    yield from of_fields(case_type.data)
    for workflow in case_type.chain:
        yield workflow.name, workflow.title
        yield from ((item.name, item.title) for item in (*workflow.states, *workflow.deadlines))
        for step in workflow.transitions:
            yield step.trigger, step.title
            yield from of_fields(step.form)


def of_fields(fields: tuple[Field, ...]) -> Iterator[tuple[str, Text]]:
    for item in fields:
        yield item.name, item.title
        yield from ((choice.name, choice.title) for choice in item.choices)


@EACH
def test_everything_that_people_read_is_there_in_both_languages(name: str) -> None:
    assert [] == [what for what, text in texts(TYPES[name]) if not (text.en and text.zh)]


@pytest.mark.parametrize("plugins", [BOUND[:1], BOUND], ids=["alone", "bound"])
def test_every_case_type_is_proven_alone_and_with_rescue_cases(plugins: tuple[object, ...]) -> None:
    proofs = Casework("sqlite://", plugins=plugins).proofs
    found = {name: proofs.prove(name) for name in TYPES}

    assert dict.fromkeys(TYPES, "proven") == {name: proof.answer for name, proof in found.items()}
    assert {} == {name: proof.verdicts for name, proof in found.items() if proof.verdicts}


def test_two_persons_are_not_needed_to_help_somebody_but_nobody_without_a_role_sees_where_they_sleep() -> None:
    proofs = Casework("sqlite://", plugins=BOUND).proofs

    assert proofs.can("contact", roles={"outreach_worker"}, reach="brought_in")
    assert not proofs.may_ever_see("contact", "planner", "whereabouts")
    assert not proofs.may_ever_see("contact", "auditor", "health")
    assert not proofs.can("patrol", roles={"planner"}, reach="out"), "who plans in an office sets nobody out"
    assert not proofs.can("patrol", roles={"alert_desk"}, reach="planned"), "an alert decides nothing"


def test_the_binding_without_rescue_cases_is_refused_before_anything_runs() -> None:
    with pytest.raises(UnsoundDefinition, match="'rescue'"):
        Casework("sqlite://", plugins=[casework.outreach, casework.outreach.rescue])


# A case alone finds the accounts that other cases fill empty; here anybody may fill them.
def fed(name: str, first: str, **amounts: tuple[str, int]) -> CaseType:
    case_type = TYPES[name]
    feeding = Transition(
        "feed",
        first,
        roles="outreach_worker",
        effects=[Post(source, account, count) for account, (source, count) in amounts.items()],
    )
    main, *others = case_type.chain
    return attrs.evolve(case_type, chain=(attrs.evolve(main, transitions=(feeding, *main.transitions)), *others))


CREW = {"crew": ("at_home", 2), "adults": ("at_home", 2), "leads": ("at_home", 1)}

PATROLS = workflow_machine(
    fed("patrol", "planned", **CREW),
    claims=[
        never(balance("carried") < 0, because="nothing comes out of an empty kit"),
        never((state("patrol") == "reported") & (balance("carried") >= 1), because="what is reported is accounted for"),
        whenever("set_out", before=balance("adults") >= 2, because="nobody goes out alone"),
    ],
)
CONTACTS = workflow_machine(
    TYPES["contact"],
    claims=[
        never(
            lambda case: case.states["contact"] == "helped" and case.data.get("minor") is True,
            because="no child is left in the street",
        ),
        never(
            lambda case: case.states["contact"] == "declined" and "leaflet_left" not in case.data,
            because="whoever declines is told where help is",
        ),
    ],
)


def shortly(machine: type[RuleBasedStateMachine]) -> type[RuleBasedStateMachine]:
    """The machine with a few short lives; at length it runs in the long form."""
    case: Any = type(f"{machine.__name__}Shortly", (machine,), {})
    case.TestCase.settings = settings(max_examples=3, stateful_step_count=12)
    return case.TestCase  # type: ignore[no-any-return]


TestPatrols = shortly(PATROLS)
TestContacts = shortly(CONTACTS)
TestPatrolsAtLength = pytest.mark.long(PATROLS.TestCase)
TestContactsAtLength = pytest.mark.long(CONTACTS.TestCase)
TestTurnsAtLength = pytest.mark.long(workflow_machine(TYPES["patrol_turn"]).TestCase)
TestPlacesAtLength = pytest.mark.long(workflow_machine(TYPES["sleeping_place"]).TestCase)
TestStoreRoomsAtLength = pytest.mark.long(workflow_machine(TYPES["store_room"]).TestCase)
