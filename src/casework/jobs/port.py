"""The port between casework and a job engine: what one has to do to run its timers and messages.

A runner is told of jobs within the transaction that makes them necessary. It calls ``app.perform(job)`` when they are
due: once, twice, late or in parallel, for the rows of the store say what is still to be done. It may forget jobs
too: ``app.tend()`` tells it again of whatever is due and was not done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

import attrs

JobKind = Literal["timer", "message"]


@attrs.frozen(kw_only=True)
class Job:
    """Something that is to be looked at by *due_at*. It names a row of the store, and nothing of a person (F63).

    *name* is that of the timer, or entry number and line of the message. Jobs of one *lane* are done one after the
    other, in the order in which they were enqueued; an empty lane is none.
    """

    kind: JobKind
    tenant: str
    case_id: str
    name: str
    due_at: datetime
    lane: str = ""

    @property
    def key(self) -> str:
        """What tells jobs apart. A job that waits already is replaced by a later one with its key."""
        return f"{self.kind}/{self.tenant}/{self.case_id}/{self.name}"


@attrs.frozen(kw_only=True)
class Outcome:
    """What came of a job. Where *again_at* is set it is to be performed again then.

    A timer was *fired*, *stale* (its state was left) or *stuck* (refused, still armed). A message was *sent*,
    *failed*, given up as *dead*, is *parked* without a channel or *blocked* by an earlier one of its case. *gone*:
    there is nothing left to do; *early*: it is not due yet, or somebody else is at it.
    """

    did: Literal["fired", "stale", "stuck", "sent", "failed", "dead", "parked", "blocked", "gone", "early"]
    again_at: datetime | None = None


class Writing(Protocol):
    """The transaction of a firing, as a runner may write into it."""

    def execute(self, sql: str, parameters: Sequence[Any], /) -> None:
        """Run a statement whose result nobody needs. Its parameters, ``?`` or ``%s``, are text, numbers, bytes or None.

        It travels together with the other writes of the firing.
        """
        ...

    @property
    def connection(self) -> Any:
        """The driver's own connection (sqlite3 or psycopg), with everything sent that was written so far."""
        ...


class Runner(Protocol):
    """A job engine that keeps its jobs in the database of the store."""

    def enqueue(self, writing: Writing, jobs: Sequence[Job], /) -> None:
        """Have each job performed when it is due, provided that the transaction is committed."""
        ...

    def cancel(self, writing: Writing, keys: Iterable[str], /) -> None:
        """Forget the jobs with these keys that were not begun, provided that the transaction is committed."""
        ...

    def prepare(self, connection: Any, /) -> None:
        """Make or migrate the engine's own tables on a driver connection, inside a transaction."""
        ...
