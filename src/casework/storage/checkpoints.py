"""The checkpoints and statements of loss that the store itself remembers; what counts lies outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import Dialect, bindparam, select

from casework.clock import to_micros
from casework.storage import schema
from casework.storage.cases import bound, inserting, keyed
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction


@attrs.frozen(kw_only=True)
class StoredCheckpoint:
    """A row: the signed *note* and the *subtrees* of the log at that *size*."""

    origin: str
    size: int
    note: str
    subtrees: bytes


class CheckpointRows:
    """The statements about checkpoints, for one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        table = schema.checkpoint
        columns = select(table.c.origin, table.c.size, table.c.note, table.c.subtrees)
        newest_first = columns.order_by(table.c.size.desc(), table.c.at.desc())
        self._newest = Prepared(newest_first.limit(1), dialect)
        self._before = Prepared(newest_first.where(table.c.size <= bindparam("b_size")).limit(1), dialect)
        self._one = Prepared(columns.where(keyed(table, "origin", "size")), dialect)
        self._insert = Prepared(inserting(table), dialect)
        losses = schema.loss.c
        self._losses = Prepared(select(losses.position, losses.note).order_by(losses.position), dialect)
        self._lose = Prepared(inserting(schema.loss), dialect)

    def newest(self, transaction: Transaction) -> StoredCheckpoint | None:
        """The newest one, of whatever epoch."""
        return _first(transaction.run(self._newest, {}).fetchall())

    def before(self, transaction: Transaction, size: int) -> StoredCheckpoint | None:
        """The last one of at most that size, to go on from."""
        return _first(transaction.run(self._before, {"b_size": size}).fetchall())

    def one(self, transaction: Transaction, origin: str, size: int) -> StoredCheckpoint | None:
        """The one of that origin and size."""
        return _first(transaction.run(self._one, {"b_origin": origin, "b_size": size}).fetchall())

    def add(self, transaction: Transaction, stored: StoredCheckpoint, at: datetime) -> None:
        """Remember a checkpoint."""
        row = {**attrs.asdict(stored), "at": to_micros(at)}
        transaction.run(self._insert, bound(row))

    def losses(self, transaction: Transaction) -> list[tuple[int, str]]:
        """Every statement of loss with the position of its leaf, in that order."""
        return [(int(position), str(note)) for position, note in transaction.run(self._losses, {}).fetchall()]

    def lose(self, transaction: Transaction, position: int, note: str) -> None:
        """Remember a statement of loss."""
        transaction.run(self._lose, bound({"position": position, "note": note}))


def _first(rows: Sequence[Any]) -> StoredCheckpoint | None:
    if not rows:
        return None
    origin, size, note, subtrees = rows[0]
    return StoredCheckpoint(origin=origin, size=int(size), note=note, subtrees=bytes(subtrees))
