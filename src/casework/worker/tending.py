"""Tend the store every minute: jobs for rows that have none, messages from before a jump of the clock, old bodies.

A runner may forget jobs, be restored from a backup, or be switched on late. Whatever of the rows is due and was not
done gets its job again here, so that nothing depends on what a runner remembers (F40).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import attrs

from casework.desk import receiving
from casework.desk.engine import Engine
from casework.jobs import Job
from casework.storage.outbox import Outgoing
from casework.storage.timers import DueTimer
from casework.storage.wakes import NEAR
from casework.worker.timers import braked

BATCH = 500
MOST = 20_000
"""So many timers, and messages of a channel, get their jobs at once; the others the next time."""
OVERDUE = timedelta(seconds=10)
"""A message that has been due for so long has no job, or one that waits behind many."""


@attrs.frozen(kw_only=True)
class Tended:
    """What was mended: jobs told to the runner, messages whose body was removed, timers that the brake holds.

    *applied* are parked messages of others that fit by now.
    """

    jobs: int = 0
    emptied: int = 0
    braked: int = 0
    applied: int = 0


def tend(engine: Engine, now: datetime) -> Tended:
    """Tend the store; several may do so at once."""
    for channel in _ahead(engine, now):
        engine.store.transactions.carried(partial(engine.store.outbox.bring_back, now=now, channel=channel))
    emptied = _emptied(engine, now - engine.work.keep_sent)
    applied = receiving.reconsider(engine, None, everything=False, limit=MOST).applied
    if engine.store.wakes.runner is None:
        return Tended(emptied=emptied, applied=applied)
    held = braked(engine, now)
    jobs = 0
    for batch in [*([] if held else _timers(engine, now)), *_messages(engine, now)]:
        engine.store.transactions.carried(partial(engine.store.wakes.enqueue, jobs=batch))
        jobs += len(batch)
    return Tended(jobs=jobs, emptied=emptied, braked=held, applied=applied)


def _ahead(engine: Engine, now: datetime) -> tuple[str, ...]:
    with engine.store.transactions.read() as transaction:
        return engine.store.outbox.far(transaction, now, engine.channels)


def _emptied(engine: Engine, before: datetime) -> int:
    outbox, emptied = engine.store.outbox, 0
    with engine.store.transactions.read() as transaction:
        channels = outbox.old(transaction, before)
    for channel in channels:
        emptied += engine.store.transactions.carried(partial(outbox.empty, channel=channel, before=before, limit=BATCH))
    return emptied


def _timers(engine: Engine, now: datetime) -> Iterator[list[Job]]:
    last: DueTimer | None = None
    for _ in range(MOST // BATCH):
        with engine.store.transactions.read() as transaction:
            page = engine.store.timers.due(transaction, now + NEAR, BATCH, last)
        if page:
            yield [
                Job(kind="timer", tenant=timer.tenant, case_id=timer.case_id, name=timer.name, due_at=timer.due_at)
                for timer in page
            ]
        if len(page) < BATCH:
            return
        last = page[-1]


def _messages(engine: Engine, now: datetime) -> Iterator[list[Job]]:
    for channel in engine.channels:
        last: Outgoing | None = None
        for _ in range(MOST // BATCH):
            with engine.store.transactions.read() as transaction:
                page = engine.store.outbox.overdue(transaction, channel, now - OVERDUE, BATCH, last)
            if page:
                yield [_job(engine, row) for row in page]
            if len(page) < BATCH:
                break
            last = page[-1]


def _job(engine: Engine, row: Outgoing) -> Job:
    key = row.key
    return engine.store.wakes.message(
        key.tenant, key.case_id, key.number, key.line, channel=row.channel, due=row.next_at
    )
