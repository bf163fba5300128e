"""Automatic steps come to rest: no circle of them within a workflow unless something provably breaks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

import attrs

from casework.condition.tree import Compare, Condition, ElapsedRef, clauses
from casework.model.finding import Finding
from casework.model.workflow import Transition, Workflow
from casework.soundness.codes import finding
from casework.soundness.graph import moves
from casework.soundness.scope import Scope
from casework.soundness.truth import mentioned, possible

STEPS_LIMIT = 20_000

Constraint = Mapping[str, frozenset[str]]


@attrs.frozen
class _Edge:
    """An automatic move, and the states of calm workflows in which it may be made."""

    source: str
    target: str
    transition: Transition
    constraint: Constraint


def check_loops(scope: Scope) -> Iterator[Finding]:
    """The circles of automatic steps, one for each workflow that has any.

    A circle is excluded where its steps ask another workflow to be in different states at once, and that
    workflow is calm: its own automatic steps make no circle, so it will stand still while this one turns.
    """
    calm: set[str] = set()
    while True:
        circles = {
            workflow.name: _circle(scope, workflow, calm) for _, workflow in scope.chain if workflow.name not in calm
        }
        resting = {name for name, circle in circles.items() if circle is None}
        if not resting:
            break
        calm |= resting
    for prefix, workflow in scope.chain:
        circle = circles.get(workflow.name)
        if circle is not None:
            place = workflow.transitions.index(circle[0].transition)
            way = " → ".join([circle[0].source, *(edge.target for edge in circle)])
            yield finding("CW205", f"{prefix}transitions[{place}]", f"automatic steps may run round: {way}")


def _circle(scope: Scope, workflow: Workflow, calm: set[str]) -> list[_Edge] | None:
    onward: dict[str, list[_Edge]] = {}
    for source, transition, target in moves(workflow):
        if transition.automatic and not _waits(workflow.name, source, transition, scope.condition(transition)):
            edge = _Edge(source, target, transition, _constraint(scope, transition, calm))
            if all(edge.constraint.values()):
                onward.setdefault(source, []).append(edge)
    budget = STEPS_LIMIT
    for start in onward:
        ways: list[tuple[list[_Edge], Constraint]] = [([edge], edge.constraint) for edge in onward[start]]
        while ways:
            way, constraint = ways.pop()
            # A graph too dense to be searched through is taken to turn: the finding says "may".
            if way[-1].target == start or (budget := budget - 1) < 0:
                return way
            ways += _longer(way, constraint, onward)
    return None


def _longer(
    way: list[_Edge], constraint: Constraint, onward: Mapping[str, list[_Edge]]
) -> Iterator[tuple[list[_Edge], Constraint]]:
    """The way with one more step that visits nothing twice, save the place where it began."""
    visited = {edge.source for edge in way[1:]}
    for edge in onward.get(way[-1].target, ()):
        joint = _joint(constraint, edge.constraint)
        if joint is not None and edge.target not in visited and edge.source != edge.target:
            yield [*way, edge], joint


def _constraint(scope: Scope, transition: Transition, calm: set[str]) -> Constraint:
    condition = scope.condition(transition)
    return {name: possible(condition, name, scope.states[name]) for name in mentioned(condition) & calm}


def _joint(one: Constraint, other: Constraint) -> Constraint | None:
    """What both allow; None where some workflow would have to be in two states at once."""
    joint = dict(one)
    for name, states in other.items():
        joint[name] = joint.get(name, states) & states
        if not joint[name]:
            return None
    return joint


def _waits(workflow: str, source: str, transition: Transition, condition: Condition) -> bool:
    """Whether the step asks for time to pass in the state it leaves, which none does within one firing."""
    if transition.target is None:
        return False
    marks = (ElapsedRef(source), ElapsedRef(f"{workflow}.{source}"))
    return any(
        isinstance(clause, Compare)
        and clause.left in marks
        and isinstance(clause.right, timedelta)
        and (clause.operator == "gt" or (clause.operator in ("ge", "eq") and clause.right > timedelta(0)))
        for clause in clauses(condition)
    )
