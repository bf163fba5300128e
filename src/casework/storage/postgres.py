"""PostgreSQL by psycopg 3: READ COMMITTED with row locks, bounded waits, a firing in four round trips."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy import Connection, Dialect, Engine, Executable, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, DisconnectionError

from casework.errors import SetupError, StoreMismatch, StoreUnavailable
from casework.storage.line import Line
from casework.storage.patience import Patience
from casework.storage.prepared import Cursor, Prepared
from casework.storage.transaction import (
    ConnectionLost,
    ConstraintBroken,
    Contended,
    Duplicate,
    OutcomeUnknown,
    Transaction,
)

if TYPE_CHECKING:
    from casework.storage.engine import StoreOptions

PINGED_AFTER = 5.0
"""Seconds for which an unused connection is trusted."""
RESOLVED_WITHIN = 15.0
"""Seconds in which an unknown commit is to be resolved before the caller is told so."""
WAITING_LIMIT = 500

_KEEPALIVE = {
    # A dead link is noticed within five seconds, be it idle or while something is under way (F10).
    "keepalives": 1,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 4_000,
}


def open_postgres(url: URL, options: StoreOptions) -> Engine:
    """An engine for a server. What the URL says itself goes before *options*."""
    try:
        import psycopg
        from psycopg.types.numeric import Int8Dumper
    except ImportError:
        raise SetupError("PostgreSQL needs psycopg: pip install 'casework[postgres]'") from None
    limits = {
        "statement_timeout": options.statement_seconds,
        "lock_timeout": options.lock_seconds,
        "idle_in_transaction_session_timeout": options.idle_seconds,
    }
    told = str(url.query.get("options", ""))
    settings = " ".join([*(f"-c {name}={seconds}s" for name, seconds in limits.items()), told]).strip()
    arguments: dict[str, Any] = {
        **_KEEPALIVE,
        "connect_timeout": options.connect_seconds,
        "application_name": "casework",
        **{name: value for name, value in url.query.items() if name != "options"},
        "options": settings,
        # Once it has prepared anything itself, each rollback of the driver drops what the line has prepared too.
        "prepare_threshold": None,
        "client_encoding": "utf8",
    }
    engine = create_engine(
        url.set(drivername="postgresql+psycopg", query={}),
        hide_parameters=True,
        connect_args=arguments,
        pool_size=options.connections,
        max_overflow=options.connections,
        pool_timeout=options.connect_seconds,
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, record: Any) -> None:
        # BEGIN is sent by us; one width of integers means one prepared statement of the driver's own.
        connection.autocommit = True
        connection.adapters.register_dumper(int, Int8Dumper)
        record.info["line"] = Line(connection, prepares=options.prepared)
        record.info["commit_seconds"] = options.commit_seconds
        ((record.info["backend"],),) = connection.execute(_BACKEND).fetchall()
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _alive(connection: Any, record: Any, _: Any) -> None:
        if time.monotonic() - record.info.get("used", 0.0) > PINGED_AFTER:
            try:
                connection.execute("SELECT 1")
            except psycopg.Error as error:
                raise DisconnectionError from error

    @event.listens_for(engine, "checkin")
    def _used(_: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


_BACKEND = "SELECT pid || ' ' || backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
_FINISHED = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid || ' ' || backend_start = %s"
_THERE = "SELECT hash FROM casework_entry WHERE tenant = %s AND case_id = %s AND number = %s"


class Served(Transaction):
    """Keeps what was put until something is asked, and sends it as few statements; a server is asked less that way."""

    def __init__(
        self,
        raw: Any,
        dialect: Dialect,
        driver: Postgres,
        *,
        locks: bool = True,
        hosted: bool = False,
        begin: str = "",
        line: Line | None = None,
    ) -> None:
        super().__init__(line or raw, dialect, driver, locks=locks, hosted=hosted)
        self._driver: Postgres = driver
        self._connection: Any = getattr(raw, "driver_connection", raw)
        self._begin = begin
        self._waiting: list[tuple[Prepared, Sequence[Any]]] = []
        self.wrote = False

    def lock(self, order: tuple[int, str, str], statement: Prepared, values: Mapping[str, Any]) -> Cursor:
        """Lock what the statement reads, and remember it in case that all this has to go again."""
        if self.locks:
            self.held[order] = (statement, values)
        return self.run(statement, values)

    def put(self, statement: Prepared, values: Mapping[str, Any]) -> None:
        """Write before anything else is asked."""
        if self.closed or self.broken:
            self.going()
        self.wrote = self.wrote or statement.writes
        self._waiting.append((statement, statement.bound(values)))
        if len(self._waiting) > WAITING_LIMIT:
            self.flush()

    def changed_one(self, statement: Prepared, values: Mapping[str, Any]) -> bool:
        """Write to a row that was read, and so locked, in this transaction."""
        if not self.locks:
            return super().changed_one(statement, values)
        self.put(statement, values)
        return True

    def many(self, statement: Prepared, rows: Sequence[Any]) -> int:
        """Write many rows by one statement, sent together by the driver."""
        self._begun()
        self.wrote = True
        return super().many(statement, rows)

    def run(self, statement: Prepared, values: Mapping[str, Any]) -> Cursor:
        """Run a prepared statement behind what was put; the cursor holds its rows until the next one."""
        if self.closed or self.broken:
            self.going()
        self.wrote = self.wrote or statement.writes
        self._send(statement.sql, statement.bound(values))
        return self._cursor

    def send(self, sql: str) -> None:
        """Run a command of transactions behind what was put."""
        self._send(sql, None)

    def flush(self) -> None:
        """Send what was put."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            for sql, values in self._driver.together(waiting):
                self._send(sql, values)

    def forget(self) -> None:
        """Drop what was put and was not sent."""
        self._waiting.clear()

    @property
    def driver(self) -> Any:
        """The connection of psycopg, for who has to write into the same transaction; what was put is sent before."""
        self._begun()
        self.wrote = True
        return self._connection

    @property
    def begun(self) -> bool:
        """Whether anything has to reach the server, or has."""
        return not self._begin or bool(self._waiting)

    def _begun(self) -> None:
        self.flush()
        if self._begin:
            begin, self._begin = self._begin, ""
            self._execute(begin, None)

    def _send(self, sql: str, values: Sequence[Any] | None) -> None:
        if self._begin or self._waiting:
            self._begun()
        self._execute(sql, values)

    def _execute(self, sql: str, values: Sequence[Any] | None) -> None:
        try:
            self._cursor.execute(sql, values)
        except self._errors as error:
            self._driver.raise_ours(error)

    def each(self, statement: Executable, values: Mapping[str, Any] | None = None, size: int = 500) -> Iterator[Any]:
        """The rows one by one in flat memory, by a cursor of the server."""
        self.going()
        self._begun()
        prepared = Prepared(statement, self.dialect)
        try:
            with self._connection.cursor(name="casework_each") as cursor:
                cursor.execute(prepared.sql, prepared.bound(values or {}))
                while rows := cursor.fetchmany(size):
                    yield from rows
        except self._errors as error:
            self._driver.raise_ours(error)


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

    def raise_ours(self, error: Any) -> NoReturn:
        """Raise a driver error as one of ours. Not its own text, for that quotes values."""
        state = error.sqlstate or ""
        where = error.diag.constraint_name or error.diag.table_name or error.diag.column_name
        text = f"{type(error).__name__}{f' ({state})' if state else ''}{f' at {where}' if where else ''}"
        # A traceback tells the cause too, and the server's own words quote the row that it would not take (F78).
        error.args = (text,)
        if state == "25P03":
            # Whoever was idle for so long would be so again: going again as a whole would hold the rows for minutes.
            raise StoreUnavailable(f"this transaction was idle for too long, and was ended: {text}") from error
        if lost(error):
            raise ConnectionLost(f"the connection to the server was lost: {text}") from error
        if state in ("40001", "40P01", "26000") or (state == "0A000" and "cached plan" in error.diag.message_primary):
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
        raise StoreUnavailable(text) from error

    def together(self, waiting: Iterable[tuple[Prepared, Sequence[Any]]]) -> Iterator[tuple[str, Sequence[Any] | None]]:
        """What was put, as few statements: all that go to different tables are one, for a server that is asked less."""
        group: list[tuple[Prepared, Sequence[Any]]] = []
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

    def _one(self, group: list[tuple[Prepared, Sequence[Any]]]) -> Iterator[tuple[str, Sequence[Any] | None]]:
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
        begin = "BEGIN" if writes else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        # What may take long goes by the driver's own cursors, which an interruption reaches.
        line = None if patient else raw.info["line"]
        transaction = Served(raw, self._dialect, self, locks=writes, begin=begin, line=line)
        if patient:
            transaction.send("SET LOCAL statement_timeout = 0")
        return transaction

    def join(self, connection: Connection) -> Transaction:
        """The host's transaction, in which rows are locked as they are read."""
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
        backend, evidence = raw.info.get("backend"), transaction.evidence
        if raw.is_valid:
            raw.invalidate()
        assert isinstance(transaction, Served)
        if not transaction.wrote:
            return False
        if evidence is None or backend is None or unknown.__cause__ is None:
            raise unknown
        tenant, case_id, number, digest = evidence
        until = time.monotonic() + RESOLVED_WITHIN
        while time.monotonic() < until:
            try:
                with engine.connect() as connection:
                    driver: Any = connection.connection.driver_connection
                    while time.monotonic() < until:
                        # A session that still is there might commit later; it is ended, and asked for again.
                        if not driver.execute(_FINISHED, (backend,)).fetchall():
                            row = driver.execute(_THERE, (tenant, case_id, number)).fetchone()
                            return row is not None and bytes(row[0]) == digest
                        time.sleep(0.05)
            except (self.errors, DBAPIError):
                time.sleep(0.2)
        raise unknown


def lost(error: object) -> bool:
    """Whether a driver error says that there is no connection any more."""
    import psycopg

    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    if isinstance(error, psycopg.errors.PipelineAborted):
        return False
    state = error.sqlstate or ""
    return not state or state.startswith("08") or state in ("57P01", "57P02", "57P03", "25P03", "57P05")
