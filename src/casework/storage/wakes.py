"""Tell the runner, within the transaction of a firing, what there will be to do.

A timer that rings in the far future gets no job yet: a job engine looks through all that wait, and most timers of
most cases never ring. Whoever tends the store makes its job when the time comes near.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from casework.jobs import Job, Runner
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.transaction import Transaction

NEAR = timedelta(minutes=10)
"""A timer gets its job when it rings within this time; the store is tended more often than that."""


class Wakes:
    """What a runner is told. *orders* has for each channel what its messages wait for: case, channel or none."""

    def __init__(self, runner: Runner | None = None, orders: Mapping[str, str] | None = None) -> None:
        self._runner, self._orders = runner, orders or {}
        self._statements: dict[str, Prepared] = {}

    @property
    def runner(self) -> Runner | None:
        """Who is told; None where timers and messages are looked for."""
        return self._runner

    def enqueue(self, transaction: Transaction, jobs: Sequence[Job]) -> None:
        """Have *jobs* performed when they are due."""
        if self._runner is not None and jobs:
            self._runner.enqueue(_Writes(transaction, self._statements), jobs)

    def timers(
        self, transaction: Transaction, tenant: str, case_id: str, arm: Iterable[tuple[str, datetime]], now: datetime
    ) -> None:
        """Timers were armed: wake for the near ones, not for what they were due at before."""
        if self._runner is None:
            return
        jobs = [Job(kind="timer", tenant=tenant, case_id=case_id, name=name, due_at=due) for name, due in arm]
        self.enqueue(transaction, [job for job in jobs if job.due_at <= now + NEAR])
        self._forget(transaction, [job.key for job in jobs if job.due_at > now + NEAR])

    def drop(self, transaction: Transaction, tenant: str, case_id: str, names: Iterable[str], now: datetime) -> None:
        """Timers were dropped: nobody need wake for them."""
        if self._runner is not None:
            jobs = [Job(kind="timer", tenant=tenant, case_id=case_id, name=name, due_at=now) for name in names]
            self._forget(transaction, [job.key for job in jobs])

    def _forget(self, transaction: Transaction, keys: Sequence[str]) -> None:
        if self._runner is not None and keys:
            self._runner.cancel(_Writes(transaction, self._statements), keys)

    def message(self, tenant: str, case_id: str, number: int, line: int, *, channel: str, due: datetime) -> Job:
        """The job of a message."""
        order = self._orders.get(channel, "case")
        lane = {"case": f"{tenant}/{case_id}", "channel": f"{tenant}/{case_id}/{channel}"}.get(order, "")
        name = f"{number}/{line}"
        return Job(kind="message", tenant=tenant, case_id=case_id, name=name, due_at=due, lane=lane)


class _Writes:
    """What a runner sees of a transaction."""

    def __init__(self, transaction: Transaction, statements: dict[str, Prepared]) -> None:
        self._transaction, self._statements = transaction, statements

    def execute(self, sql: str, parameters: Sequence[Any], /) -> None:
        statement = self._statements.get(sql)
        if statement is None:
            statement = self._statements[sql] = _AsIs(sql)
        self._transaction.put(statement, {"": parameters})

    @property
    def connection(self) -> Any:
        self._transaction.flush()
        return self._transaction.driver


class _AsIs(Prepared):
    """A statement that somebody else has written, on tables of theirs."""

    __slots__ = ()

    def __init__(self, sql: str) -> None:
        self.sql, self.writes, self.table = sql, True, "of the runner"

    def bound(self, values: Mapping[str, Any]) -> list[Any]:
        return list(values[""])
