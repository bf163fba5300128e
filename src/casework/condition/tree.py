"""Conditions as frozen values. Equality is structural; there is nothing in them to call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Literal, NoReturn, TypeAlias

import attrs

from casework.condition.literal import Value, checked

Operator = Literal["eq", "ne", "lt", "le", "gt", "ge"]
OPERATORS: tuple[Operator, ...] = ("eq", "ne", "lt", "le", "gt", "ge")

DEPTH_LIMIT = 32
SIZE_LIMIT = 500


@attrs.frozen
class FieldRef:
    """A field of the case data; one of an attached workflow carries its namespace."""

    name: str


@attrs.frozen
class GivenRef:
    """What the form of the present trigger says; known only while it is being fired."""

    name: str


@attrs.frozen
class StateRef:
    """The state of one workflow of the case; never unknown."""

    workflow: str


@attrs.frozen
class ElapsedRef:
    """Plain time since the case last entered a state (``tracing.candidate`` or ``candidate``)."""

    mark: str


@attrs.frozen
class BalanceRef:
    """What an account with limits has left, in units of its commodity."""

    account: str


Operand: TypeAlias = FieldRef | GivenRef | StateRef | ElapsedRef | BalanceRef
Literal_: TypeAlias = Value | timedelta


def _as_terms(terms: Iterable[Condition]) -> tuple[Condition, ...]:
    return tuple(terms)


def _typed(value: object) -> object:
    # 1 == True in Python, and 1 == 1.0; two literals are the same only where their types are.
    if isinstance(value, tuple):
        return tuple((type(item), item) for item in value)
    return type(value), value


def _literal(value: Literal_) -> Literal_:
    return value if isinstance(value, timedelta) else checked(value, "literal")


def _literals(values: object) -> tuple[Value, ...]:
    if not isinstance(values, tuple | list | set | frozenset):
        raise TypeError("in_() takes the values one by one")
    items = tuple(values)
    return tuple(checked(item, "literal") for item in items)


class Condition:
    """The common ground of all conditions: ``&``, ``|``, ``~`` and no truth of their own."""

    __slots__ = ()

    def __and__(self, other: Condition) -> Condition:
        return All((*_terms(self, All), *_terms(_condition(other), All)))

    def __or__(self, other: Condition) -> Condition:
        return Any((*_terms(self, Any), *_terms(_condition(other), Any)))

    def __invert__(self) -> Condition:
        return Not(self)

    def __bool__(self) -> NoReturn:
        raise TypeError("a condition is neither true nor false; combine with & | ~, never with and, or, not, in")


def _condition(other: object) -> Condition:
    if not isinstance(other, Condition):
        raise TypeError(f"{other!r} is not a condition")
    return other


def _terms(condition: Condition, kind: type[All] | type[Any]) -> tuple[Condition, ...]:
    return condition.terms if isinstance(condition, kind) else (condition,)


@attrs.frozen
class Compare(Condition):
    """An operand compared with a literal; unknown where the operand is unknown."""

    left: Operand
    operator: Operator = attrs.field(validator=attrs.validators.in_(OPERATORS))
    right: Literal_ = attrs.field(converter=_literal, eq=_typed)


@attrs.frozen
class Among(Condition):
    """An operand equal to one of several literals; none at all is false."""

    left: Operand
    values: tuple[Value, ...] = attrs.field(converter=_literals, eq=_typed)


@attrs.frozen
class Known(Condition):
    """A field (or a value of the form) that is not unknown; itself never unknown."""

    left: FieldRef | GivenRef


@attrs.frozen
class Overdue(Condition):
    """A deadline that ran out while its state still holds; never unknown."""

    deadline: str


@attrs.frozen
class HasRole(Condition):
    """Whoever acts holds the role, in general, in the unit or on this case."""

    role: str


@attrs.frozen
class Differs(Condition):
    """Whoever acts is another person than the one who last fired the trigger; unknown if nobody did."""

    trigger: str


@attrs.frozen
class Optional(Condition):
    """A condition on a workflow that may not be attached; true where it is absent."""

    workflow: str
    term: Condition


@attrs.frozen
class Slotted(Condition):
    """A condition that the host supplies when it binds the slot."""

    slot: str


@attrs.frozen
class All(Condition):
    """Every term holds. At the top of a condition the terms are its clauses."""

    terms: tuple[Condition, ...] = attrs.field(default=(), converter=_as_terms)


@attrs.frozen
class Any(Condition):
    """At least one term holds."""

    terms: tuple[Condition, ...] = attrs.field(default=(), converter=_as_terms)


@attrs.frozen
class Not(Condition):
    """The term does not hold; unknown stays unknown."""

    term: Condition


ALWAYS = All()
NEVER = Any()


def clauses(condition: Condition) -> tuple[Condition, ...]:
    """The top-level conjuncts; ALWAYS has none."""
    return condition.terms if isinstance(condition, All) else (condition,)


def children(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside."""
    match condition:
        case All(terms) | Any(terms):
            return terms
        case Not(term) | Optional(_, term):
            return (term,)
    return ()


def walk(condition: Condition) -> Iterator[Condition]:
    """Every condition inside, itself first, without recursion."""
    stack = [condition]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


def operands(condition: Condition) -> Iterator[Operand]:
    """Every operand named anywhere inside."""
    for node in walk(condition):
        if isinstance(node, Compare | Among | Known):
            yield node.left


def depth(condition: Condition) -> int:
    """How deep the tree goes; a leaf counts 1."""
    deepest, stack = 0, [(condition, 1)]
    while stack:
        node, level = stack.pop()
        deepest = max(deepest, level)
        stack.extend((child, level + 1) for child in children(node))
    return deepest


def rebuilt(condition: Condition, replace: Callable[[Condition], Condition]) -> Condition:
    """The same tree with every leaf that *replace* answers for exchanged, from the leaves up."""
    match condition:
        case All(terms):
            return All(tuple(rebuilt(term, replace) for term in terms))
        case Any(terms):
            return Any(tuple(rebuilt(term, replace) for term in terms))
        case Not(term):
            return Not(rebuilt(term, replace))
        case Optional(workflow, term):
            return replace(Optional(workflow, rebuilt(term, replace)))
    return replace(condition)
