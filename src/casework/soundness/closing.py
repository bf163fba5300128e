"""The case closes as one: when the main workflow has ended, every other one has ended or finds its way out."""

from __future__ import annotations

from collections.abc import Iterator

from casework.model.casetype import CaseType
from casework.model.finding import Finding
from casework.model.workflow import Transition, Workflow
from casework.soundness.codes import finding
from casework.soundness.graph import finals, moves, reachable
from casework.soundness.scope import Scope
from casework.soundness.truth import always, mentioned, possible


def check_closing(scope: Scope) -> Iterator[Finding]:
    """The endings of a case type; a workflow without a host has nothing to close with."""
    case_type = scope.case_type
    if case_type is None:
        return
    main = case_type.main
    if not finals(main):
        yield finding("CW203", "chain[0].states", f"{main.name!r} has no final state, so no case is ever closed")
    for prefix, workflow in scope.chain[1:]:
        if not finals(workflow):
            message = f"{workflow.name!r} has no final state, so it is left behind whenever a case closes"
            yield finding("CW211", f"{prefix}states", message)
        elif finals(main):
            yield from _left_behind(scope, case_type, prefix, workflow)


def _left_behind(scope: Scope, case_type: CaseType, prefix: str, workflow: Workflow) -> Iterator[Finding]:
    main = case_type.main
    waiting = reachable(workflow) - finals(workflow)
    way_out = {
        source
        for source, transition, target in moves(workflow)
        if transition.automatic and target != source and _follows(scope, transition, main)
    }
    for i, state in enumerate(workflow.states):
        if state.name in waiting - way_out and _may_close_beside(scope, main, workflow, state.name):
            message = (
                f"when {main.name!r} ends, {workflow.name!r} may stand in {state.name!r} with no automatic step out; "
                f"add one on state({main.name!r}), or let the ending ask for another state"
            )
            yield finding("CW210", f"{prefix}states[{i}]", message)


def _follows(scope: Scope, transition: Transition, main: Workflow) -> bool:
    """Whether the step may be taken because the main workflow has ended."""
    condition = scope.condition(transition)
    if always(condition):
        return True
    allowed = possible(condition, main.name, scope.states[main.name])
    return main.name in mentioned(condition) and bool(allowed & finals(main))


def _may_close_beside(scope: Scope, main: Workflow, workflow: Workflow, state: str) -> bool:
    """Whether some step ends the main workflow without asking the other one to have left *state*."""
    ends = finals(main)
    if main.initial in ends:
        return True
    return any(
        target in ends
        and source not in ends
        and state in possible(scope.condition(transition), workflow.name, scope.states[workflow.name])
        for source, transition, target in moves(main)
    )
