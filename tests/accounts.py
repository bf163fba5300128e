"""A store on PostgreSQL with an account for each role, and connections as each of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import attrs
import psycopg
from psycopg import sql
from sqlalchemy import make_url

from casework import StoreOptions
from casework.storage.roles import Roles, grant
from casework.storage.sql.engine import open_engine


@attrs.frozen
class Town:
    """A store with an account for each role."""

    url: str
    roles: Roles

    def as_(self, account: str | None) -> str:
        """The URL of the store for one of the accounts."""
        return make_url(self.url).set(username=account).render_as_string(hide_password=False)

    def sqlstate(self, account: str | None, statement: str) -> str:
        """What the server says to a statement of one of the accounts: the code of its refusal, or nothing."""
        with psycopg.connect(self.as_(account), autocommit=True) as connection:
            try:
                connection.execute(statement.encode())
            except psycopg.Error as error:
                return error.sqlstate or "?"
        return ""


@contextmanager
def town(url: str, *kinds: str) -> Iterator[Town]:
    """Accounts of those kinds that may do what they are for, over tables that are there; they are gone afterwards."""
    name = str(make_url(url).database)[-20:]
    roles = Roles(**{kind: f"{kind}_{name}" for kind in kinds})
    engine = open_engine(url, StoreOptions())
    with psycopg.connect(url, autocommit=True) as connection:
        for account in roles.named:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(account)))
        try:
            grant(engine, roles)
            yield Town(url, roles)
        finally:
            engine.dispose()
            for account in roles.named:
                connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(account)))
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(account)))
