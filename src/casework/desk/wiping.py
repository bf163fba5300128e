"""Carry out an erasure that two persons agreed on: case by case, then the key. Broken off anywhere, it goes on."""

from __future__ import annotations

import logging
from functools import partial

import attrs

from casework.desk.engine import Engine
from casework.desk.erasing import cases_about, one_case, subjects_by_type, write
from casework.errors import CaseworkError
from casework.keys import ErasureRecord, Tombstone
from casework.model.actor import SYSTEM, Actor
from casework.model.assignment import Assignment
from casework.model.erasure import ERASURE_REASONS, GONE, Erases, Erasure, ErasureReason
from casework.storage.erasures import assigned, open_though_erased
from casework.storage.log import parsed
from casework.storage.sealing import is_nobodys
from casework.storage.sql.transaction import Transaction

log = logging.getLogger("casework.desk")


def carry_out(engine: Engine, tenant: str, erasure: Erasure, *, recorded: bool = False) -> Erasure:
    """Empty every case that goes with the subject, each in a transaction of its own; then destroy the key.

    Before anything goes it is *recorded* outside the database: a backup that is restored some day learns of it.
    """
    transactions = engine.store.transactions
    if engine.erasures is not None and not recorded:
        engine.erasures.add(_record(tenant, erasure))
    with transactions.read() as transaction:
        ids = [item.snapshot.id for item in cases_about(engine, transaction, tenant, erasure.subject)]
        ids += assigned(transaction, tenant, erasure.subject)
    for case_id in dict.fromkeys(ids):
        transactions.carried(partial(_case, engine, tenant=tenant, case_id=case_id, erasure=erasure))
    done = attrs.evolve(erasure, state="erased")
    transactions.carried(partial(_end, engine, tenant=tenant, done=done))
    return done


def carry_out_later(engine: Engine, tenant: str, erasure: Erasure) -> None:
    """The same once the host has committed; what fails then is gone on with at the next start."""
    try:
        carry_out(engine, tenant, erasure)
    except CaseworkError as error:
        log.error("an erasure was confirmed and is not carried out yet: %s", type(error).__name__)


def _record(tenant: str, erasure: Erasure) -> ErasureRecord:
    assert erasure.confirmed_at is not None and erasure.confirmed_by is not None
    return ErasureRecord(
        tenant=tenant,
        subject=erasure.subject,
        because=erasure.because,
        asked_at=erasure.asked_at,
        asked_by=erasure.asked_by,
        confirmed_at=erasure.confirmed_at,
        confirmed_by=erasure.confirmed_by,
        leaves_balances=erasure.leaves_balances,
    )


def _case(engine: Engine, transaction: Transaction, *, tenant: str, case_id: str, erasure: Erasure) -> None:
    """One case: its entry, where it has none yet, and all that it knows. Its files go before the commit.

    Should the commit fail, the case keeps the names of files that are gone until this is done again.
    """
    about = one_case(engine, transaction, tenant, case_id)
    if about is None:
        return
    mine = erasure.subject in about.snapshot.subjects.values() and about.goes_with(erasure.subject)
    roles = engine.store.assignments.of_case(transaction, tenant, case_id)
    released = tuple(Assignment(role, None) for role, person in roles.items() if person == erasure.subject)
    entries = engine.store.entries.stored(transaction, tenant, case_id)
    emptied = any(parsed(entry.body).content.get("erases", {}).get("step") == "erased" for entry in entries)
    if (mine and not emptied) or released:
        step = Erases(
            step="erased" if mine else "released",
            because=erasure.because,
            persons=(erasure.asked_by, erasure.confirmed_by or ""),
        )
        write(engine, transaction, Actor(SYSTEM, tenant=tenant), about, step, released)
    if mine:
        digests = {digest for digest, _ in engine.store.enclosures.rows(transaction, tenant, case_id).values()}
        projection = engine.store.cases(about.compiled).projection
        engine.store.emptying.empty(transaction, projection, about.snapshot, erasure.subject)
        _forget_files(engine, transaction, digests)


