"""The diagnosis of a store: how its database is set up, whether its tables fit, what it holds and what waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import attrs

from casework.blobs import BlobStore
from casework.clock import Clock
from casework.compiled import Compiled
from casework.errors import LogForked, StoreBehind
from casework.storage.diagnosis.amiss import Amiss, problem
from casework.storage.diagnosis.journal import JournalReason, Settings, of_sqlite
from casework.storage.diagnosis.pinned import ByHash, Pinned, pinned_cases
from casework.storage.diagnosis.reach import reaching
from casework.storage.diagnosis.server import of_server
from casework.storage.diagnosis.stray import Stray, stray
from casework.storage.diagnosis.waiting import Waiting, waiting
from casework.storage.enclosures import held
from casework.storage.sql.engine import StoreOptions
from casework.storage.sql.transaction import Transaction
from casework.storage.store import Store
from casework.storage.tables import head


@attrs.frozen(kw_only=True)
class Diagnosis:
    """What was found. *version* is None where there are no tables; then nothing but the settings was looked at.

    *journal* and its reason are those of SQLite; *amiss* is what is wrong with the settings of the database.
    *uncertainty* says how exactly the time of a server is known, by which the application goes; else None.
    *missing* maps a table to the columns it lacks. *blobs* is None where there is no blob store; *orphans* are
    blobs that no case keeps, *lost* those that a case keeps and that are not there.
    """

    url: str
    library: str
    synchronous: str
    version: str | None
    expected: str
    journal: str = ""
    journal_reason: JournalReason | None = None
    amiss: tuple[Amiss, ...] = ()
    uncertainty: timedelta | None = None
    pinned: tuple[Pinned, ...] = ()
    missing: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    waiting: Waiting = attrs.field(factory=Waiting)
    stray: Stray = attrs.field(factory=Stray)
    enclosures: int = 0
    blobs: int | None = None
    orphans: int = 0
    lost: int = 0

    @property
    def fits(self) -> bool:
        """Whether the tables are those that this casework writes."""
        return self.version == self.expected


@attrs.frozen(kw_only=True)
class Looked:
    """With what eyes to look: the case types of the application, its clock, its blobs, its wishes for the store.

    *held_against* raises StoreBehind or LogForked where the store is not what was signed of it.
    """

    current: Mapping[str, Compiled]
    pinned: ByHash
    now: datetime
    clock: Clock
    options: StoreOptions
    blobs: BlobStore | None = None
    integrity: bool = False
    held_against: Callable[[Transaction], None] | None = None


def diagnose(store: Store, looked: Looked) -> Diagnosis:
    """Look at *store* as an application sees it. Raises StoreUnavailable where it cannot be reached."""
    version, missing = _tables(store, looked.current)
    with store.transactions.read(patient=looked.integrity) as transaction:
        settings = _settings(store, transaction, looked)
        found = Diagnosis(
            url=store.engine.url.render_as_string(hide_password=True),
            version=version,
            expected=head(),
            missing=missing,
            **{item.name: getattr(settings, item.name) for item in attrs.fields(Settings)},
        )
        if not found.fits:
            return found
        channels = frozenset(name for compiled in looked.current.values() for name in compiled.channels)
        found = attrs.evolve(
            found,
            pinned=tuple(pinned_cases(transaction, looked.current, looked.pinned)),
            waiting=waiting(transaction, channels, looked.now),
            stray=stray(transaction, looked.pinned, channels, looked.now, runs=store.wakes.runner is not None),
            amiss=(
                *found.amiss,
                *_against_checkpoints(transaction, looked),
                *reaching(looked.current.values(), looked.now),
            ),
        )
        return _with_blobs(transaction, found, looked.blobs)


def _against_checkpoints(transaction: Transaction, looked: Looked) -> tuple[Amiss, ...]:
    try:
        if looked.held_against is not None:
            looked.held_against(transaction)
    except StoreBehind as behind:
        lacking = f"{behind.size - behind.held}条" if behind.size > behind.held else "末尾"
        zh = f"存储比外部保存的检查点旧（规模{behind.size}，{lacking}记录缺失）"
        zh += "；请恢复较新的副本，或用 casework checkpoint --accept-loss 确认损失"
        return (problem(behind.code, str(behind), zh),)
    except LogForked as forked:
        zh = f"日志与规模为{forked.size}的检查点不一致；请运行 casework verify"
        return (problem(forked.code, str(forked), zh),)
    return ()


def _settings(store: Store, transaction: Transaction, looked: Looked) -> Settings:
    if transaction.dialect.name == "sqlite":
        return of_sqlite(store, transaction, looked.options, integrity=looked.integrity)
    return of_server(transaction, looked.options, looked.clock)


def _tables(store: Store, current: Mapping[str, Compiled]) -> tuple[str | None, dict[str, tuple[str, ...]]]:
    with store.tables.connected() as connection:
        version = store.tables.version(connection)
        if version is None:
            return None, {}
        projections = [store.cases(compiled).projection for compiled in current.values()]
        lacking = {item.name: tuple(store.tables.missing(connection, item)) for item in projections}
        return version, {name: columns for name, columns in lacking.items() if columns}


def _with_blobs(transaction: Transaction, found: Diagnosis, blobs: BlobStore | None) -> Diagnosis:
    count, kept = held(transaction)
    if blobs is None:
        return attrs.evolve(found, enclosures=count)
    stored = {blob.digest for blob in blobs.stored()}
    return attrs.evolve(found, enclosures=count, blobs=len(stored), orphans=len(stored - kept), lost=len(kept - stored))
