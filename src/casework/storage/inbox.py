"""Messages that came in: each id once, with what became of it; the body is kept for as long as it is parked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

import attrs
from sqlalchemy import Dialect, bindparam, delete, func, select, tuple_

from casework.clock import from_micros, to_micros
from casework.storage import schema
from casework.storage.cases import bound, keyed
from casework.storage.sealing import STORE_KEY, Seals
from casework.storage.sql.prepared import Prepared, inserts
from casework.storage.sql.transaction import Transaction

InboxState = Literal["applied", "parked", "dropped"]
INBOX_STATES: tuple[InboxState, ...] = ("parked", "applied", "dropped")

_KEY = ("tenant", "source", "message_id")
_SHOWN = (*_KEY, "kind", "sent_at", "received_at", "state", "problem", "attempts", "settled_at", "settled_by")


@attrs.frozen(kw_only=True)
class InboxRow:
    """A message that came in, without its body: what became of it, why, when and by whom it was settled."""

    tenant: str
    source: str
    id: str
    kind: str
    sent_at: datetime
    received_at: datetime
    state: InboxState
    problem: str
    attempts: int
    settled_at: datetime | None
    settled_by: str


class Inbox:
    """The statements for messages that came in."""

    def __init__(self, dialect: Dialect, seals: Seals) -> None:
        table, self._seals = schema.inbox, seals
        values: dict[str, Any] = {column.name: bindparam(f"b_{column.name}") for column in table.columns}
        self._insert = Prepared(inserts(dialect)(table).values(values).on_conflict_do_nothing().inline(), dialect)
        key = keyed(table, *_KEY)
        columns = [table.c[name] for name in _SHOWN]
        self._find = Prepared(select(*columns, table.c.digest, table.c.body).where(key).with_for_update(), dialect)
        names = ("state", "body", "problem", "attempts", "next_at", "settled_at", "settled_by")
        parked = keyed(table, "tenant", "source") & (table.c.state == "parked")
        paused = parked & (table.c.next_at > bindparam("n_next_at"))
        self._awaken = Prepared(table.update().where(paused).values(next_at=bindparam("n_next_at")), dialect)
        self._settle = Prepared(table.update().where(key).values({n: bindparam(f"n_{n}") for n in names}), dialect)

    def claim(self, transaction: Transaction, row: InboxRow, digest: bytes) -> bool:
        """Take the id of *row* as applied; False where it was taken before. Whoever is second waits for the first."""
        told = {
            **_stored(row),
            "digest": self._seals.digest(transaction, row.tenant, digest),
            "body": None,
            "next_at": to_micros(row.received_at),
        }
        return transaction.run(self._insert, bound(told)).rowcount == 1

    def find(
        self, transaction: Transaction, tenant: str, source: str, message_id: str
    ) -> tuple[InboxRow, bytes, bytes | None] | None:
        """The row of an id with the digest of its body, and the body where it is parked; locked until the end."""
        key = {"b_tenant": tenant, "b_source": source, "b_message_id": message_id}
        found = transaction.run(self._find, key).fetchone()
        if found is None:
            return None
        *shown, digest, body = found
        place = came_in_at(tenant, source, message_id)
        return _row(shown), bytes(digest), None if body is None else self._seals.opened(transaction, place, bytes(body))

    def same(self, transaction: Transaction, tenant: str, kept: bytes, digest: bytes) -> bool:
        """Whether the digest that find() gave is that of a body with this *digest*."""
        return self._seals.is_of(transaction, tenant, kept, digest)

    def settle(self, transaction: Transaction, row: InboxRow, body: bytes | None = None, next_at: int = 0) -> None:
        """Write what became of a message; *body* only where it is parked, to be tried again from *next_at* on."""
        told = _stored(row)
        if body is not None:
            body = self._seals.sealed(transaction, STORE_KEY, came_in_at(row.tenant, row.source, row.id), body)
        values = {f"n_{name}": told[name] for name in ("state", "problem", "attempts", "settled_at", "settled_by")}
        values |= {"n_body": body, "n_next_at": next_at}
        transaction.run(self._settle, {**{f"b_{name}": told[name] for name in _KEY}, **values})

    @staticmethod
    def due(
        transaction: Transaction, sources: Iterable[str], until: datetime | None, after: InboxRow | None, limit: int
    ) -> list[InboxRow]:
        """Parked messages of *sources* behind *after*, in the order in which they were sent.

        With *until* only those whose pause is over by then.
        """
        t = schema.inbox.c
        statement = select(*(t[name] for name in _SHOWN)).where(t.state == "parked", t.source.in_(list(sources)))
        if until is not None:
            statement = statement.where(t.next_at <= to_micros(until))
        order = (t.sent_at, t.tenant, t.source, t.message_id)
        if after is not None:
            last = (to_micros(after.sent_at), after.tenant, after.source, after.id)
            statement = statement.where(tuple_(*order) > tuple_(*last))
        return [_row(found) for found in transaction.ask(statement.order_by(*order).limit(limit))]

    def awaken(self, transaction: Transaction, tenant: str, source: str, now: datetime) -> None:
        """End the pauses of what is parked of a source: something came in that it may have waited for."""
        transaction.run(self._awaken, {"b_tenant": tenant, "b_source": source, "n_next_at": to_micros(now)})

    @staticmethod
    def listed(
        transaction: Transaction,
        tenant: str,
        states: Iterable[str],
        source: str | None,
        after: InboxRow | None,
        limit: int,
    ) -> list[InboxRow]:
        """Messages in one of *states*, in the order in which they were sent, those behind *after*."""
        t = schema.inbox.c
        statement = select(*(t[name] for name in _SHOWN)).where(t.tenant == tenant, t.state.in_(list(states)))
        order = (t.sent_at, t.source, t.message_id)
        if source is not None:
            statement = statement.where(t.source == source)
        if after is not None:
            statement = statement.where(tuple_(*order) > tuple_(to_micros(after.sent_at), after.source, after.id))
        return [_row(found) for found in transaction.ask(statement.order_by(*order).limit(limit))]

    @staticmethod
    def counted(transaction: Transaction) -> dict[str, int]:
        """How many messages are in each state, of all tenants."""
        t = schema.inbox.c
        return {state: int(count) for state, count in transaction.ask(select(t.state, func.count()).group_by(t.state))}

    @staticmethod
    def forget(transaction: Transaction, source: str, before: datetime) -> int:
        """Forget what was settled and received before that instant; answers with how many."""
        t = schema.inbox.c
        settled = (t.source == source, t.state != "parked", t.received_at < to_micros(before))
        return int(transaction.run(Prepared(delete(schema.inbox).where(*settled), transaction.dialect), {}).rowcount)


def came_in_at(tenant: str, source: str, message_id: str) -> tuple[str, ...]:
    """The place for which a body is sealed: under the key of the store, for nobody knows yet whom it is about."""
    return "the message that came in", tenant, source, message_id


def _stored(row: InboxRow) -> dict[str, Any]:
    return {
        "tenant": row.tenant,
        "source": row.source,
        "message_id": row.id,
        "kind": row.kind,
        "sent_at": to_micros(row.sent_at),
        "received_at": to_micros(row.received_at),
        "state": row.state,
        "problem": row.problem or None,
        "attempts": row.attempts,
        "settled_at": None if row.settled_at is None else to_micros(row.settled_at),
        "settled_by": row.settled_by or None,
    }


def _row(found: Any) -> InboxRow:
    tenant, source, message_id, kind, sent_at, received_at, state, problem, attempts, settled_at, settled_by = found
    return InboxRow(
        tenant=tenant,
        source=source,
        id=message_id,
        kind=kind,
        sent_at=from_micros(sent_at),
        received_at=from_micros(received_at),
        state=state,
        problem=problem or "",
        attempts=attempts,
        settled_at=None if settled_at is None else from_micros(settled_at),
        settled_by=settled_by or "",
    )
