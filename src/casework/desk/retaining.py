"""When the time of keeping is over, the system asks to erase whom the case was about; a person confirms it."""

from __future__ import annotations

from datetime import datetime

from casework.deciding.erasing import About, due_at
from casework.deciding.retaining import RETENTION
from casework.desk import erasing
from casework.desk.engine import Engine
from casework.desk.erasing import cases_about, one_case, write
from casework.model.actor import SYSTEM, Actor
from casework.model.erasure import Erases, Erasure, LegalHold
from casework.storage.sql.transaction import Transaction


def ask_when_due(engine: Engine, transaction: Transaction, tenant: str, case_id: str, now: datetime) -> bool:
    """Ask for everybody of whom every case is over its time; whether it asked for anybody.

    Of whom another case is open, or kept longer, that one's timer asks when its own time has come.
    """
    found = one_case(engine, transaction, tenant, case_id)
    whom = () if found is None else tuple(dict.fromkeys(found.names))
    asked = [subject for subject in whom if found is not None and found.goes_with(subject)]
    return [_ask(engine, transaction, tenant, subject, now) for subject in asked].count(True) > 0


def _ask(engine: Engine, transaction: Transaction, tenant: str, subject: str, now: datetime) -> bool:
    store = engine.store.erasures
    store.lock(transaction, tenant, subject)
    cases = cases_about(engine, transaction, tenant, subject)
    # While a legal hold stands nothing is asked for; lifting it arms the timers anew.
    if not all(_over(item, now) for item in cases if item.goes_with(subject)) or store.holds(
        transaction, tenant, subject
    ):
        return False
    if store.wanted(transaction, tenant, [subject]):
        return False
    earlier = store.of(transaction, tenant, subject)
    at = erasing.after(now, earlier[0].asked_at if earlier else None)
    asked = Erasure(subject=subject, because="retention", asked_at=at, asked_by=SYSTEM)
    store.ask(transaction, tenant, asked)
    for item in cases:
        write(engine, transaction, Actor(SYSTEM, tenant=tenant), item, Erases(step="asked", because="retention"))
    return True


def _over(item: About, now: datetime) -> bool:
    due = due_at(item.compiled.case_type, item.snapshot.closed_at)
    return due is not None and due <= now


def lift_hold(engine: Engine, transaction: Transaction, actor: Actor, subject: str) -> tuple[LegalHold, ...]:
    """Lift every legal hold on a subject; the time of keeping that ran out meanwhile runs out once more."""
    lifted, now = erasing.lift_hold(engine, transaction, actor, subject), engine.clock.now()
    for item in cases_about(engine, transaction, actor.tenant, subject):
        due = due_at(item.compiled.case_type, item.snapshot.closed_at)
        if due is not None:
            case = item.snapshot
            engine.store.timers.write(transaction, case.tenant, case.id, ((RETENTION, due),), (), now=now)
    return lifted
