"""What stands out in a state: the accounts that every way into it has moved amounts of and not given back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from casework.compiled.transitions import CompiledTransition, CompiledWorkflow
from casework.model.command import Post, Settle, Void
from casework.parts import EffectPart

Move = tuple[str, str]
"""From which account to which; amounts are not compared."""
Out = frozenset[Move]
Holds = Mapping[str, Out]

_LIMIT = 2_000


def standing_out(workflow: CompiledWorkflow, holds: Holds) -> dict[str, frozenset[str]]:
    """By state the accounts of amounts that stand out there, whatever way led to it; final states keep nothing back.

    *holds* are the moves that each name reserves, of all workflows: what is settled was reserved by one of them.
    """
    begin: tuple[str, Out] = (workflow.workflow.initial, frozenset())
    seen, queue = {begin}, deque([begin])
    # A definition that moves very many accounts is followed so far; of what is left out too much is told.
    while queue and len(seen) < _LIMIT:
        state, out = queue.popleft()
        for item in workflow.transitions:
            if state in item.sources:
                after = (item.target or state, _moved(item, out, holds))
                if after not in seen:
                    seen.add(after)
                    queue.append(after)
    ways: dict[str, list[Out]] = {}
    for state, out in seen:
        ways.setdefault(state, []).append(out)
    return {
        state: frozenset(end for move in frozenset.intersection(*outs) for end in move)
        for state, outs in ways.items()
        if state not in workflow.finals
    }


def holds_in(items: Iterable[CompiledTransition]) -> Holds:
    """The moves that each name reserves."""
    found: dict[str, Out] = {}
    for item in items:
        for effect in item.effects:
            if isinstance(effect, Post) and effect.hold is not None:
                found[effect.hold] = found.get(effect.hold, frozenset()) | {(effect.debit, effect.credit)}
    return found


def _moved(item: CompiledTransition, out: Out, holds: Holds) -> Out:
    for effect in item.effects:
        match effect:
            case Post():
                out = _posted(out, (effect.debit, effect.credit))
            case Settle():
                out |= holds.get(effect.hold, frozenset())
            case Void():
                out -= holds.get(effect.hold, frozenset())
            case EffectPart():
                for name in effect.posts:
                    out = _by_part(out, name)
    return out


def _posted(out: Out, move: Move) -> Out:
    back = (move[1], move[0])
    return out - {back} if back in out else out | {move}


def _by_part(out: Out, name: str) -> Out:
    """A part does not say what it moves: taken to give back what stands out of the account, else to take."""
    touching = frozenset(_touching(out, name))
    return out - touching if touching else out | {(name, name)}


def _touching(out: Out, name: str) -> Iterator[Move]:
    return (move for move in out if name in move)
