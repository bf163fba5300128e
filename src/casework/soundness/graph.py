"""The graph of one workflow: its states, and the transitions between them whatever their conditions."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator

from casework.model.workflow import Transition, Workflow


def moves(workflow: Workflow) -> Iterator[tuple[str, Transition, str]]:
    """Every (source, transition, target), in order of declaration; a transition without target stays."""
    for transition in workflow.transitions:
        for source in workflow.sources(transition):
            yield source, transition, source if transition.target is None else transition.target


def finals(workflow: Workflow) -> frozenset[str]:
    """The names of the final states."""
    return frozenset(state.name for state in workflow.states if state.final)


def reachable(workflow: Workflow) -> set[str]:
    """The states that can be reached from the initial one, itself included."""
    known = {state.name for state in workflow.states}
    onward: dict[str, list[str]] = {}
    for source, _, target in moves(workflow):
        onward.setdefault(source, []).append(target)
    return _closure({workflow.initial} & known, onward) & known


def can_end(workflow: Workflow) -> set[str]:
    """The states from which some final state can be reached; final states can."""
    backward: dict[str, list[str]] = {}
    for source, _, target in moves(workflow):
        backward.setdefault(target, []).append(source)
    return _closure(set(finals(workflow)), backward) & {state.name for state in workflow.states}


def _closure(starts: set[str], edges: dict[str, list[str]]) -> set[str]:
    seen, queue = set(starts), deque(sorted(starts))
    while queue:
        for target in edges.get(queue.popleft(), ()):
            if target not in seen:
                seen.add(target)
                queue.append(target)
    return seen


def shortest_path(workflow: Workflow, source: str, targets: Collection[str]) -> list[Transition] | None:
    """The fewest transitions from *source* to one of *targets*; none where it is one, None where no way leads.

    Of ways equally short it takes the one declared first, so that advice does not change from call to call.
    """
    if source in targets:
        return []
    onward: dict[str, list[tuple[Transition, str]]] = {}
    for start, transition, end in moves(workflow):
        onward.setdefault(start, []).append((transition, end))
    came: dict[str, tuple[str, Transition]] = {}
    queue = deque([source])
    while queue:
        here = queue.popleft()
        for transition, end in onward.get(here, ()):
            if end == source or end in came:
                continue
            came[end] = (here, transition)
            if end in targets:
                return _walked(came, source, end)
            queue.append(end)
    return None


def _walked(came: dict[str, tuple[str, Transition]], source: str, end: str) -> list[Transition]:
    path: list[Transition] = []
    while end != source:
        end, transition = came[end]
        path.append(transition)
    return path[::-1]
