"""What a database must be able to do for transactions, and which of the two kinds an engine belongs to."""

from __future__ import annotations

from typing import Any, NoReturn, Protocol

from sqlalchemy import Connection, Engine

from casework.storage.sql.transaction import OutcomeUnknown, Transaction


class Backend(Protocol):
    """One kind of database."""

    @property
    def errors(self) -> type[Exception]:
        """What its driver raises."""

    @property
    def turn_seconds(self) -> float | None:
        """How long a writer waits for its turn, where only one can be under way; else None."""

    def raise_ours(self, error: Any) -> NoReturn:
        """Raise a driver error as one of ours; its text names tables and constraints, never values."""

    def begin(self, raw: Any, *, writes: bool, patient: bool = False) -> Transaction:
        """Begin a transaction on a pooled connection."""

    def join(self, connection: Connection) -> Transaction:
        """The transaction that a host has begun."""

    def commit(self, raw: Any, transaction: Transaction) -> None:
        """Commit. Raises OutcomeUnknown where the failure does not tell whether it took place."""

    def roll_back(self, raw: Any) -> None:
        """Roll back; a connection that cannot is thrown away."""

    def was_kept(self, engine: Engine, raw: Any, transaction: Transaction, unknown: OutcomeUnknown) -> bool:
        """Find out whether a commit took place that failed so. Raises *unknown* where that cannot be told."""


def backend_of(engine: Engine) -> Backend:
    """The kind of database that an engine speaks to."""
    if engine.dialect.name == "sqlite":
        from casework.storage.sql.sqlite import SQLite

        return SQLite(engine.dialect)
    from casework.storage.sql.postgres import Postgres

    return Postgres(engine.dialect)
