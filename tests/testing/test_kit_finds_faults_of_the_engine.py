"""Bugs planted in the engine itself: the machine finds them by itself, without anything that an author claims."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis.stateful import run_state_machine_as_test
from testing.loan import QUICK, Loans, no_name_twice, program, write_slip

from casework import access
from casework.deciding import choose
from casework.desk import engine, firing
from casework.parts import Declared
from casework.testing import workflow_machine

Plant = Callable[[pytest.MonkeyPatch], None]


def roles_hold_in_every_unit(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(engine, "general_roles", lambda actor, unit, units: actor.roles)


def a_stale_case_is_taken(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(firing, "stale", lambda case, snapshot: None)


def clauses_about_who_acts_are_skipped(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(choose, "_skipped", lambda clause, probing, timed: clause.asks_actor)


def fields_are_shown_to_everybody(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(access.Access, "visible", lambda self, names, roles: frozenset(names))


def deadlines_are_never_started(planted: pytest.MonkeyPatch) -> None:
    def entered(compiled: Any, case: Any, workflow: str, target: str, at: Any, again: bool) -> None:
        case.states[workflow] = target
        case.marks[f"{workflow}.{target}"] = at

    planted.setattr("casework.deciding.draft.entered", entered)
    planted.setattr("casework.storage.fold.entered", entered)


PLANTS = [
    roles_hold_in_every_unit,
    a_stale_case_is_taken,
    clauses_about_who_acts_are_skipped,
    fields_are_shown_to_everybody,
    deadlines_are_never_started,
]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_fault_of_the_engine_is_found_by_the_machine_alone(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    loans = Loans()
    machine = workflow_machine(
        loans.case_type, parts=loans.parts, attachments=loans.attachments, requirements=loans.requirements
    )
    plant(monkeypatch)

    with pytest.raises(AssertionError) as caught:
        run_state_machine_as_test(machine, settings=QUICK)

    assert 1 <= len(program(caught.value)) <= 7


def test_an_engine_that_lets_parts_look_at_everything_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second interpreter holds parts to what they declared by itself."""
    curious = attrs.evolve(no_name_twice, check=lambda view: view.data.get("illness") is None)
    machine = workflow_machine(Loans().case_type, parts=[curious, write_slip])
    monkeypatch.setattr(Declared, "_hold", lambda self, name: None)

    with pytest.raises(AssertionError, match=r"the definition says \('check',\)"):
        run_state_machine_as_test(machine, settings=QUICK)
