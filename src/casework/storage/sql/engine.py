"""Open a database the way cases need it: durable, with bounded waits, and silent about personal data."""

from __future__ import annotations

import attrs
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError

from casework.errors import SetupError

SERVERS = ("postgresql", "postgres")


@attrs.frozen(kw_only=True)
class StoreOptions:
    """How to keep the store.

    SQLite: *sole_process* promises that no other process opens the file, which allows write-ahead logging on
    every SQLite. *synchronous* may be lowered to NORMAL for stores that may lose the last second.

    PostgreSQL: how many seconds to wait at most for a connection, for a lock, for one statement, for the next
    statement of a transaction, and for a commit that waits for a standby. *prepared* is to be false behind a pooler
    that hands sessions on after each transaction: nothing is then left in a session for the next one.
    *connections* are kept open by one process, and as many again in a rush.
    """

    sole_process: bool = False
    synchronous: str = attrs.field(default="FULL", validator=attrs.validators.in_(("FULL", "NORMAL", "EXTRA")))
    connect_seconds: int = attrs.field(default=5, validator=attrs.validators.ge(1))
    lock_seconds: int = attrs.field(default=5, validator=attrs.validators.ge(1))
    statement_seconds: int = attrs.field(default=30, validator=attrs.validators.ge(1))
    idle_seconds: int = attrs.field(default=60, validator=attrs.validators.ge(1))
    commit_seconds: int = attrs.field(default=15, validator=attrs.validators.ge(1))
    prepared: bool = True
    connections: int = attrs.field(default=10, validator=attrs.validators.ge(1))


def is_memory(engine: Engine) -> bool:
    """Whether the database lives in this process only."""
    return engine.dialect.name == "sqlite" and engine.url.database in (None, "", ":memory:")


def open_engine(url: str, options: StoreOptions) -> Engine:
    """An engine for *url*, whose personal data never shows up in error messages."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SetupError(
            "the store is named by a URL, such as sqlite:///file.db or postgresql://user@host/name"
        ) from None
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        from casework.storage.sql.sqlite import open_sqlite

        return open_sqlite(parsed, sole_process=options.sole_process, synchronous=options.synchronous)
    if kind not in SERVERS:
        raise SetupError(f"{kind!r} is not supported; use sqlite:///file.db, sqlite:// or postgresql://user@host/name")
    from casework.storage.sql.connecting import open_postgres

    return open_postgres(parsed, options)
