"""Conditions by Python expressions: ``field("age") < 18``, ``state("care").in_("sheltered")``.

The builders stand outside the tree, so that ``==`` between two conditions stays equality of values.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Generic, TypeVar

import attrs

from casework.condition import tree
from casework.condition.literal import Value
from casework.condition.tree import Among, Compare, Condition, Known

Right = TypeVar("Right", bound="Value | timedelta")


@attrs.frozen(eq=False)
class Operand(Generic[Right]):
    """Something that can be compared with a literal; each comparison is a condition."""

    _operand: tree.Operand

    def __eq__(self, other: Right) -> Condition:  # type: ignore[override]
        return Compare(self._operand, "eq", other)

    def __ne__(self, other: Right) -> Condition:  # type: ignore[override]
        return Compare(self._operand, "ne", other)

    def __lt__(self, other: Right) -> Condition:
        return Compare(self._operand, "lt", other)

    def __le__(self, other: Right) -> Condition:
        return Compare(self._operand, "le", other)

    def __gt__(self, other: Right) -> Condition:
        return Compare(self._operand, "gt", other)

    def __ge__(self, other: Right) -> Condition:
        return Compare(self._operand, "ge", other)

    def in_(self, *values: Value) -> Condition:
        """Equal to one of the values; ``in_()`` of nothing is false."""
        return Among(self._operand, values)

    @property
    def known(self) -> Condition:
        """Not unknown."""
        if not isinstance(self._operand, tree.FieldRef | tree.GivenRef):
            raise TypeError("only a field or a value of the form can be unknown")
        return Known(self._operand)

    def __hash__(self) -> int:
        raise TypeError("a builder is not a value; compare it to make a condition")

    def __bool__(self) -> bool:
        raise TypeError("a builder is neither true nor false; compare it to make a condition")


def field(name: str) -> Operand[Value]:
    """A field of the case data, such as ``field("age")`` or ``field("referral.ward")``."""
    return Operand(tree.FieldRef(name))


def given(name: str) -> Operand[Value]:
    """What the form of the trigger says under *name*."""
    return Operand(tree.GivenRef(name))


def state(workflow: str) -> Operand[Value]:
    """The state that the case has in *workflow*."""
    return Operand(tree.StateRef(workflow))


def elapsed_since(mark: str) -> Operand[timedelta]:
    """Plain time since the case last entered the state *mark*."""
    return Operand(tree.ElapsedRef(mark))


def balance(account: str) -> Operand[Value]:
    """What the account has left for this case's unit (and kind)."""
    return Operand(tree.BalanceRef(account))


def overdue(deadline: str) -> Condition:
    """The deadline ran out."""
    return tree.Overdue(deadline)


def optional(workflow: str, condition: Condition) -> Condition:
    """*condition*, or nothing at all where *workflow* is not attached."""
    return tree.Optional(workflow, condition)


def slot(name: str) -> Condition:
    """A condition that the host binds when it attaches the workflow."""
    return tree.Slotted(name)


class _Actor:
    """Whoever acts; the name ``actor`` in expressions."""

    @staticmethod
    def has_role(role: str) -> Condition:
        """The actor holds *role*."""
        return tree.HasRole(role)

    @staticmethod
    def differs_from(trigger: str) -> Condition:
        """The actor is another person than the one who last fired *trigger*."""
        return tree.Differs(trigger)


actor = _Actor()


def days(count: int) -> timedelta:
    """A duration of whole days of 24 hours."""
    return timedelta(days=count)


def hours(count: int) -> timedelta:
    """A duration of whole hours."""
    return timedelta(hours=count)


def minutes(count: int) -> timedelta:
    """A duration of whole minutes."""
    return timedelta(minutes=count)
