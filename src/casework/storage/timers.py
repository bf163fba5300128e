"""The timers of running cases: armed and dropped with the firing, claimed by whoever fires them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import Dialect, bindparam, func, select, tuple_

from casework.clock import from_micros, to_micros
from casework.storage import schema
from casework.storage.cases import keyed
from casework.storage.sql.prepared import Prepared, inserts
from casework.storage.sql.transaction import Transaction
from casework.storage.wakes import Wakes


@attrs.frozen
class DueTimer:
    """A timer that ran out."""

    tenant: str
    case_id: str
    name: str
    due_at: datetime


class Timers:
    """The timers of running cases."""

    def __init__(self, dialect: Dialect, wakes: Wakes) -> None:
        self._wakes = wakes
        table = schema.timer
        row: dict[str, Any] = {c.name: bindparam(f"b_{c.name}") for c in table.columns}
        upsert = inserts(dialect)(table).values(row)
        self._arm = Prepared(
            upsert.on_conflict_do_update(
                index_elements=["tenant", "case_id", "name"], set_={"due_at": upsert.excluded.due_at}
            ),
            dialect,
        )
        self._drop = Prepared(table.delete().where(keyed(table, "tenant", "case_id", "name")), dialect)
        order = (table.c.due_at, table.c.tenant, table.c.case_id, table.c.name)
        behind = tuple_(*order) > tuple_(*(bindparam(f"b_{name}") for name in ("due", "tenant", "case", "name")))
        self._due = Prepared(
            select(table.c.tenant, table.c.case_id, table.c.name, table.c.due_at)
            .where(table.c.due_at <= bindparam("b_now"), behind)
            .order_by(*order)
            .limit(bindparam("b_limit")),
            dialect,
        )
        named = (table.c.tenant == bindparam("b_tenant"), table.c.name >= bindparam("b_from"))
        self._named = Prepared(
            select(table.c.case_id, table.c.name)
            .where(*named, table.c.name < bindparam("b_to"))
            .order_by(table.c.case_id, table.c.name)
            .limit(bindparam("b_limit")),
            dialect,
        )
        self._claim = Prepared(table.delete().where(keyed(table, "tenant", "case_id", "name", "due_at")), dialect)
        self._at = Prepared(select(table.c.due_at).where(keyed(table, "tenant", "case_id", "name")), dialect)
        late = select(table.c.due_at).where(table.c.due_at < bindparam("b_before")).order_by(table.c.due_at)
        counted = late.limit(bindparam("b_limit")).subquery()
        self._late = Prepared(select(func.count(), func.min(counted.c.due_at)).select_from(counted), dialect)

    def write(
        self,
        transaction: Transaction,
        tenant: str,
        case_id: str,
        arm: Iterable[tuple[str, datetime]],
        drop: Iterable[str],
        *,
        now: datetime,
    ) -> None:
        """Arm and drop the timers of one firing."""
        key = {"b_tenant": tenant, "b_case_id": case_id}
        arm, drop = tuple(arm), tuple(drop)
        self._wakes.drop(transaction, tenant, case_id, drop, now)
        self._wakes.timers(transaction, tenant, case_id, arm, now)
        for name in drop:
            transaction.put(self._drop, {**key, "b_name": name})
        for name, due in arm:
            transaction.put(self._arm, {**key, "b_name": name, "b_due_at": to_micros(due)})

    def claim(self, transaction: Transaction, timer: DueTimer) -> bool:
        """Take a timer out of the table; False where somebody fired it, or the case left its state, meanwhile."""
        key = {"b_tenant": timer.tenant, "b_case_id": timer.case_id, "b_name": timer.name}
        return transaction.run(self._claim, {**key, "b_due_at": to_micros(timer.due_at)}).rowcount == 1

    def at(self, transaction: Transaction, tenant: str, case_id: str, name: str) -> DueTimer | None:
        """A timer by its name; None where it is not armed."""
        key = {"b_tenant": tenant, "b_case_id": case_id, "b_name": name}
        found = transaction.run(self._at, key).fetchone()
        return None if found is None else DueTimer(tenant, case_id, name, from_micros(found[0]))

    def named(self, transaction: Transaction, tenant: str, prefix: str, limit: int) -> list[tuple[str, str]]:
        """Case and name of the timers whose names begin with *prefix*, one character, in order of the cases."""
        values = {"b_tenant": tenant, "b_from": prefix, "b_to": chr(ord(prefix) + 1), "b_limit": limit}
        return [(case_id, name) for case_id, name in transaction.run(self._named, values).fetchall()]

    def late(self, transaction: Transaction, before: datetime, limit: int) -> tuple[int, datetime | None]:
        """How many timers ran out *before*, counted up to *limit*, and when the first of them did."""
        values = {"b_before": to_micros(before), "b_limit": limit}
        count, first = transaction.run(self._late, values).fetchone()
        return int(count), None if first is None else from_micros(first)

    def due(self, transaction: Transaction, now: datetime, limit: int, after: DueTimer | None = None) -> list[DueTimer]:
        """The timers that ran out by *now*, earliest first, those behind *after* where it is given."""
        place = {"b_due": -1, "b_tenant": "", "b_case": "", "b_name": ""}
        if after is not None:
            due = to_micros(after.due_at)
            place = {"b_due": due, "b_tenant": after.tenant, "b_case": after.case_id, "b_name": after.name}
        values = {**place, "b_now": to_micros(now), "b_limit": limit}
        rows = transaction.run(self._due, values).fetchall()
        return [DueTimer(tenant, case_id, name, from_micros(due)) for tenant, case_id, name, due in rows]
