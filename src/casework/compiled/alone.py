"""What one person can bring about alone: the states and values that no four eyes stand before.

The answer is about definitions, not about a case: forms, guards, time and balances are taken to allow
whatever they may allow; states, and the fields that effects alone write, are followed.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

import attrs

from casework.compiled.transitions import CompiledTransition
from casework.condition import tree
from casework.condition.tree import All, Among, Any, Compare, Condition, Differs, Known, Not, walk
from casework.model import command
from casework.parts import EffectPart

Filled = tuple[str, object]
"""A field with a value that a transition gives it, or with EVERY."""
EVERY = "every value"


@attrs.frozen
class Reached:
    """Of each workflow the states that somebody can bring a case to alone, and what they can fill in on the way."""

    states: dict[str, set[str]]
    values: set[Filled]
    told: Mapping[str, object] | None = None
    """What the case holds in the end, where that is known: a step that asks for other values was not taken."""

    def holds(self, name: str, value: object) -> bool:
        """Whether the field *name* can come to hold *value*."""
        if self.told is not None and self.told.get(name) != value:
            return False
        return (name, EVERY) in self.values or (name, _typed(value)) in self.values

    def known(self, name: str) -> bool:
        """Whether the field *name* can come to hold something."""
        if self.told is not None and name not in self.told:
            return False
        return any(filled == name for filled, _ in self.values)


def reached(
    initial: Mapping[str, str],
    items: Iterable[CompiledTransition],
    given: Iterable[str],
    *,
    told: Mapping[str, object] | None = None,
    by_two: bool = False,
) -> Reached:
    """Follow every transition from the *initial* states, with the fields *given* from the start, until nothing is new.

    Those with four eyes are not followed; with *by_two* they are, whatever else they ask.
    """
    every = tuple(items)
    found = Reached({name: {state} for name, state in initial.items()}, {(name, EVERY) for name in given}, told)
    size = -1
    while size != (size := len(found.values) + sum(map(len, found.states.values()))):
        for item in every:
            if not found.states[item.workflow].isdisjoint(item.sources) and _open(item, found, by_two):
                found.values.update(_fills(item))
                if item.target is not None:
                    found.states[item.workflow].add(item.target)
    return found


def given_at_first(items: Iterable[CompiledTransition], fields: Iterable[str], managed: frozenset[str]) -> set[str]:
    """The *fields* that anybody may fill, and those *managed* that no transition fills: they come with the opening."""
    filled = {name for item in items for name, _ in _fills(item)}
    return {name for name in fields if name not in managed or name not in filled}


def _open(item: CompiledTransition, found: Reached, by_two: bool) -> bool:
    if by_two and any(isinstance(node, Differs) for clause in item.clauses for node in walk(clause.condition)):
        return True
    return all(_may_hold(clause.condition, found) for clause in item.clauses)


def _fills(item: CompiledTransition) -> Iterator[Filled]:
    for effect in item.effects:
        if isinstance(effect, command.Set) and effect.value is not None:
            yield effect.field, EVERY if isinstance(effect.value, command.REFERENCES) else _typed(effect.value)
        elif isinstance(effect, EffectPart):
            yield from ((name, EVERY) for name in effect.writes)


def _typed(value: object) -> object:
    return type(value), value


def _may_hold(condition: Condition, found: Reached) -> bool:
    """Whether it can be true of some case that one person brought so far."""
    match condition:
        case All(terms):
            return all(map(partial(_may_hold, found=found), terms))
        case Any(terms):
            return any(map(partial(_may_hold, found=found), terms))
        case Not(term):
            return _may_fail(term, found)
        case Differs():
            return False
        case Known(left) | Compare(left) | Among(left):
            return _may_be(condition, left, found)
    return True


def _may_be(condition: Condition, left: object, found: Reached) -> bool:
    match left, condition:
        case tree.FieldRef(name), Compare(_, "eq", value):
            return found.holds(name, value)
        case tree.FieldRef(name), Among(_, values):
            return any(found.holds(name, value) for value in values)
        case tree.FieldRef(name), _:
            return found.known(name)
        case tree.StateRef(workflow), Compare(_, "eq", state):
            return state in _states(found, workflow)
        case tree.StateRef(workflow), Among(_, states):
            return not _states(found, workflow).isdisjoint(states)
    return True


def _may_fail(condition: Condition, found: Reached) -> bool:
    """Whether it can be false of some such case."""
    match condition:
        case All(terms):
            return any(map(partial(_may_fail, found=found), terms))
        case Any(terms):
            return all(map(partial(_may_fail, found=found), terms))
        case Not(term):
            return _may_hold(term, found)
        case Differs():
            # Who did it is the same person then, which is what one person alone can bring about.
            return True
        case Known(tree.FieldRef(name)):
            return found.told is None or name not in found.told
        case Compare(tree.FieldRef(name), "eq", value) if found.told is not None:
            return found.known(name) and found.told[name] != value
        case Compare(tree.FieldRef(name)) | Among(tree.FieldRef(name)):
            return found.known(name)
        case Compare(tree.StateRef(workflow), "ne", state):
            return state in _states(found, workflow)
    return True


def _states(found: Reached, workflow: str) -> typing.AbstractSet[object]:
    return found.states.get(workflow, set())
