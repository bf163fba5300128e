"""Move a running case into the present manifest of its case type: load, decide under both, write."""

from __future__ import annotations

import attrs

from casework.compiled import Compiled
from casework.deciding.adopting import Adoption, decide_adoption
from casework.desk import firing
from casework.desk.engine import Engine
from casework.desk.firing import Loaded
from casework.desk.opening import Prepared, children_of, write_opening
from casework.desk.recording import tell, weigh
from casework.desk.requests import Asked, digest, remember
from casework.desk.viewing import after, seen
from casework.errors import Refused
from casework.model.actor import Actor
from casework.model.case import Case, Move, Receipt, Snapshot
from casework.model.decision import Decision
from casework.model.refusal import Refusal
from casework.storage.course import course_of
from casework.storage.fold import pinned_by
from casework.storage.log import parsed
from casework.storage.sql.transaction import Transaction
from casework.storage.store import Lost


def adopted(
    engine: Engine, transaction: Transaction, actor: Actor, case: Case | str, *, request_id: str | None, dry_run: bool
) -> Case:
    """Adopt a case; one that is pinned to the present manifest already is answered as it is, and nothing is written."""
    engine.guarded()
    case_id, asked = firing.named(case), Asked(kind="adopt", request_id=request_id)
    content = digest(case_id, asked)
    done = firing.answered(engine, transaction, actor, asked, content)
    if done is not None:
        return done[0]
    loaded = firing.load(engine, transaction, actor, case)
    firing.stale(case, loaded.snapshot)
    firing.absent(engine, loaded.compiled, case_id)
    compiled = engine.current[loaded.compiled.case_type.name]
    if compiled.manifest.hash == loaded.snapshot.manifest:
        return seen(loaded.compiled, loaded.snapshot, loaded.roles)
    before = _standing(engine, transaction, loaded)
    roles = engine.roles(transaction, compiled, actor, before)
    move = Move(kind="adopt", actor=actor, now=engine.clock.now(), roles=roles)
    decision = _decided(engine, transaction, loaded, compiled, before, move)
    children = children_of(engine, transaction, before, move, decision)
    now = after(before, decision, before.revision + 1)
    if not dry_run:
        receipt = _written(engine, transaction, loaded.compiled, compiled, before, move, decision, children)
        if request_id is not None:
            remember(engine, transaction, actor, request_id, content, receipt)
        roles = engine.roles(transaction, compiled, actor, now)
    return seen(compiled, now, roles)


def _standing(engine: Engine, transaction: Transaction, loaded: Loaded) -> Snapshot:
    """The case with the marks of all its states: its row has only those that the old manifest asked for."""
    snapshot = loaded.snapshot
    past = engine.history(transaction, loaded.compiled, snapshot.tenant, snapshot.id, snapshot.revision)
    return attrs.evolve(snapshot, marks=past.marks)


def _decided(
    engine: Engine, transaction: Transaction, loaded: Loaded, compiled: Compiled, before: Snapshot, move: Move
) -> Decision:
    """What adopting writes. Raises Refused where it is not permitted or not safe."""
    if before.subjects.keys() == set(compiled.subjects):
        # An account of somebody whom the case is not about cannot be read; deciding says so.
        weigh(engine, transaction, compiled, before, move)
    adoption = _adoption(engine, transaction, loaded, before)
    with engine.deciding():
        decision = decide_adoption(compiled, before, move, adoption)
    if isinstance(decision, Refusal):
        raise Refused(decision)
    return decision


def _adoption(engine: Engine, transaction: Transaction, loaded: Loaded, before: Snapshot) -> Adoption:
    left = loaded.compiled
    store, tenant, case_id = engine.store, before.tenant, before.id
    entries = store.entries.of_case(transaction, tenant, case_id)
    pinned = pinned_by(parsed(entries[0].body))
    first = engine.pinned(transaction, pinned[1]) if pinned is not None else None
    initial = {name: workflow.workflow.initial for name, workflow in (first or left).workflows.items()}
    return Adoption(
        left=left,
        course=course_of(initial, entries),
        holds=store.ledger.holds(transaction, tenant, case_id),
        moved=store.ledger.moved(transaction, tenant, case_id),
        roles=store.assignments.of_case(transaction, tenant, case_id),
        readable=left.access.visible(before.data, loaded.roles),
    )


def _written(
    engine: Engine,
    transaction: Transaction,
    left: Compiled,
    compiled: Compiled,
    before: Snapshot,
    move: Move,
    decision: Decision,
    children: tuple[Prepared, ...],
) -> Receipt:
    named = tuple(child.named for child in children)
    try:
        receipt = engine.store.adopt(transaction, left, compiled, before, move, decision, named)
    except Lost:
        raise Refused(Refusal("stale", case_id=before.id)) from None
    for child in children:
        write_opening(engine, transaction, child)
    tell(engine, transaction, before, move, decision, receipt)
    return receipt
