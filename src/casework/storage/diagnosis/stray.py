"""What has lost its counterpart: keys of nobody, erasures whose key lives, work without a job, jobs without work."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import attrs
from sqlalchemy import and_, bindparam, case, column, except_, func, literal, select, text
from sqlalchemy import table as table_of

from casework.clock import to_micros
from casework.compiled import Compiled
from casework.errors import CaseworkError
from casework.model.erasure import ErasureState
from casework.storage import schema
from casework.storage.diagnosis.pinned import ByHash
from casework.storage.erasures import types_of
from casework.storage.projection import column_name
from casework.storage.sealing import is_nobodys
from casework.storage.sql.transaction import Transaction

OVERDUE = timedelta(minutes=2)
"""Whoever tends the store makes the jobs of what is due within a minute."""
_DONE: tuple[ErasureState, ...] = ("erased", "scrubbed")
_MAY_LOOK = text(
    "SELECT to_regclass('procrastinate_jobs') IS NOT NULL"
    " AND has_table_privilege(to_regclass('procrastinate_jobs'), 'SELECT')"
)
_TIMERS = text(
    "SELECT count(*) FROM casework_timer AS t WHERE t.due_at <= :before"
    " AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS job WHERE job.status IN ('todo', 'doing')"
    " AND job.queueing_lock = 'timer/' || t.tenant || '/' || t.case_id || '/' || t.name)"
)
_MESSAGES = text(
    "SELECT count(*) FROM casework_message AS m"
    " WHERE m.state = 'waiting' AND m.channel IN :channels AND m.next_at <= :before"
    " AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS job WHERE job.status IN ('todo', 'doing')"
    " AND job.queueing_lock = 'message/' || m.tenant || '/' || m.case_id || '/' || m.number || '/' || m.line)"
)
_IDLE_JOBS = text(
    "SELECT count(*) FROM procrastinate_jobs AS job WHERE job.task_name = 'casework.perform' AND job.status = 'todo'"
    " AND NOT EXISTS (SELECT 1 FROM casework_message AS m WHERE job.args ->> 'kind' = 'message'"
    " AND m.tenant = job.args ->> 'tenant' AND m.case_id = job.args ->> 'case_id'"
    " AND m.number || '/' || m.line = job.args ->> 'name' AND m.state = 'waiting')"
    " AND NOT EXISTS (SELECT 1 FROM casework_timer AS t WHERE job.args ->> 'kind' = 'timer'"
    " AND t.tenant = job.args ->> 'tenant' AND t.case_id = job.args ->> 'case_id' AND t.name = job.args ->> 'name')"
)


@attrs.frozen(kw_only=True)
class Stray:
    """Counts, all tenants together.

    *unowned* keys are of a subject whom no case is about; None where a manifest cannot be read, for then nobody can
    tell. *living* are subjects whose erasure was carried out and whose key is there, *unmarked* those of whom no
    tombstone tells. *unwoken* are timers and messages that have been due for a while and have no job of the runner,
    *idle* are jobs for which there is nothing to do.
    """

    unowned: int | None = 0
    living: int = 0
    unmarked: int = 0
    unwoken: int = 0
    idle: int = 0


def stray(transaction: Transaction, pinned: ByHash, channels: frozenset[str], now: datetime, *, runs: bool) -> Stray:
    """Look at *now*; *channels* are those that the application provides, *runs* whether it has a runner."""
    found = Stray(unowned=_unowned(transaction, pinned), **_erasures(transaction))
    if transaction.dialect.name != "postgresql" or not transaction.ask(_MAY_LOOK)[0][0]:
        return found
    unwoken = _unwoken(transaction, channels, now) if runs else 0
    return attrs.evolve(found, unwoken=unwoken, idle=int(transaction.ask(_IDLE_JOBS)[0][0]))


def _unowned(transaction: Transaction, pinned: ByHash) -> int | None:
    """Living keys less all subjects: each table is gone through once, for nothing is indexed by subject."""
    k, names = schema.key.c, dict[str, set[str]]()
    for case_type, digest in types_of(transaction):
        compiled = _readable(transaction, pinned, digest)
        if compiled is None:
            return None
        names.setdefault(f"case_{case_type}", set()).update(compiled.subjects)
    living = select(k.tenant, k.subject).where(k.destroyed_at.is_(None))
    owners = (_owners(name, subject) for name, subjects in sorted(names.items()) for subject in sorted(subjects))
    found = transaction.ask(except_(living, *owners))
    return sum(not is_nobodys(subject) for _, subject in found)


def _owners(name: str, subject: str) -> Any:
    """Whom the cases of one table are about, under one name of a subject."""
    mine: Any = column(column_name("subject", subject))
    rows = table_of(name, column("case__tenant"), mine)
    return select(rows.c.case__tenant, mine)


def _readable(transaction: Transaction, pinned: ByHash, digest: str) -> Compiled | None:
    try:
        return pinned(transaction, digest)
    except (CaseworkError, ValueError, KeyError):
        return None


def _erasures(transaction: Transaction) -> dict[str, int]:
    """Subjects whose erasure was carried out, by what is left of their key; nothing where there never was a key."""
    e, k = schema.erasure.c, schema.key.c
    if not transaction.ask(select(literal(1)).select_from(schema.key).limit(1)):
        return {}
    gone = select(e.tenant, e.subject).where(e.state.in_(_DONE)).distinct().subquery().c
    theirs = and_(k.tenant == gone.tenant, k.subject == gone.subject)
    joined = select(
        func.count(case((k.subject.is_not(None) & k.destroyed_at.is_(None), 1))),
        func.count(case((k.subject.is_(None), 1))),
    ).select_from(gone.tenant.table.outerjoin(schema.key, theirs))
    ((living, unmarked),) = transaction.ask(joined)
    return {"living": int(living), "unmarked": int(unmarked)}


def _unwoken(transaction: Transaction, channels: frozenset[str], now: datetime) -> int:
    before = to_micros(now - OVERDUE)
    count = int(transaction.ask(_TIMERS, {"before": before})[0][0])
    if channels:
        named = _MESSAGES.bindparams(bindparam("channels", sorted(channels), expanding=True), before=before)
        count += int(transaction.ask(named)[0][0])
    return count
