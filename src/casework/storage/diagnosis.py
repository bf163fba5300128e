"""Look at a store without changing it: what it is, what it holds, what is late. It tells counts, never values."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

import attrs
from sqlalchemy import func, make_url, select, text
from sqlalchemy.exc import ArgumentError

from casework.blobs import BlobStore
from casework.clock import from_micros, to_micros
from casework.compiled import Compiled
from casework.errors import CaseworkError, InvalidValue
from casework.model.command import Send
from casework.parts import EffectPart
from casework.storage import schema
from casework.storage.enclosures import held
from casework.storage.engine import StoreOptions, is_memory
from casework.storage.sqlite import WAL_SAFE
from casework.storage.store import Store
from casework.storage.tables import head
from casework.storage.transaction import Transaction

JournalReason = Literal["memory", "wal-safe", "sole-process", "wal-reset-bug"]
Standing = Literal["current", "older", "orphaned", "lost"]

_SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}


@attrs.frozen(kw_only=True)
class Pinned:
    """The cases of one case type under one manifest, all tenants together.

    They are *orphaned* where the case type is not installed, *lost* where the manifest cannot be read;
    *absent* are the parts that the manifest names and the application has not, *gone* the workflows that
    nobody attaches any more.
    """

    case_type: str
    manifest: str
    cases: int
    open: int
    standing: Standing
    absent: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Diagnosis:
    """What was found. *version* is None where there are no tables; then nothing else was looked at.

    *missing* maps a table to the columns it lacks, *messages* their state to their count, *parked* the
    channels that nobody provides to the messages that wait for them. *blobs* is None where there is no blob store;
    *orphans* are blobs that no case keeps, *lost* those that a case keeps and that are not there.
    """

    url: str
    library: str
    journal: str
    journal_reason: JournalReason
    synchronous: str
    version: str | None
    expected: str
    pinned: tuple[Pinned, ...] = ()
    missing: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    overdue: int = 0
    oldest_overdue: datetime | None = None
    messages: Mapping[str, int] = attrs.field(factory=dict)
    parked: Mapping[str, int] = attrs.field(factory=dict)
    enclosures: int = 0
    blobs: int | None = None
    orphans: int = 0
    lost: int = 0

    @property
    def fits(self) -> bool:
        """Whether the tables are those that this casework writes."""
        return self.version == self.expected


def shown_url(url: str) -> str:
    """*url* without its password, for screens and logs."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        raise InvalidValue("store", "is not a URL of a database, such as sqlite:///station.db") from None


def file_of(url: str) -> Path | None:
    """The file that a SQLite URL names; None for memory and for servers."""
    shown_url(url)
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(parsed.database or "")


def journal_reason(
    sole_process: bool, memory: bool = False, version: tuple[int, ...] = sqlite3.sqlite_version_info
) -> JournalReason:
    """Why the journal is the one that ``journal_mode`` chooses."""
    if memory:
        return "memory"
    if version >= WAL_SAFE:
        return "wal-safe"
    return "sole-process" if sole_process else "wal-reset-bug"


def diagnose(
    store: Store,
    options: StoreOptions,
    current: Mapping[str, Compiled],
    pinned: Callable[[Transaction, str], Compiled | None],
    now: datetime,
    blobs: BlobStore | None = None,
) -> Diagnosis:
    """Look at *store* and *blobs* as an application with the *current* case types sees them at *now*."""
    version, missing = _tables(store, current)
    with store.transactions.read() as transaction:
        found = Diagnosis(
            url=store.engine.url.render_as_string(hide_password=True),
            library=f"SQLite {sqlite3.sqlite_version}",
            journal=str(transaction.ask(text("PRAGMA journal_mode"))[0][0]).upper(),
            journal_reason=journal_reason(options.sole_process, is_memory(store.engine)),
            synchronous=_SYNCHRONOUS.get(transaction.ask(text("PRAGMA synchronous"))[0][0], "?"),
            version=version,
            expected=head(),
            missing=missing,
        )
        if not found.fits:
            return found
        return _with_blobs(transaction, _with_contents(transaction, found, current, pinned, now), blobs)


