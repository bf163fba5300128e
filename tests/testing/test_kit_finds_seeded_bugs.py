"""Bugs that an author may make, one at a time: the suite that passes for what is right fails for each of them."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from testing.loan import Loans, loan, no_name_twice, program, write_slip

from casework import ALWAYS, Account, CaseType, Deadline, Part, Set, days

MOST = 6


def changed(trigger: str, **more: Any) -> Loans:
    """The loan with something else about one transition."""
    main = loan.main
    steps = [attrs.evolve(step, **more) if step.trigger == trigger else step for step in main.transitions]
    return Loans(attrs.evolve(loan, chain=[attrs.evolve(main, transitions=steps)]))


def main_with(**more: Any) -> Loans:
    """The loan with something else about its workflow."""
    return Loans(attrs.evolve(loan, chain=[attrs.evolve(loan.main, **more)]))


def parts_with(part: Part) -> Loans:
    """The loan with another part of the same name."""
    return Loans(parts=tuple(part if one.name == part.name else one for one in (no_name_twice, write_slip)))


def granted(**grants: Any) -> CaseType:
    """The loan, whose state `lent` grants something else."""
    states = [attrs.evolve(state, grants=grants) if state.name == "lent" else state for state in loan.main.states]
    return attrs.evolve(loan, chain=[attrs.evolve(loan.main, states=states)])


RUNNING = {
    "a condition is dropped": (changed("lend", condition=ALWAYS), "was checked"),
    "a guard says yes to everything": (
        parts_with(attrs.evolve(no_name_twice, check=lambda _: True)),
        "lends to themselves",
    ),
    "an effect writes what it did not declare": (parts_with(attrs.evolve(write_slip, writes=())), "did not declare"),
    "a guard reads what it did not declare": (
        parts_with(attrs.evolve(no_name_twice, check=lambda view: view.data.get("illness") is None)),
        "did not declare to read 'illness'",
    ),
    "an effect reads what it did not declare": (
        parts_with(attrs.evolve(write_slip, reads=())),
        "did not declare to read 'borrower'",
    ),
    "an effect looks at an account that it did not declare": (
        parts_with(attrs.evolve(write_slip, run=lambda view: [Set("slip", str(view.balances.get("chairs")))])),
        "did not declare to post 'chairs'",
    ),
    "a step leads to the wrong state": (changed("write_off", target="returned"), "written off is over"),
    "four eyes are dropped": (changed("write_off", four_eyes=()), "what they lost"),
    "an automatic step skips the inspection": (changed("settle", condition=ALWAYS), "goes unseen"),
    "a field of a form is no longer required": (
        changed("report_loss", form=[attrs.evolve(loan.main.transitions[7].form[0], required=False)]),
        "explained",
    ),
    "an account may go below nothing": (
        Loans(attrs.evolve(loan, accounts=[Account("chairs", "chair", minimum=-99), *loan.accounts[1:]])),
        "no more chairs",
    ),
    "a deadline goes on when it should have ended": (
        main_with(deadlines=[Deadline("period", ("lent", "returned"), days(14))]),
        "is not overdue",
    ),
    "a deadline is counted from something else": (
        main_with(deadlines=[Deadline("period", "lent", days(140))]),
        "fourteen days",
    ),
    "a requirement is lost": (Loans(requirements=()), "without a deposit"),
}
TABLED = {
    "a state grants too much": (Loans(granted(edit=("chief", "clerk"))), "edit in lent: chief clerk, and not chief"),
    "a state grants something new": (Loans(granted(edit="chief", note="owner")), "not written: note in lent | owner"),
    "a class is read by one role too many": (
        Loans(attrs.evolve(loan, readers={"personal": ("clerk", "chief"), "health": ("chief", "clerk")})),
        "read health: chief clerk, and not chief",
    ),
    "a trigger is for one role too many": (changed("repair", roles=("chief", "clerk")), "fire repair in returned"),
    "four eyes are not asked for": (
        changed("write_off", four_eyes=()),
        "fire write_off in lost, not who fired report_loss",
    ),
}


def test_what_is_right_passes() -> None:
    Loans().table()
    Loans().run(examples=40)


@pytest.mark.parametrize("name", RUNNING)
def test_a_bug_is_found_by_running_and_told_by_a_short_program(name: str) -> None:
    mutant, told = RUNNING[name]

    with pytest.raises(AssertionError, match=told) as caught:
        mutant.run()

    assert 1 <= len(program(caught.value)) <= MOST, "\n".join(program(caught.value))


@pytest.mark.parametrize("name", TABLED)
def test_a_bug_is_found_by_the_access_table(name: str) -> None:
    mutant, told = TABLED[name]

    with pytest.raises(AssertionError) as caught:
        mutant.table()

    assert told in str(caught.value)
