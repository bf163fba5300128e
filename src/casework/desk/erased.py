"""Nothing personal is written of whoever was erased: not by a move on an old case, not by a new one."""

from __future__ import annotations

from collections.abc import Iterable

from casework.compiled import Compiled
from casework.deciding.erasing import personal, retention_of
from casework.desk.engine import Engine
from casework.errors import Refused
from casework.model.case import Snapshot
from casework.model.decision import Decision
from casework.model.refusal import Refusal
from casework.model.retention import Retention
from casework.storage.sql.transaction import Transaction


def retention(engine: Engine, compiled: Compiled) -> Retention:
    """What holds for cases of a type now; what they were opened under may be older than the rule."""
    return retention_of(engine.current.get(compiled.case_type.name, compiled).case_type)


def forbid(engine: Engine, transaction: Transaction, compiled: Compiled, case: Snapshot, decision: Decision) -> None:
    """Refuse to write what is not open into a case whose values were erased."""
    if case.closed_at is None and not compiled.erasable.isdisjoint(case.data):
        return  # it was not erased, or not yet: then this goes with the rest
    rule = retention(engine, compiled)
    if case.subjects and personal(decision, compiled):
        whose = [case.subjects[name] for name in compiled.subjects]
        whose = whose[:1] if rule.shared == "first" else whose
        if engine.store.erasures.gone(transaction, case.tenant, whose):
            raise Refused(Refusal("erased", case_id=case.id))


def forbid_anew(engine: Engine, transaction: Transaction, tenant: str, subjects: Iterable[str]) -> None:
    """Refuse to open a case about somebody who was erased; nobody is erased meanwhile."""
    named = frozenset(subjects)
    if named:
        engine.store.erasures.lock_against(transaction, tenant, named)
        if engine.store.erasures.gone(transaction, tenant, named):
            raise Refused(Refusal("erased", trigger="open"))


def forbid_again(engine: Engine, transaction: Transaction, tenant: str, case_id: str) -> None:
    """Refuse to import a record of one of our own cases whose values were erased: it was exported before."""
    compiled = engine.of_type(transaction, tenant, case_id)
    found = None if compiled is None else engine.store.load(transaction, compiled, tenant, case_id)
    if found is not None and engine.store.erasures.gone(transaction, tenant, found.subjects.values()):
        raise Refused(Refusal("erased", trigger="import", case_id=case_id))
