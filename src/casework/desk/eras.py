"""The manifests that a case was pinned to, entry by entry: what was written is shown as its own time allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casework.desk.engine import Engine
from casework.desk.viewing import Era
from casework.model.actor import Actor
from casework.model.case import Snapshot
from casework.storage.fold import pinned_by
from casework.storage.log import Entry, Frame, parsed
from casework.storage.sql.transaction import Transaction


def in_their_eras(
    engine: Engine, transaction: Transaction, actor: Actor, case: Snapshot, now: Era, entries: Sequence[Entry]
) -> Iterator[tuple[Era, Entry, Frame]]:
    """Each entry of a case with the manifest that it was written under and the actor's roles there."""
    then = now
    for entry in entries:
        frame = parsed(entry.body)
        pinned = pinned_by(frame)
        if pinned is not None:
            then = _era(engine, transaction, actor, case, now, pinned[1])
        yield then, entry, frame


def _era(engine: Engine, transaction: Transaction, actor: Actor, case: Snapshot, now: Era, digest: str) -> Era:
    compiled = now.compiled if digest == now.compiled.manifest.hash else engine.pinned(transaction, digest)
    if compiled is None or compiled is now.compiled:
        return now
    return Era(compiled, engine.roles(transaction, compiled, actor, case))
