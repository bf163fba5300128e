"""Perform one job, whoever calls for it: twice, late and in parallel as well."""

from __future__ import annotations

from datetime import datetime, timedelta

from casework.desk.engine import Engine
from casework.errors import InvalidValue
from casework.jobs import Job, Outcome
from casework.storage.messages import MessageKey
from casework.worker.delivery import Put, deliver, take
from casework.worker.timers import ring

STUCK_PAUSE = timedelta(minutes=15)
"""When to look again at a timer that was refused."""


def perform(engine: Engine, job: Job) -> Outcome:
    """Do what the job's row still asks for, and tell when to come again. Raises StoreUnavailable."""
    now = engine.clock.now()
    return _timer(engine, job, now) if job.kind == "timer" else _message(engine, job, now)


def _timer(engine: Engine, job: Job, now: datetime) -> Outcome:
    with engine.store.transactions.read() as transaction:
        timer = engine.store.timers.at(transaction, job.tenant, job.case_id, job.name)
    if timer is None:
        return Outcome(did="gone")
    if timer.due_at > now:
        return Outcome(did="early", again_at=timer.due_at)
    did = ring(engine, timer)
    return Outcome(did=did, again_at=now + STUCK_PAUSE if did == "stuck" else None)


def _message(engine: Engine, job: Job, now: datetime) -> Outcome:
    key = _key(job)
    taken = engine.store.transactions.carried(lambda transaction: take(engine, transaction, key, now))
    if isinstance(taken, Put):
        return Outcome(did=taken.why, again_at=taken.again_at)
    report = deliver(engine, taken, now)
    written = engine.store.transactions.carried(lambda transaction: report.written(engine, transaction, now))
    if not written:
        return Outcome(did="gone")
    return Outcome(did=report.did, again_at=report.next_at if report.state == "waiting" else None)


def _key(job: Job) -> MessageKey:
    number, _, line = job.name.partition("/")
    if not (number.isdecimal() and line.isdecimal()):
        raise InvalidValue("job", f"{job.name!r} is not the name of a message", f"“{job.name}”不是消息名")
    return MessageKey(job.tenant, job.case_id, int(number), int(line))
