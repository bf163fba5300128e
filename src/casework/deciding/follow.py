"""Follow automatic steps until nothing more moves: chain order first, then order of declaration."""

from __future__ import annotations

from casework.compiled import AUTOMATIC, CompiledTransition, CompiledWorkflow
from casework.deciding.answering import apply
from casework.deciding.choose import holds
from casework.deciding.draft import Draft
from casework.deciding.refuse import stop
from casework.deciding.terms import tick
from casework.model.decision import Step
from casework.text import Text

STEP_LIMIT = 50


def take(draft: Draft, item: CompiledTransition, target: str) -> None:
    """Carry out one transition: its effects, then its state, mark and deadlines."""
    workflow, transition = item.workflow, item.transition
    source = draft.states[workflow]
    draft.steps.append(
        Step(workflow, transition.trigger, source, target, transition.automatic, transition.target is not None)
    )
    apply(draft, item)
    if transition.target is not None:
        draft.enter(workflow, target, again=source == target)


def follow(draft: Draft) -> None:
    """Take automatic transitions until none can go; more than fifty in one firing refuses it."""
    taken = 0
    while _step(draft):
        taken += 1
        if taken > STEP_LIMIT:
            raise stop(
                draft,
                "too-many-steps",
                Text(f"more than {STEP_LIMIT} automatic steps in a row", f"自动步骤连续超过{STEP_LIMIT}步"),
            )


def ready(draft: Draft) -> CompiledTransition | None:
    """The automatic transition that goes next; None where nothing moves."""
    for workflow in draft.compiled.workflows.values():
        for item in workflow.automatic.get(draft.states[workflow.workflow.name], ()):
            if holds(draft, item):
                return item
    return None


def _step(draft: Draft) -> bool:
    if draft.compiled.ruled:
        tick(draft)
    item = ready(draft)
    if item is not None:
        _automatic(draft, draft.compiled.workflows[item.workflow], item)
    return item is not None


def _automatic(draft: Draft, workflow: CompiledWorkflow, item: CompiledTransition) -> None:
    found = workflow.machine.choose(draft.states[item.workflow], AUTOMATIC, lambda number: number == item.number)
    assert found is not None, "the machine and the index know the same transitions"
    take(draft, item, found[1])
