"""What stands before and after every decision: reading what it may touch of the ledger, and telling observers."""

from __future__ import annotations

from casework.compiled import Compiled
from casework.desk.engine import Engine
from casework.hookspecs import Recorded
from casework.model.case import Move, Receipt, Snapshot
from casework.model.decision import Decision
from casework.storage.sql.transaction import Transaction


def weigh(engine: Engine, transaction: Transaction, compiled: Compiled, snapshot: Snapshot, move: Move) -> None:
    """Read exactly what the move may touch of the ledger."""
    trigger = compiled.triggers.get(move.trigger) if move.kind == "fire" else None
    accounts = compiled.all_accounts if trigger is None else trigger.accounts
    holds = compiled.any_holds if trigger is None else trigger.holds
    if accounts or holds:
        engine.store.weigh(transaction, compiled, snapshot, accounts, holds)


def tell(
    engine: Engine, transaction: Transaction, case: Snapshot, move: Move, decision: Decision, receipt: Receipt
) -> None:
    """Have the observers told once the transaction is committed."""
    if not engine.plugins.observed:
        return
    recorded = Recorded(
        tenant=case.tenant,
        case_id=case.id,
        case_type=case.case_type,
        number=receipt.entry,
        kind=decision.kind,
        trigger=decision.trigger,
        states=dict(decision.states),
        unit=case.unit,
        actor=move.actor.id,
        at=move.now,
    )
    transaction.after_commit.append(lambda: engine.tell(recorded))
