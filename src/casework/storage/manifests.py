"""The documents that cases are pinned to, kept beside them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Dialect, bindparam, select

from casework.clock import to_micros
from casework.manifest import Manifest
from casework.storage import schema
from casework.storage.cases import bound, keyed
from casework.storage.sql.prepared import Prepared, inserts
from casework.storage.sql.transaction import Transaction


class Manifests:
    """Sees to it that every case opened has its manifest beside it, in the very store that it is opened in.

    It is asked at each opening: what a process remembers holds neither for another store that a host joins with
    nor for a table that was restored meanwhile.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._there = Prepared(select(schema.manifest.c.case_type).where(keyed(schema.manifest, "hash")), dialect)

    def keep(self, transaction: Transaction, manifest: Manifest, now: datetime) -> None:
        """Store a manifest unless it is there."""
        if transaction.run(self._there, {"b_hash": manifest.hash}).fetchone() is None:
            store_manifest(transaction, manifest, now)


def store_manifest(transaction: Transaction, manifest: Manifest, now: datetime) -> None:
    """Keep the document of a manifest with the cases that are pinned to it; storing it again does nothing."""
    table = schema.manifest
    row = {
        "hash": manifest.hash,
        "case_type": manifest.name,
        "document": manifest.document,
        "stored_at": to_micros(now),
    }
    insert = inserts(transaction.dialect)(table).values({name: bindparam(f"b_{name}") for name in row})
    transaction.run(Prepared(insert.on_conflict_do_nothing(index_elements=["hash"]), transaction.dialect), bound(row))


def newest_manifest(transaction: Transaction, case_type: str) -> str | None:
    """The hash of the manifest of a case type that was stored last."""
    table = schema.manifest.c
    statement = select(table.hash).where(table.case_type == case_type).order_by(table.stored_at.desc(), table.hash)
    rows = transaction.ask(statement.limit(1))
    return None if not rows else str(rows[0][0])


def manifests_of(transaction: Transaction, case_type: str) -> tuple[str, ...]:
    """The hashes of all stored manifests of a case type, in order."""
    table = schema.manifest.c
    statement = select(table.hash).where(table.case_type == case_type).order_by(table.hash)
    return tuple(str(digest) for (digest,) in transaction.ask(statement))


def find_manifest(transaction: Transaction, digest: str) -> str | None:
    """The stored document of a manifest."""
    rows = transaction.ask(select(schema.manifest.c.document).where(schema.manifest.c.hash == digest))
    return None if not rows else str(rows[0][0])
