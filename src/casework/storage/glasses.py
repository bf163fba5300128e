"""Which glasses were broken, by whom, until when, and whether each was reviewed; the log says the same."""

from __future__ import annotations

from sqlalchemy import Dialect, bindparam, select

from casework.clock import from_micros, to_micros
from casework.model.decision import Decision
from casework.model.glass import Glass
from casework.storage import schema
from casework.storage.cases import bound, inserting, keyed
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction


class Glasses:
    """The glasses of each case."""

    def __init__(self, dialect: Dialect) -> None:
        table = schema.glass
        told = (table.c.number, table.c.person, table.c.until, table.c.review)
        of_case = select(*told).where(keyed(table, "tenant", "case_id")).order_by(table.c.number)
        reviewed = table.update().where(keyed(table, "tenant", "case_id", "number"))
        self._of_case = Prepared(of_case, dialect)
        self._insert = Prepared(inserting(table), dialect)
        self._review = Prepared(reviewed.values(review=bindparam("b_review")), dialect)

    def of_case(self, transaction: Transaction, tenant: str, case_id: str) -> tuple[Glass, ...]:
        """The glasses of a case, the oldest first."""
        rows = transaction.run(self._of_case, {"b_tenant": tenant, "b_case_id": case_id}).fetchall()
        return tuple(Glass(number=n, person=who, until=from_micros(until), review=r) for n, who, until, r in rows)

    def write(self, transaction: Transaction, tenant: str, case_id: str, number: int, decision: Decision) -> None:
        """Keep the glass that a decision breaks, or that one was reviewed."""
        row: dict[str, object] = {"tenant": tenant, "case_id": case_id}
        if decision.breaks is not None:
            told = decision.breaks
            values = {"number": number, "person": told.person, "until": to_micros(told.until), "review": None}
            transaction.put(self._insert, bound({**row, **values}))
        if decision.reviews is not None:
            transaction.put(self._review, bound({**row, "number": decision.reviews, "review": number}))
