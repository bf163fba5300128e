"""Whether what was tried is all that there is, so that finding no way means that there is none."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from casework.advising.attempts import TRIES, Attempts
from casework.advising.landmarks import Landmarks
from casework.advising.outlook import Outlook
from casework.compiled import CompiledTransition
from casework.condition import tree
from casework.condition.tree import walk
from casework.parts import EffectPart


def closed_world(outlook: Outlook, goal: Landmarks, attempts: Attempts) -> bool:
    """Whether every way to *goal* leads through what is tried, told from above: no is said where it is not sure.

    Clocks and accounts have more values than are told apart; Python may ask for anything; persons are tried with one
    role each, and as somebody who has done nothing yet.
    """
    for slot in outlook.alphabet.slots.values():
        if slot.kind in ("mark", "deadline") and slot.mask & goal.relevant:
            return False
    if outlook.rooms.every & goal.relevant:
        return False
    compiled = outlook.compiled
    items = [item for workflow in compiled.workflows.values() for item in workflow.transitions]
    if any(_opaque(item) or _asks_role(item) for item in items):
        return False
    if any(prod(map(len, attempts.choices(item))) > TRIES for item in items if not item.transition.automatic):
        return False
    return all(_differs_alike(trigger.transitions) for trigger in compiled.triggers.values())


def _opaque(item: CompiledTransition) -> bool:
    return bool(item.guards or item.absent) or any(isinstance(effect, EffectPart) for effect in item.effects)


def _asks_role(item: CompiledTransition) -> bool:
    return any(isinstance(node, tree.HasRole) for clause in item.clauses for node in walk(clause.condition))


def _differs_alike(items: Iterable[CompiledTransition]) -> bool:
    """Whether somebody new can do all that somebody known can: four eyes stand alone, and alike for the trigger."""
    asked = set()
    for item in items:
        alone = {c.condition for c in item.clauses if isinstance(c.condition, tree.Differs)}
        nodes = {node for c in item.clauses for node in walk(c.condition) if isinstance(node, tree.Differs)}
        if nodes != alone:
            return False
        asked.add(frozenset(alone))
    return len(asked) <= 1
