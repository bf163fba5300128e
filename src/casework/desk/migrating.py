"""Move every case that is behind into the present definition: chunk by chunk, each atomic, resumable by itself.

What is still pinned to an older manifest is what is left to do, so that there is no progress to be kept. The
cases of a chunk are read together and written together; each of them is translated and decided by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import attrs

from casework.compiled import Compiled
from casework.desk import adopting
from casework.desk.bulk import Write
from casework.desk.engine import Engine
from casework.desk.firing import Loaded, viewable
from casework.desk.opening import registered
from casework.errors import InvalidValue, Refused
from casework.migrating import Route, applies
from casework.model.actor import Actor
from casework.model.refusal import Refusal
from casework.storage.sql.gathering import Gathering
from casework.storage.sql.transaction import Transaction


@attrs.frozen
class Migrated:
    """What became of the cases that were behind: how many *moved*, the refusals of those that stay where they are.

    Of those that the actor may not view no more is told than how many they are, *unseen*.
    """

    moved: int
    refused: tuple[tuple[str, Refusal], ...]
    unseen: int


@attrs.define
class _Tally:
    """What became of the cases so far."""

    moved: int = 0
    refused: list[tuple[str, Refusal]] = attrs.field(factory=list)
    unseen: int = 0

    def add(self, told: list[tuple[str, Refusal | None]]) -> None:
        """Take in what became of the cases of one chunk."""
        for case_id, refusal in told:
            if refusal is None:
                self.moved += 1
            elif refusal.code == "not-found":
                self.unseen += 1
            else:
                self.refused.append((case_id, refusal))


def migrate_all(
    engine: Engine,
    actor: Actor,
    route: Route,
    *,
    read: Write,
    write: Write,
    chunk: int,
    dry_run: bool,
    progress: Callable[[int], None] | None,
) -> Migrated:
    """Move the open cases of the actor's tenant that *route* is for, *chunk* of them in one transaction of *write*."""
    if type(chunk) is not int or chunk < 1:
        raise InvalidValue("chunk", "takes a whole number, 1 or more", "须为不小于1的整数")
    engine.guarded()
    right = registered(engine, route.migration.case_type)
    tally = _Tally()
    for left in read(partial(_lefts, engine, route, right)):
        for ids in _chunks(engine, actor, left, read, chunk):
            work = partial(_moved, engine, actor, route, (left, right), ids, dry_run=dry_run)
            tally.add((read if dry_run else write)(work))
            if progress is not None:
                progress(tally.moved)
    return Migrated(tally.moved, tuple(tally.refused), tally.unseen)


def _lefts(engine: Engine, route: Route, right: Compiled, transaction: Transaction) -> list[Compiled]:
    """The older manifests that cases are moved from. Raises UnsoundDefinition where the migration fits one badly."""
    lefts = list(older(engine, transaction, right, route))
    for left in lefts:
        route.rules(left, right)
    return lefts


def older(engine: Engine, transaction: Transaction, right: Compiled, route: Route | None) -> Iterator[Compiled]:
    """The stored manifests of a case type besides the present one, those that *route* is for."""
    for digest in engine.store.manifests(transaction, right.case_type.name):
        if digest != right.manifest.hash:
            left = engine.manifests(transaction)(digest)
            if left is not None and (route is None or applies(route.migration, left)):
                yield left


def _chunks(engine: Engine, actor: Actor, left: Compiled, read: Write, size: int) -> Iterator[list[str]]:
    """The ids of the cases that are behind, some at a time; each is listed once."""
    after = ""
    while True:
        listed = partial(_listed, engine, actor, left, after, size)
        ids = read(listed)
        if not ids:
            return
        yield ids
        after = ids[-1]


def _listed(engine: Engine, actor: Actor, left: Compiled, after: str, size: int, transaction: Transaction) -> list[str]:
    return engine.store.pinned.behind(transaction, actor.tenant, left.manifest.hash, after=after, limit=size)


def _moved(
    engine: Engine,
    actor: Actor,
    route: Route,
    ends: tuple[Compiled, Compiled],
    ids: list[str],
    transaction: Transaction,
    *,
    dry_run: bool,
) -> list[tuple[str, Refusal | None]]:
    """What became of each case of a chunk; one that somebody else moved meanwhile is left out."""
    left, right = ends
    gathering, told = Gathering(transaction), list[tuple[str, Refusal | None]]()
    found = engine.store.many.cases(transaction, engine.store.cases(left), actor.tenant, ids)
    read: list[adopting.Moving] = []
    for case_id, snapshot in found.items():
        if snapshot.manifest != left.manifest.hash or snapshot.closed_at is not None:
            continue
        loaded = Loaded(left, snapshot, engine.roles(transaction, left, actor, snapshot))
        try:
            viewable(loaded)
            read.append(adopting.prepared(engine, transaction, actor, loaded, right, route))
        except Refused as no:
            told.append((case_id, no.refusal))
    if read and not dry_run:
        engine.store.keep(gathering, right.manifest, engine.clock.now())
    told += [(moving.loaded.snapshot.id, _carried_out(engine, gathering, moving, dry_run)) for moving in read]
    gathering.flush()
    return told


def _carried_out(engine: Engine, gathering: Gathering, moving: adopting.Moving, dry_run: bool) -> Refusal | None:
    before = gathering.evidence
    try:
        decision, children = adopting.decided(engine, gathering, moving)
        if not dry_run:
            adopting.written(engine, gathering, moving, decision, children)
    except Refused as no:
        if gathering.evidence is not before:
            raise  # refused by the database itself, half-way: nothing of the chunk is kept
        return no.refusal
    return None
