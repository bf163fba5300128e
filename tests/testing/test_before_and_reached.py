"""A machine may begin on ground that both interpreters laid, and fails where what has to happen never did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis.stateful import run_state_machine_as_test
from testing.chairs import FEW, lending, lendings, store, two_chairs
from testing.loan import program

from casework import Actor, Refused, SetupError, balance, hours, state
from casework.deciding import draft
from casework.testing import assert_reached, never, whenever, workflow_machine
from casework.testing.machine import build


def run(machine: Any) -> None:
    """As pytest runs the ``TestCase`` of a machine, and short."""
    machine.TestCase.settings = FEW
    machine.TestCase("runTest").runTest()


def test_a_step_that_never_happens_fails_with_what_refused_it() -> None:
    with pytest.raises(AssertionError) as caught:
        run(workflow_machine(lending, reached=["lend", "give_back"]))

    told = str(caught.value).splitlines()
    assert "never accepted in" in told[0]
    assert "  lend: asked for, and refused: limit-reached (" in told[1]
    assert "  give_back: asked for, and refused: wrong-state (" in told[2]


def test_on_laid_ground_every_step_happens_those_of_deadlines_and_automatic_ones_too() -> None:
    run(lendings(before=two_chairs, reached="all"))


def test_what_was_reached_can_be_asked_of_a_machine_that_somebody_ran() -> None:
    machine = workflow_machine(lending)
    run_state_machine_as_test(machine, settings=FEW)

    with pytest.raises(AssertionError, match="end: it never came up"):
        assert_reached(machine)
    with pytest.raises(SetupError, match="reached names nonsense; there is end, give_back, lend, warn"):
        assert_reached(machine, ["nonsense"])
    with pytest.raises(SetupError, match="takes what workflow_machine"):
        assert_reached(Actor)  # type: ignore[arg-type]


def test_the_statistics_say_what_was_fired_apart_from_what_was_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    told: set[str] = set()
    monkeypatch.setattr(build, "event", told.add)
    run_state_machine_as_test(workflow_machine(lending), settings=FEW)

    assert {"did open lending", "refused lend: limit-reached"} <= told
    assert not any(event.startswith("fired") for event in told)

    run_state_machine_as_test(lendings(before=two_chairs), settings=FEW)
    assert "fired lend" in told


def test_a_claim_about_amounts_is_tried_on_laid_ground_and_told_from_its_beginning(
    casework_app: Any, casework_clock: Any
) -> None:
    claim = never((state("lending") == "late") & (balance("chairs") < 2), because="no chair is ever late")
    with pytest.raises(AssertionError, match="no chair is ever late") as caught:
        run_state_machine_as_test(lendings(before=two_chairs, claims=claim), settings=FEW)
    steps = program(caught.value)

    assert ["case1 = keeper.open('store', unit='here')", "case2 = keeper.fire(case1, 'buy', count=2)"] == steps[:2]
    names: dict[str, Any] = {
        "app": casework_app(lending, store),
        "Actor": Actor,
        "clock": casework_clock,
        "hours": hours,
    }
    exec(caught.value.__notes__[0].partition("\n")[2], names)
    late = names["app"].desk(Actor("x", roles={"clerk"})).find("lending", state("lending") == "late")
    assert 1 <= len(late.cases)


def test_what_is_claimed_before_a_step_is_asked_of_the_amounts_before_it() -> None:
    claim = whenever("lend", before=balance("chairs") >= 1, because="a chair is there")

    run(lendings(before=two_chairs, claims=claim, reached=["lend"]))


def test_a_fault_of_the_engine_is_found_while_the_ground_is_laid(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = lendings(before=two_chairs)
    monkeypatch.setattr(draft.Draft, "writes", property(lambda self: False))

    with pytest.raises(AssertionError) as caught:
        run_state_machine_as_test(machine, settings=FEW)

    assert 2 == len(program(caught.value))


def test_ground_that_is_refused_fails_and_is_told() -> None:
    def too_many(desk: Callable[[Actor], Any]) -> None:
        clerk = desk(Actor("keeper", roles={"clerk"}))
        clerk.fire(clerk.open("store"), "buy", count=99)

    with pytest.raises(Refused, match="invalid-form") as caught:
        run_state_machine_as_test(lendings(before=too_many), settings=FEW)

    assert "# refused: invalid-form" in program(caught.value)[-1]


@pytest.mark.parametrize(
    "more",
    [{"reached": ["nonsense"]}, {"reached": "lend"}, {"before": [two_chairs]}],
    ids=lambda more: next(iter(more)),
)
def test_what_cannot_be_meant_is_refused_when_the_machine_is_built(more: dict[str, Any]) -> None:
    with pytest.raises(SetupError, match=r"^(reached|before)"):
        lendings(**more)


def test_one_claim_is_as_good_as_a_list_and_anything_else_is_refused() -> None:
    workflow_machine(lending, claims=never(state("lending") == "over", because="x"))

    with pytest.raises(SetupError, match="claims takes a list of Never or Whenever; a value of type str is none"):
        workflow_machine(lending, claims=["over"])  # type: ignore[list-item]
