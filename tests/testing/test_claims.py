"""A claim that claims nothing is refused when the machine is built; one that holds passes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from testing.loan import QUICK, loan, no_name_twice, program, write_slip

from casework import InvalidValue, SetupError, UnsoundDefinition, field, given, state
from casework.testing import never, whenever, workflow_machine


@pytest.mark.parametrize(
    "claim",
    [
        never(field("nonsense").known, because="x"),
        never(field("borrower") == 3, because="x"),
        never(state("loan") == "nowhere", because="x"),
        whenever("nonsense", because="x"),
        whenever("lend", before=field("nonsense").known, because="x"),
        whenever("lend", before=given("nonsense").known, because="x"),
    ],
    ids=str,
)
def test_a_claim_about_what_is_not_there_is_unsound(claim: Any) -> None:
    with pytest.raises(UnsoundDefinition):
        workflow_machine(loan, parts=[no_name_twice, write_slip], claims=[claim])


def test_an_unsound_claim_is_told_by_its_place() -> None:
    claims = [
        never(field("illness").known & ~field("illness").known, because="x"),
        never(state("loan") == "nowhere", because="x"),
        whenever("lend", after=field("nonsense").known, because="x"),
    ]
    with pytest.raises(UnsoundDefinition) as caught:
        workflow_machine(loan, parts=[no_name_twice, write_slip], claims=claims)

    assert ["claims[1]", "claims[2].after"] == [finding.path for finding in caught.value.findings]


def test_what_is_neither_condition_nor_function_is_refused() -> None:
    with pytest.raises(InvalidValue, match="never: takes a condition or a function"):
        never("always", because="x")  # type: ignore[arg-type]


def test_unknown_names_are_refused_when_the_machine_is_built() -> None:
    with pytest.raises(SetupError, match="forms are given for nonsense"):
        workflow_machine(loan, parts=[no_name_twice, write_slip], forms={"nonsense": given})  # type: ignore[dict-item]
    with pytest.raises(SetupError, match="'loan' is the name of a case type"):
        workflow_machine("loan")


def test_forms_that_are_given_are_what_is_filled_in() -> None:
    lost = st.fixed_dictionaries({"reason": st.just("left on the train")})
    said = never(lambda case: case.data.get("reason", "left on the train") != "left on the train", because="given so")
    machine = workflow_machine(
        loan, parts=[no_name_twice, write_slip], forms={"report_loss": lost}, claims=[said], reached=["report_loss"]
    )

    run_state_machine_as_test(machine, settings=settings(machine.TestCase.settings, max_examples=20, derandomize=True))


def test_the_program_of_a_failure_runs(casework_app: Any, casework_clock: Any) -> None:
    """Whoever is shown it can paste it below an app of their own."""
    from casework import Actor, hours

    claim = never(lambda case: case.states["loan"] == "lent", because="nothing is ever lent")
    machine = workflow_machine(loan, parts=[no_name_twice, write_slip], claims=[claim])
    with pytest.raises(AssertionError, match="nothing is ever lent") as caught:
        run_state_machine_as_test(machine, settings=QUICK)
    app = casework_app(loan, parts=[no_name_twice, write_slip])
    names: dict[str, Any] = {"app": app, "Actor": Actor, "clock": casework_clock, "hours": hours}

    exec(caught.value.__notes__[0].partition("\n")[2], names)

    last = program(caught.value)[-1].partition(" = ")[0]
    assert "lent" == names[last].state
