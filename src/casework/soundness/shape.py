"""The shape of each workflow: every state can be reached and left, every transition can be taken."""

from __future__ import annotations

from collections.abc import Iterator

from casework.condition import tree
from casework.condition.tree import Condition
from casework.model.finding import Finding
from casework.model.workflow import Transition, Workflow
from casework.soundness.codes import finding
from casework.soundness.graph import can_end, finals, reachable
from casework.soundness.scope import Scope
from casework.soundness.truth import always, never, possible


def check_shape(scope: Scope) -> Iterator[Finding]:
    """The states and transitions of each workflow, whatever the others do."""
    for prefix, workflow in scope.chain:
        yield from _states(prefix, workflow)
        yield from _deadlines(prefix, workflow)
        yield from _shadows(scope, prefix, workflow)
    for path, workflow, transition in scope.transitions():
        yield from _transition(scope, path, workflow, transition)
    for place in scope.places():
        if place.kind in ("worklist", "invariant") and never(place.condition):
            yield finding("CW208", place.path, "this can never hold")


def _states(prefix: str, workflow: Workflow) -> Iterator[Finding]:
    if workflow.initial not in {state.name for state in workflow.states}:
        return
    reached, ending = reachable(workflow), can_end(workflow)
    for i, state in enumerate(workflow.states):
        path = f"{prefix}states[{i}]"
        if state.name not in reached:
            yield finding("CW201", path, f"no transition leads to {state.name!r} from {workflow.initial!r}")
        elif ending and state.name not in ending:
            yield finding("CW202", path, f"no way leads from {state.name!r} to a final state")


def _deadlines(prefix: str, workflow: Workflow) -> Iterator[Finding]:
    for i, deadline in enumerate(workflow.deadlines):
        if not deadline.during:
            yield finding("CW207", f"{prefix}deadlines[{i}].during", f"{deadline.name!r} runs in no state")


def _transition(scope: Scope, path: str, workflow: Workflow, transition: Transition) -> Iterator[Finding]:
    if not transition.source and transition.phase is None:
        yield finding("CW207", f"{path}.source", f"{transition.trigger!r} has no source")
    condition, sources = scope.condition(transition), workflow.sources(transition)
    dead = never(condition) or (sources and not possible(condition, workflow.name, set(sources)))
    if dead and not _names_unknown_state(scope, condition):
        yield finding("CW208", f"{path}.condition", f"{transition.trigger!r} can never be taken")
    if transition.automatic:
        ends = sorted(finals(workflow) & set(sources))
        if ends:
            yield finding("CW204", path, f"an automatic step leaves the final state {', '.join(ends)}")
        yield from _personal(path, transition)
    elif any(field.required for field in transition.form):
        yield from _fired_by_deadline(path, workflow, transition)


def _names_unknown_state(scope: Scope, condition: Condition) -> bool:
    """A misspelt state never holds either, but the spelling is what is wrong."""
    for node in tree.walk(condition):
        if isinstance(node, tree.Compare | tree.Among) and isinstance(node.left, tree.StateRef):
            values = node.values if isinstance(node, tree.Among) else (node.right,)
            if not set(values) <= scope.states.get(node.left.workflow, frozenset()):
                return True
    return False


def _personal(path: str, transition: Transition) -> Iterator[Finding]:
    for what in ("roles", "form", "four_eyes", "guards"):
        if getattr(transition, what):
            message = f"an automatic step has {what}, but nobody takes it; it reads the case's states, fields and times"
            yield finding("CW209", f"{path}.{what}", message)


def _fired_by_deadline(path: str, workflow: Workflow, transition: Transition) -> Iterator[Finding]:
    sources = set(workflow.sources(transition))
    for deadline in workflow.deadlines:
        if deadline.trigger == transition.trigger and sources & set(deadline.during):
            message = f"the deadline {deadline.name!r} fires this and fills in nothing, but the form requires something"
            yield finding("CW209", f"{path}.form", message)


def _shadows(scope: Scope, prefix: str, workflow: Workflow) -> Iterator[Finding]:
    for i, later in enumerate(workflow.transitions):
        open_sources = set(workflow.sources(later))
        earlier = [e for e in workflow.transitions[:i] if _stands_before(scope, e, later)]
        for other in earlier:
            open_sources -= set(workflow.sources(other))
        if earlier and workflow.sources(later) and not open_sources:
            place = workflow.transitions.index(earlier[0])
            message = f"transitions[{place}] comes first wherever {later.trigger!r} could be taken, and asks no more"
            yield finding("CW206", f"{prefix}transitions[{i}]", message)


def _stands_before(scope: Scope, earlier: Transition, later: Transition) -> bool:
    """Whether *earlier* is taken whenever *later* could be, in a state that both leave."""
    if earlier.automatic != later.automatic or not (earlier.automatic or earlier.trigger == later.trigger):
        return False
    asked, offered = (
        {clause for clause in tree.clauses(scope.condition(transition)) if not always(clause)}
        for transition in (earlier, later)
    )
    return (
        asked <= offered
        and set(earlier.guards) <= set(later.guards)
        and set(earlier.four_eyes) <= set(later.four_eyes)
        and set(earlier.roles) >= set(later.roles)
    )
