"""The ledger: amounts of a commodity moved between accounts, never lost, never doubled, never past a limit.

Accounts without limits keep no balance row. What an account with limits has left counts reservations
as gone; a reservation arrives at its other side when it is settled.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Dialect, bindparam, select

from casework.errors import Refused
from casework.model.decision import Decision
from casework.model.posting import Hold
from casework.model.refusal import Refusal
from casework.storage import schema
from casework.storage.cases import bound, inserting, keyed
from casework.storage.sql.advisory import NameLock
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import ConstraintBroken, Transaction


class Ledger:
    """The statements of the ledger, compiled once for one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        balance, posting = schema.balance, schema.posting
        one = select(balance.c.amount).where(keyed(balance, "tenant", "account"))
        self._balance, self._balance_locked = Prepared(one, dialect), Prepared(one.with_for_update(), dialect)
        # Nobody can lock the row of an account that never moved; its name is locked in its stead.
        self._names = NameLock("account", dialect)
        row: dict[str, Any] = {c.name: bindparam(f"b_{c.name}") for c in balance.columns}
        key = keyed(balance, "tenant", "account")
        limits = {"minimum": row["minimum"], "maximum": row["maximum"]}
        changed = balance.c.amount + bindparam("n_change")
        # Not an upsert: a database checks the limits of the row it would insert before it looks for the conflict.
        self._change = Prepared(balance.update().where(key).values(amount=changed, **limits), dialect)
        self._add = Prepared(inserting(balance), dialect)
        self._post = Prepared(inserting(posting), dialect)
        self._holds = Prepared(
            select(
                posting.c.hold,
                posting.c.debit,
                posting.c.credit,
                posting.c.commodity,
                posting.c.amount,
                posting.c.number,
                posting.c.line,
            ).where(keyed(posting, "tenant", "case_id", "state")),
            dialect,
        )
        lines = (posting.c.debit, posting.c.credit, posting.c.amount, posting.c.state)
        self._lines = Prepared(select(*lines).where(keyed(posting, "tenant", "case_id")), dialect)
        self._finish = Prepared(
            posting.update()
            .where(keyed(posting, "tenant", "case_id", "number", "line"))
            .values(state=bindparam("n_state")),
            dialect,
        )

    def balances(self, transaction: Transaction, tenant: str, keys: Iterable[str]) -> dict[str, int]:
        """What each account has left, in the order of their locks; one that never moved has nothing."""
        return {key: self._left(transaction, {"b_tenant": tenant, "b_account": key}) for key in sorted(keys)}

    def _left(self, transaction: Transaction, account: dict[str, str]) -> int:
        order = (1, account["b_tenant"], account["b_account"])
        statement = self._balance_locked if transaction.locks else self._balance
        row = transaction.lock(order, statement, account).fetchone()
        if row is None and self._names.hold(transaction, "|".join(account.values())):
            row = transaction.run(statement, account).fetchone()
        return 0 if row is None else int(row[0])

    def holds(self, transaction: Transaction, tenant: str, case_id: str) -> tuple[Hold, ...]:
        """What the case has reserved."""
        values = {"b_tenant": tenant, "b_case_id": case_id, "b_state": "pending"}
        return tuple(Hold(*row) for row in transaction.run(self._holds, values).fetchall())

    def moved(self, transaction: Transaction, tenant: str, case_id: str) -> dict[str, int]:
        """What the postings of a case add up to, by account key; what it has reserved has left its debit only."""
        found: dict[str, int] = {}
        values = {"b_tenant": tenant, "b_case_id": case_id}
        for debit, credit, amount, state in transaction.run(self._lines, values).fetchall():
            if state != "voided":
                found[debit] = found.get(debit, 0) - amount
            if state in ("posted", "settled"):
                found[credit] = found.get(credit, 0) + amount
        return found

    def write(self, transaction: Transaction, tenant: str, case_id: str, number: int, decision: Decision) -> None:
        """The postings of one entry, and what they change of balances."""
        if decision.limits:
            transaction.flush()  # what fails of the rest of the firing is no limit that was reached
        for limit in decision.limits:
            row = {
                "tenant": tenant,
                "account": limit.key,
                "amount": limit.change,
                "minimum": limit.minimum,
                "maximum": limit.maximum,
            }
            values = bound(row)
            try:
                if not transaction.run(self._change, {**values, "n_change": limit.change}).rowcount:
                    transaction.run(self._add, values)
            except ConstraintBroken:
                # Two cases of one transaction may each stay within a limit and together not; the database says so.
                raise Refused(Refusal("limit-reached", case_id=case_id)) from None
        for line, posting in enumerate(decision.postings):
            row = {
                "tenant": tenant,
                "case_id": case_id,
                "number": number,
                "line": line,
                "debit": posting.debit,
                "credit": posting.credit,
                "commodity": posting.commodity,
                "amount": posting.amount,
                "state": "posted" if posting.hold is None else "pending",
                "hold": posting.hold,
            }
            transaction.put(self._post, bound(row))
        for holds, state in ((decision.settled, "settled"), (decision.void, "voided")):
            for hold in holds:
                key = {"b_tenant": tenant, "b_case_id": case_id, "b_number": hold.number, "b_line": hold.line}
                transaction.put(self._finish, {**key, "n_state": state})
