"""What waits for the commit of a transaction that belongs to the host application.

SQLAlchemy tells that a connection is about to commit, not that it has. Therefore the commit is carried out while
it tells; the one that SQLAlchemy sends afterwards finds nothing left to do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError

Call = Callable[[], None]


class Hosts:
    """The connections of hosts whose transactions were joined; each is listened to once."""

    def __init__(self) -> None:
        self._hosts: WeakKeyDictionary[Connection, _Host] = WeakKeyDictionary()

    def after_commit(self, connection: Connection, call: Call) -> None:
        """Call once when the host has committed; never where it rolls back, be it to a savepoint."""
        host = self._hosts.get(connection)
        if host is None:
            host = self._hosts[connection] = _Host()
            for name in ("commit", "rollback", "savepoint", "release_savepoint", "rollback_savepoint"):
                event.listen(connection, name, getattr(host, name))
        host.waiting.append(call)


class _Host:
    """What waits on one connection. A savepoint that began before we listened began before all of it."""

    def __init__(self) -> None:
        self.waiting: list[Call] = []
        self._savepoints: list[int] = []

    def commit(self, connection: Connection) -> None:
        if not self.waiting:
            return
        _commit(connection)
        calls, self.waiting = self.waiting, []
        self._savepoints.clear()
        for call in calls:
            call()

    def rollback(self, _: Connection) -> None:
        self.waiting.clear()
        self._savepoints.clear()

    def savepoint(self, _: Connection, __: str | None) -> None:
        # SQLAlchemy gives it a name only after it has told of it; the last one ends first.
        self._savepoints.append(len(self.waiting))

    def release_savepoint(self, _: Connection, __: str, ___: Any) -> None:
        self._last()

    def rollback_savepoint(self, _: Connection, __: str, ___: Any) -> None:
        del self.waiting[self._last() :]

    def _last(self) -> int:
        return self._savepoints.pop() if self._savepoints else 0


def _commit(connection: Connection) -> None:
    driver: Any = connection.connection
    errors = connection.dialect.loaded_dbapi.Error
    try:
        connection.dialect.do_commit(driver)
    except errors as error:
        # As SQLAlchemy itself would have told it, so that the host catches what it always catches.
        raise DBAPIError.instance("COMMIT", None, error, errors, hide_parameters=True) from error
