"""Worklists and searches: ids of cases in order, as many as a page holds, by index ranges.

A worklist reads one range for each unit and state, each already in order of the next due date, and
merges them: a case is in one state per workflow, so the first fifty of all lie among the first fifty of
each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Select, and_, false, func, literal, not_, or_, select, true, tuple_, union_all

from casework.access import Reach
from casework.compiled import Compiled
from casework.condition.tree import Condition, Operand, operands
from casework.model.outfit import Worklist
from casework.storage import schema
from casework.storage.predicate import Asking, Predicates
from casework.storage.projection import Projection
from casework.storage.sql.transaction import Transaction

RANGE_LIMIT = 100
COUNT_LIMIT = 1_000


@attrs.frozen(kw_only=True)
class Scope:
    """Whose cases: those of a tenant, as far as the roles of whoever is asking reach."""

    tenant: str
    asking: Asking

    @property
    def held(self) -> tuple[Reach, ...]:
        """The general roles, and where each of them holds."""
        return self.asking.held


class Search:
    """Finds cases of one case type that somebody may view.

    A case that is pinned to an *older* manifest is found only where that one, too, lets the asker view it and
    read what is asked of it: a definition that tells more tells nothing of cases that have not adopted it.
    """

    def __init__(self, compiled: Compiled, projection: Projection) -> None:
        self.compiled, self._projection = compiled, projection
        self._predicates = Predicates(compiled, projection)
        self._row: Any = projection.table.c

    def worklist(
        self,
        transaction: Transaction,
        worklist: Worklist,
        scope: Scope,
        after: tuple[int, str] | None,
        limit: int,
        *,
        older: Sequence[Older] = (),
    ) -> list[tuple[int, str]]:
        """(next due, id) of the open cases that wait in the worklist, the most urgent first."""
        told = self._listed(worklist, older)
        ranges = [
            self._range(worklist, scope, place, after, limit).where(told).subquery()
            for place in self._places(worklist, scope)
        ]
        if not ranges:
            return []
        merged = union_all(*(select(part.c.due, part.c.id) for part in ranges)).subquery()
        statement = select(merged.c.due, merged.c.id).order_by(merged.c.due, merged.c.id).limit(limit)
        return [(due, case_id) for due, case_id in transaction.ask(statement)]

    def count(self, transaction: Transaction, worklist: Worklist, scope: Scope, *, older: Sequence[Older] = ()) -> int:
        """How many cases wait, counted no further than the limit."""
        total, told = 0, self._listed(worklist, older)
        for place in self._places(worklist, scope):
            part = self._range(worklist, scope, place, None, COUNT_LIMIT + 1 - total).where(told).subquery()
            ((found,),) = transaction.ask(select(func.count()).select_from(part))
            total += found
            if total > COUNT_LIMIT:
                return COUNT_LIMIT
        return total

    def _places(self, worklist: Worklist, scope: Scope) -> list[ColumnElement[Any]]:
        """The start of every range: one unit (or all) and one state of the worklist's workflow, viewed there."""
        workflow = self.compiled.workflows[worklist.workflow or self.compiled.main]
        column = self._projection.column("states", workflow.workflow.name)
        open_ones = (state.name for state in workflow.workflow.states if state.name not in workflow.finals)
        states = tuple(dict.fromkeys(worklist.states or open_ones))
        units = self._units(worklist, scope, RANGE_LIMIT // max(1, min(len(states), RANGE_LIMIT)))
        places = [column == state for state in states[:RANGE_LIMIT]]
        if states[RANGE_LIMIT:]:
            places.append(column.in_(states[RANGE_LIMIT:]))
        return [and_(unit, place) for unit in units for place in places]

    def _units(self, worklist: Worklist, scope: Scope, limit: int) -> list[ColumnElement[Any]]:
        """The units in which somebody has the worklist, each with whether they view the row there; *limit* at most."""
        listed = _listed_for(worklist, scope)
        units = tuple(dict.fromkeys(unit for reach in listed for unit in reach.units or ()))
        if any(reach.units is None for reach in listed):
            return [self.visible(scope)]
        if len(units) > limit:
            return [and_(self._row.case__unit.in_(units), self.visible(scope))] if units else []
        return [and_(self._row.case__unit == unit, self._visible_in(unit, scope)) for unit in units]

    def _visible_in(self, unit: str, scope: Scope) -> ColumnElement[Any]:
        """Whether a row of that unit may be viewed."""
        roles = frozenset[str]().union(*(reach.roles for reach in scope.held if reach.covers(unit)))
        return or_(self._granted(roles), self._granted_here(scope))

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
        )
        if after is not None:
            statement = statement.where(tuple_(row.case__next_due, row.case__id) > tuple_(*after))
        return statement.order_by(row.case__next_due, row.case__id).limit(limit)

    def visible(self, scope: Scope) -> ColumnElement[Any]:
        """Whether the row may be viewed with the roles that the asker holds on it, in the state it is in."""
        general = (and_(self._predicates.within(reach), self._granted(reach.roles)) for reach in scope.held)
        return or_(false(), *general, self._granted_here(scope))

    def _granted(self, roles: frozenset[str]) -> ColumnElement[Any]:
        """Whether *roles* may view the row in the state it is in."""
        access, column = self.compiled.access, self._projection.column
        if not roles.isdisjoint(access.everywhere("view")):
            return true()
        granting = access.states_granting("view", roles)
        return or_(false(), *(column("states", workflow).in_(states) for workflow, states in granting.items()))

    def _granted_here(self, scope: Scope) -> ColumnElement[Any]:
        """Whether a local role of the asker on this very case lets them view it, in whatever unit."""
        held = self._predicates.assigned
        local = sorted(self.compiled.access.local_roles)
        return or_(false(), *(and_(self._granted(frozenset({role})), held(role, scope.asking)) for role in local))

    def _read(self, asked: Iterable[Operand], scope: Scope) -> ColumnElement[Any]:
        """Whether the asker reads, on this very case, the fields and accounts among what is *asked*."""
        held, access = self._predicates.assigned, self.compiled.access
        readable = []
        for circle in access.circles(asked):
            general = (self._predicates.within(reach) for reach in scope.held if not reach.roles.isdisjoint(circle))
            local = sorted(circle & access.local_roles)
            readable.append(or_(false(), *general, *(held(role, scope.asking) for role in local)))
        return and_(true(), *readable)

    def _listed(self, worklist: Worklist, older: Sequence[Older]) -> ColumnElement[Any]:
        """Whether the row's own manifest lets it wait in the list; one that has the same list tells as much itself."""
        asked, apart = _asked(worklist.condition), []
        for item in older:
            same = item.search.compiled.worklists.get(worklist.name)
            told = (
                same is not None
                and same.condition == worklist.condition
                and not any(reach.roles.isdisjoint(same.roles) for reach in _listed_for(worklist, item.scope))
            )
            apart.append((item, () if told else asked))
        return self._told(apart)

    def _told(self, asked: Sequence[tuple[Older, tuple[Operand, ...]]]) -> ColumnElement[Any]:
        """Whether the row is pinned to no other manifest that hides it, or something of what is asked of it.

        Manifests that say the same of who views and reads as the present one cost nothing, the others one look
        at the row's pin for each different answer.
        """
        groups: dict[object, tuple[Older, tuple[Operand, ...], list[str]]] = {}
        for item, parts in asked:
            then = item.search.compiled
            known = tuple(part for part in parts if then.access.has(part))
            audience = then.access.audience(known)
            if audience != self.compiled.access.audience(known):
                groups.setdefault((audience, known), (item, known, []))[2].append(then.manifest.hash)
        return and_(true(), *(not_(self._hidden(*group)) for group in groups.values()))

    def _hidden(self, item: Older, asked: tuple[Operand, ...], hashes: list[str]) -> ColumnElement[Any]:
        """Whether the row is pinned to one of *hashes*, and that keeps it or something *asked* from the asker."""
        case, row, search = schema.case.c, self._row, item.search
        era = search._row
        allowed = and_(search.visible(item.scope), search._read(asked, item.scope))
        pinned = select(literal(1)).where(
            case.tenant == row.case__tenant,
            case.id == row.case__id,
            case.manifest.in_(hashes),
            era.case__tenant == case.tenant,
            era.case__id == case.id,
            not_(func.coalesce(allowed, false())),
        )
        return pinned.correlate(self._projection.table).exists()

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
        older: Sequence[Older] = (),
    ) -> list[tuple[int, str]]:
        """(opened at, id) of the cases that hold *condition* and may be viewed, the newest first; with *mine* only
        those on which the asker has a local role.
        """
        row, asked = self._row, _asked(condition)
        statement = select(row.case__opened_at, row.case__id).where(
            row.case__tenant == scope.tenant,
            self.visible(scope),
            self._read(asked, scope),
            self._told([(item, asked) for item in older]),
            self._predicates.predicate(condition, scope.asking),
        )
        if mine:
            local = sorted(self.compiled.access.local_roles)
            held = (self._predicates.assigned(role, scope.asking) for role in local)
            statement = statement.where(or_(false(), *held))
        if open_only:
            statement = statement.where(row.case__open == literal(1, literal_execute=True))
        if after is not None:
            statement = statement.where(tuple_(row.case__opened_at, row.case__id) < tuple_(*after))
        statement = statement.order_by(row.case__opened_at.desc(), row.case__id.desc()).limit(limit)
        return [(opened, case_id) for opened, case_id in transaction.ask(statement)]


@attrs.frozen(eq=False)
class Older:
    """The search of another manifest that cases of the type are pinned to, under an alias, and the asker's scope."""

    search: Search
    scope: Scope


def _listed_for(worklist: Worklist, scope: Scope) -> list[Reach]:
    """Where somebody's roles are those that the worklist is for."""
    return [reach for reach in scope.held if not reach.roles.isdisjoint(worklist.roles)]


def _asked(condition: Condition) -> tuple[Operand, ...]:
    """The fields, accounts and the like that a condition asks of."""
    return tuple(dict.fromkeys(operands(condition)))
