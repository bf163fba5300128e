"""Appending to the log, and reading it case by case."""

from __future__ import annotations

from sqlalchemy import Dialect, select

from casework.storage import schema
from casework.storage.cases import bound, inserting, keyed
from casework.storage.log import Entry
from casework.storage.prepared import Prepared
from casework.storage.transaction import Transaction


class Entries:
    """Appending to the log and reading it, case by case."""

    def __init__(self, dialect: Dialect) -> None:
        entry = schema.entry
        self._append = Prepared(inserting(entry), dialect)
        self._of_case = Prepared(
            select(entry.c.number, entry.c.body, entry.c.hash, entry.c["values"])
            .where(keyed(entry, "tenant", "case_id"))
            .order_by(entry.c.number),
            dialect,
        )

    def append(self, transaction: Transaction, tenant: str, case_id: str, entry: Entry) -> None:
        """Write one entry."""
        row = {
            "tenant": tenant,
            "case_id": case_id,
            "number": entry.number,
            "body": entry.body,
            "hash": entry.hash,
            "values": entry.values,
        }
        transaction.put(self._append, bound(row))
        transaction.evidence = (tenant, case_id, entry.number, entry.hash)

    def of_case(self, transaction: Transaction, tenant: str, case_id: str) -> list[Entry]:
        """Every entry of a case, in order."""
        rows = transaction.run(self._of_case, {"b_tenant": tenant, "b_case_id": case_id}).fetchall()
        return [Entry(number, bytes(body), bytes(digest), values) for number, body, digest, values in rows]
