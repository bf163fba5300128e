"""A SQLite store in a backup: copied by SQLite's own backup API, never as a file, and read again page by page."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import make_url

from casework.errors import SetupError, StoreUnavailable
from casework.ids import system_entropy
from casework.storage.backup.archive import Archive, Source, opened, poured
from casework.storage.backup.envelope import Envelope
from casework.storage.diagnosis import file_of
from casework.storage.sql.engine import StoreOptions, open_engine
from casework.storage.sql.transaction import Transaction
from casework.storage.store import Store

NAME = "store.db"
_OWNER_WRITES = 0o600


@contextmanager
def copied(store: Store, archive: Archive, source: Source) -> Iterator[Transaction]:
    """Copy the store into *archive*, then read the copy."""
    file = file_of(source.url)
    if file is None or not file.exists():
        raise SetupError("there is no file to back up; a store in memory ends with its process")
    # A plain copy beside the store, where its contents are plain anyway: a sealed backup has none of it.
    aside = (file if source.sealed else archive.folder / NAME).with_name(f".{file.name}.copy")
    aside.unlink(missing_ok=True)
    try:
        os.close(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_WRITES))
        _copy(file, aside)
        with aside.open("rb") as content:
            archive.add(NAME, content)
        engine = open_engine(f"sqlite:///{aside}", StoreOptions(sole_process=True))
        try:
            with Store(engine, system_entropy).transactions.read(patient=True) as transaction:
                yield transaction
        finally:
            engine.dispose()
    finally:
        for leftover in (aside, aside.with_name(f"{aside.name}-wal"), aside.with_name(f"{aside.name}-shm")):
            leftover.unlink(missing_ok=True)


def _copy(file: Path, aside: Path) -> None:
    try:
        with closing(sqlite3.connect(file, timeout=5)) as store, closing(sqlite3.connect(aside)) as target:
            store.backup(target)
            # A copy of a store with a write-ahead log would want one too; the backup is one file.
            target.execute("PRAGMA journal_mode=DELETE").close()
            _whole(target)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"the store cannot be copied: {error}") from error


def _whole(connection: sqlite3.Connection) -> None:
    said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)")]
    if said != ["ok"]:
        raise SetupError("the copy is damaged; run `casework doctor --integrity` on the store")


def put_back(folder: Path, url: str, envelope: Envelope | None, programs: Path | None) -> None:
    """Write the store's file, whole or not at all. Raises SetupError where one is there."""
    named = make_url(url).database
    if named in (None, "", ":memory:"):
        raise SetupError("name the file to restore to, such as sqlite:///station.db")
    file = Path(str(named))
    beside = (file, *(file.with_name(f"{file.name}{ending}") for ending in ("-wal", "-shm", "-journal")))
    there = next((path for path in beside if path.exists()), None)
    if there is not None:
        raise SetupError(f"{there} is there; a backup is restored into an empty place only")
    aside = file.with_name(f".{file.name}.restoring")
    aside.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_WRITES), "wb") as target:
            with opened(folder, NAME, envelope) as content:
                poured(content, target)
            target.flush()
            os.fsync(target.fileno())
        with closing(sqlite3.connect(aside)) as connection:
            _whole(connection)
        aside.rename(file)
    finally:
        aside.unlink(missing_ok=True)
