"""What those do who keep an application: see which messages died or are in doubt, try them again, drop them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from casework.desk.engine import Engine
from casework.errors import InvalidValue
from casework.storage.messages import MessageKey, MessageState, message_key
from casework.storage.outbox import Outgoing
from casework.storage.sql.transaction import Transaction

RETRIED: tuple[MessageState, ...] = ("waiting", "dead", "doubtful")
Decide = Callable[[Transaction, MessageKey], None]


def listed(
    engine: Engine,
    states: Sequence[MessageState],
    *,
    channel: str | None,
    tenant: str | None,
    case_id: str | None,
    after: Outgoing | None,
    limit: int,
) -> tuple[Outgoing, ...]:
    """Messages by state, channel, tenant and case, in the order in which they wait."""
    channels = () if channel is None else (channel,)
    with engine.store.transactions.read() as transaction:
        return tuple(
            engine.store.outbox.listed(
                transaction, states, channels=channels, tenant=tenant, case_id=case_id, after=after, limit=limit
            )
        )


def retry(engine: Engine, key: MessageKey | str, *, by: str, because: str) -> Outgoing:
    """Have a message tried again at once, from its first attempt. Raises InvalidValue where it was sent or dropped."""
    now = engine.clock.now()

    def decide(transaction: Transaction, which: MessageKey) -> None:
        engine.store.outbox.retry(transaction, which, by=by, because=because, at=now)
        found = engine.store.outbox.one(transaction, which)
        if found is not None:
            told = (which.tenant, which.case_id, which.number, which.line)
            job = engine.store.wakes.message(*told, channel=found.channel, due=now)
            engine.store.wakes.enqueue(transaction, [job])

    return _decided(engine, key, decide, by=by, because=because)


def drop(engine: Engine, key: MessageKey | str, *, by: str, because: str) -> Outgoing:
    """Never send a message; its body and recipient are removed. Raises InvalidValue where it was sent or dropped."""
    now = engine.clock.now()

    def decide(transaction: Transaction, which: MessageKey) -> None:
        engine.store.outbox.drop(transaction, which, by=by, because=because, at=now)
        engine.store.messages.wake(transaction, which, now)

    return _decided(engine, key, decide, by=by, because=because)


def _decided(engine: Engine, key: MessageKey | str, decide: Decide, *, by: str, because: str) -> Outgoing:
    which = message_key(key) if isinstance(key, str) else key
    for name, told in (("by", by), ("because", because)):
        if not told.strip():
            raise InvalidValue(name, "is what the record will say; it may not be empty", "须写入记录，不能为空")

    def work(transaction: Transaction) -> Outgoing:
        found = engine.store.outbox.one(transaction, which)
        _check(which, found, engine.clock.now())
        decide(transaction, which)
        changed = engine.store.outbox.one(transaction, which)
        assert changed is not None
        return changed

    return engine.store.transactions.carried(work)


def _check(key: MessageKey, found: Outgoing | None, now: datetime) -> None:
    if found is None:
        raise InvalidValue("key", f"there is no message {key}", f"没有消息 {key}")
    if found.state not in RETRIED:
        raise InvalidValue("key", f"the message {key} is {found.state}", f"消息 {key} 的状态是 {found.state}")
    held = found.leased_until
    if held is not None and now < held <= now + timedelta(days=7):
        problem = f"the message {key} is being sent just now; wait until {held.isoformat()}"
        raise InvalidValue("key", problem, f"消息 {key} 正在发送，请等到 {held.isoformat()}")
