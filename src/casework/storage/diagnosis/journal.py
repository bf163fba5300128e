"""How a SQLite store is kept: its journal and why, what is synced, whether its pages are whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import attrs
from sqlalchemy import text

from casework.storage.diagnosis.amiss import Amiss, problem
from casework.storage.diagnosis.place import file_of, of_file
from casework.storage.sql.engine import StoreOptions, is_memory
from casework.storage.sql.sqlite import WAL_SAFE
from casework.storage.sql.transaction import Transaction
from casework.storage.store import Store

JournalReason = Literal["memory", "wal-safe", "sole-process", "wal-reset-bug"]

_SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}


@attrs.frozen(kw_only=True)
class Settings:
    """What kind of database it is, how it is set up, and what is amiss with that.

    *uncertainty* says how exactly the time of a server is known, where the application goes by that.
    """

    library: str
    synchronous: str
    journal: str = ""
    journal_reason: JournalReason | None = None
    amiss: tuple[Amiss, ...] = ()
    uncertainty: timedelta | None = None


def journal_reason(
    sole_process: bool, memory: bool = False, version: tuple[int, ...] = sqlite3.sqlite_version_info
) -> JournalReason:
    """Why the journal is the one that ``journal_mode`` chooses."""
    if memory:
        return "memory"
    if version >= WAL_SAFE:
        return "wal-safe"
    return "sole-process" if sole_process else "wal-reset-bug"


def of_sqlite(store: Store, transaction: Transaction, options: StoreOptions, *, integrity: bool) -> Settings:
    """The settings of a SQLite store; *integrity* has it read every page."""
    return Settings(
        library=f"SQLite {sqlite3.sqlite_version}",
        journal=str(transaction.ask(text("PRAGMA journal_mode"))[0][0]).upper(),
        journal_reason=journal_reason(options.sole_process, is_memory(store.engine)),
        synchronous=_SYNCHRONOUS.get(transaction.ask(text("PRAGMA synchronous"))[0][0], "?"),
        amiss=tuple(_amiss(store, transaction, integrity)),
    )


def _amiss(store: Store, transaction: Transaction, integrity: bool) -> Iterator[Amiss]:
    file = file_of(store.engine.url.render_as_string())
    if file is not None:
        yield from of_file(file)
    if integrity:
        said = [str(row[0]) for row in transaction.ask(text("PRAGMA integrity_check(20)"))]
        if said != ["ok"]:
            # What SQLite says names tables and pages; it may quote an index, never a value of a row.
            yield problem(
                "integrity",
                f"the file is damaged in {len(said)} places or more; restore it from a backup",
                f"文件至少有 {len(said)} 处损坏，请从备份恢复",
            )
