"""The leaves of the log of all entries: moved there from the queue, in the order of commits, and read in bulk.

The queue is a set, not a place in a sequence: whatever commits late is there when it has committed, and
nothing is passed over (F24). On SQLite its order is that of commits; on PostgreSQL entries of one batch are
ordered by their numbers, so that those of a case keep their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Dialect, and_, bindparam, delete, func, insert, literal, literal_column, select, tuple_

from casework.storage import schema
from casework.storage.cases import bound, inserting
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction

PAGE = 5_000
STATEMENT = ("", "")
"""Tenant and case of a leaf that is no entry of a case, but a statement of loss."""
_LOCK = 0x6361736577
"""The number of the advisory lock that whoever adds leaves holds on PostgreSQL."""


class Leaves:
    """The statements about leaves, for one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        leaf, queue, entry = schema.leaf.c, schema.unlogged.c, schema.entry.c
        self._sqlite = dialect.name == "sqlite"
        key = (queue.tenant, queue.case_id, queue.number)
        waits = schema.unlogged.join(schema.entry, _same(queue, entry)).outerjoin(schema.leaf, _same(queue, leaf))
        order = literal_column("casework_unlogged.rowid") if self._sqlite else queue.number
        first = (
            select(entry.hash, *key, order.label("came"))
            .select_from(waits)
            .where(leaf.position.is_(None))
            .order_by(order, *key[:2])
            .limit(bindparam("b_limit"))
            .subquery()
        ).c
        # One that is queued twice, as a copy of data over its triggers leaves it, is one leaf.
        columns = (first.hash, first.tenant, first.case_id, first.number)
        place = func.row_number().over(order_by=(func.min(first.came), first.tenant, first.case_id))
        batch = select(*columns, place.label("place")).group_by(*columns)
        taken = batch.subquery().c
        self._move = Prepared(
            insert(schema.leaf).from_select(
                ["position", "hash", "tenant", "case_id", "number"],
                select(bindparam("b_start") + taken.place - literal(1), *list(taken)[:4]),
            ),
            dialect,
        )
        added = select(leaf.tenant, leaf.case_id, leaf.number).where(leaf.position >= bindparam("b_start"))
        self._unqueue = Prepared(delete(schema.unlogged).where(tuple_(*key).in_(added)), dialect)
        again = select(leaf.position).where(_same(queue, leaf))
        self._unqueue_known = Prepared(delete(schema.unlogged).where(again.exists()), dialect)
        self._waiting = Prepared(batch.order_by("place"), dialect)
        self._queued = Prepared(select(func.count()).select_from(schema.unlogged), dialect)
        self._size = Prepared(select(func.max(leaf.position)), dialect)
        self._page = Prepared(
            select(leaf.position, leaf.hash)
            .where(leaf.position >= bindparam("b_start"), leaf.position < bindparam("b_end"))
            .order_by(leaf.position),
            dialect,
        )
        self._insert = Prepared(inserting(schema.leaf), dialect)
        self._lock = None if self._sqlite else Prepared(select(func.pg_advisory_xact_lock(_LOCK)), dialect)

    def alone(self, transaction: Transaction) -> None:
        """Wait until nobody else adds leaves; SQLite's write lock sees to that by itself."""
        if self._lock is not None:
            transaction.run(self._lock, {}).fetchall()

    def size(self, transaction: Transaction) -> int:
        """How many leaves there are."""
        ((last,),) = transaction.run(self._size, {}).fetchall()
        return 0 if last is None else int(last) + 1

    def queued(self, transaction: Transaction) -> int:
        """How many entries wait to become leaves."""
        ((count,),) = transaction.run(self._queued, {}).fetchall()
        return int(count)

    def move(self, transaction: Transaction, start: int, limit: int) -> list[bytes]:
        """Make at most *limit* queued entries the leaves from position *start* on; answers with their hashes."""
        transaction.run(self._move, {"b_start": start, "b_limit": limit})
        added = self.between(transaction, start, start + limit)
        transaction.run(self._unqueue if added else self._unqueue_known, {"b_start": start} if added else {})
        return added

    def waiting(self, transaction: Transaction, limit: int) -> list[bytes]:
        """The hashes that the next leaves would have, without making them leaves."""
        return [bytes(row[0]) for row in transaction.run(self._waiting, {"b_limit": limit}).fetchall()]

    def between(self, transaction: Transaction, start: int, end: int) -> list[bytes]:
        """The hashes of the leaves from *start* on, and before *end*; up to the first position that is missing."""
        rows = transaction.run(self._page, {"b_start": start, "b_end": end}).fetchall()
        return [bytes(digest) for place, (position, digest) in enumerate(rows, start) if position == place]

    def pages(self, transaction: Transaction, start: int, end: int) -> Iterator[list[bytes]]:
        """The same, page by page in flat memory."""
        while start < end:
            page = self.between(transaction, start, min(end, start + PAGE))
            if not page:
                return
            yield page
            start += len(page)

    def add(self, transaction: Transaction, position: int, digest: bytes, number: int) -> None:
        """Add the leaf of a statement of loss; *number* is the epoch that it begins."""
        tenant, case_id = STATEMENT
        row = {"position": position, "hash": digest, "tenant": tenant, "case_id": case_id, "number": number}
        transaction.run(self._insert, bound(row))


def _same(one: Any, other: Any) -> Any:
    return and_(one.tenant == other.tenant, one.case_id == other.case_id, one.number == other.number)
