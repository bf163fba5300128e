"""The messages of a database as those see them who keep it: what waits, what died, what a person decides about it.

Nothing here reads a recipient or a body.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Dialect, bindparam, func, null, select, tuple_

from casework.clock import from_micros, to_micros
from casework.storage import schema
from casework.storage.cases import keyed
from casework.storage.messages import MessageKey, MessageState
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction

BELIEVED = timedelta(days=10)
"""No pause is as long as this: a message that is to wait for longer was written before the clock went back (F47)."""


@attrs.frozen(kw_only=True)
class Outgoing:
    """A message without its recipient and its body, by its *key*.

    *attempts* have begun; the next one may begin at *next_at*, which for one that was sent is when it was. Somebody
    is at it until *leased_until*. *problem* is the kind of its last failure. A person, *decided_by*, has had it
    tried again or dropped at *decided_at*, *because* of what they said.
    """

    key: MessageKey
    channel: str
    state: MessageState
    attempts: int
    next_at: datetime
    problem: str | None = None
    leased_until: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    because: str | None = None


class Outbox:
    """Questions and decisions about the messages of one database."""

    def __init__(self, dialect: Dialect) -> None:
        t = schema.message
        channel = t.c.channel == bindparam("b_channel")
        waiting = (t.c.state == "waiting", channel)
        self._channel = Prepared(
            select(func.min(t.c.channel)).where(t.c.state == bindparam("b_state"), t.c.channel > bindparam("b_after")),
            dialect,
        )
        self._first = Prepared(select(func.min(t.c.next_at)).where(*waiting), dialect)
        sent = (t.c.state == "sent", channel)
        self._first_sent = Prepared(select(func.min(t.c.next_at)).where(*sent), dialect)
        self._last = Prepared(select(func.max(t.c.next_at)).where(*waiting), dialect)
        # In the order of the index, or PostgreSQL looks at all of them before it counts the first ones.
        first = select(t.c.line).where(*waiting, t.c.next_at <= bindparam("b_now")).order_by(t.c.next_at)
        first = first.limit(bindparam("b_limit"))
        self._count = Prepared(select(func.count()).select_from(first.subquery()), dialect)
        self._due = Prepared(_page(t, *waiting, t.c.next_at <= bindparam("b_now")), dialect)
        self._bring_back = Prepared(
            t.update()
            .where(*waiting, t.c.next_at > bindparam("b_believed"))
            .values(next_at=bindparam("n_next_at"), leased_until=null()),
            dialect,
        )
        old = (*sent, t.c.next_at < bindparam("b_before"))
        key = tuple_(*(t.c[name] for name in _KEY))
        several = select(*(t.c[name] for name in _KEY)).where(*old).order_by(t.c.next_at).limit(bindparam("b_limit"))
        self._empty = Prepared(
            t.update().where(key.in_(several)).values(state="emptied", recipient="", body=b""), dialect
        )
        by_key = keyed(t, *_KEY)
        self._one = Prepared(select(*(t.c[name] for name in _ROW)).where(by_key).with_for_update(of=t), dialect)
        decided: dict[str, Any] = {name: bindparam(f"n_{name}") for name in ("decided_by", "decided_at", "because")}
        again = {"state": "waiting", "attempts": 0, "next_at": bindparam("n_decided_at"), "leased_until": null()}
        self._retry = Prepared(t.update().where(by_key).values(**decided, **again, token=t.c.token + 1), dialect)
        gone = {"state": "dropped", "recipient": "", "body": b"", "leased_until": null()}
        self._drop = Prepared(t.update().where(by_key).values(**decided, **gone, token=t.c.token + 1), dialect)

    def channels(self, transaction: Transaction, state: MessageState) -> Iterator[str]:
        """Every channel that has messages in that state, found by leaps through the index."""
        after = ""
        while True:
            after = transaction.run(self._channel, {"b_state": state, "b_after": after}).fetchone()[0]
            if after is None:
                return
            yield after

    def parked(self, transaction: Transaction, now: datetime, installed: Collection[str]) -> int:
        """How many messages wait for a channel that is none of those *installed*; of each channel counted to 1,000."""
        absent = [channel for channel in self.channels(transaction, "waiting") if channel not in installed]
        asked = ({"b_channel": channel, "b_now": to_micros(now), "b_limit": 1_000} for channel in absent)
        return sum(int(transaction.run(self._count, values).fetchone()[0]) for values in asked)

    def due(self, transaction: Transaction, now: datetime, installed: Iterable[str]) -> tuple[str, ...]:
        """Those of the channels that have something to send by *now*, the one that waits for longest first."""
        firsts = {name: transaction.run(self._first, {"b_channel": name}).fetchone()[0] for name in installed}
        found = sorted((first, name) for name, first in firsts.items() if first is not None)
        return tuple(name for first, name in found if first <= to_micros(now))

    def overdue(
        self, transaction: Transaction, channel: str, before: datetime, limit: int, after: Outgoing | None = None
    ) -> list[Outgoing]:
        """Messages of a channel that could have been tried since *before*, oldest first, those behind *after*."""
        place: tuple[Any, ...] = (-1, "", "", -1, -1)
        if after is not None:
            place = (to_micros(after.next_at), *attrs.astuple(after.key))
        values = {"b_channel": channel, "b_now": to_micros(before), "b_limit": limit, **_place(place)}
        return [_outgoing(row) for row in transaction.run(self._due, values).fetchall()]

    def far(self, transaction: Transaction, now: datetime, installed: Iterable[str]) -> tuple[str, ...]:
        """Those of the channels that have messages from a time when the clock was ahead."""
        lasts = {name: transaction.run(self._last, {"b_channel": name}).fetchone()[0] for name in installed}
        return tuple(name for name, last in lasts.items() if last is not None and last > to_micros(now + BELIEVED))

    def bring_back(self, transaction: Transaction, now: datetime, channel: str) -> None:
        """Have them tried now."""
        values = {"b_channel": channel, "b_believed": to_micros(now + BELIEVED), "n_next_at": to_micros(now)}
        transaction.put(self._bring_back, values)

    def old(self, transaction: Transaction, before: datetime) -> tuple[str, ...]:
        """The channels of which something was sent *before* and still has its body."""
        sent = tuple(self.channels(transaction, "sent"))
        firsts = {name: transaction.run(self._first_sent, {"b_channel": name}).fetchone()[0] for name in sent}
        return tuple(name for name, first in firsts.items() if first is not None and first < to_micros(before))

    def empty(self, transaction: Transaction, channel: str, before: datetime, limit: int) -> int:
        """Remove bodies and recipients of what was sent *before*; keys and what became of them stay."""
        values = {"b_channel": channel, "b_before": to_micros(before), "b_limit": limit}
        return int(transaction.run(self._empty, values).rowcount)

    @staticmethod
    def listed(
        transaction: Transaction,
        states: Collection[MessageState] = (),
        *,
        channels: Collection[str] = (),
        tenant: str | None = None,
        case_id: str | None = None,
        limit: int = 100,
        after: Outgoing | None = None,
    ) -> list[Outgoing]:
        """Messages by state, channel, tenant and case, in the order in which they wait."""
        t = schema.message.c
        asked: list[ColumnElement[bool]] = [t.state.in_(list(states))] if states else []
        asked += [t.channel.in_(list(channels))] if channels else []
        asked += [t.tenant == tenant] if tenant is not None else []
        asked += [t.case_id == case_id] if case_id is not None else []
        order = (t.next_at, *(t[name] for name in _KEY))
        if after is not None:
            asked.append(tuple_(*order) > tuple_(to_micros(after.next_at), *attrs.astuple(after.key)))
        statement = select(*(t[name] for name in _ROW)).where(*asked).order_by(*order).limit(limit)
        return [_outgoing(row) for row in transaction.ask(statement)]

    def one(self, transaction: Transaction, key: MessageKey) -> Outgoing | None:
        """A message by its key, locked; None where there is none."""
        found = transaction.run(self._one, key.bound).fetchone()
        return None if found is None else _outgoing(found)

    def retry(self, transaction: Transaction, key: MessageKey, *, by: str, because: str, at: datetime) -> None:
        """Have it tried again from the beginning; whoever is at it may not report any more."""
        transaction.put(self._retry, {**key.bound, **_decided(by, because, at)})

    def drop(self, transaction: Transaction, key: MessageKey, *, by: str, because: str, at: datetime) -> None:
        """Never send it; its body and recipient are removed."""
        transaction.put(self._drop, {**key.bound, **_decided(by, because, at)})


_KEY = ("tenant", "case_id", "number", "line")
_ROW = (
    *(*_KEY, "channel", "state", "attempts", "next_at", "problem"),
    *("leased_until", "decided_by", "decided_at", "because"),
)
_PLACE = ("due", "tenant", "case", "number", "line")


def _page(t: Any, *asked: Any) -> Any:
    order = (t.c.next_at, *(t.c[name] for name in _KEY))
    behind = tuple_(*order) > tuple_(*(bindparam(f"b_{name}") for name in _PLACE))
    columns = (t.c[name] for name in _ROW)
    return select(*columns).where(*asked, behind).order_by(*order).limit(bindparam("b_limit"))


def _place(values: tuple[Any, ...]) -> dict[str, Any]:
    return {f"b_{name}": value for name, value in zip(_PLACE, values, strict=True)}


def _decided(by: str, because: str, at: datetime) -> dict[str, Any]:
    return {"n_decided_by": by, "n_because": because, "n_decided_at": to_micros(at)}


def _outgoing(row: Any) -> Outgoing:
    *key, channel, state, attempts, next_at, problem, leased, decided_by, decided_at, because = row
    return Outgoing(
        key=MessageKey(*key),
        channel=channel,
        state=state,
        attempts=attempts,
        next_at=from_micros(next_at),
        problem=problem,
        leased_until=None if leased is None else from_micros(leased),
        decided_by=decided_by,
        decided_at=None if decided_at is None else from_micros(decided_at),
        because=because,
    )
