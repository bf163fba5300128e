"""Workflows as plain nets: states, where one begins, where it ends, and the moves between; conditions are left out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import attrs

from casework import Casework, State, Workflow, installed
from casework.soundness import check_workflow

Net = dict[str, Any]
UNSOUND = {"CW201", "CW202", "CW203"}
"""A state that nothing leads to, one that no way leads out of, no ending at all: what a net without data can show."""


@cache
def shipped() -> dict[str, Workflow]:
    """Every workflow of every case type that is installed here, by case type and name."""
    app = Casework("sqlite://", plugins=installed())
    found = {f"{item.name}.{flow.name}": flow for item in app.case_types for flow in item.chain}
    app.dispose()
    return found


def variants() -> Iterator[tuple[str, Workflow]]:
    """Each shipped workflow as it is, and once more without each of its transitions and of its endings."""
    for name, flow in shipped().items():
        yield name, flow
        for place, step in enumerate(flow.transitions):
            left = flow.transitions[:place] + flow.transitions[place + 1 :]
            yield f"{name} without {step.trigger} ({place})", attrs.evolve(flow, transitions=left)
        for state in flow.states:
            if state.final:
                yield f"{name} not ending in {state.name}", attrs.evolve(flow, states=_going_on(flow, state))


def _going_on(flow: Workflow, ending: State) -> tuple[State, ...]:
    return tuple(attrs.evolve(state, final=False) if state is ending else state for state in flow.states)


def net_of(flow: Workflow) -> Net:
    """The net of a workflow: one token, a place for each state, an arc for each source of each transition."""
    moves = [[source, step.target or source] for step in flow.transitions for source in flow.sources(step)]
    return {
        "states": [state.name for state in flow.states],
        "initial": flow.initial,
        "finals": [state.name for state in flow.states if state.final],
        "moves": [list(move) for move in dict.fromkeys(map(tuple, moves))],
    }


def digest(net: Net) -> str:
    """What a verdict is kept under: equal nets are sound alike."""
    return hashlib.sha256(json.dumps(net, sort_keys=True).encode()).hexdigest()[:16]


def sound(flow: Workflow) -> bool:
    """What our own check says of it, as far as a net can show it."""
    found = {item.code for item in check_workflow(flow) if item.level == "error"}
    if not any(state.final for state in flow.states):
        found.add("CW203")  # which is asked of the main workflow of a case type alone
    return found.isdisjoint(UNSOUND)
