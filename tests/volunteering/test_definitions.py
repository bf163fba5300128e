"""The definitions are sound, speak both languages, and every way through them keeps to what they promise."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import pytest

from casework import (
    CaseType,
    Field,
    Guard,
    InvalidValue,
    Post,
    Text,
    Transition,
    Workflow,
    balance,
    check,
    field,
    state,
)
from casework import volunteering as plugin
from casework.testing import never, workflow_machine
from casework.volunteering import Rules, case_types, parts

TYPES = {case_type.name: case_type for case_type in case_types()}
PARTS = {part.name: part for part in parts()}
EACH = pytest.mark.parametrize("case_type", TYPES.values(), ids=lambda case_type: str(case_type.name))


@EACH
def test_it_is_sound_without_a_finding_or_a_warning(case_type: CaseType) -> None:
    assert [] == [str(finding) for finding in check(case_type, PARTS, other_case_types=TYPES)]


def texts(case_type: CaseType) -> Iterator[tuple[str, Text]]:
    yield case_type.name, case_type.title
    for several in (case_type.roles, case_type.worklists, case_type.accounts):
        yield from ((item.name, item.title) for item in several)
    yield from ((item.name, item.because) for item in case_type.invariants)
    yield from of_fields(case_type.data)
    for workflow in case_type.chain:
        yield from of_workflow(workflow)


def of_workflow(workflow: Workflow) -> Iterator[tuple[str, Text]]:
    yield workflow.name, workflow.title
    yield from ((item.name, item.title) for item in (*workflow.states, *workflow.deadlines))
    for step in workflow.transitions:
        yield step.trigger, step.title
        yield from of_fields(step.form)
        if step.because.en or step.because.zh:
            yield f"{step.trigger} because", step.because


def of_fields(fields: tuple[Field, ...]) -> Iterator[tuple[str, Text]]:
    for item in fields:
        yield item.name, item.title
        if not item.name.startswith("rating"):
            yield from ((choice.name, choice.title) for choice in item.choices)


@EACH
def test_everything_that_people_read_is_there_in_both_languages(case_type: CaseType) -> None:
    assert [] == [name for name, text in texts(case_type) if not (text.en and text.zh)]


def test_the_plugin_gives_what_it_is_made_of() -> None:
    assert list(TYPES.values()) == plugin.casework_case_types()
    assert ["volunteering"] == [demo.name for demo in plugin.casework_demos()]


@pytest.mark.parametrize("wrong", [{"cap": 0}, {"tolerance": -1}, {"over_length": 1.5}, {"preferred_from": True}])
def test_rules_that_cannot_be_kept_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InvalidValue, match=f"Rules.{next(iter(wrong))}"):
        Rules(**wrong)


_DENIED = field("credited_minutes").known & ~(state("confirming") == "stated") & ~(field("credited_minutes") < 1)

OWN = ("volunteering.own_file", "volunteering.own_service", "volunteering.own_request")
# The machine invents numbers that are nobody's; whose account it is has a test of its own.
LENIENT = [*(part for part in parts() if part.name not in OWN), *(Guard(name, lambda view: True) for name in OWN)]

# A service alone finds the accounts of its task and its volunteer empty; here anybody may fill them.
_FED = {"seats": "places", "plans": "planned"}
_FEEDING = Transition(
    "feed",
    "signed_up",
    roles="coordinator",
    effects=[
        *(Post(source, account, 2) for source, account in _FED.items()),
        *(Post("marks", mark) for mark in ("registered", "insured", "qualified")),
    ],
)


def fed(case_type: CaseType) -> CaseType:
    main, *others = case_type.chain
    return attrs.evolve(case_type, chain=(attrs.evolve(main, transitions=(_FEEDING, *main.transitions)), *others))


TestServices = workflow_machine(
    fed(TYPES["service"]),
    parts=LENIENT,
    claims=[
        never(_DENIED, because="no minute is credited on the certifier's word alone"),
        never(
            (state("service") == "credited") & (field("credited_minutes") < 1), because="credited means some minutes"
        ),
        never(balance("time_bank") < 0, because="nobody owes minutes"),
        never((state("service") == "present") & (balance("on_duty") < 1), because="who is on the spot is checked in"),
    ],
).TestCase

TestHelpRequests = workflow_machine(
    TYPES["help_request"],
    parts=LENIENT,
    claims=[never(balance("time_bank") < 0, because="nobody owes minutes")],
).TestCase

TestGrid = workflow_machine(
    TYPES["grid_matter"],
    parts=LENIENT,
    claims=[
        never(
            (state("grid_matter") == "passed_up") & ~field("missing").known,
            because="who passes a matter upward says what was missing",
        ),
        never(
            (state("grid_matter") == "out_of_community") & ~(field("level") == "community"),
            because="only the community lets a matter go",
        ),
    ],
).TestCase

TestTasks = workflow_machine(TYPES["task"], parts=LENIENT).TestCase
TestVolunteers = workflow_machine(TYPES["volunteer"], parts=LENIENT).TestCase
