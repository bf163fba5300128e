"""Keys in a folder outside the database: one small SQLite file that only its owner can read, synced at every key."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from casework.clock import from_micros, to_micros
from casework.errors import KeyDestroyed, KeysMismatch, SetupError, StoreUnavailable
from casework.ids import Entropy, system_entropy
from casework.keys.masters import MasterKeys, Wrapped
from casework.keys.port import KEY_BYTES, Tombstone

FILE = "keys.db"
BUSY_SECONDS = 5
_OWNER_WRITES, _OWNER_ENTERS = 0o600, 0o700
_APPLICATION = 0x4357_4B31  # "CWK1", in the header of the file
_AT_ONCE = 500
"""Keys that are wrapped again in one transaction."""

_TABLE = """CREATE TABLE IF NOT EXISTS key (tenant TEXT NOT NULL, subject TEXT NOT NULL, wrapped BLOB, master TEXT,
made_at INTEGER, destroyed_at INTEGER, PRIMARY KEY (tenant, subject)) WITHOUT ROWID"""
_FIND = "SELECT master, wrapped, destroyed_at FROM key WHERE tenant = ? AND subject = ?"
_MAKE = "INSERT INTO key (tenant, subject, wrapped, master, made_at) VALUES (?, ?, ?, ?, ?)"
_DESTROY = """INSERT INTO key (tenant, subject, destroyed_at) VALUES (?, ?, ?) ON CONFLICT (tenant, subject) DO UPDATE
SET wrapped = NULL, master = NULL, destroyed_at = coalesce(destroyed_at, excluded.destroyed_at)"""
_DESTROYED = "SELECT tenant, subject, destroyed_at FROM key WHERE destroyed_at IS NOT NULL"
_OLDER = "SELECT tenant, subject, master, wrapped FROM key WHERE master != ? LIMIT ?"
_WRAP = "UPDATE key SET master = ?, wrapped = ? WHERE tenant = ? AND subject = ? AND master = ?"


class KeyFolder:
    """Keys of subjects in ``FOLDER/keys.db``, wrapped under *masters*. *entropy* makes them.

    A key that is destroyed is overwritten in the file. Keep the folder on a disk of this machine, apart from the
    database, and back it up apart from it; raises SetupError where it cannot be made, or others may read it.
    """

    def __init__(self, path: str | Path, masters: MasterKeys, *, entropy: Entropy = system_entropy) -> None:
        self._folder = Path(path).absolute()
        self._file = self._folder / FILE
        self._masters, self._entropy = masters, entropy
        try:
            self._make_file()
        except OSError as error:
            raise SetupError(f"the keys in {str(path)!r} cannot be used: {error.strerror}") from error
        if os.name == "posix" and self._file.stat().st_mode & ~_OWNER_WRITES & 0o777:
            raise SetupError(f"others than its owner may read {str(self._file)!r}; run chmod 600 on it")
        with self._connected() as connection:
            connection.execute(_TABLE)
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")

    @property
    def folder(self) -> Path:
        """Where the keys are."""
        return self._folder

    def _make_file(self) -> None:
        self._folder.mkdir(mode=_OWNER_ENTERS, parents=True, exist_ok=True)
        os.close(os.open(self._file, os.O_RDWR | os.O_CREAT, _OWNER_WRITES))

    def key(self, tenant: str, subject: str, /, *, at: datetime) -> bytes:
        """The subject's key, made and synced where there is none."""
        found = self.find(tenant, subject)
        if found is not None:
            return found

        def made(connection: sqlite3.Connection) -> bytes:
            # Another process may have made it, or destroyed it, before this one had the write lock.
            there = self._found(connection, tenant, subject)
            if there is not None:
                return there
            key = self._entropy(KEY_BYTES)
            told = self._masters.wrap(tenant, subject, key)
            connection.execute(_MAKE, (tenant, subject, told.wrapped, told.master, to_micros(at)))
            return key

        key: bytes = self._written(made)
        return key

    def find(self, tenant: str, subject: str, /) -> bytes | None:
        """The subject's key, where there is one."""
        with self._connected() as connection:
            return self._found(connection, tenant, subject)

    def _found(self, connection: sqlite3.Connection, tenant: str, subject: str) -> bytes | None:
        row = connection.execute(_FIND, (tenant, subject)).fetchone()
        if row is None:
            return None
        if row[2] is not None:
            raise KeyDestroyed(tenant, subject)
        return self._masters.unwrap(tenant, subject, Wrapped(row[0], row[1]))

    def destroy(self, tenant: str, subject: str, /, *, at: datetime) -> None:
        """Overwrite the key, and keep for ever that it was destroyed."""
        self._written(lambda connection: connection.execute(_DESTROY, (tenant, subject, to_micros(at))))

    def destroyed(self) -> Iterator[Tombstone]:
        """Every tombstone."""
        with self._connected() as connection:
            rows = connection.execute(_DESTROYED).fetchall()
        for tenant, subject, at in rows:
            yield Tombstone(tenant, subject, from_micros(at))

    def rotate(self) -> int:
        """Wrap every key anew that is under an older master key; broken off, it goes on where it was."""
        self._masters.refresh()
        count = 0
        while changed := self._written(self._wrap_some):
            count += changed
        return count

    def _wrap_some(self, connection: sqlite3.Connection) -> int:
        rows = connection.execute(_OLDER, (self._masters.present, _AT_ONCE)).fetchall()
        for tenant, subject, master, wrapped in rows:
            key = self._masters.unwrap(tenant, subject, Wrapped(master, wrapped))
            told = self._masters.wrap(tenant, subject, key)
            connection.execute(_WRAP, (told.master, told.wrapped, tenant, subject, master))
        return len(rows)

    def _written(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            answer = work(connection)
            connection.execute("COMMIT")
            return answer

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection of this one use: nothing is shared by threads, or taken along into a child process."""
        if not self._file.exists():
            raise KeysMismatch(f"the keys in {str(self._folder)!r} are gone", "restore the folder from a backup")
        try:
            with closing(sqlite3.connect(self._file, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA secure_delete = ON")
                yield connection
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the keys cannot be used: {error}") from error