def _tables(store: Store, current: Mapping[str, Compiled]) -> tuple[str | None, dict[str, tuple[str, ...]]]:
    with store.tables.connected() as connection:
        version = store.tables.version(connection)
        if version is None:
            return None, {}
        projections = [store.cases(compiled).projection for compiled in current.values()]
        lacking = {item.name: tuple(store.tables.missing(connection, item)) for item in projections}
        return version, {name: columns for name, columns in lacking.items() if columns}


def _with_contents(
    transaction: Transaction,
    found: Diagnosis,
    current: Mapping[str, Compiled],
    pinned: Callable[[Transaction, str], Compiled | None],
    now: datetime,
) -> Diagnosis:
    t, m = schema.timer.c, schema.message.c
    late = transaction.ask(select(func.count(), func.min(t.due_at)).where(t.due_at <= to_micros(now)))[0]
    states = transaction.ask(select(m.state, func.count()).group_by(m.state).order_by(m.state))
    waiting = transaction.ask(
        select(m.channel, func.count()).where(m.state == "waiting").group_by(m.channel).order_by(m.channel)
    )
    channels = {name for compiled in current.values() for name in compiled.channels}
    return attrs.evolve(
        found,
        pinned=tuple(_pinned(transaction, current, pinned)),
        overdue=late[0],
        oldest_overdue=None if late[1] is None else from_micros(late[1]),
        messages={state: count for state, count in states if state != "sent"},
        parked={channel: count for channel, count in waiting if channel not in channels},
    )


def _with_blobs(transaction: Transaction, found: Diagnosis, blobs: BlobStore | None) -> Diagnosis:
    count, kept = held(transaction)
    if blobs is None:
        return attrs.evolve(found, enclosures=count)
    stored = {blob.digest for blob in blobs.stored()}
    return attrs.evolve(found, enclosures=count, blobs=len(stored), orphans=len(stored - kept), lost=len(kept - stored))


def _pinned(
    transaction: Transaction,
    current: Mapping[str, Compiled],
    pinned: Callable[[Transaction, str], Compiled | None],
) -> list[Pinned]:
    c = schema.case.c
    closed = func.count(c.closed_at)
    groups = select(c.case_type, c.manifest, func.count(), closed).group_by(c.case_type, c.manifest)
    found = []
    for name, digest, cases, ended in transaction.ask(groups.order_by(c.case_type, c.manifest)):
        compiled = _readable(transaction, pinned, digest)
        standing: Standing = "current"
        if compiled is None:
            standing = "lost"
        elif name not in current:
            standing = "orphaned"
        elif current[name].manifest.hash != digest:
            standing = "older"
        found.append(
            Pinned(
                case_type=name,
                manifest=digest,
                cases=cases,
                open=cases - ended,
                standing=standing,
                absent=() if compiled is None else absent_parts(compiled),
                gone=_gone(compiled, current.get(name)),
            )
        )
    return found


def _gone(compiled: Compiled | None, current: Compiled | None) -> tuple[str, ...]:
    """The workflows of a manifest that the present one of the case type has not."""
    if compiled is None or current is None:
        return ()
    return tuple(name for name in compiled.workflows if name not in current.workflows)


def _readable(
    transaction: Transaction, pinned: Callable[[Transaction, str], Compiled | None], digest: str
) -> Compiled | None:
    try:
        return pinned(transaction, digest)
    except (CaseworkError, ValueError, KeyError):
        return None


def absent_parts(compiled: Compiled) -> tuple[str, ...]:
    """The guards, effects and channels that a manifest names and the application has not."""
    transitions = [item for workflow in compiled.workflows.values() for item in workflow.transitions]
    names = {name for item in transitions for name in item.absent}
    for effect in (effect for item in transitions for effect in item.effects):
        if isinstance(effect, Send):
            names |= {effect.channel} - compiled.channels.keys()
        elif isinstance(effect, EffectPart):
            names |= set(effect.sends) - compiled.channels.keys()
    return tuple(sorted(names))
