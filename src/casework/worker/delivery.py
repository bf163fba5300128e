"""One message: take it, hand it to its channel, report what came of it under the token that it was taken with."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

import attrs

from casework.channels.failures import DeliveryFailed, Gone, Later
from casework.desk.engine import Engine
from casework.ids import Entropy
from casework.parts import LONGEST_PAUSE, Channel
from casework.storage.messages import MessageKey, MessageState, Taken
from casework.storage.sql.transaction import Transaction

log = logging.getLogger("casework.worker")

NOT_REPORTED = "not-reported"
"""The problem of a message that was taken so often as its channel tries, and never reported."""

PUSHED_AT_ONCE = 100


@attrs.frozen(kw_only=True)
class Report:
    """What came of a message, to be written under the token that it was taken with."""

    held: Taken
    did: Literal["sent", "failed", "dead"]
    state: MessageState
    attempts: int
    next_at: datetime
    problem: str | None = None

    def written(self, engine: Engine, transaction: Transaction, now: datetime) -> bool:
        """Write it; False where the lease ran out and somebody else has taken the message since."""
        messages = engine.store.messages
        told = {"attempts": self.attempts, "next_at": self.next_at, "problem": self.problem}
        if not messages.report(transaction, self.held, self.state, **told):  # type: ignore[arg-type]
            log.warning("message %s was reported too late: somebody else has it", self.held.key)
            return False
        if self.state != "waiting":
            messages.wake(transaction, self.held.key, now)
        return True


@attrs.frozen(kw_only=True)
class Put:
    """Why a message was not taken, and when to look at it again; never where *again_at* is None."""

    why: Literal["gone", "parked", "early", "blocked", "dead"]
    again_at: datetime | None = None


def take_next(engine: Engine, transaction: Transaction, channel: Channel, *, due: datetime) -> Taken | None:
    """Take the message of *channel* that has been *due* for longest and has nothing to wait for.

    Those that have are put off; None where there is none, or where very many were put off.
    """
    for _ in range(PUSHED_AT_ONCE):
        found = engine.store.messages.next(transaction, channel.name, due)
        if found is None:
            return None
        taken = _taken(engine, transaction, found, channel, max(due, engine.clock.now()))
        if isinstance(taken, Taken):
            return taken
        if taken.again_at is not None:
            engine.store.messages.push(transaction, found, taken.again_at)
    return None


def take(engine: Engine, transaction: Transaction, key: MessageKey, now: datetime) -> Taken | Put:
    """Take one message, if it is due and has nothing to wait for."""
    found = engine.store.messages.one(transaction, key)
    if found is None or found.state != "waiting":
        return Put(why="gone")
    channel = engine.channels.get(found.message.channel)
    if channel is None:
        return Put(why="parked")
    if found.next_at > now:
        return Put(why="early", again_at=found.next_at)
    return _taken(engine, transaction, found, channel, now)


def _taken(engine: Engine, transaction: Transaction, found: Taken, channel: Channel, now: datetime) -> Taken | Put:
    messages = engine.store.messages
    wait = messages.blocked(transaction, found, channel, engine.channels, now)
    if wait is not None:
        return Put(why="blocked", again_at=wait)
    if found.attempts > len(channel.pauses):
        dead = {"attempts": found.attempts, "next_at": now, "problem": NOT_REPORTED}
        messages.report(transaction, found, "dead", **dead)  # type: ignore[arg-type]
        messages.wake(transaction, found.key, now)
        log.error("message %s is dead: whoever took it never reported", found.key)
        return Put(why="dead")
    state: MessageState = "doubtful" if channel.delivery == "at_most_once" else "waiting"
    until = now + channel.lease
    return messages.lease(
        transaction, found, state, until=until, next_at=now + _pause(channel, found.attempts, engine.jitter)
    )


def deliver(engine: Engine, held: Taken, now: datetime) -> Report:
    """Hand a message to its channel; whatever that raises becomes a report, but for what stops the process."""
    channel = engine.channels[held.message.channel]
    try:
        channel.deliver(held.message, str(held.key))
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:
        told = {"channel": channel.name, "code": type(error).__name__, "attempt": held.attempts}
        log.warning("channel %s failed on a message: %s", channel.name, type(error).__name__, extra=told)
        return _failed(engine, channel, held, error, max(now, engine.clock.now()))
    at = max(now, engine.clock.now())
    return Report(held=held, did="sent", state="sent", attempts=held.attempts, next_at=at)


def _failed(engine: Engine, channel: Channel, held: Taken, error: BaseException, now: datetime) -> Report:
    ends: Callable[..., Report] = _ended(held, type(error).__name__)
    pause = _pause(channel, held.attempts - 1, engine.jitter)
    if isinstance(error, Later):
        pause = min(max(error.after, timedelta(seconds=1)), LONGEST_PAUSE)
        if not error.tried:
            return ends("failed", "waiting", now + pause, held.attempts - 1)
    if isinstance(error, Gone) or (held.attempts > len(channel.pauses) and held.state == "waiting"):
        log.error("message %s is dead: %s", held.key, type(error).__name__)
        return ends("dead", "dead", now, held.attempts)
    if channel.delivery == "at_most_once" and not (isinstance(error, DeliveryFailed) and not error.reached):
        return ends("failed", "doubtful", now, held.attempts)
    if held.attempts > len(channel.pauses):
        return ends("dead", "dead", now, held.attempts)
    return ends("failed", "waiting", now + pause, held.attempts)


def _ended(held: Taken, problem: str) -> Callable[..., Report]:
    def ends(did: Literal["failed", "dead"], state: MessageState, at: datetime, attempts: int) -> Report:
        return Report(held=held, did=did, state=state, attempts=attempts, next_at=at, problem=problem)

    return ends


def _pause(channel: Channel, failures: int, jitter: Entropy) -> timedelta:
    """How long to wait after so many earlier failures; up to a quarter longer, so that not all come back at once."""
    if not channel.pauses:
        return channel.lease
    share = int.from_bytes(jitter(2), "big") / 65_536
    return channel.pauses[min(failures, len(channel.pauses) - 1)] * (1 + share / 4)
