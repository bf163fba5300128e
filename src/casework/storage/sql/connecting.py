"""Connections to PostgreSQL: limits on every wait, signs of life, a session that can be found again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError

from casework.errors import SetupError
from casework.storage.sql.line import Line

if TYPE_CHECKING:
    from casework.storage.sql.engine import StoreOptions

PINGED_AFTER = 5.0
"""Seconds for which an unused connection is trusted."""
_BACKEND = "SELECT pid || ' ' || backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"

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
    arguments = _arguments(url, options)
    limits = "" if options.prepared else _limits_of_each(options)
    begin = f"BEGIN{limits}"
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
        record.info["limits"] = limits
        ((record.info["backend"],),) = connection.execute(_BACKEND).fetchall()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    _replaced_where_lost(engine, psycopg.Error)
    return engine


def _replaced_where_lost(engine: Engine, errors: type[Exception]) -> None:
    """Have a connection made anew before it is used, where it is dead, or older than the loss of another one."""
    lost_at = float("-inf")

    @event.listens_for(engine, "connect")
    def _made(_: Any, record: Any) -> None:
        record.info["made"] = record.info["used"] = time.monotonic()
        record.info["new"] = True

    @event.listens_for(engine, "invalidate")
    def _lost(_: Any, record: Any, __: Any) -> None:
        nonlocal lost_at
        if record.info.get("made", lost_at) > lost_at:
            lost_at = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _alive(connection: Any, record: Any, _: Any) -> None:
        # The pool gives up where it is told so of one that it has just made.
        if record.info.pop("new", False):
            return
        if record.info.get("made", 0.0) <= lost_at:
            raise DisconnectionError
        if time.monotonic() - record.info.get("used", 0.0) > PINGED_AFTER:
            try:
                connection.execute("SELECT 1")
            except errors as error:
                raise DisconnectionError from error

    @event.listens_for(engine, "checkin")
    def _used(_: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()


def _arguments(url: URL, options: StoreOptions) -> dict[str, Any]:
    """What libpq and psycopg are told; what the URL says itself goes before *options*."""
    told = str(url.query.get("options", ""))
    limits = _limits(options) if options.prepared else {}
    settings = " ".join([*(f"-c {name}={seconds}s" for name, seconds in limits.items()), told]).strip()
    return {
        **_KEEPALIVE,
        "connect_timeout": options.connect_seconds,
        "application_name": "casework",
        **{name: value for name, value in url.query.items() if name != "options"},
        **({"options": settings} if settings else {}),
        # Once it has prepared anything itself, each rollback of the driver drops what the line has prepared too.
        "prepare_threshold": None,
        "client_encoding": "utf8",
    }


def _limits(options: StoreOptions) -> dict[str, int]:
    return {
        "statement_timeout": options.statement_seconds,
        "lock_timeout": options.lock_seconds,
        "idle_in_transaction_session_timeout": options.idle_seconds,
    }


def _limits_of_each(options: StoreOptions) -> str:
    """The same for one transaction, sent along with its BEGIN: a pooler hands a session on after each."""
    return "".join(f"; SET LOCAL {name} = '{seconds}s'" for name, seconds in _limits(options).items())
