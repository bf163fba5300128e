"""A lock on a name, until the transaction ends: for what has no row yet that could be locked.

PostgreSQL only; on SQLite whoever writes holds the one lock of the store already.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Dialect, Text, bindparam, cast, func, select

from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction


class NameLock:
    """Locks on names of one kind, such as accounts; another kind's names never meet them."""

    def __init__(self, kind: str, dialect: Dialect) -> None:
        self._kind = kind
        self._held: Prepared | None = None
        if dialect.name == "postgresql":
            number = func.hashtextextended(bindparam("b_name", type_=Text), cast(0, BigInteger))
            self._held = Prepared(select(func.pg_advisory_xact_lock(number)), dialect)

    def hold(self, transaction: Transaction, name: str) -> bool:
        """Wait until nobody else holds the name, and hold it; False where that is not needed."""
        if self._held is None or not transaction.locks:
            return False
        transaction.put(self._held, {"b_name": f"casework {self._kind} {name}"})
        return True
