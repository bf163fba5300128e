"""Appending to the log, and reading it case by case."""

from __future__ import annotations

from sqlalchemy import Dialect, select

from casework.storage import schema
from casework.storage.cases import inserting, keyed
from casework.storage.log import Entry
from casework.storage.sealing import Seals
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction


class Entries:
    """Appending to the log and reading it, case by case."""

    def __init__(self, dialect: Dialect, seals: Seals) -> None:
        entry = schema.entry
        self._seals = seals
        self._append = Prepared(inserting(entry), dialect)
        self._of_case = Prepared(
            select(entry.c.number, entry.c.body, entry.c.hash, entry.c["values"])
            .where(keyed(entry, "tenant", "case_id"))
            .order_by(entry.c.number),
            dialect,
        )

    def append(self, transaction: Transaction, tenant: str, case_id: str, entry: Entry, subject: str) -> None:
        """Write one entry; *subject* says under whose key its values are sealed."""
        values = entry.values
        if values is not None:
            values = self._seals.sealed(transaction, subject, values_at(tenant, case_id, entry.number), values)
        row = {
            "b_tenant": tenant,
            "b_case_id": case_id,
            "b_number": entry.number,
            "b_body": entry.body,
            "b_hash": entry.hash,
            "b_values": values,
        }
        transaction.put(self._append, row)
        transaction.evidence = (tenant, case_id, entry.number, entry.hash)

    def of_case(self, transaction: Transaction, tenant: str, case_id: str) -> list[Entry]:
        """Every entry of a case, in order, with its values as far as they were not erased."""
        entries = self.stored(transaction, tenant, case_id)
        for entry in entries:
            if entry.values is not None:
                place = values_at(tenant, case_id, entry.number)
                entry.values = self._seals.opened(transaction, place, entry.values)
        return entries

    def stored(self, transaction: Transaction, tenant: str, case_id: str) -> list[Entry]:
        """Every entry of a case, in order, with its values as they are kept: sealed where there were keys."""
        rows = transaction.run(self._of_case, {"b_tenant": tenant, "b_case_id": case_id}).fetchall()
        return [
            Entry(number, bytes(body), bytes(digest), None if values is None else bytes(values))
            for number, body, digest, values in rows
        ]


def values_at(tenant: str, case_id: str, number: int) -> tuple[str, ...]:
    """The place for which the values of an entry are sealed."""
    return "the values", tenant, case_id, str(number)
