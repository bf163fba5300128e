"""Which fields tell whether a transition makes an act void, by changing what somebody did who has to be another person.

An act covers the fields that it sets. That a transition clears a field voids the acts that covered it, but only where
the field held something; where an act always fills it in, that is told by whether the act was done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from casework.compiled import Compiled, CompiledTransition
from casework.condition.literal import Value
from casework.model.command import REFERENCES, Given, Held, Set


def telling(compiled: Compiled, known: Collection[str]) -> Iterator[tuple[str, Value | None]]:
    """The fields that have to be told apart, with what they are changed to; those *known* are told apart anyway."""
    for item in (item for workflow in compiled.workflows.values() for item in workflow.transitions):
        one = witnesses(compiled, item, known)
        for effect in item.effects:
            if isinstance(effect, Set) and not isinstance(effect.value, REFERENCES):
                acts = [act for act in compiled.covers.get(effect.field, ()) if act != item.transition.trigger]
                if any(one.get(act, effect.field) == effect.field for act in acts):
                    yield effect.field, effect.value


def witnesses(compiled: Compiled, item: CompiledTransition, known: Collection[str]) -> dict[str, str]:
    """By act a field that it always fills in and the transition clears: one of them tells as much as all."""
    cleared = [effect.field for effect in item.effects if isinstance(effect, Set) and effect.value is None]
    found: dict[str, str] = {}
    for field in sorted(cleared, key=lambda name: (name not in known, name)):
        for act in compiled.covers.get(field, ()):
            if act != item.transition.trigger and _always_filled(compiled, act, field):
                found.setdefault(act, field)
    return found


def _always_filled(compiled: Compiled, act: str, field: str) -> bool:
    return all(
        any(isinstance(effect, Set) and effect.field == field and _fills(item, effect) for effect in item.effects)
        for item in compiled.triggers[act].transitions
    )


def _fills(item: CompiledTransition, effect: Set) -> bool:
    if isinstance(effect.value, Given):
        return effect.value.name in item.form and item.form[effect.value.name].required
    return effect.value is not None and not isinstance(effect.value, Held)
