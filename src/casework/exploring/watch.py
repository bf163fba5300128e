"""Waiting that is watched: wherever a case stays, somebody can move it on, and a clock runs that nobody can switch off.

Asked on request: what is done in an afternoon may wait without a clock, what somebody in need waits for may not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from casework.compiled import Compiled
from casework.condition import tree
from casework.condition.tree import Condition
from casework.exploring.boxes import Boxes
from casework.exploring.proof import Verdict
from casework.exploring.questions import Case, Inquiry
from casework.exploring.words import configuration_text
from casework.model.workflow import Deadline
from casework.text import Text

LIMIT = 20
"""So many verdicts of one kind are told; what is mended there mostly mends the others."""


def owners(inquiry: Inquiry) -> Iterator[Verdict]:
    """Wherever a case waits there is a role whose people can move it to another state, whatever its facts are."""
    result = inquiry.result
    found: dict[str, tuple[Text, list[Case]]] = {}
    for configuration, cases in _waiting(inquiry):
        moved = Boxes(result.joints.masks)
        for jump in result.out[configuration]:
            if jump.label.kind == "fire" and jump.target != configuration and not jump.move.opaque:
                moved.add(jump.effect.before)
        left = [(configuration, part) for part in moved.beyond(cases)]
        if left:
            _note(inquiry, found, configuration, left)
    for states, left in list(found.values())[:LIMIT]:
        text = Text(f"nobody can move on what waits in {states.en}", f"处于{states.zh}时无人能推进")
        verdict = inquiry.refute("CW615", states.en, text, left)
        if verdict is not None:
            yield verdict


def clocks(inquiry: Inquiry) -> Iterator[Verdict]:
    """Wherever a case waits a deadline runs; one that a fact could pause or except does not count."""
    compiled = inquiry.result.alphabet.compiled
    found: dict[str, tuple[Text, list[Case]]] = {}
    for configuration, cases in _waiting(inquiry):
        states = inquiry.result.alphabet.states_of(configuration)
        if not any(_runs(clock, states) for clock in _during(compiled, states)):
            _note(inquiry, found, configuration, [(configuration, cases)])
    for states_text, left in list(found.values())[:LIMIT]:
        text = Text(f"no clock runs for certain in {states_text.en}", f"处于{states_text.zh}时没有必定计时的期限")
        verdict = inquiry.refute("CW616", states_text.en, text, left)
        if verdict is not None:
            yield verdict


def _waiting(inquiry: Inquiry) -> Iterator[Case]:
    """Where a case that is not closed stays, in the order in which it was reached."""
    result = inquiry.result
    for configuration, cases in result.found.items():
        if not result.final(configuration) and configuration in result.out:
            yield configuration, cases


def _note(inquiry: Inquiry, found: dict[str, tuple[Text, list[Case]]], configuration: int, cases: list[Case]) -> None:
    """One verdict for each state of the main workflow: the first configuration names it."""
    alphabet = inquiry.result.alphabet
    states = alphabet.states_of(configuration)
    text = configuration_text(alphabet.compiled.titles, states)
    found.setdefault(states[alphabet.compiled.main], (text, cases))


def _during(compiled: Compiled, states: Mapping[str, str]) -> Iterator[Deadline]:
    for name, workflow in compiled.workflows.items():
        yield from (each for each in workflow.deadlines if states[name] in each.during)


def _runs(clock: Deadline, states: Mapping[str, str]) -> bool:
    """Whether a deadline runs in these states whatever the facts are, by every version of its rule."""
    pauses = [clock.pauses, *(rule.pauses for rule in clock.versions)]
    applies = [clock.applies, *(rule.applies for rule in clock.versions)]
    return all(_decided(each, states) is False for each in pauses) and all(
        _decided(each, states) is True for each in applies
    )


def _decided(condition: Condition, states: Mapping[str, str]) -> bool | None:
    """What states alone say of a condition; None where it hangs on something else."""
    match condition:
        case tree.All(terms):
            found = [_decided(term, states) for term in terms]
            return False if False in found else None if None in found else True
        case tree.Any(terms):
            found = [_decided(term, states) for term in terms]
            return True if True in found else None if None in found else False
        case tree.Not(term):
            inner = _decided(term, states)
            return None if inner is None else not inner
        case tree.Optional(workflow, term):
            return _decided(term, states) if workflow in states else True
        case tree.Compare(tree.StateRef(workflow), "eq" | "ne" as operator, wanted) if workflow in states:
            return (states[workflow] == wanted) is (operator == "eq")
        case tree.Among(tree.StateRef(workflow), values) if workflow in states:
            return states[workflow] in values
        case _:
            return None
