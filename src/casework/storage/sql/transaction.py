"""One transaction on one connection: run prepared statements, all or nothing.

Errors of the driver leave here only as errors of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn, Protocol

from sqlalchemy import Dialect, Executable

from casework.errors import Reentered, StoreUnavailable
from casework.model.reading import Reading, Shown
from casework.storage.sql.prepared import Cursor, Prepared


class OutcomeUnknown(StoreUnavailable):
    """The commit failed in a way that does not tell whether it took place."""

    code = "outcome-unknown"


class ConstraintBroken(StoreUnavailable):
    """The database would not take a row. Whoever knows which constraint may say more; to others it is unavailable."""


class Contended(StoreUnavailable):
    """Somebody was in the way: nothing was kept, and all may go again."""


class ConnectionLost(Contended):
    """There is no connection any more, and COMMIT had not been sent."""


class Duplicate(ConstraintBroken, Contended):
    """A row with that key came in meanwhile; whoever goes again finds it."""


class Driver(Protocol):
    """What differs between the drivers of databases."""

    @property
    def errors(self) -> type[Exception]:
        """What the driver raises."""

    def raise_ours(self, error: Any) -> NoReturn:
        """Raise a driver error as one of ours; its text names tables and constraints, never values."""


Held = dict[tuple[int, str, str], tuple[Prepared, Mapping[str, Any]]]
"""What locked the rows of a transaction: cases (0) and accounts (1), by tenant and key."""


class Transaction:
    """A cursor inside a transaction, with the dialect that its statements are compiled for.

    What is read where *locks* is true stays true until the end: rows that a move depends on are locked.
    """

    def __init__(self, raw: Any, dialect: Dialect, driver: Driver, *, locks: bool = True, hosted: bool = False) -> None:
        self._raw = raw
        self._cursor: Cursor = raw.cursor()
        self._driver = driver
        self._errors = driver.errors
        self.dialect, self.locks, self.hosted = dialect, locks, hosted
        self.after_commit: list[Callable[[], None]] = []
        self.shown: list[Shown] = []
        """What was projected for somebody to see and has to stand in the access log first."""
        self.logged: list[Reading] = []
        """The lines of the access log that were written by this transaction, and go where it is rolled back."""
        self.broken = self.closed = False
        self.held: Held = {}
        self.evidence: tuple[str, str, int, bytes] | None = None
        """Tenant, case, number and hash of the last entry written: whether it is there tells whether all was kept."""

    @property
    def status(self) -> str:
        """What the server said to the last command."""
        return getattr(self._cursor, "statusmessage", None) or ""

    @property
    def driver(self) -> Any:
        """The driver's own connection, for who has to write into the same transaction."""
        return getattr(self._raw, "driver_connection", self._raw)

    def __enter__(self) -> Transaction:
        """This transaction, until left; whoever keeps it for longer is told so."""
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True

    @contextmanager
    def looking(self) -> Iterator[Transaction]:
        """This transaction for reading only: what is read meanwhile is not locked."""
        before, self.locks = self.locks, False
        try:
            yield self
        finally:
            self.locks = before

    @contextmanager
    def whole(self) -> Iterator[None]:
        """All or nothing: where the inside raises, what it did is taken back and the rest of the transaction stays."""
        self.going()
        waiting = len(self.after_commit)
        self.send("SAVEPOINT casework_verb")
        try:
            yield
            self.flush()
        except BaseException as error:
            del self.after_commit[waiting:]
            self._take_back()
            # It goes again as a whole, unless the host began it.
            self.broken = self.broken or (isinstance(error, Contended) and not self.hosted)
            raise
        self.send("RELEASE SAVEPOINT casework_verb")

    def _take_back(self) -> None:
        # After a full disk SQLite has ended the whole transaction by itself; nothing more may be written then.
        try:
            self.forget()
            self._cursor.execute("ROLLBACK TO SAVEPOINT casework_verb")
            self._cursor.execute("RELEASE SAVEPOINT casework_verb")
        except Exception:
            self.broken = True

    def going(self) -> None:
        """Raise where nothing more can be done in this transaction."""
        if self.closed:
            raise Reentered("this desk's transaction has ended; ask the app for another")
        if self.broken:
            raise StoreUnavailable("the database ended this transaction; begin another")

    def run(self, statement: Prepared, values: Mapping[str, Any]) -> Cursor:
        """Run a prepared statement; the cursor holds its rows until the next one."""
        if self.closed or self.broken:
            self.going()
        try:
            self._cursor.execute(statement.sql, statement.bound(values))
        except self._errors as error:
            self._driver.raise_ours(error)
        return self._cursor

    def lock(self, order: tuple[int, str, str], statement: Prepared, values: Mapping[str, Any]) -> Cursor:
        """Run a statement that locks what it reads, if it can; *order* says in which order locks are to be taken."""
        return self.run(statement, values)

    def put(self, statement: Prepared, values: Mapping[str, Any]) -> None:
        """Write, where nobody needs the result: it may reach the database later, together with what is asked next."""
        self.run(statement, values)

    def changed_one(self, statement: Prepared, values: Mapping[str, Any]) -> bool:
        """Write to a row that was read in this transaction; False where it is not as it was read."""
        return self.run(statement, values).rowcount == 1

    def many(self, statement: Prepared, rows: Sequence[Any]) -> int:
        """Write many rows of bound values by one statement, behind what was put; how many rows that changed."""
        self.going()
        self.flush()
        try:
            self._cursor.executemany(statement.sql, rows)
        except self._errors as error:
            self._driver.raise_ours(error)
        return self._cursor.rowcount

    def let_go(self) -> None:
        """Close the cursor, on a connection that goes on without us."""
        self._cursor.close()

    def send(self, sql: str) -> None:
        """Run a command of transactions."""
        try:
            self._cursor.execute(sql)
        except self._errors as error:
            self._driver.raise_ours(error)

    def flush(self) -> None:
        """See to it that everything that was put has reached the database."""

    def forget(self) -> None:
        """Drop what was put and has not reached the database."""

    def ask(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Any]:
        """All rows of a statement that is compiled for this one use; not for the hot path."""
        cursor = self.run(Prepared(statement, self.dialect), values or {})
        try:
            return cursor.fetchall()
        except self._errors as error:  # SQLite reads on while it is asked for rows
            self._driver.raise_ours(error)

    def each(self, statement: Executable, values: Mapping[str, Any] | None = None, size: int = 500) -> Iterator[Any]:
        """The rows one by one in flat memory; no other statement may run meanwhile."""
        cursor = self.run(Prepared(statement, self.dialect), values or {})
        while rows := self._more(cursor, size):
            yield from rows

    def _more(self, cursor: Cursor, size: int) -> Sequence[Any]:
        try:
            return cursor.fetchmany(size)
        except self._errors as error:
            self._driver.raise_ours(error)


def told(calls: Iterable[Callable[[], None]]) -> None:
    """Do what waited for the commit; an interruption is passed on once everything was done."""
    interrupted: KeyboardInterrupt | None = None
    for call in calls:
        try:
            call()
        except KeyboardInterrupt as error:
            interrupted = error
    if interrupted is not None:
        raise interrupted
