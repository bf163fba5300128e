"""Which requests were carried out, so that asking again does nothing twice."""

from __future__ import annotations

from sqlalchemy import Dialect, select

from casework.model.case import Receipt
from casework.storage import schema
from casework.storage.cases import bound, inserting, keyed
from casework.storage.sealing import Seals
from casework.storage.sql.advisory import NameLock
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction


class Requests:
    """Which requests were carried out, so that asking again does nothing twice."""

    def __init__(self, dialect: Dialect, seals: Seals) -> None:
        table, self._seals = schema.request, seals
        columns = (table.c.digest, table.c.case_id, table.c.number)
        self._find = Prepared(select(*columns).where(keyed(table, "tenant", "actor", "request_id")), dialect)
        self._insert = Prepared(inserting(table), dialect)
        # The same request twice at once: the second waits for what the first did, before it looks at anything.
        self._names = NameLock("request", dialect)

    def find(self, transaction: Transaction, tenant: str, actor: str, request_id: str) -> tuple[bytes, Receipt] | None:
        """The digest of what was asked under that id as it is kept, and the receipt that it got."""
        key = {"b_tenant": tenant, "b_actor": actor, "b_request_id": request_id}
        self._names.hold(transaction, f"{tenant}|{actor}|{request_id}")
        row = transaction.run(self._find, key).fetchone()
        return None if row is None else (bytes(row[0]), Receipt(row[1], row[2], row[2]))

    def asked_for(self, transaction: Transaction, tenant: str, kept: bytes, content: bytes) -> bool:
        """Whether the digest that find() gave is that of *content*."""
        return self._seals.is_of(transaction, tenant, kept, content)

    def insert(
        self, transaction: Transaction, tenant: str, actor: str, request_id: str, digest: bytes, receipt: Receipt
    ) -> None:
        """Remember a request in the transaction that carries it out."""
        row = {
            "tenant": tenant,
            "actor": actor,
            "request_id": request_id,
            "digest": self._seals.digest(transaction, tenant, digest),
            "case_id": receipt.case_id,
            "number": receipt.entry,
        }
        transaction.put(self._insert, bound(row))
