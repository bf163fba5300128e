"""The clock that a store goes by: that of its server, read along with the connections to it, or the machine's own."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError

from casework.clock import Clock, ReckonedClock, from_micros
from casework.storage.sql.engine import SERVERS

NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


def clock_of(engine: Engine, own: Clock) -> Clock:
    """*own* on SQLite. On PostgreSQL that of the server, read with each new connection and again every so often."""
    return _of_server(engine, own) if engine.dialect.name in SERVERS else own


def _of_server(engine: Engine, own: Clock) -> ReckonedClock:
    import psycopg

    def connect() -> None:
        with suppress(SQLAlchemyError, psycopg.Error):
            engine.raw_connection().close()

    clock = ReckonedClock(own, ask=connect)

    @event.listens_for(engine, "connect")
    def _first(connection: Any, _: Any) -> None:
        clock.read(lambda: _asked(connection))

    @event.listens_for(engine, "checkout")
    def _again(connection: Any, _: Any, __: Any) -> None:
        if clock.due:
            try:
                clock.read(lambda: _asked(connection))
            except psycopg.Error as error:
                raise DisconnectionError from error

    return clock


def _asked(connection: Any) -> datetime:
    ((micros,),) = connection.execute(NOW).fetchall()
    return from_micros(int(micros))
