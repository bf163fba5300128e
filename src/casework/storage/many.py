"""Reading many cases at once: where they are pinned, how they stand, which requests about them were carried out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Dialect, bindparam, select

from casework.model.case import Snapshot
from casework.storage import schema
from casework.storage.cases import Cases
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction

AT_ONCE = 512
"""Values in one statement; SQLite takes 32,766, older builds 999."""


class Many:
    """Statements about several keys, compiled once for each number of them; the numbers are powers of two."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._prepared: dict[tuple[object, int], Prepared] = {}

    def pins(self, transaction: Transaction, tenant: str, ids: Sequence[str]) -> dict[str, str]:
        """The manifest that each of the cases is pinned to; without those that are not there."""
        case = schema.case
        asked = select(case.c.id, case.c.manifest).where(case.c.tenant == bindparam("b_tenant"))
        found: dict[str, str] = {}
        for values, size in _portions(ids):
            statement = self._statement("pins", asked, case.c.id, size)
            found.update(transaction.run(statement, {"b_tenant": tenant, **values}).fetchall())
        return found

    def requests(self, transaction: Transaction, tenant: str, actor: str, ids: Sequence[str]) -> frozenset[str]:
        """Which of the requests of an actor were carried out."""
        table = schema.request
        asked = select(table.c.request_id).where(
            table.c.tenant == bindparam("b_tenant"), table.c.actor == bindparam("b_actor")
        )
        found: set[str] = set()
        for values, size in _portions(ids):
            statement = self._statement("requests", asked, table.c.request_id, size)
            key = {"b_tenant": tenant, "b_actor": actor}
            found.update(row[0] for row in transaction.run(statement, {**key, **values}).fetchall())
        return frozenset(found)

    def cases(self, transaction: Transaction, cases: Cases, tenant: str, ids: Sequence[str]) -> dict[str, Snapshot]:
        """The cases of one manifest as they stand, locked in the order of their ids where the transaction locks."""
        case = schema.case
        asked = select(case.c.id, *cases.columns).select_from(cases.joined)
        asked = asked.where(case.c.tenant == bindparam("b_tenant")).order_by(case.c.id)
        if transaction.locks:
            asked = asked.with_for_update()
        found: dict[str, Snapshot] = {}
        for values, size in _portions(sorted(ids)):
            statement = self._statement((cases.compiled.manifest.hash, transaction.locks), asked, case.c.id, size)
            key = {"b_tenant": tenant, **values}
            rows = transaction.lock((0, tenant, values["b_0"]), statement, key).fetchall()
            for case_id, *row in rows:
                found[case_id] = cases.snapshot(transaction, tenant, case_id, row)
        return found

    def _statement(self, kind: object, asked: Any, column: Any, size: int) -> Prepared:
        statement = self._prepared.get((kind, size))
        if statement is None:
            chosen = asked.where(column.in_([bindparam(f"b_{place}") for place in range(size)]))
            statement = self._prepared[kind, size] = Prepared(chosen, self._dialect)
        return statement


def _portions(keys: Iterable[str]) -> Iterator[tuple[dict[str, Any], int]]:
    """The keys as values of binds, at most AT_ONCE of them, the last one repeated up to a power of two."""
    left = list(keys)
    for start in range(0, len(left), AT_ONCE):
        part = left[start : start + AT_ONCE]
        size = 1 << (len(part) - 1).bit_length()
        part += part[-1:] * (size - len(part))
        yield {f"b_{place}": key for place, key in enumerate(part)}, size
