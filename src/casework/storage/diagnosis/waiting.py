"""What waits in a store and for whom: timers, messages out and in, entries that are in no checkpoint, erasures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import func, select

from casework.clock import from_micros, to_micros
from casework.storage import schema
from casework.storage.sql.transaction import Transaction


@attrs.frozen(kw_only=True)
class Waiting:
    """Counts, all tenants together, and instants in UTC.

    *messages*, *inbox* and *erasures* map a state to its count, *parked* a channel that nobody provides to the
    messages that wait for it. *unlogged* are entries that are in no checkpoint; *checkpoint* is the instant of the
    last one. *holds* are legal holds that stand, *keys* the keys that lie in the store.
    """

    overdue: int = 0
    oldest_overdue: datetime | None = None
    messages: Mapping[str, int] = attrs.field(factory=dict)
    parked: Mapping[str, int] = attrs.field(factory=dict)
    inbox: Mapping[str, int] = attrs.field(factory=dict)
    unlogged: int = 0
    checkpoint: datetime | None = None
    erasures: Mapping[str, int] = attrs.field(factory=dict)
    holds: int = 0
    keys: int = 0


def waiting(transaction: Transaction, channels: frozenset[str], now: datetime) -> Waiting:
    """Count what waits at *now*; *channels* are those that the application provides."""
    t, m, i, e = schema.timer.c, schema.message.c, schema.inbox.c, schema.erasure.c
    late = transaction.ask(select(func.count(), func.min(t.due_at)).where(t.due_at <= to_micros(now)))[0]
    stands = select(m.channel, func.count()).where(m.state == "waiting").group_by(m.channel).order_by(m.channel)
    states = _counted(transaction, select(m.state, func.count()).group_by(m.state).order_by(m.state))
    last = transaction.ask(select(func.max(schema.checkpoint.c.at)))[0][0]
    return Waiting(
        overdue=int(late[0]),
        oldest_overdue=None if late[1] is None else from_micros(int(late[1])),
        messages={state: count for state, count in states.items() if state != "sent"},
        parked={name: count for name, count in _counted(transaction, stands).items() if name not in channels},
        inbox=_counted(transaction, select(i.state, func.count()).group_by(i.state).order_by(i.state)),
        unlogged=_count(transaction, select(func.count()).select_from(schema.unlogged)),
        checkpoint=None if last is None else from_micros(int(last)),
        erasures=_counted(transaction, select(e.state, func.count()).group_by(e.state).order_by(e.state)),
        holds=_count(transaction, select(func.count()).where(schema.legal_hold.c.lifted_at.is_(None))),
        keys=_count(transaction, select(func.count()).select_from(schema.key)),
    )


def _counted(transaction: Transaction, statement: Any) -> dict[str, int]:
    return {str(name): int(count) for name, count in transaction.ask(statement)}


def _count(transaction: Transaction, statement: Any) -> int:
    return int(transaction.ask(statement)[0][0])
