"""Empty stores for tests, on SQLite and on PostgreSQL.

A test never writes a URL itself, so that it runs on both: it, or a helper that it calls, asks ``fresh`` or ``quick``.
The fixture ``on_each_database``, which the conftest.py of a folder makes the rule in it, says on which database, and
gives everything back when the test is over. Fixtures that live longer than a test use the fixture ``stores``.
"""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import attrs
import psycopg
from cluster import in_memory
from psycopg.pq import TransactionStatus
from server import lent_database
from sqlalchemy import event
from sqlalchemy.pool import Pool

SQLITE, POSTGRES = "sqlite", "postgres"
KINDS = (SQLITE, POSTGRES)

_serving: list[Several] = []
# Held on purpose: an app that a test forgets would drop connections that are open, and psycopg warns of each.
_connections: set[tuple[str, psycopg.Connection[Any]]] = set()


@event.listens_for(Pool, "connect")
def _remember(connection: Any, _: Any) -> None:
    if isinstance(connection, psycopg.Connection):
        _connections.add((connection.info.dbname, connection))


@attrs.frozen
class Stores:
    """Where stores of one kind come from; one value serves a whole session."""

    kind: str

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The URL of an empty store that several processes may open; it is removed afterwards."""
        if self.kind == SQLITE:
            with tempfile.TemporaryDirectory(prefix="casework-", dir=in_memory(), ignore_cleanup_errors=True) as folder:
                yield f"sqlite:///{Path(folder, 'store.db')}"
        else:
            with lent_database() as url, _all_closed(url):
                yield url

    @contextmanager
    def quick(self) -> Iterator[str]:
        """The URL of an empty store for one app alone: in memory where that is possible, else as ``lent``.

        Two apps on the URL may see the same store or each its own.
        """
        if self.kind == SQLITE:
            yield "sqlite://"
        else:
            with self.lent() as url:
                yield url


class Several:
    """Stores for one test, as many as it asks for; all are given back together."""

    def __init__(self, stores: Stores) -> None:
        self.stores, self._stack = stores, ExitStack()

    def fresh(self) -> str:
        """The URL of another empty store that several processes may open."""
        return self._stack.enter_context(self.stores.lent())

    def quick(self) -> str:
        """The URL of another empty store for one app alone."""
        return self._stack.enter_context(self.stores.quick())

    def __enter__(self) -> Several:
        return self

    def __exit__(self, *told: Any) -> None:
        self._stack.__exit__(*told)


def fresh() -> str:
    """The URL of another empty store, that several processes may open, until the test is over."""
    return _here().fresh()


def quick() -> str:
    """The URL of another empty store for one app alone, in memory where that is possible, until the test is over."""
    return _here().quick()


def on_sqlite() -> bool:
    """Whether the test that runs has its stores on SQLite."""
    return _here().stores.kind == SQLITE


@contextmanager
def serving(stores: Stores) -> Iterator[None]:
    """Within it ``fresh`` and ``quick`` take from these; all that they handed out is given back at the end."""
    with Several(stores) as several:
        _serving.append(several)
        try:
            yield
        finally:
            _serving.remove(several)


def _here() -> Several:
    if not _serving:
        raise LookupError("this test asks for a store: it needs the fixture on_each_database (tests/README.md)")
    return _serving[-1]


@contextmanager
def _all_closed(url: str) -> Iterator[None]:
    """Close what this process opened to a database; AssertionError where a transaction was left open on it."""
    name = str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])
    try:
        yield
    finally:
        left = [connection for database, connection in _connections if database == name]
        _connections.difference_update([(name, connection) for connection in left])
        if any(map(_in_transaction, left)):
            gc.collect()  # a connection that only a cycle still holds goes back to its pool, which ends its transaction
        unfinished = list(filter(_in_transaction, left))
        for connection in left:
            connection.close()
    assert not unfinished, f"the test left {len(unfinished)} transactions open"


def _in_transaction(connection: psycopg.Connection[Any]) -> bool:
    return connection.info.transaction_status not in (TransactionStatus.IDLE, TransactionStatus.UNKNOWN)
