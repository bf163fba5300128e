"""Workflows that wait for each other: each asks, before it moves, for what only the next one can bring about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from casework.compiled import Compiled, CompiledTransition
from casework.condition import tree
from casework.condition.tree import operands
from casework.model.command import Set


def waiting_for_each_other(compiled: Compiled, states: Mapping[str, str]) -> tuple[str, ...]:
    """The workflows of such a circle where a case stands in *states*, the first again at the end; () where none is."""
    waits = {name: tuple(dict.fromkeys(_waits_for(compiled, name, state))) for name, state in states.items()}
    for start in waits:
        circle = _circle(waits, (start,))
        if circle:
            return circle
    return ()


def _circle(waits: Mapping[str, tuple[str, ...]], way: tuple[str, ...]) -> tuple[str, ...]:
    for name in waits[way[-1]]:
        if name == way[0] and len(way) > 1:
            return (*way, name)
        if name not in way:
            found = _circle(waits, (*way, name))
            if found:
                return found
    return ()


def _waits_for(compiled: Compiled, workflow: str, state: str) -> Iterator[str]:
    """The other workflows that the transitions from *state* ask for, by their state or by what only they fill in."""
    for item in compiled.workflows[workflow].transitions:
        if state in item.sources:
            for other in _asked(compiled, item):
                if other != workflow:
                    yield other


def _asked(compiled: Compiled, item: CompiledTransition) -> Iterator[str]:
    for clause in item.clauses:
        for operand in operands(clause.condition):
            if isinstance(operand, tree.StateRef):
                yield operand.workflow
            elif isinstance(operand, tree.FieldRef) and operand.name not in compiled.enterable:
                yield from _fillers(compiled, operand.name)


def _fillers(compiled: Compiled, field: str) -> Iterator[str]:
    for name, workflow in compiled.workflows.items():
        if any(isinstance(e, Set) and e.field == field for item in workflow.transitions for e in item.effects):
            yield name
