"""Which cases are pinned to which manifest: counted for whoever plans to move them, and listed to be moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import attrs
from sqlalchemy import ColumnElement, Dialect, bindparam, case, func, select

from casework.clock import from_micros
from casework.storage import schema
from casework.storage.projection import Projection
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction


@attrs.frozen(kw_only=True)
class PinnedCases:
    """A stored manifest, since when it is there, and the cases of all tenants that are pinned to it."""

    manifest: str
    stored_at: datetime
    open: int
    closed: int


@attrs.frozen(kw_only=True)
class Standing:
    """How many open cases stand in the same *states*, by workflow."""

    states: tuple[tuple[str, str], ...]
    count: int


def _known(projection: Projection, field: str) -> ColumnElement[bool]:
    """Whether a row knows the field; of a sealed one the row says only that."""
    if field in projection.sealed:
        known: ColumnElement[bool] = projection.known_column(field) == 1
    else:
        known = projection.column("data", field).is_not(None)
    return known


class Pinned:
    """Asks for cases by the manifest that they are pinned to."""

    def __init__(self, dialect: Dialect) -> None:
        head = schema.case.c
        self._behind = Prepared(
            select(head.id)
            .where(
                head.tenant == bindparam("b_tenant"),
                head.id > bindparam("b_after"),
                head.manifest == bindparam("b_manifest"),
                head.closed_at.is_(None),
            )
            .order_by(head.id)
            .limit(bindparam("b_limit")),
            dialect,
        )

    def behind(self, transaction: Transaction, tenant: str, manifest: str, *, after: str, limit: int) -> list[str]:
        """The ids of open cases of a tenant under a manifest, in order, those behind *after*; *limit* at most."""
        values = {"b_tenant": tenant, "b_after": after, "b_manifest": manifest, "b_limit": limit}
        return [str(row[0]) for row in transaction.run(self._behind, values).fetchall()]

    @staticmethod
    def counted(transaction: Transaction, case_type: str) -> tuple[PinnedCases, ...]:
        """Every stored manifest of a case type with its cases, in the order in which they were stored."""
        head, manifest = schema.case.c, schema.manifest.c
        joined = schema.manifest.outerjoin(schema.case, head.manifest == manifest.hash)
        statement = (
            select(manifest.hash, manifest.stored_at, func.count(head.id), func.count(head.closed_at))
            .select_from(joined)
            .where(manifest.case_type == case_type)
            .group_by(manifest.hash, manifest.stored_at)
            .order_by(manifest.stored_at, manifest.hash)
        )
        return tuple(
            PinnedCases(manifest=digest, stored_at=from_micros(at), open=every - closed, closed=closed)
            for digest, at, every, closed in transaction.ask(statement)
        )

    @staticmethod
    def holding(transaction: Transaction, projection: Projection, fields: Sequence[str]) -> dict[str, int]:
        """How many open cases of one manifest know each of *fields*, of all tenants; none where nobody does."""
        if not fields:
            return {}
        head, row = schema.case.c, projection.table.c
        joined = schema.case.join(projection.table, (row.case__tenant == head.tenant) & (row.case__id == head.id))
        sums = [func.sum(case((_known(projection, name), 1), else_=0)) for name in fields]
        statement = select(*sums).select_from(joined)
        statement = statement.where(head.manifest == projection.digest, head.closed_at.is_(None))
        (counts,) = transaction.ask(statement)
        return {name: int(count) for name, count in zip(fields, counts, strict=True) if count}

    @staticmethod
    def standing(transaction: Transaction, projection: Projection) -> tuple[Standing, ...]:
        """The configurations in which open cases of one manifest stand, of all tenants, the most frequent first."""
        head, row = schema.case.c, projection.table.c
        slots = [slot for slot in projection.slots if slot.part == "states"]
        columns = [row[slot.column] for slot in slots]
        joined = schema.case.join(projection.table, (row.case__tenant == head.tenant) & (row.case__id == head.id))
        statement = (
            select(func.count(), *columns)
            .select_from(joined)
            .where(head.manifest == projection.digest, head.closed_at.is_(None))
            .group_by(*columns)
        )
        found = [
            Standing(states=tuple((slot.key, str(state)) for slot, state in zip(slots, states, strict=True)), count=n)
            for n, *states in transaction.ask(statement)
        ]
        return tuple(sorted(found, key=lambda item: (-item.count, item.states)))
