"""Worklists and searches: ids of cases in order, as many as a page holds, by index ranges.

A worklist reads one range for each unit and state, each already in order of the next due date, and
merges them: a case is in one state per workflow, so the first fifty of all lie among the first fifty of
each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select, true, tuple_, union_all

from casework.compiled import Compiled
from casework.condition.tree import Condition
from casework.model.casetype import Worklist
from casework.storage import schema
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
        states = worklist.states or tuple(s.name for s in workflow.workflow.states if s.name not in workflow.finals)
        unit = true() if scope.unit is None else self._row.case__unit == scope.unit
        return [and_(unit, column == state) for state in states[:RANGE_LIMIT]]

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
            self.visible(scope),
        )
        if after is not None:
            statement = statement.where(tuple_(row.case__next_due, row.case__id) > tuple_(*after))
        return statement.order_by(row.case__next_due, row.case__id).limit(limit)

    def visible(self, scope: Scope) -> ColumnElement[Any]:
        """Whether the row may be viewed with the general roles of the scope, in the state it is in."""
        access = self._compiled.access
        if not scope.roles.isdisjoint(access.everywhere("view")):
            return true()
        return or_(false(), *self._granting(scope.roles))

    def _granting(self, roles: frozenset[str]) -> list[ColumnElement[Any]]:
        column = self._cases.projection.column
        granting = self._compiled.access.states_granting("view", roles)
        return [column("states", workflow).in_(states) for workflow, states in granting.items()]

    def _assigned(self, scope: Scope) -> ColumnElement[Any]:
        """Whether a local role of the person on this very case lets them view it, in whatever unit."""
        access, row, table = self._compiled.access, self._row, schema.assignment
        allowed = []
        for role in sorted(access.local_roles):
            one = frozenset({role})
            seen = true() if role in access.everywhere("view") else or_(false(), *self._granting(one))
            held = (
                select(literal(1))
                .where(
                    table.c.tenant == row.case__tenant,
                    table.c.case_id == row.case__id,
                    table.c.person == scope.asking.person,
                    table.c.role == role,
                )
                .correlate(self._cases.projection.table)
                .exists()
            )
            allowed.append(and_(seen, held))
        return or_(false(), *allowed)

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
        """(opened at, id) of the cases that hold *condition* and may be viewed, the newest first."""
        row = self._row
        general = self.visible(scope)
        if scope.unit is not None:
            general = and_(row.case__unit == scope.unit, general)
        statement = select(row.case__opened_at, row.case__id).where(
            row.case__tenant == scope.tenant,
            self._assigned(scope) if mine else or_(general, self._assigned(scope)),
            self._predicates.predicate(condition, scope.asking),
        )
        if open_only:
            statement = statement.where(row.case__open == literal(1, literal_execute=True))
        if after is not None:
            statement = statement.where(tuple_(row.case__opened_at, row.case__id) < tuple_(*after))
        statement = statement.order_by(row.case__opened_at.desc(), row.case__id.desc()).limit(limit)
        return [(opened, case_id) for opened, case_id in transaction.ask(statement)]


def pinned(transaction: Transaction, tenant: str, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The case type and manifest of each case that exists among *ids*."""
    table = schema.case.c
    statement = select(table.id, table.case_type, table.manifest).where(table.tenant == tenant, table.id.in_(ids))
    return {row[0]: (row[1], row[2]) for row in transaction.ask(statement)}
