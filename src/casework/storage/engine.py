"""Open a database the way cases need it: durable, immediate write locks, bounded waits.

SQLite is durable by default (``synchronous=FULL``). Write-ahead logging is used only where the library
has no WAL-reset bug (3.51.3 or later) or where the caller says that one process owns the file.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import attrs
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import StaticPool

from casework.errors import SetupError

BUSY_MILLISECONDS = 5_000
CACHE_KIBIBYTES = 16_384
"""Pages that a connection keeps: the upper levels of the indexes of some million cases."""
WAL_SAFE = (3, 51, 3)


@attrs.frozen(kw_only=True)
class StoreOptions:
    """How to keep the store.

    *sole_process* promises that no other process opens the file, which allows write-ahead logging on
    every SQLite. *synchronous* may be lowered to NORMAL for stores that may lose the last second.
    """

    sole_process: bool = False
    synchronous: str = attrs.field(default="FULL", validator=attrs.validators.in_(("FULL", "NORMAL", "EXTRA")))


def journal_mode(sole_process: bool, version: tuple[int, ...] = sqlite3.sqlite_version_info) -> str:
    """WAL where it is safe, else the truncating rollback journal."""
    return "WAL" if sole_process or version >= WAL_SAFE else "TRUNCATE"


def is_memory(engine: Engine) -> bool:
    """Whether the database lives in this process only."""
    return engine.dialect.name == "sqlite" and engine.url.database in (None, "", ":memory:")


def open_engine(url: str, options: StoreOptions) -> Engine:
    """An engine for *url*, whose personal data never shows up in error messages."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SetupError("the store is named by a URL, such as sqlite:///file.db") from None
    if parsed.get_backend_name() != "sqlite":
        raise SetupError(f"{parsed.get_backend_name()!r} is not supported yet; use sqlite:///file.db or sqlite://")
    memory = parsed.database in (None, "", ":memory:")
    pool = {"pool_size": 20, "max_overflow": 20, "pool_timeout": BUSY_MILLISECONDS / 1000}
    extra: dict[str, Any] = {"poolclass": StaticPool} if memory else pool
    arguments = {"check_same_thread": False, "timeout": BUSY_MILLISECONDS / 1000, "isolation_level": None}
    engine = create_engine(parsed, hide_parameters=True, connect_args=arguments, **extra)
    mode = None if memory else journal_mode(options.sole_process)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        if mode is not None:
            cursor.execute(f"PRAGMA journal_mode={mode}")
        cursor.execute(f"PRAGMA synchronous={options.synchronous}")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        cursor.execute(f"PRAGMA cache_size=-{CACHE_KIBIBYTES}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The driver is told to begin nothing by itself, so that tables too are made or migrated as a whole.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
