"""Worklists and searches: ids of cases in order, as many as a page holds, by index ranges.

A worklist reads one range for each unit and state, each already in order of the next due date, and
merges them: a case is in one state per workflow, so the first fifty of all lie among the first fifty of
each.
"""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select, true, tuple_, union_all

from casework.compiled import Compiled
from casework.condition.tree import Condition, FieldRef, operands
from casework.model.outfit import Worklist
from casework.storage.cases import Cases
from casework.storage.predicate import Asking, Predicates
from casework.storage.transaction import Transaction

RANGE_LIMIT = 100
COUNT_LIMIT = 1_000


@attrs.frozen(kw_only=True)
class Scope:
    """Whose cases: a tenant, a unit (None is every one), the general roles there, and the person."""

    tenant: str
    unit: str | None
    roles: frozenset[str]
    asking: Asking


class Search:
    """Finds cases of one case type that somebody may view."""

    def __init__(self, compiled: Compiled, cases: Cases) -> None:
        self._compiled, self._cases = compiled, cases
        self._predicates = Predicates(compiled, cases.projection)
        self._row: Any = cases.projection.table.c

    def worklist(
        self, transaction: Transaction, worklist: Worklist, scope: Scope, after: tuple[int, str] | None, limit: int
    ) -> list[tuple[int, str]]:
        """(next due, id) of the open cases that wait in the worklist, the most urgent first."""
        ranges = [
            self._range(worklist, scope, place, after, limit).subquery() for place in self._places(worklist, scope)
        ]
        if not ranges:
            return []
        merged = union_all(*(select(part.c.due, part.c.id) for part in ranges)).subquery()
        statement = select(merged.c.due, merged.c.id).order_by(merged.c.due, merged.c.id).limit(limit)
        return [(due, case_id) for due, case_id in transaction.ask(statement)]

    def count(self, transaction: Transaction, worklist: Worklist, scope: Scope) -> int:
        """How many cases wait, counted no further than the limit."""
        total = 0
        for place in self._places(worklist, scope):
            part = self._range(worklist, scope, place, None, COUNT_LIMIT + 1 - total).subquery()
            ((found,),) = transaction.ask(select(func.count()).select_from(part))
            total += found
            if total > COUNT_LIMIT:
                return COUNT_LIMIT
        return total

    def _places(self, worklist: Worklist, scope: Scope) -> list[ColumnElement[Any]]:
        """The start of every range: one unit (or all) and one state of the worklist's workflow."""
        workflow = self._compiled.workflows[worklist.workflow or self._compiled.main]
        column = self._cases.projection.column("states", workflow.workflow.name)
        open_ones = (state.name for state in workflow.workflow.states if state.name not in workflow.finals)
        states = tuple(dict.fromkeys(worklist.states or open_ones))
        places = [column == state for state in states[:RANGE_LIMIT]]
        if states[RANGE_LIMIT:]:
            places.append(column.in_(states[RANGE_LIMIT:]))
        unit = true() if scope.unit is None else self._row.case__unit == scope.unit
        return [and_(unit, place) for place in places]

    def _range(
        self,
        worklist: Worklist,
        scope: Scope,
        place: ColumnElement[Any],
        after: tuple[int, str] | None,
        limit: int,
    ) -> Select[Any]:
        row = self._row
        statement = select(row.case__next_due.label("due"), row.case__id.label("id")).where(
            row.case__tenant == scope.tenant,
            # Written out, not bound: a partial index serves only a query that says what its own condition says.
            row.case__open == literal(1, literal_execute=True),
            place,
            self._predicates.predicate(worklist.condition, scope.asking),
            or_(self._granted(scope.roles), self._granted_here(scope)),
        )
        if after is not None:
            statement = statement.where(tuple_(row.case__next_due, row.case__id) > tuple_(*after))
        return statement.order_by(row.case__next_due, row.case__id).limit(limit)

    def visible(self, scope: Scope) -> ColumnElement[Any]:
        """Whether the row may be viewed with the roles that the asker holds on it, in the state it is in."""
        general = and_(self._in_unit(scope), self._granted(scope.roles))
        return or_(general, self._granted_here(scope))

    def _in_unit(self, scope: Scope) -> ColumnElement[Any]:
        found: ColumnElement[Any] = true() if scope.unit is None else self._row.case__unit == scope.unit
        return found

    def _granted(self, roles: frozenset[str]) -> ColumnElement[Any]:
        """Whether *roles* may view the row in the state it is in."""
        access, column = self._compiled.access, self._cases.projection.column
        if not roles.isdisjoint(access.everywhere("view")):
            return true()
        granting = access.states_granting("view", roles)
        return or_(false(), *(column("states", workflow).in_(states) for workflow, states in granting.items()))

    def _granted_here(self, scope: Scope) -> ColumnElement[Any]:
        """Whether a local role of the asker on this very case lets them view it, in whatever unit."""
        held = self._predicates.assigned
        local = sorted(self._compiled.access.local_roles)
        return or_(false(), *(and_(self._granted(frozenset({role})), held(role, scope.asking)) for role in local))

    def _read(self, condition: Condition, scope: Scope) -> ColumnElement[Any]:
        """Whether the asker reads, on this very case, the fields that *condition* asks of."""
        access, held = self._compiled.access, self._predicates.assigned
        names = {operand.name for operand in operands(condition) if isinstance(operand, FieldRef)}
        asked = [field for name in sorted(names) if (field := self._compiled.fields[name]).field_class != "open"]
        readable = []
        for field in asked:
            general = self._in_unit(scope) if access.reads(field, scope.roles) else false()
            local = (role for role in sorted(access.local_roles) if access.reads(field, frozenset({role})))
            readable.append(or_(general, *(held(role, scope.asking) for role in local)))
        return and_(true(), *readable)

    def find(
        self,
        transaction: Transaction,
        condition: Condition,
        scope: Scope,
        *,
        open_only: bool,
        mine: bool,
        after: tuple[int, str] | None,
        limit: int,
    ) -> list[tuple[int, str]]:
        """(opened at, id) of the cases that hold *condition* and may be viewed, the newest first; with *mine* only
        those on which the asker has a local role.
        """
        row = self._row
        statement = select(row.case__opened_at, row.case__id).where(
            row.case__tenant == scope.tenant,
            self.visible(scope),
            self._read(condition, scope),
            self._predicates.predicate(condition, scope.asking),
        )
        if mine:
            local = sorted(self._compiled.access.local_roles)
            held = (self._predicates.assigned(role, scope.asking) for role in local)
            statement = statement.where(or_(false(), *held))
        if open_only:
            statement = statement.where(row.case__open == literal(1, literal_execute=True))
        if after is not None:
            statement = statement.where(tuple_(row.case__opened_at, row.case__id) < tuple_(*after))
        statement = statement.order_by(row.case__opened_at.desc(), row.case__id.desc()).limit(limit)
        return [(opened, case_id) for opened, case_id in transaction.ask(statement)]
