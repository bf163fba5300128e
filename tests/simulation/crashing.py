"""Drivers of databases that fail at the n-th statement: the process dies, or the statement goes wrong."""

from __future__ import annotations

import sqlite3
from typing import Any, Literal

import attrs
import psycopg
from sqlalchemy import Engine, event

Kind = Literal["crash", "error"]


class Crash(KeyboardInterrupt):
    """The process is dead. Nothing of casework holds up an interruption, so that nothing comes between."""


@attrs.define
class Plan:
    """When the next failure comes: *left* statements from now, before or after the database has carried it out.

    Once the process is dead no statement gets through any more, until a new one is begun.
    """

    kind: Kind = "crash"
    left: int = -1
    after: bool = False
    dead: bool = False
    struck: int = 0
    statements: int = 0

    def arm(self, kind: Kind, left: int, *, after: bool) -> None:
        """Fail at the *left*-th statement from now."""
        self.kind, self.left, self.after = kind, left, after

    def disarm(self) -> None:
        """Let what is under way go well from here on."""
        self.left = -1

    def restart(self) -> None:
        """A new process."""
        self.dead, self.left = False, -1

    def strikes(self) -> bool:
        """Whether the statement that comes now is the one."""
        if self.dead:
            raise Crash
        self.statements += 1
        if self.left < 0:
            return False
        self.left -= 1
        return self.left < 0

    def strike(self, error: type[Exception]) -> None:
        """Fail."""
        self.struck += 1
        if self.kind == "crash":
            self.dead = True
            raise Crash
        raise error("disk I/O error" if error is sqlite3.OperationalError else "server closed the connection")


def failing(engine: Engine, plan: Plan) -> None:
    """Let the connections that *engine* will open fail as planned."""
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "do_connect")
        def _connecting(_: Any, __: Any, ___: Any, arguments: dict[str, Any]) -> None:
            arguments["factory"] = _sqlite(plan)

    else:

        @event.listens_for(engine, "connect")
        def _connected(connection: Any, record: Any) -> None:
            _postgres(plan, connection, record.info["line"])


def _sqlite(plan: Plan) -> type[sqlite3.Connection]:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Any = (), /) -> Any:
            strikes = plan.strikes()
            if strikes and not plan.after:
                plan.strike(sqlite3.OperationalError)
            done = super().execute(sql, parameters)
            if strikes:
                plan.strike(sqlite3.OperationalError)
            return done

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = None) -> Any:
            return super().cursor(Cursor)

    return Connection


def _postgres(plan: Plan, connection: psycopg.Connection[Any], line: Any) -> None:
    carry_out = line.execute

    def execute(sql: str, values: Any = None, /) -> Any:
        strikes = plan.strikes()
        done = None if strikes and not plan.after else carry_out(sql, values)
        if strikes:
            connection.close()
            plan.strike(psycopg.OperationalError)
        return done

    line.execute = execute
