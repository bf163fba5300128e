"""Where a case comes to rest in the new definition, and whether it may stand there: told from its states alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from casework.compiled import Compiled, CompiledTransition
from casework.condition.tree import All, Condition
from casework.migrating.outcomes import outcomes
from casework.model.command import Set
from casework.text import Text

Configuration = tuple[tuple[str, str], ...]
STEP_LIMIT = 50


def configuration(states: Mapping[str, str]) -> Configuration:
    """States by workflow as a value that is the same in whatever order they are told."""
    return tuple(sorted(states.items()))


@attrs.frozen
class Landing:
    """The configurations in which automatic steps may come to rest; *sure* where none of those steps can be refused."""

    rests: tuple[Configuration, ...]
    sure: bool


def landing(right: Compiled, states: Mapping[str, str]) -> Landing:
    """Follow every automatic step that may be taken from *states*."""
    rests: dict[Configuration, None] = {}
    start = configuration(states)
    seen, left, sure = {start}, [start], True
    while left:
        here = left.pop()
        item = None
        for item, always in _ready(right, dict(here)):
            sure = sure and all(isinstance(effect, Set) for effect in item.effects)
            there = configuration({**dict(here), item.workflow: item.target or dict(here)[item.workflow]})
            if there in seen:
                sure = False  # it may go in a circle, which is refused
            elif len(seen) >= STEP_LIMIT:
                sure = False
            else:
                seen.add(there)
                left.append(there)
            if always:
                break
        else:
            rests[here] = None
    return Landing(tuple(rests), sure)


def _ready(compiled: Compiled, states: Mapping[str, str]) -> Iterator[tuple[CompiledTransition, bool]]:
    """The automatic transitions that may go next, in order, and whether each is sure to go where it is asked."""
    for name, workflow in compiled.workflows.items():
        for item in workflow.automatic.get(states[name], ()):
            if item.absent:
                continue
            found = outcomes(asked(item), states)
            if True in found:
                yield item, found == {True} and not item.guards


def asked(item: CompiledTransition) -> Condition:
    """All that a transition asks, but for guards in Python."""
    return All(tuple(clause.condition for clause in item.clauses))


def at_rest(compiled: Compiled, states: Mapping[str, str]) -> bool:
    """Whether no automatic step is sure to leave *states*."""
    return not any(always for _, always in _ready(compiled, states))


@attrs.frozen
class Broken:
    """What must always hold and does not: *surely*, or where the facts of a case are so."""

    because: Text
    surely: bool


def broken(right: Compiled, states: Mapping[str, str]) -> Iterator[Broken]:
    """The invariants that *states* break or may break, and the closing rule."""
    for invariant, _ in right.invariants:
        found = outcomes(right.located(invariant.condition), states)
        if False in found:
            en, zh = f"the invariant {invariant.name!r} does not hold there", f"在那里不满足约束“{invariant.name}”"
            yield Broken(Text(en, zh), found == {False})
    if states[right.main] in right.workflows[right.main].finals:
        for name, finals in right.closing:
            if states[name] not in finals:
                title = right.titles.text("workflow", name)
                yield Broken(Text(f"{title.en} has not ended there", f"在那里{title.zh}尚未结束"), True)
