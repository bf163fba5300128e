"""SQLite: durable, immediate write locks, bounded waits.

SQLite is durable by default (``synchronous=FULL``). Write-ahead logging is used only where the library
has no WAL-reset bug (3.51.3 or later) or where the caller says that one process owns the file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, NoReturn

from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from casework.errors import SetupError, StoreMismatch, StoreUnavailable, WrongStatement
from casework.storage.sql.transaction import ConstraintBroken, OutcomeUnknown, Transaction

BUSY_MILLISECONDS = 5_000
CACHE_KIBIBYTES = 16_384
"""Pages that a connection keeps: the upper levels of the indexes of some million cases."""
WAL_SAFE = (3, 51, 3)


def journal_mode(sole_process: bool, version: tuple[int, ...] = sqlite3.sqlite_version_info) -> str:
    """WAL where it is safe, else the truncating rollback journal."""
    return "WAL" if sole_process or version >= WAL_SAFE else "TRUNCATE"


def open_sqlite(url: URL, *, sole_process: bool, synchronous: str) -> Engine:
    """An engine for a file, or for memory."""
    memory = url.database in (None, "", ":memory:")
    pool = {"pool_size": 20, "max_overflow": 20, "pool_timeout": BUSY_MILLISECONDS / 1000}
    extra: dict[str, Any] = {"poolclass": StaticPool} if memory else pool
    arguments = {"check_same_thread": False, "timeout": BUSY_MILLISECONDS / 1000, "isolation_level": None}
    engine = create_engine(url, hide_parameters=True, connect_args=arguments, **extra)
    mode = None if memory else journal_mode(sole_process)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        if mode is not None:
            cursor.execute(f"PRAGMA journal_mode={mode}")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        cursor.execute(f"PRAGMA cache_size=-{CACHE_KIBIBYTES}")
        # What is erased is overwritten at once, and not only when the file is scrubbed some day (F63).
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The driver is told to begin nothing by itself, so that tables too are made or migrated as a whole.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


class SQLite:
    """How transactions run on SQLite."""

    errors = sqlite3.DatabaseError

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    @property
    def turn_seconds(self) -> float | None:
        """Writers of one process queue up as long as SQLite would wait for those of others."""
        return BUSY_MILLISECONDS / 1000

    def raise_ours(self, error: Any) -> NoReturn:
        """Raise a driver error as one of ours; its text names tables, never values."""
        text = str(error)
        if isinstance(error, sqlite3.IntegrityError):
            raise ConstraintBroken(text) from error
        if isinstance(error, sqlite3.OperationalError) and any(sign in text for sign in _OTHER_TABLES):
            raise StoreMismatch(text, "run app.create_tables() or `casework migrate`") from error
        if isinstance(error, sqlite3.DataError) or any(sign in text for sign in _WRONG):
            raise WrongStatement(text) from error
        raise StoreUnavailable(text) from error

    def begin(self, raw: Any, *, writes: bool, patient: bool = False) -> Transaction:
        """Begin: a writer takes the write lock at once, so that what it reads stays true."""
        transaction = Transaction(_Reading(raw, self), self._dialect, self, locks=writes)
        transaction.send("BEGIN IMMEDIATE" if writes else "BEGIN")
        return transaction

    def join(self, connection: Connection) -> Transaction:
        """The host's transaction, once it holds the write lock."""
        try:
            connection.exec_driver_sql("UPDATE casework_manifest SET hash = hash WHERE 1 = 0")
        except DBAPIError as error:
            self._raise_orig(error)
        if not getattr(connection.connection.driver_connection, "in_transaction", True):
            raise SetupError("this connection commits each statement by itself; give one with a transaction")
        return Transaction(connection.connection, connection.dialect, self, hosted=True)

    def _raise_orig(self, error: DBAPIError) -> NoReturn:
        if isinstance(error.orig, self.errors):
            self.raise_ours(error.orig)
        raise error.orig or error from None

    def commit(self, raw: Any, transaction: Transaction) -> None:
        """Commit; after an error of the disk nobody can tell what took place."""
        try:
            raw.cursor().execute("COMMIT")
        except self.errors as error:
            self.roll_back(raw)
            if "locked" in str(error) or "full" in str(error):
                raise StoreUnavailable(str(error)) from error
            raise OutcomeUnknown(str(error)) from error

    def roll_back(self, raw: Any) -> None:
        """Roll back."""
        # After a full disk SQLite has rolled back by itself and says that there is nothing to roll back (F5).
        try:
            raw.rollback()
        except sqlite3.Error:
            raw.invalidate()

    def was_kept(self, engine: Engine, raw: Any, transaction: Transaction, unknown: OutcomeUnknown) -> bool:
        """Nobody can tell after an error of the disk; the request id tells once the disk works again."""
        raise unknown


class _Reading:
    """A pooled connection whose cursor tells errors as ours when its rows are fetched, too."""

    def __init__(self, raw: Any, driver: SQLite) -> None:
        self._raw, self._driver = raw, driver
        self.driver_connection = raw.driver_connection

    def cursor(self) -> Any:
        cursor = self._raw.cursor(_Rows)
        cursor.raise_ours = self._driver.raise_ours
        return cursor


class _Rows(sqlite3.Cursor):
    """SQLite reads on as it is asked for rows: what breaks then breaks in the fetching, not in the statement."""

    raise_ours: Callable[[Any], NoReturn]

    def fetchone(self) -> Any:
        try:
            return _ONE(self)
        except SQLite.errors as error:
            self.raise_ours(error)

    def fetchmany(self, size: int | None = 100) -> list[Any]:
        try:
            return _MANY(self, size)
        except SQLite.errors as error:
            self.raise_ours(error)

    def fetchall(self) -> list[Any]:
        try:
            return _ALL(self)
        except SQLite.errors as error:
            self.raise_ours(error)


_ONE, _MANY, _ALL = sqlite3.Cursor.fetchone, sqlite3.Cursor.fetchmany, sqlite3.Cursor.fetchall
_WRONG = (
    "syntax error",
    "incomplete input",
    "unrecognized token",
    "no such function",
    "number of arguments",
    "misuse of",
    "ambiguous column",
    "integer overflow",
    "binding",
    "one statement at a time",
)
"""Messages about a statement that is wrong whenever it is run."""
_OTHER_TABLES = ("no such table", "no such column", "has no column")
