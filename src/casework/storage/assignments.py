"""Local roles: who is what to one case."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Dialect, select

from casework.model.assignment import Assignment
from casework.storage import schema
from casework.storage.cases import bound, inserting, keyed
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction


class Assignments:
    """Local roles: who is what to one case."""

    def __init__(self, dialect: Dialect) -> None:
        table = schema.assignment
        self._roles = Prepared(select(table.c.role).where(keyed(table, "tenant", "case_id", "person")), dialect)
        self._all = Prepared(select(table.c.role, table.c.person).where(keyed(table, "tenant", "case_id")), dialect)
        self._drop = Prepared(table.delete().where(keyed(table, "tenant", "case_id", "role")), dialect)
        self._insert = Prepared(inserting(table), dialect)

    def roles(self, transaction: Transaction, tenant: str, case_id: str, person: str) -> frozenset[str]:
        """The local roles of one person on one case."""
        values = {"b_tenant": tenant, "b_case_id": case_id, "b_person": person}
        return frozenset(row[0] for row in transaction.run(self._roles, values).fetchall())

    def of_case(self, transaction: Transaction, tenant: str, case_id: str) -> dict[str, str]:
        """Who holds each local role of a case."""
        return {
            row[0]: row[1] for row in transaction.run(self._all, {"b_tenant": tenant, "b_case_id": case_id}).fetchall()
        }

    def write(
        self, transaction: Transaction, tenant: str, case_id: str, number: int, items: Iterable[Assignment]
    ) -> None:
        """Give roles; a role that is given anew leaves whoever had it."""
        for item in items:
            transaction.put(self._drop, {"b_tenant": tenant, "b_case_id": case_id, "b_role": item.role})
            if item.person is not None:
                row = {"tenant": tenant, "case_id": case_id, "role": item.role, "person": item.person, "number": number}
                transaction.put(self._insert, bound(row))
