"""What can be said of a condition without any case: that it always holds, that it never does, and where it may.

Each answer errs on the safe side: a condition is called never or always only where its form proves it.
"""

from __future__ import annotations

from collections.abc import Collection, Set

from casework.condition import tree
from casework.condition.tree import ALWAYS, All, Among, Any, Compare, Condition, Not, StateRef


def bound(condition: Condition, present: Collection[str]) -> Condition:
    """*condition* with every optional part decided: gone where its workflow is absent, plain where it is there."""

    def decide(node: Condition) -> Condition:
        if not isinstance(node, tree.Optional):
            return node
        return node.term if node.workflow in present else ALWAYS

    return tree.rebuilt(condition, decide)


def always(condition: Condition) -> bool:
    """Whether the form alone says that it holds."""
    match condition:
        case All(terms):
            return all(always(term) for term in terms)
        case Any(terms):
            return any(always(term) for term in terms)
        case Not(term):
            return never(term)
    return False


def never(condition: Condition) -> bool:
    """Whether the form alone says that it does not hold."""
    match condition:
        case All(terms):
            return any(never(term) for term in terms) or _torn(condition)
        case Any(terms):
            return all(never(term) for term in terms)
        case Not(term):
            return always(term)
        case Among(_, values):
            return not values
    return False


def _torn(condition: Condition) -> bool:
    # A state that no literal names is like any other such state, so "" stands for all of them.
    for workflow in mentioned(condition):
        named = _literals(condition, workflow) | {""}
        if not possible(condition, workflow, named):
            return True
    return False


def mentioned(condition: Condition) -> set[str]:
    """The workflows whose state the condition asks for."""
    return {left.workflow for left in tree.operands(condition) if isinstance(left, StateRef)}


def _literals(condition: Condition, workflow: str) -> set[str]:
    found: set[str] = set()
    for node in tree.walk(condition):
        if isinstance(node, Compare) and node.left == StateRef(workflow):
            found.add(str(node.right))
        elif isinstance(node, Among) and node.left == StateRef(workflow):
            found.update(map(str, node.values))
    return found


def possible(condition: Condition, workflow: str, states: Set[str], *, holds: bool = True) -> frozenset[str]:
    """The states of *workflow*, out of *states*, in which the condition may hold (or, on request, may not)."""
    match condition:
        case All(terms) | Any(terms):
            parts = [possible(term, workflow, states, holds=holds) for term in terms]
            if isinstance(condition, All) is holds:
                return frozenset(states).intersection(*parts)
            return frozenset[str]().union(*parts)
        case Not(term):
            return possible(term, workflow, states, holds=not holds)
        case Compare(StateRef(name), "eq" | "ne" as operator, right) if name == workflow:
            return _picked(states, {str(right)}, holds is (operator == "eq"))
        case Among(StateRef(name), values) if name == workflow:
            return _picked(states, set(map(str, values)), holds)
    return frozenset(states)


def _picked(states: Set[str], named: set[str], inside: bool) -> frozenset[str]:
    return frozenset(states & named) if inside else frozenset(states - named)
