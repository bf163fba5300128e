"""The tables of a store with what is sealed in them opened, for checks that look at what cases know."""

from __future__ import annotations

from casework.app import Casework
from casework.keys.sealing import is_sealed
from casework.storage.cases import row_at
from casework.storage.entries import values_at
from casework.storage.rows import Row, Tables
from casework.storage.sql.transaction import Transaction


def opened(app: Casework, tables: Tables) -> Tables:
    """*tables* with the values of entries and current rows opened; None where their key was destroyed.

    Tables of a store without keys are given back as they are. Raises SealBroken and KeysMismatch.
    """
    if app._engine.keys is None:
        return tables
    with app.reading() as transaction:
        return {name: [_row(app, transaction, name, row) for row in rows] for name, rows in tables.items()}


def _row(app: Casework, transaction: Transaction, table: str, row: Row) -> Row:
    if table == "casework_entry":
        place = values_at(row["tenant"], row["case_id"], row["number"])
        return {**row, "values": _plain(app, transaction, place, row["values"])}
    if row.get("case__sealed") is not None:
        place = row_at(row["case__tenant"], row["case__id"])
        return {**row, "case__sealed": _plain(app, transaction, place, row["case__sealed"])}
    return row


def _plain(app: Casework, transaction: Transaction, place: tuple[str, ...], stored: bytes | None) -> bytes | None:
    if stored is None or not is_sealed(bytes(stored)):
        return stored
    return app._engine.store.seals.opened(transaction, place, bytes(stored))
