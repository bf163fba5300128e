"""Fire the timers that ran out, one transaction each, unless so many are late that somebody has to look first."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from casework.compiled import Compiled
from casework.deciding.clocks import LOOK, PENDING
from casework.deciding.retaining import RETENTION
from casework.desk import firing
from casework.desk.engine import Engine
from casework.desk.retaining import ask_when_due
from casework.errors import LogForked, Refused, StoreBehind, StoreUnavailable
from casework.model.actor import SYSTEM, Actor
from casework.model.case import Cause, Move, MoveKind, Snapshot
from casework.storage.sql.transaction import ConnectionLost, ConstraintBroken, Contended, Transaction
from casework.storage.store import RECHECK
from casework.storage.timers import DueTimer
from casework.worker.ran import Ran

log = logging.getLogger("casework.worker")

BATCH = 200

Rang = Literal["fired", "stale", "stuck"]


def run_due(engine: Engine, now: datetime, *, limit: int, force: bool) -> Ran:
    """Fire the timers that ran out by *now*, earliest first; one that is stuck stops no other.

    At most *limit* are acted on. Stuck ones do not count: they come first for ever, and would starve the rest.
    """
    held = 0 if force else braked(engine, now)
    if held:
        return Ran(braked=held)
    counts = {"fired": 0, "stale": 0, "stuck": 0}
    due = _due(engine, now)
    while counts["fired"] + counts["stale"] < limit and (timer := next(due, None)) is not None:
        counts[ring(engine, timer)] += 1
    return Ran(**counts)


def braked(engine: Engine, now: datetime) -> int:
    """How many timers are held back, for too many ran out too long ago; 0 where none are (F47)."""
    limits = engine.work
    with engine.store.transactions.read() as transaction:
        late, first = engine.store.timers.late(transaction, now - limits.late_by, limits.late_timers + 1)
    if late <= limits.late_timers:
        return 0
    log.error("more than %d timers are late, the first since %s: none is fired", limits.late_timers, first)
    return late


def _due(engine: Engine, now: datetime) -> Iterator[DueTimer]:
    last: DueTimer | None = None
    while True:
        with engine.store.transactions.read() as transaction:
            page = engine.store.timers.due(transaction, now, BATCH, last)
        yield from _begun_anywhere(engine, page)
        if len(page) < BATCH:
            return
        last = page[-1]


def _begun_anywhere(engine: Engine, page: list[DueTimer]) -> list[DueTimer]:
    """Where several can write at once they do not all begin with the same timer, and wait for each other."""
    if engine.store.engine.dialect.name == "sqlite" or not page:
        return page
    start = int.from_bytes(engine.jitter(2), "big") % len(page)
    return page[start:] + page[:start]


def ring(engine: Engine, timer: DueTimer) -> Rang:
    """Claim one timer and act on it in the same transaction, so that it never acts twice."""
    try:
        return engine.store.transactions.carried(lambda transaction: _act(engine, transaction, timer))
    except Refused as no:
        about = {**_about(timer), "code": no.refusal.code}
        log.warning("timer %s of case %s was refused: %s", timer.name, timer.case_id, no.refusal.code, extra=about)
    except ConnectionLost:
        raise  # there is no server for the others either
    except (ConstraintBroken, Contended) as error:
        kind = type(error).__name__
        log.error("timer %s of case %s cannot be recorded: %s", timer.name, timer.case_id, kind, extra=_about(timer))
    except (StoreUnavailable, StoreBehind, LogForked, MemoryError):
        raise  # this is about all of them
    except Exception as error:
        kind = type(error).__name__
        log.error("timer %s of case %s failed: %s", timer.name, timer.case_id, kind, extra=_about(timer))
    return "stuck"


def _about(timer: DueTimer) -> dict[str, str]:
    """Which timer it is, for who reads the log by machine."""
    return {"tenant": timer.tenant, "case": timer.case_id, "timer": timer.name}


def _act(engine: Engine, transaction: Transaction, timer: DueTimer) -> Rang:
    if engine.store.timers.at(transaction, timer.tenant, timer.case_id, timer.name) != timer:
        return "stale"
    # A firing locks its case before it touches the timers; whoever fires one keeps to that, or the two deadlock.
    found = _loaded(engine, transaction, timer)
    if not engine.store.timers.claim(transaction, timer) or found is None:
        return "stale"
    compiled, snapshot = found
    if timer.name == RETENTION:
        now = max(engine.clock.now(), timer.due_at)
        asked = ask_when_due(engine, transaction, timer.tenant, timer.case_id, now)
        return "fired" if asked else "stale"
    firing.absent(engine, compiled, snapshot.id)
    move = _move(engine, compiled, snapshot, timer)
    loaded = firing.Loaded(compiled, snapshot, frozenset())
    if move.kind == "recheck" and not firing.would_move(engine, transaction, loaded, move):
        _look_again_later(engine, transaction, timer, snapshot, move.now)
        return "stale"
    firing.carry_out(engine, transaction, loaded, move)
    return "fired"


def _look_again_later(engine: Engine, transaction: Transaction, timer: DueTimer, case: Snapshot, now: datetime) -> None:
    """Where a calendar is still not published, the timer that looks for it comes again: each week, later each day."""
    term = case.terms.get(timer.name.removeprefix(PENDING)) if timer.name.startswith(PENDING) else None
    if term is not None and term.earliest is not None:
        again = now + timedelta(days=1) if term.earliest <= now else min(now + LOOK, term.earliest)
        engine.store.timers.write(transaction, timer.tenant, timer.case_id, ((timer.name, again),), (), now=now)


def _loaded(engine: Engine, transaction: Transaction, timer: DueTimer) -> tuple[Compiled, Snapshot] | None:
    tenant, case_id = timer.tenant, timer.case_id
    compiled = engine.of_type(transaction, tenant, case_id)
    snapshot = None if compiled is None else engine.store.load(transaction, compiled, tenant, case_id)
    if compiled is None or snapshot is None:
        return None
    if snapshot.manifest != compiled.manifest.hash:
        compiled = engine.pinned(transaction, snapshot.manifest) or compiled
        snapshot = engine.store.load(transaction, compiled, tenant, case_id) or snapshot
    return compiled, snapshot


def _move(engine: Engine, compiled: Compiled, snapshot: Snapshot, timer: DueTimer) -> Move:
    known = (deadline for workflow in compiled.workflows.values() for deadline in workflow.deadlines)
    deadline = next((d for d in known if d.name == timer.name and d.name in snapshot.dues), None)
    kind: MoveKind = "recheck" if deadline is None else "timer"
    child = timer.name.removeprefix(RECHECK) if timer.name.startswith(RECHECK) else ""
    return Move(
        kind=kind,
        actor=Actor(SYSTEM, tenant=timer.tenant),
        now=max(engine.clock.now(), timer.due_at),
        roles=frozenset(),
        trigger=(deadline.trigger or "") if deadline is not None else "",
        cause=Cause("child", case_id=child) if child else Cause("timer", timer.name),
    )
