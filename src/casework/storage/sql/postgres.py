"""PostgreSQL by psycopg 3: READ COMMITTED with row locks, and what became of a commit that was cut off."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NoReturn

from sqlalchemy import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError

from casework.errors import SetupError, StoreMismatch, StoreUnavailable, WrongStatement
from casework.storage.sql.patience import Patience
from casework.storage.sql.prepared import Prepared
from casework.storage.sql.served import Served, Waiting
from casework.storage.sql.transaction import (
    ConnectionLost,
    ConstraintBroken,
    Contended,
    Duplicate,
    OutcomeUnknown,
    Transaction,
)

RESOLVED_WITHIN = 15.0
"""Seconds in which an unknown commit is to be resolved before the caller is told so."""
_NEVER_CONNECTED = ("connection failed", "connection is bad", "connection timeout", "failed to resolve")
"""How psycopg begins to tell that there is no connection."""
_AGAIN = ("40001", "40P01", "26000", "42P05")
"""Serialisation, deadlock; a prepared statement that is gone, or that somebody else has made."""
_FINISHED = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid || ' ' || backend_start = %s"
_THERE = "SELECT hash FROM casework_entry WHERE tenant = %s AND case_id = %s AND number = %s"


class Postgres:
    """How transactions run on PostgreSQL."""

    turn_seconds = None

    def __init__(self, dialect: Dialect) -> None:
        import psycopg

        self._dialect = dialect
        self._connection_type = psycopg.Connection
        self._patience = Patience()
        self._joined: dict[tuple[Prepared, ...], str] = {}
        self.errors: type[Exception] = psycopg.Error
        # Classes 42, 22 and 0A of SQLSTATE, and what psycopg itself cannot put into a statement.
        self._wrong = (psycopg.ProgrammingError, psycopg.DataError, psycopg.NotSupportedError)

    def raise_ours(self, error: Any) -> NoReturn:
        """Raise a driver error as one of ours. Not its own text, for that quotes values."""
        state = error.sqlstate or ""
        where = error.diag.constraint_name or error.diag.table_name or error.diag.column_name
        text = f"{type(error).__name__}{f' ({state})' if state else ''}{f' at {where}' if where else ''}"
        if not state and str(error).startswith(_NEVER_CONNECTED):
            # Nothing was asked yet, so that libpq's words quote no row; and they alone tell what to mend.
            raise ConnectionLost(str(error).partition("\n")[0]) from error
        # A traceback tells the cause too, and the server's own words quote the row that it would not take (F78).
        error.args = (text,)
        if state == "25P03":
            # Whoever was idle for so long would be so again: going again as a whole would hold the rows for minutes.
            raise StoreUnavailable(f"this transaction was idle for too long, and was ended: {text}") from error
        if lost(error):
            raise ConnectionLost(f"the connection to the server was lost: {text}") from error
        if state in _AGAIN or (state == "0A000" and "cached plan" in error.diag.message_primary):
            raise Contended(text) from error
        if state == "23505":
            raise Duplicate(text) from error
        if state.startswith("23"):
            raise ConstraintBroken(text) from error
        if state in ("42P01", "42703", "3F000"):
            problem = f"{text}: {error.diag.message_primary}"
            raise StoreMismatch(problem, "run app.create_tables() or `casework migrate`") from error
        if state == "42501":
            problem = f"{text}: {error.diag.message_primary}"
            raise StoreMismatch(problem, "this database user may not do that; see `casework roles`") from error
        if isinstance(error, self._wrong):
            raise WrongStatement(text) from error
        raise StoreUnavailable(text) from error

    def together(self, waiting: Iterable[Waiting]) -> Iterator[tuple[str, Sequence[Any]]]:
        """What was put, as few statements: all that go to different tables are one, for a server that is asked less."""
        group: list[Waiting] = []
        for item in waiting:
            statement = item[0]
            if not statement.writes or any(statement.table == other.table for other, _ in group):
                yield from self._one(group)
                group = []
            group.append(item)
            if not statement.writes:
                yield from self._one(group)
                group = []
        yield from self._one(group)

    def _one(self, group: list[Waiting]) -> Iterator[tuple[str, Sequence[Any]]]:
        if not group:
            return
        key = tuple(statement for statement, _ in group)
        sql = self._joined.get(key)
        if sql is None:
            *others, last = key
            named = ", ".join(f"w{n} AS ({other.sql})" for n, other in enumerate(others))
            sql = self._joined[key] = f"WITH {named} {last.sql}" if others else last.sql
        yield sql, [value for _, values in group for value in values]

    def begin(self, raw: Any, *, writes: bool, patient: bool = False) -> Transaction:
        """Begin before the first statement; a reader sees one state of the store."""
        limits = raw.info["limits"]
        begin = f"BEGIN{limits}" if writes else f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY{limits}"
        # What may take long goes by the driver's own cursors, which an interruption reaches.
        line = None if patient else raw.info["line"]
        transaction = Served(raw, self._dialect, self, locks=writes, begin=begin, line=line)
        transaction.numbered = writes and bool(limits)
        if patient:
            transaction.send("SET LOCAL statement_timeout = 0")
        return transaction

    def join(self, connection: Connection) -> Transaction:
        """The host's transaction, in which rows are locked as they are read."""
        # By SQLAlchemy, so that it knows of a transaction that it has to commit or to roll back for its host.
        try:
            connection.exec_driver_sql("SELECT 1 FROM casework_manifest LIMIT 0")
        except DBAPIError as error:
            if isinstance(error.orig, self.errors):
                self.raise_ours(error.orig)
            raise
        fairy: Any = connection.connection
        driver = fairy.driver_connection
        if getattr(driver, "autocommit", False) and driver.info.transaction_status == 0:
            raise SetupError("this connection commits each statement by itself; give one with a transaction")
        if isinstance(driver, self._connection_type):
            return Served(fairy, connection.dialect, self, hosted=True)
        return Transaction(fairy, connection.dialect, self, hosted=True)

    def commit(self, raw: Any, transaction: Transaction) -> None:
        """Commit, together with what was put. A warning says that a standby may not have it."""
        assert isinstance(transaction, Served)
        if not transaction.begun:
            return
        warned: list[str] = []
        driver = raw.driver_connection
        driver.add_notice_handler(_warning := lambda notice: warned.append(notice.sqlstate or ""))
        try:
            with self._patience.of(driver, raw.info["commit_seconds"]):
                # A transaction that only locked and looked has nothing to wait for.
                transaction.send("COMMIT" if transaction.wrote else "ROLLBACK")
        except ConnectionLost as error:
            raise OutcomeUnknown(str(error)) from error
        except StoreUnavailable:
            self.roll_back(raw)
            raise
        finally:
            driver.remove_notice_handler(_warning)
        if transaction.wrote and transaction.status != "COMMIT":
            raise StoreUnavailable("the database ended this transaction; nothing was kept")
        if "01000" in warned:
            raise OutcomeUnknown("committed on this server, but perhaps not on its standby")

    def roll_back(self, raw: Any) -> None:
        """Roll back; a lost connection is thrown away."""
        try:
            raw.info["line"].roll_back()
        except self.errors:
            if raw.is_valid:
                raw.invalidate()

    def was_kept(self, engine: Engine, raw: Any, transaction: Transaction, unknown: OutcomeUnknown) -> bool:
        """Whether the commit took place: once its session has ended, its last entry is there or will never be."""
        if raw.is_valid:
            raw.invalidate()
        assert isinstance(transaction, Served)
        if not transaction.wrote:
            return False
        if unknown.__cause__ is None:
            raise unknown
        if transaction.numbered:
            return self._asked_again(engine, unknown, lambda driver: _by_number(driver, transaction.number, unknown))
        backend, evidence = raw.info.get("backend"), transaction.evidence
        if evidence is None or backend is None:
            raise unknown
        return self._asked_again(engine, unknown, lambda driver: _by_entry(driver, backend, evidence))

    def _asked_again(self, engine: Engine, unknown: OutcomeUnknown, look: Callable[[Any], bool | None]) -> bool:
        """What *look* finds on a new connection, once it is more than None. Raises *unknown* where that takes long."""
        until = time.monotonic() + RESOLVED_WITHIN
        while time.monotonic() < until:
            try:
                with engine.connect() as connection:
                    driver: Any = connection.connection.driver_connection
                    while time.monotonic() < until:
                        found = look(driver)
                        if found is not None:
                            return found
                        time.sleep(0.05)
            except (self.errors, DBAPIError):
                time.sleep(0.2)
        raise unknown


def _by_entry(driver: Any, backend: str, evidence: tuple[str, str, int, bytes]) -> bool | None:
    """Whether the last entry of a transaction is there; None while its session, which is ended, might still commit."""
    *place, digest = evidence
    if driver.execute(_FINISHED, (backend,)).fetchall():
        return None
    row = driver.execute(_THERE, place).fetchone()
    return row is not None and bytes(row[0]) == digest


def _by_number(driver: Any, number: str, unknown: OutcomeUnknown) -> bool | None:
    """Whether the transaction of that number was committed: behind a pooler its session serves somebody else by now."""
    if not number:
        raise unknown
    ((state,),) = driver.execute("SELECT pg_xact_status(%s::xid8)", (number,)).fetchall()
    return {"committed": True, "aborted": False}.get(state)


def lost(error: object) -> bool:
    """Whether a driver error says that there is no connection any more."""
    import psycopg

    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    if isinstance(error, psycopg.errors.PipelineAborted):
        return False
    state = error.sqlstate or ""
    return not state or state.startswith("08") or state in ("57P01", "57P02", "57P03", "25P03", "57P05")
