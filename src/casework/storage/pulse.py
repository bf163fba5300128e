"""Three short questions that tell whether a store can serve: its version, whether it takes writes, what is late."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, text

from casework.clock import from_micros
from casework.storage import schema
from casework.storage.sql.transaction import Transaction

_VERSION = text("SELECT version_num FROM casework_version")
_READ_ONLY = text("SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on'")


def store_version(transaction: Transaction) -> str | None:
    """The version of the tables; raises StoreMismatch where there are none."""
    rows = transaction.ask(_VERSION)
    return None if not rows else str(rows[0][0])


def is_read_only(transaction: Transaction) -> bool:
    """Whether the server takes no writes (F6); a file of SQLite tells that only when it is written to."""
    return transaction.dialect.name == "postgresql" and bool(transaction.ask(_READ_ONLY)[0][0])


def lateness(transaction: Transaction, now: datetime) -> timedelta:
    """How long the first timer has been waiting for a worker."""
    first = transaction.ask(select(func.min(schema.timer.c.due_at)))[0][0]
    return timedelta() if first is None else max(timedelta(), now - from_micros(int(first)))
