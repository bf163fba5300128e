"""The manifests that a case was pinned to, entry by entry: what was written is shown as its own time allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from casework.desk.engine import Engine
from casework.desk.viewing import Era
from casework.model.actor import Actor
from casework.model.case import Snapshot
from casework.storage.fold import pinned_by
from casework.storage.log import Entry, Frame, parsed
from casework.storage.sql.transaction import Transaction

Renaming = Mapping[str, str | None]
"""The fields that a migration gave other names; None where it dropped one."""


def in_their_eras(
    engine: Engine, transaction: Transaction, actor: Actor, case: Snapshot, now: Era, entries: Sequence[Entry]
) -> Iterator[tuple[Era, Entry, Frame]]:
    """Each entry of a case with the manifest that it was written under and the actor's roles there."""
    then, frames = now, [parsed(entry.body) for entry in entries]
    later = _renamings(frames)
    for entry, frame in zip(entries, frames, strict=True):
        pinned = pinned_by(frame)
        if pinned is not None:
            if "map" in frame.content.get("adopts", {}):
                later = later[1:]
            then = _era(engine, transaction, actor, case, now, pinned[1], _composed(later))
        yield then, entry, frame


def _era(
    engine: Engine,
    transaction: Transaction,
    actor: Actor,
    case: Snapshot,
    now: Era,
    digest: str,
    names: Mapping[str, str],
) -> Era:
    compiled = now.compiled if digest == now.compiled.manifest.hash else engine.pinned(transaction, digest)
    if compiled is None or (compiled is now.compiled and not names):
        return now
    return Era(compiled, engine.roles(transaction, compiled, actor, case), names)


def _renamings(frames: Sequence[Frame]) -> list[Renaming]:
    """What each migration of a case renamed, in order; what became another value goes on under another name as well."""
    told = (frame.content.get("adopts", {}).get("map") for frame in frames)
    return [{**by["fields"], **by["became"]} for by in told if by is not None]


def _composed(renamings: Sequence[Renaming]) -> dict[str, str]:
    """What fields are called after all of *renamings*; those that went are left out."""
    found: dict[str, str | None] = {}
    for fields in renamings:
        found = {name: fields.get(now, now) if now is not None else None for name, now in found.items()}
        found = {**fields, **found}
    return {name: now for name, now in found.items() if now is not None}
