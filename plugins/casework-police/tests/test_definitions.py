"""What the plugin defines: sound, in two languages, and with exactly the rights that these tables say."""

from __future__ import annotations

import runpy
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import attrs
import casework_police
import casework_police.rescue as binding
import pytest
from casework_police import missing_person, police, police_handover, police_request
from casework_police.intake import intake

from casework import ALWAYS, CaseType, Casework, Field, Text, Workflow, check, dump, load
from casework.rescue import rescue, station
from casework.testing import access_table

TABLES = Path(__file__).parent / "access"
HOTEL = Path(__file__).parent.parent / "examples" / "hotel.py"
OWN = (missing_person, police_request, police_handover)
EVERY_TYPE = {item.name: item for item in (*OWN, rescue, station)}
TYPES = pytest.mark.parametrize("case_type", OWN, ids=lambda item: str(item.name))


@TYPES
def test_a_case_type_is_sound_without_a_warning(case_type: CaseType) -> None:
    found = check(case_type, {}, own=len(case_type.chain), other_case_types=EVERY_TYPE)

    assert [] == [str(finding) for finding in found]


@TYPES
def test_a_case_type_can_be_written_down_and_read_again(case_type: CaseType) -> None:
    assert case_type == load(dump(case_type))


@pytest.mark.parametrize("workflow", [police, intake], ids=["police", "intake"])
def test_a_workflow_can_be_written_down_and_read_again(workflow: Workflow) -> None:
    assert workflow == load(dump(workflow))


def test_bound_to_rescue_everything_is_sound_without_a_warning(town: Any) -> None:
    composed = {name: town.composed(name) for name in ("rescue", "police_handover")}
    found = {
        name: [str(item) for item in check(whole, {}, own=len(EVERY_TYPE[name].chain), other_case_types=EVERY_TYPE)]
        for name, whole in composed.items()
    }

    assert {"rescue": [], "police_handover": []} == found


def field_texts(fields: Iterable[Field]) -> Iterator[tuple[str, Text]]:
    for field in fields:
        yield field.name, field.title
        for choice in field.choices:
            yield f"{field.name}.{choice.name}", choice.title


def workflow_texts(workflow: Workflow) -> Iterator[tuple[str, Text]]:
    yield workflow.name, workflow.title
    for item in (*workflow.states, *workflow.deadlines, *workflow.outfit.worklists, *workflow.outfit.accounts):
        yield item.name, item.title
    for invariant in workflow.outfit.invariants:
        yield invariant.name, invariant.because
    for role in workflow.outfit.roles:
        yield role.name, role.title
    yield from field_texts(workflow.fields)
    for transition in workflow.transitions:
        yield transition.trigger, transition.title
        yield from field_texts(transition.form)
        # Which of the transitions of one name leads back is nobody's question.
        leads_back = transition.trigger == "reject"
        if (transition.condition != ALWAYS or transition.four_eyes) and not (transition.automatic or leads_back):
            yield f"{transition.trigger}: because", transition.because


def texts() -> Iterator[tuple[str, Text]]:
    for case_type in OWN:
        yield case_type.name, case_type.title
        for item in (*case_type.roles, *case_type.worklists, *case_type.accounts):
            yield item.name, item.title
        for invariant in case_type.invariants:
            yield invariant.name, invariant.because
        yield from field_texts(case_type.data)
        for workflow in case_type.chain:
            yield from workflow_texts(workflow)
    yield from workflow_texts(police)
    yield from workflow_texts(attrs.evolve(intake, slots=()))
    for requirement in binding.casework_requirements():
        yield requirement.target, requirement.because


def test_everything_that_people_read_is_there_in_chinese_and_in_english() -> None:
    assert [] == [name for name, text in texts() if not (text.en.strip() and text.zh.strip())]
    assert [] == [name for name, text in texts() if text.en.isascii() is False and "民发" not in text.en]
    assert [] == [name for name, text in texts() if text.zh.isascii()]


@pytest.mark.parametrize("name", ["police_request", "missing_person", "police_handover"])
def test_a_case_type_gives_exactly_the_rights_that_are_written_down(name: str) -> None:
    access_table(EVERY_TYPE[name], (TABLES / f"{name}.txt").read_text(encoding="utf-8"))


def test_the_police_workflow_gives_a_host_exactly_the_rights_that_are_written_down() -> None:
    hotel = runpy.run_path(str(HOTEL))
    app = Casework(case_types=[hotel["stay"]], plugins=[casework_police], attachments=[hotel["on_stay"]])
    app.dispose()

    access_table(app.manifests["stay"].case_type, (TABLES / "stay.txt").read_text(encoding="utf-8"))


def test_on_rescue_cases_those_judge_who_read_identities_there_anyway(town: Any) -> None:
    composed = town.composed("rescue")
    judging = {
        role
        for workflow in composed.chain
        for step in workflow.transitions
        if step.trigger in ("police.confirm", "police.reject", "police.undo")
        for role in step.roles
    }

    assert set(dict(rescue.readers)["identity"]) == judging


def test_the_binding_knows_every_ending_of_a_rescue_case() -> None:
    assert {state.name for state in rescue.main.states if state.final} == set(binding.ENDINGS)
