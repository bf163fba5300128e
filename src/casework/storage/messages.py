"""Messages written with their case, to be sent after the commit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import Dialect, bindparam, func, select

from casework.clock import to_micros
from casework.model.decision import Message
from casework.storage import schema
from casework.storage.cases import bound, inserting, keyed
from casework.storage.codec import canonical, values_from_plain, values_to_plain
from casework.storage.prepared import Prepared
from casework.storage.transaction import Transaction


@attrs.frozen
class Waiting:
    """A message that waits to be sent, with the key that stays the same over retries."""

    tenant: str
    case_id: str
    number: int
    line: int
    message: Message
    attempts: int

    @property
    def key(self) -> str:
        """What a receiver may use to drop repetitions."""
        return f"{self.tenant}/{self.case_id}/{self.number}/{self.line}"


class Messages:
    """Messages written with their case, sent after the commit."""

    def __init__(self, dialect: Dialect) -> None:
        table = schema.message
        self._insert = Prepared(inserting(table), dialect)
        self._mark = Prepared(
            table.update()
            .where(keyed(table, "tenant", "case_id", "number", "line", "attempts"))
            .values(
                state=bindparam("n_state"),
                attempts=bindparam("n_attempts"),
                next_at=bindparam("n_next_at"),
                problem=bindparam("n_problem"),
            ),
            dialect,
        )

    def insert(
        self,
        transaction: Transaction,
        tenant: str,
        case_id: str,
        number: int,
        messages: Sequence[Message],
        now: datetime,
    ) -> None:
        """Queue the messages of one entry."""
        for line, message in enumerate(messages):
            row = {
                "tenant": tenant,
                "case_id": case_id,
                "number": number,
                "line": line,
                "channel": message.channel,
                "recipient": message.to,
                "body": canonical(values_to_plain(dict(message.body))),
                "state": "waiting",
                "attempts": 0,
                "next_at": to_micros(now),
                "problem": None,
                "leased_until": None,
                "token": 0,
            }
            transaction.put(self._insert, bound(row))

    @staticmethod
    def waiting(transaction: Transaction, now: datetime, limit: int, channels: Iterable[str]) -> list[Waiting]:
        """Messages to one of *channels* that may be tried by *now*, oldest first; the others hold up nobody."""
        t = schema.message.c
        columns = (t.tenant, t.case_id, t.number, t.line, t.channel, t.recipient, t.body, t.attempts)
        statement = select(*columns).where(
            t.state == "waiting", t.next_at <= to_micros(now), t.channel.in_(list(channels))
        )
        rows = transaction.ask(statement.order_by(t.next_at, t.case_id, t.number, t.line).limit(limit))
        return [
            Waiting(tenant, case_id, number, line, Message(channel, recipient, _body(body)), attempts)
            for tenant, case_id, number, line, channel, recipient, body, attempts in rows
        ]

    @staticmethod
    def parked(transaction: Transaction, now: datetime, channels: Iterable[str]) -> int:
        """How many messages wait for a channel that is none of *channels*."""
        t = schema.message.c
        waiting = (t.state == "waiting", t.next_at <= to_micros(now), t.channel.not_in(list(channels)))
        return int(transaction.ask(select(func.count()).where(*waiting))[0][0])

    def mark(
        self,
        transaction: Transaction,
        waiting: Waiting,
        state: str,
        attempts: int,
        next_at: datetime,
        problem: str | None = None,
    ) -> bool:
        """Say what became of a message; False where somebody else tried it meanwhile."""
        key = {
            "b_tenant": waiting.tenant,
            "b_case_id": waiting.case_id,
            "b_number": waiting.number,
            "b_line": waiting.line,
            "b_attempts": waiting.attempts,
        }
        values = {"n_state": state, "n_attempts": attempts, "n_next_at": to_micros(next_at), "n_problem": problem}
        return transaction.run(self._mark, {**key, **values}).rowcount == 1


def _body(stored: bytes) -> tuple[tuple[str, Any], ...]:
    return tuple(values_from_plain(json.loads(stored)).items())