def _forget_files(engine: Engine, transaction: Transaction, digests: set[str]) -> None:
    for digest in sorted(digests):
        if engine.blobs is not None and not engine.store.enclosures.named(transaction, digest):
            engine.blobs.delete(digest)


def _end(engine: Engine, transaction: Transaction, *, tenant: str, done: Erasure) -> None:
    """The key goes last: until then whatever was broken off can be gone on with."""
    if engine.keys is not None:
        engine.keys.destroy(transaction, tenant, done.subject, engine.clock.now())
    engine.store.erasures.turn(transaction, tenant, done)


def reapply(engine: Engine) -> int:
    """Erase again whom a restored backup has brought back, and go on with what was broken off; says how many.

    What was erased is told by the record outside the database, and by the keys that were destroyed.
    """
    transactions = engine.store.transactions
    with transactions.read() as transaction:
        if engine.keys is not None:
            engine.keys.check(transaction)
        waiting = _brought_back(engine, transaction)
    if waiting:
        transactions.carried(partial(_written_again, engine, waiting=waiting))
    kept = set() if engine.erasures is None or not waiting else set(engine.erasures.records())
    for tenant, erasure in waiting:
        carry_out(engine, tenant, erasure, recorded=_record(tenant, erasure) in kept)
    with transactions.read() as transaction:
        # What a backup brought back is erased again even where it is open, and the case may go on.
        engine.erased_while_open |= open_though_erased(transaction, subjects_by_type(engine, transaction))
    return len(waiting)


def _brought_back(engine: Engine, transaction: Transaction) -> list[tuple[str, Erasure]]:
    """Every erasure that the database does not know of, though others do, and those that were broken off."""
    known = engine.store.erasures.in_states(transaction, GONE)
    unfinished = [item for item in known if item[1].state == "confirmed"]
    gone = {(tenant, erasure.subject) for tenant, erasure in known}
    tombstones = () if engine.keys is None else engine.keys.tombstones(transaction)
    destroyed = {(item.tenant, item.subject) for item in tombstones}
    found = {}
    for record in () if engine.erasures is None else engine.erasures.records():
        whose = record.tenant, record.subject
        if whose not in gone or (engine.keys is not None and whose not in destroyed):
            found[whose] = _confirmed(record)
    for item in tombstones:
        # The keys of cases about nobody, and of no case at all, are no person's.
        if (item.tenant, item.subject) not in gone and not is_nobodys(item.subject):
            found.setdefault((item.tenant, item.subject), _confirmed(_told_by(item)))
    again = [(tenant, erasure) for (tenant, _), erasure in found.items()]
    return [*(item for item in unfinished if (item[0], item[1].subject) not in found), *again]


def _told_by(tombstone: Tombstone) -> ErasureRecord:
    """What a destroyed key tells of an erasure: that it was, and when."""
    return ErasureRecord(
        tenant=tombstone.tenant,
        subject=tombstone.subject,
        because="request",
        asked_at=tombstone.at,
        asked_by=SYSTEM,
        confirmed_at=tombstone.at,
        confirmed_by=SYSTEM,
    )


def _confirmed(record: ErasureRecord) -> Erasure:
    # A reason that this casework does not know was written by a newer one.
    because: ErasureReason = next((reason for reason in ERASURE_REASONS if reason == record.because), "request")
    return Erasure(
        subject=record.subject,
        because=because,
        asked_at=record.asked_at,
        asked_by=record.asked_by,
        leaves_balances=record.leaves_balances,
        state="confirmed",
        confirmed_at=record.confirmed_at,
        confirmed_by=record.confirmed_by,
    )


def _written_again(engine: Engine, transaction: Transaction, *, waiting: list[tuple[str, Erasure]]) -> None:
    store = engine.store.erasures
    for tenant, erasure in waiting:
        known = {item.asked_at for item in store.of(transaction, tenant, erasure.subject)}
        (store.turn if erasure.asked_at in known else store.ask)(transaction, tenant, erasure)
