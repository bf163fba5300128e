"""Which roles of single cases people may come to hold by what they can do themselves: a claim, an assigning, a step."""

from __future__ import annotations

from collections.abc import Iterable

from casework.compiled import Compiled, CompiledTransition
from casework.model.command import Assign
from casework.parts import EffectPart
from casework.text import Text


def taken_on(compiled: Compiled, roles: frozenset[str]) -> frozenset[str]:
    """The local roles that people with *roles* may come to hold beside these, from above."""
    access, held = compiled.access, roles
    transitions = [item for workflow in compiled.workflows.values() for item in workflow.transitions]
    while True:
        more = {role for item in transitions if _fired(item, held) for role in _assigned(compiled, item)}
        # Whoever may edit a case claims whatever role of it is free.
        if not held.isdisjoint(access.grantees("edit") | access.grantees("assign")):
            more |= access.local_roles
        if more <= held:
            return held - roles
        held |= more


def _fired(item: CompiledTransition, roles: frozenset[str]) -> bool:
    """Whether people with *roles* may fire a transition, or nobody has to."""
    return not item.transition.roles or not roles.isdisjoint(item.transition.roles)


def _assigned(compiled: Compiled, item: CompiledTransition) -> Iterable[str]:
    for effect in item.effects:
        if isinstance(effect, Assign):
            yield effect.role
        elif isinstance(effect, EffectPart) and effect.assigns:
            # Whom Python assigns to what is known only when it runs.
            yield from compiled.access.local_roles


def as_whom(compiled: Compiled, roles: Iterable[str]) -> Text:
    """That people have taken on *roles*, in words to be added; empty where there are none."""
    titles = [compiled.titles.text("role", name) for name in sorted(roles)]
    if not titles:
        return Text()
    en, zh = ", ".join(title.en for title in titles), "、".join(title.zh for title in titles)
    return Text(f", having taken on the case as {en}", f"（担任本案{zh}）")
