"""The SQL reader: a condition as a predicate over the projection table.

It answers as the Python reader does, with null for unknown. Time is bound as a cut-off instant that
was computed in Python; what concerns the actor becomes a constant.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import attrs
from sqlalchemy import ColumnElement, and_, case, false, func, literal, not_, null, or_, select, true

from casework.access import Reach
from casework.clock import to_micros
from casework.compiled import Compiled
from casework.condition import tree
from casework.condition.literal import INTEGER_LIMIT
from casework.condition.tree import All, Among, Compare, Condition, Differs, HasRole, Known, Not, Overdue
from casework.condition.tree import Any as AnyOf
from casework.model.outfit import Account
from casework.storage import schema
from casework.storage.codec import encoder
from casework.storage.projection import Projection

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {name: getattr(operator, name) for name in tree.OPERATORS}
_FLIPPED = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


@attrs.frozen(kw_only=True)
class Asking:
    """Who asks, and when: what a predicate binds besides the row. *held* are the general roles, and where they hold."""

    now: datetime
    person: str
    held: tuple[Reach, ...]


class Predicates:
    """Turns the conditions of one case type into SQL."""

    def __init__(self, compiled: Compiled, projection: Projection) -> None:
        self._compiled, self._projection = compiled, projection

    def predicate(self, condition: Condition, asking: Asking) -> Any:
        """True, false or null for each row."""
        match condition:
            case All(terms):
                return and_(true(), *(self.predicate(term, asking) for term in terms))
            case AnyOf(terms):
                return or_(false(), *(self.predicate(term, asking) for term in terms))
            case Not(term):
                return not_(self.predicate(term, asking))
            case Compare(tree.ElapsedRef(mark), name, right) if isinstance(right, timedelta):
                return self._elapsed(mark, name, right, asking)
            case Compare(left, name, right):
                return _OPERATORS[name](self._column(left), self._stored(left, right))
            case Among(left, values):
                return self._among(left, values)
        return self._atom(condition, asking)

    def _atom(self, condition: Condition, asking: Asking) -> Any:
        match condition:
            case Known(tree.FieldRef(name)) if name in self._projection.sealed:
                return func.coalesce(self._projection.known_column(name), 0) == 1
            case Known(left):
                return self._column(left).is_not(None)
            case HasRole(role):
                return self.holds(role, asking)
            case Differs(trigger):
                return self._projection.column("acts", trigger) != literal(asking.person)
            case Overdue(deadline):
                return func.coalesce(self._projection.column("dues", deadline) <= to_micros(asking.now), false())
        raise TypeError(f"{condition!r} cannot be asked of a table")

    def holds(self, role: str, asking: Asking) -> Any:
        """Whether the asker holds the role on the row's case: in general, or on this very case."""
        general = or_(false(), *(self.within(reach) for reach in asking.held if role in reach.roles))
        local = role in self._compiled.access.local_roles
        return or_(general, self.assigned(role, asking)) if local else general

    def within(self, reach: Reach) -> Any:
        """Whether the row's case belongs to one of the units in which those roles hold."""
        unit: Any = self._projection.table.c.case__unit
        if reach.units is None:
            return true()
        return unit == reach.units[0] if len(reach.units) == 1 else unit.in_(reach.units)

    def assigned(self, role: str, asking: Asking) -> Any:
        """Whether the asker was given the local role on the row's case."""
        row, table = self._projection.table.c, schema.assignment.c
        held = select(literal(1)).where(
            table.tenant == row.case__tenant,
            table.case_id == row.case__id,
            table.person == asking.person,
            table.role == role,
        )
        return held.correlate(self._projection.table).exists()

    def _elapsed(self, mark: str, name: str, duration: timedelta, asking: Asking) -> Any:
        # now - entered OP duration, turned round to entered OP' now - duration, so that an index can serve.
        return _OPERATORS[_FLIPPED[name]](self._projection.column("marks", mark), _micros(asking.now, duration))

    def _among(self, left: tree.Operand, values: tuple[Any, ...]) -> ColumnElement[Any]:
        if not values:
            return false()
        column: ColumnElement[Any] = self._column(left)
        return column.in_([self._stored(left, value) for value in values])

    def _column(self, left: tree.Operand) -> Any:
        match left:
            case tree.FieldRef(name):
                return self._projection.column("data", name)
            case tree.StateRef(workflow):
                # Null where the case was opened before the workflow was attached; a state is never unknown.
                return func.coalesce(self._projection.column("states", workflow), "")
            case tree.BalanceRef(name):
                return self._balance(self._compiled.accounts[name])
        raise TypeError(f"{left!r} cannot be asked of a table")

    def _stored(self, left: tree.Operand, value: Any) -> Any:
        if isinstance(left, tree.FieldRef):
            return encoder(self._compiled.fields[left.name].type)(value)
        return value

    def _balance(self, account: Account) -> ColumnElement[Any]:
        row, balance = self._projection.table.c, schema.balance
        owners: dict[str, Any] = {"unit": row.case__unit, "case": row.case__id, "tenant": literal("")}
        if account.owner in self._compiled.subjects:
            owners[account.owner] = self._projection.column("subjects", account.owner)
        owner = owners[account.owner]
        kind: Any = literal("") if account.by is None else self._projection.column("data", account.by)
        key = literal(f"{account.name}|") + owner + literal("|") + kind
        left = (
            select(balance.c.amount)
            .where(balance.c.tenant == row.case__tenant, balance.c.account == key)
            .correlate(self._projection.table)
            .scalar_subquery()
        )
        return case((key.is_(None), null()), else_=func.coalesce(left, 0))


def _micros(now: datetime, duration: timedelta) -> int:
    # A duration may reach further than the instants that a column holds.
    cut = to_micros(now) - duration // timedelta(microseconds=1)
    return max(-INTEGER_LIMIT, min(cut, INTEGER_LIMIT - 1))
