"""What a trigger can touch: the automatic steps it may cause, and the accounts that all of them read or post.

It answers rather too much than too little, for what is not read before deciding cannot be locked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from casework.compiled.transitions import CompiledTransition
from casework.condition import tree
from casework.condition.tree import operands, walk
from casework.model.command import Post, Set, Settle, Void
from casework.model.names import qualified
from casework.model.outfit import Account
from casework.parts import EffectPart


def times(item: CompiledTransition) -> Iterable[tuple[str, timedelta]]:
    """The marks that a transition counts from, with how much time after them it asks for."""
    for clause in item.clauses:
        for node in walk(clause.condition):
            if isinstance(node, tree.Compare) and isinstance(node.left, tree.ElapsedRef):
                assert isinstance(node.right, timedelta)
                # "More than an hour" is not yet so when exactly an hour has passed.
                later = timedelta.resolution if node.operator in ("gt", "le") else timedelta(0)
                yield node.left.mark, node.right + later


def ends_holds(item: CompiledTransition) -> bool:
    """Whether it may settle or void what was reserved; a part that may post may do that too."""
    return any(
        isinstance(effect, Settle | Void) or (isinstance(effect, EffectPart) and bool(effect.posts))
        for effect in item.effects
    )


def touched(accounts: Mapping[str, Account], items: Iterable[CompiledTransition]) -> tuple[Account, ...]:
    """The accounts with limits that these transitions can read or post, in the order of their locks."""
    names: set[str] = set()
    for item in items:
        for clause in item.clauses:
            names.update(ref.account for ref in operands(clause.condition) if isinstance(ref, tree.BalanceRef))
        for effect in item.effects:
            if isinstance(effect, Post):
                names.update((effect.debit, effect.credit))
            elif isinstance(effect, EffectPart):
                names.update(effect.posts)
        if any(isinstance(effect, Settle | Void) for effect in item.effects):
            names.update(accounts)
    return tuple(account for name, account in sorted(accounts.items()) if name in names and account.limited)


def followers(
    automatic: Sequence[CompiledTransition], items: tuple[CompiledTransition, ...]
) -> list[CompiledTransition]:
    """The automatic transitions that these may cause, closed over those that those may cause."""
    caused = list(items)
    found: list[CompiledTransition] = []
    grew = True
    while grew:
        states, fields = _changes(caused)
        more = [item for item in automatic if item not in found and _wakened(item, states, fields)]
        found, caused, grew = found + more, caused + more, bool(more)
    return found


def _changes(items: Iterable[CompiledTransition]) -> tuple[set[tuple[str, str]], set[str]]:
    states = {(item.workflow, item.target) for item in items if item.target is not None}
    fields: set[str] = set()
    for item in items:
        for effect in item.effects:
            if isinstance(effect, Set):
                fields.add(effect.field)
            elif isinstance(effect, EffectPart):
                fields.update(name for field in effect.writes for name in (field, qualified(item.workflow, field)))
    return states, fields


def _wakened(item: CompiledTransition, states: set[tuple[str, str]], fields: set[str]) -> bool:
    """Whether a change to one of *states* or *fields* could be what lets the automatic *item* go."""
    if any(times(item)) or any(
        isinstance(node, tree.Overdue) for clause in item.clauses for node in walk(clause.condition)
    ):
        return True
    if any((item.workflow, source) in states for source in item.sources):
        return True
    read = [ref for clause in item.clauses for ref in operands(clause.condition)]
    if any(isinstance(ref, tree.FieldRef) and ref.name in fields for ref in read):
        return True
    changed = {workflow for workflow, _ in states}
    asked = {ref.workflow for ref in read if isinstance(ref, tree.StateRef)} & changed
    return any(_fits(item, workflow, states) for workflow in asked)


def _fits(item: CompiledTransition, workflow: str, states: set[tuple[str, str]]) -> bool:
    """Whether the clauses of *item* about *workflow* allow one of the states that it may have come to."""
    reached = {state for name, state in states if name == workflow}
    for clause in item.clauses:
        match clause.condition:
            case tree.Compare(tree.StateRef(name), "eq", right) if name == workflow:
                reached &= {str(right)}
            case tree.Among(tree.StateRef(name), values) if name == workflow:
                reached &= {str(value) for value in values}
    return bool(reached)
