"""The embedded runner: due timers and waiting messages, in one process, one transaction each."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import attrs

from casework.desk import firing
from casework.desk.engine import Engine
from casework.errors import Refused, StoreUnavailable
from casework.model.actor import SYSTEM, Actor
from casework.model.case import Cause, Move, MoveKind
from casework.storage.messages import Waiting
from casework.storage.store import RECHECK
from casework.storage.timers import DueTimer
from casework.storage.transaction import ConstraintBroken, Transaction

log = logging.getLogger("casework.worker")

BATCH = 200
ATTEMPT_LIMIT = 8
FIRST_PAUSE = timedelta(minutes=1)


@attrs.frozen(kw_only=True)
class Ran:
    """What one run did. *stale* timers belonged to a state that the case had left; *stuck* ones were refused."""

    fired: int = 0
    stale: int = 0
    stuck: int = 0
    sent: int = 0
    failed: int = 0
    parked: int = 0


def run_due(engine: Engine, now: datetime, limit: int) -> Ran:
    """Fire the timers that ran out by *now*, earliest first; one that is stuck stops no other.

    At most *limit* are acted on. Stuck ones do not count: they come first for ever, and would starve the rest.
    """
    counts = {"fired": 0, "stale": 0, "stuck": 0}
    due = _due(engine, now)
    while counts["fired"] + counts["stale"] < limit and (timer := next(due, None)) is not None:
        counts[_fire(engine, timer)] += 1
    return Ran(**counts)


def _due(engine: Engine, now: datetime) -> Iterator[DueTimer]:
    last: DueTimer | None = None
    while True:
        with engine.store.transactions.read() as transaction:
            page = engine.store.timers.due(transaction, now, BATCH, last)
        yield from page
        if len(page) < BATCH:
            return
        last = page[-1]


def _fire(engine: Engine, timer: DueTimer) -> str:
    """Claim one timer and act on it in the same transaction, so that it never acts twice."""
    try:
        with engine.store.transactions.write() as transaction:
            if not engine.store.timers.claim(transaction, timer):
                return "stale"
            return _act(engine, transaction, timer)
    except Refused as no:
        log.warning("timer %s of case %s was refused: %s", timer.name, timer.case_id, no.refusal.code)
    except ConstraintBroken as error:
        log.error("timer %s of case %s cannot be recorded: %s", timer.name, timer.case_id, error)
    except (StoreUnavailable, MemoryError):
        raise  # this is about all of them
    except Exception as error:
        log.error("timer %s of case %s failed: %s", timer.name, timer.case_id, type(error).__name__)
    return "stuck"


def _act(engine: Engine, transaction: Transaction, timer: DueTimer) -> str:
    actor = Actor(SYSTEM, tenant=timer.tenant)
    compiled = engine.of_type(transaction, timer.tenant, timer.case_id)
    snapshot = None if compiled is None else engine.store.load(transaction, compiled, timer.tenant, timer.case_id)
    if compiled is None or snapshot is None:
        return "stale"
    firing.absent(engine, compiled, snapshot.id)
    deadline = next(
        (
            d
            for w in compiled.workflows.values()
            for d in w.deadlines
            if d.name == timer.name and d.name in snapshot.dues
        ),
        None,
    )
    kind: MoveKind = "recheck" if deadline is None else "timer"
    child = timer.name.removeprefix(RECHECK) if timer.name.startswith(RECHECK) else ""
    cause = Cause("child", case_id=child) if child else Cause("timer", timer.name)
    move = Move(
        kind=kind,
        actor=actor,
        now=max(engine.clock.now(), timer.due_at),
        roles=frozenset(),
        trigger=(deadline.trigger or "") if deadline is not None else "",
        cause=cause,
    )
    loaded = firing.Loaded(compiled, snapshot, frozenset())
    if kind == "recheck" and not firing.would_move(engine, transaction, loaded, move):
        return "stale"
    firing.carry_out(engine, transaction, loaded, move)
    return "fired"


def send_waiting(engine: Engine, now: datetime, limit: int) -> Ran:
    """Hand waiting messages to their channels, oldest first. One whose channel is absent stays parked."""
    with engine.store.transactions.read() as transaction:
        waiting = engine.store.messages.waiting(transaction, now, limit, engine.channels)
        parked = engine.store.messages.parked(transaction, now, engine.channels)
    counts = {"sent": 0, "failed": 0, "parked": parked}
    for item in waiting:
        counts[_send(engine, item, now)] += 1
    return Ran(**counts)


def _send(engine: Engine, item: Waiting, now: datetime) -> str:
    channel = engine.channels[item.message.channel]
    if channel.delivery == "at_most_once":
        if not _mark(engine, item, "doubtful", item.attempts + 1, now):
            return "parked"
        item = attrs.evolve(item, attempts=item.attempts + 1)
    try:
        channel.deliver(item.message, item.key)
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:
        log.warning("channel %s failed on a message: %s", channel.name, type(error).__name__)
        if channel.delivery == "at_least_once":
            attempts = item.attempts + 1
            state = "waiting" if attempts < ATTEMPT_LIMIT else "dead"
            _mark(engine, item, state, attempts, now + FIRST_PAUSE * 2**item.attempts, type(error).__name__)
        return "failed"
    _mark(engine, item, "sent", item.attempts + 1, now)
    return "sent"


def _mark(
    engine: Engine, item: Waiting, state: str, attempts: int, next_at: datetime, problem: str | None = None
) -> bool:
    with engine.store.transactions.write() as transaction:
        return engine.store.messages.mark(transaction, item, state, attempts, next_at, problem)
