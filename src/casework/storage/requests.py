"""Which requests were carried out, so that asking again does nothing twice."""

from __future__ import annotations

from sqlalchemy import Dialect, select

from casework.model.case import Receipt
from casework.storage import schema
from casework.storage.cases import bound, inserting, keyed
from casework.storage.prepared import Prepared
from casework.storage.transaction import Transaction


class Requests:
    """Which requests were carried out, so that asking again does nothing twice."""

    def __init__(self, dialect: Dialect) -> None:
        table = schema.request
        columns = (table.c.digest, table.c.case_id, table.c.number)
        self._find = Prepared(select(*columns).where(keyed(table, "tenant", "actor", "request_id")), dialect)
        self._insert = Prepared(inserting(table), dialect)

    def find(self, transaction: Transaction, tenant: str, actor: str, request_id: str) -> tuple[bytes, Receipt] | None:
        """The digest of what was asked under that id, and the receipt that it got."""
        key = {"b_tenant": tenant, "b_actor": actor, "b_request_id": request_id}
        row = transaction.run(self._find, key).fetchone()
        return None if row is None else (bytes(row[0]), Receipt(row[1], row[2], row[2]))

    def insert(
        self, transaction: Transaction, tenant: str, actor: str, request_id: str, digest: bytes, receipt: Receipt
    ) -> None:
        """Remember a request in the transaction that carries it out."""
        row = {
            "tenant": tenant,
            "actor": actor,
            "request_id": request_id,
            "digest": digest,
            "case_id": receipt.case_id,
            "number": receipt.entry,
        }
        transaction.put(self._insert, bound(row))
