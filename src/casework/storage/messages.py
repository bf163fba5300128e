"""Messages written with their case, to be sent after the commit: who takes which one, and what came of it.

A message that is *waiting* may be taken from ``next_at`` on. Whoever takes it gets a token, and has until
``leased_until`` to report under it; what ``next_at`` will be if nobody ever reports is written as it is taken, so
that a message that kills its worker is not tried again at once (F14).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import attrs
from sqlalchemy import BigInteger, Dialect, bindparam, case, func, or_, select

from casework.clock import from_micros, to_micros
from casework.errors import InvalidValue
from casework.keys.sealing import is_sealed
from casework.model.decision import Message
from casework.parts import Channel
from casework.storage import schema
from casework.storage.cases import bound, inserting, keyed
from casework.storage.codec import canonical, values_from_plain, values_to_plain
from casework.storage.sealing import Seals
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction
from casework.storage.wakes import Wakes

MessageState = Literal["waiting", "doubtful", "sent", "dead", "dropped", "emptied"]
"""*doubtful*: tried once at most, and nobody knows whether it arrived. *emptied*: sent, and its body is removed."""

SOON = timedelta(seconds=1)
"""When to look again at a message whose predecessor is being sent just now."""


@attrs.frozen(order=True)
class MessageKey:
    """Which message: the *line*-th of entry *number* of a case."""

    tenant: str
    case_id: str
    number: int
    line: int

    def __str__(self) -> str:
        """What a receiver may use to drop repetitions; it stays the same over retries."""
        return f"{self.tenant}/{self.case_id}/{self.number}/{self.line}"

    @property
    def bound(self) -> dict[str, Any]:
        """The key as the statements of this page bind it."""
        return {f"b_{name}": value for name, value in attrs.asdict(self).items()}


def message_key(text: str) -> MessageKey:
    """The key that is written so. Raises InvalidValue where it is none."""
    parts = text.rsplit("/", 3)
    if len(parts) != 4 or not (parts[2].isdecimal() and parts[3].isdecimal()):
        raise InvalidValue("key", f"is TENANT/CASE/ENTRY/LINE, not {text!r}", f"格式为 租户/案件/条目/行，而非“{text}”")
    return MessageKey(parts[0], parts[1], int(parts[2]), int(parts[3]))


@attrs.frozen
class Taken:
    """A message as it stands, locked; *token* is what its next report is made under."""

    key: MessageKey
    state: MessageState
    message: Message
    attempts: int
    next_at: datetime
    token: int


class Messages:
    """The messages of one database."""

    def __init__(self, dialect: Dialect, wakes: Wakes, seals: Seals) -> None:
        self._dialect, self._wakes, self._seals = dialect, wakes, seals
        t = schema.message
        self._insert = Prepared(inserting(t), dialect)
        order = (t.c.next_at, t.c.tenant, t.c.case_id, t.c.number, t.c.line)
        due = (t.c.state == "waiting", t.c.channel == bindparam("b_channel"), t.c.next_at <= bindparam("b_now"))
        row = select(*(t.c[name] for name in _ROW))
        self._next = Prepared(
            row.where(*due).order_by(*order).limit(1).with_for_update(skip_locked=True, of=t), dialect
        )
        self._one = Prepared(row.where(_keyed).with_for_update(of=t), dialect)
        changed = ("state", "attempts", "next_at", "problem", "leased_until", "token")
        marked = t.update().values({name: bindparam(f"n_{name}") for name in changed})
        self._mark = Prepared(marked.where(_keyed), dialect)
        self._report = Prepared(marked.where(_keyed, t.c.token == bindparam("b_token")), dialect)
        self._push = Prepared(t.update().where(_keyed).values(next_at=bindparam("n_next_at")), dialect)
        untried = (t.c.state == "waiting", t.c.attempts == 0, t.c.next_at > bindparam("b_now"))
        self._wake = Prepared(
            t.update().where(keyed(t, "tenant", "case_id"), *untried).values(next_at=bindparam("b_now")), dialect
        )
        self._blockers: dict[tuple[str, ...], Prepared] = {}

    def insert(
        self,
        transaction: Transaction,
        tenant: str,
        case_id: str,
        number: int,
        messages: Sequence[Message],
        now: datetime,
        *,
        subject: str,
    ) -> None:
        """Queue the messages of one entry; *subject* says under whose key they are sealed."""
        jobs = []
        for line, message in enumerate(messages):
            row = dict.fromkeys(column.name for column in schema.message.columns)
            named = MessageKey(tenant, case_id, number, line)
            key, told = attrs.asdict(named), packed(self._seals, transaction, named, subject, message)
            begins = {"state": "waiting", "attempts": 0, "next_at": to_micros(now), "token": 0}
            transaction.put(self._insert, bound({**row, **key, **told, **begins}))
            jobs.append(self._wakes.message(tenant, case_id, number, line, channel=message.channel, due=now))
        self._wakes.enqueue(transaction, jobs)

    def next(self, transaction: Transaction, channel: str, now: datetime) -> Taken | None:
        """The message of *channel* that has been due for longest and that nobody else is about to take, locked."""
        found = transaction.run(self._next, {"b_channel": channel, "b_now": to_micros(now)}).fetchone()
        return None if found is None else self._taken(transaction, found)

    def one(self, transaction: Transaction, key: MessageKey) -> Taken | None:
        """A message by its key, locked; None where there is none."""
        found = transaction.run(self._one, key.bound).fetchone()
        return None if found is None else self._taken(transaction, found)

    def _taken(self, transaction: Transaction, found: Any) -> Taken:
        tenant, case_id, number, line, state, channel, recipient, body, attempts, next_at, token = found
        key = MessageKey(tenant, case_id, number, line)
        message = unpacked(self._seals, transaction, key, channel, recipient, bytes(body))
        return Taken(key, state, message, attempts, from_micros(next_at), token)

    def blocked(
        self, transaction: Transaction, taken: Taken, channel: Channel, installed: Collection[str], now: datetime
    ) -> datetime | None:
        """When to look again at a message that has to wait for an earlier one of its case; None where it need not.

        Those without a channel block nobody. One that is tried at most once blocks while it is being tried.
        """
        if channel.order == "none":
            return None
        channels = (channel.name,) if channel.order == "channel" else tuple(sorted(installed))
        statement = self._blockers.get(channels)
        if statement is None:
            statement = self._blockers[channels] = Prepared(_blocker(channels), self._dialect)
        # A lease that ends later than any could is one of a clock that has gone back since (F47).
        instants = {"b_now": now, "b_soon": now + SOON, "b_believed": now + timedelta(days=7)}
        values = {name: to_micros(instant) for name, instant in instants.items()}
        found = transaction.run(statement, {**taken.key.bound, **values}).fetchone()
        if found is None or found[0] is None:
            return None
        return max(from_micros(found[0]), now + SOON)

    def lease(
        self, transaction: Transaction, taken: Taken, state: MessageState, *, until: datetime, next_at: datetime
    ) -> Taken:
        """Hold a message until then, and count the attempt; answers with what is to be reported under."""
        held = attrs.evolve(taken, state=state, attempts=taken.attempts + 1, token=taken.token + 1)
        values = {
            **_marks(state, held.attempts, max(next_at, until), "not-reported", held.token),
            "n_leased_until": to_micros(until),
        }
        transaction.put(self._mark, {**held.key.bound, **values})
        return held

    def push(self, transaction: Transaction, taken: Taken, next_at: datetime) -> None:
        """Look at it again then, without an attempt."""
        transaction.put(self._push, {**taken.key.bound, "n_next_at": to_micros(next_at)})

    def report(
        self,
        transaction: Transaction,
        held: Taken,
        state: MessageState,
        *,
        attempts: int,
        next_at: datetime,
        problem: str | None = None,
    ) -> bool:
        """Say what became of a message; False where its lease ran out and somebody else has taken it since (F39)."""
        values = _marks(state, attempts, next_at, problem, held.token)
        return transaction.run(self._report, {**held.key.bound, "b_token": held.token, **values}).rowcount == 1

    def wake(self, transaction: Transaction, key: MessageKey, now: datetime) -> None:
        """Let those of the case that waited for this one be looked at again."""
        values = {"b_tenant": key.tenant, "b_case_id": key.case_id, "b_now": to_micros(now)}
        transaction.put(self._wake, values)


_ROW = (
    *("tenant", "case_id", "number", "line", "state", "channel", "recipient", "body"),
    *("attempts", "next_at", "token"),
)
_keyed = keyed(schema.message, "tenant", "case_id", "number", "line")


def _marks(state: str, attempts: int, next_at: datetime, problem: str | None, token: int) -> dict[str, Any]:
    return {
        "n_state": state,
        "n_attempts": attempts,
        "n_next_at": to_micros(next_at),
        "n_problem": problem,
        "n_leased_until": None,
        "n_token": token,
    }


def _blocker(channels: tuple[str, ...]) -> Any:
    t = schema.message.c
    now, number, line = (bindparam(name, type_=BigInteger()) for name in ("b_now", "b_number", "b_line"))
    at_it = t.leased_until.is_not(None) & (t.leased_until > now) & (t.leased_until <= bindparam("b_believed"))
    look = case((at_it, bindparam("b_soon")), else_=t.next_at)
    return select(func.max(look)).where(
        keyed(schema.message, "tenant", "case_id"),
        (t.number < number) | ((t.number == number) & (t.line < line)),
        (t.state == "waiting") | ((t.state == "doubtful") & at_it),
        or_(*(t.channel == name for name in channels)),
    )


def packed(
    seals: Seals, transaction: Transaction, key: MessageKey, subject: str, message: Message
) -> dict[str, str | bytes]:
    """The columns of a message that say what is sent to whom; the only place that makes a body.

    With keys the body holds the recipient too, and both are sealed.
    """
    values = values_to_plain(dict(message.body))
    if seals.keys is None:
        body = seals.sealed(transaction, subject, _place(key), canonical(values))
        return {"channel": message.channel, "recipient": message.to, "body": body}
    told = canonical({"to": message.to, "values": values})
    return {"channel": message.channel, "recipient": "", "body": seals.sealed(transaction, subject, _place(key), told)}


def unpacked(
    seals: Seals, transaction: Transaction, key: MessageKey, channel: str, recipient: str, body: bytes
) -> Message:
    """The message of a row, without a body where it was removed or erased; the only place that reads one."""
    plain = seals.opened(transaction, _place(key), body) if body else None
    told = json.loads(plain) if plain else {}
    if is_sealed(body) and plain is not None:
        recipient, told = told["to"], told["values"]
    values: dict[str, Any] = values_from_plain(told)
    return Message(channel, recipient, tuple(values.items()))


def _place(key: MessageKey) -> tuple[str, ...]:
    """The place for which a message is sealed."""
    return "the message", key.tenant, key.case_id, str(key.number), str(key.line)
