"""The log of a case as one reader may see it: as far back as their view of the case reaches without a break."""

from __future__ import annotations

from collections.abc import Sequence

from casework.desk import firing
from casework.desk.engine import Engine
from casework.desk.eras import in_their_eras
from casework.desk.viewing import Era, HistoryEntry, told, withheld
from casework.model.actor import Actor
from casework.model.case import Case
from casework.storage.fold import Fold
from casework.storage.log import Entry, Frame
from casework.storage.sql.transaction import Transaction


def history(engine: Engine, transaction: Transaction, actor: Actor, case: Case | str) -> tuple[HistoryEntry, ...]:
    """Every entry of a case that the actor may view; of those before their view began, only that they are there."""
    loaded = firing.load(engine, transaction, actor, case)
    now = Era(loaded.compiled, loaded.roles)
    entries = engine.store.entries.of_case(transaction, actor.tenant, loaded.snapshot.id)
    lines = tuple(in_their_eras(engine, transaction, actor, loaded.snapshot, now, entries))
    began = _began(engine, transaction, now, lines)
    access, states = now.compiled.access, loaded.snapshot.states
    notes, reviews = access.reads_notes(states, now.roles), access.may("review", states, now.roles)

    def reads(frame: Frame) -> bool:
        return notes or _wrote(actor, frame) or (reviews and frame.content["kind"] in ("break", "review"))

    return tuple(
        told(transaction.shown, now, then, entry, frame, notes=reads(frame))
        if frame.number >= began
        else withheld(frame)
        for then, entry, frame in lines
    )


def _began(engine: Engine, transaction: Transaction, now: Era, lines: Sequence[tuple[Era, Entry, Frame]]) -> int:
    """The number of the entry from which on the reader's roles view the case without a break.

    A view that states lend ends with them; what was lent anew is told from then on, not what came between or before.
    """
    if now.compiled.access.at_home(now.roles):
        return 1
    began, fold = 1, Fold(now.compiled, engine.manifests(transaction))
    for then, entry, frame in lines:
        fold.add(frame, entry)
        assert fold.snapshot is not None
        if not then.compiled.access.may("view", fold.snapshot.states, then.roles):
            began = frame.number + 1
    return began


def _wrote(actor: Actor, frame: Frame) -> bool:
    return bool(frame.content["actor"][1] == actor.person)
