"""Move a running case into the present manifest of its case type: load, translate, decide under both, write."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from casework.compiled import Compiled
from casework.deciding.adopting import Adoption, Migrating, decide_adoption
from casework.deciding.translating import Translation, translated, untranslated
from casework.desk import firing
from casework.desk.engine import Engine
from casework.desk.erased import forbid
from casework.desk.firing import Loaded
from casework.desk.opening import Prepared, children_of, write_opening
from casework.desk.recording import tell, weigh
from casework.desk.requests import Asked, digest, remember
from casework.desk.viewing import after, seen
from casework.errors import Refused
from casework.migrating import Route
from casework.model.actor import Actor
from casework.model.case import Case, Move, Receipt, Snapshot
from casework.model.course import Course
from casework.model.decision import Decision
from casework.model.refusal import Refusal
from casework.storage.course import course_of
from casework.storage.fold import folded, pinned_by
from casework.storage.log import Entry, parsed
from casework.storage.sql.transaction import Transaction
from casework.storage.store import Lost


@attrs.frozen(kw_only=True, eq=False)
class Moving:
    """One case about to be moved: how it was read, how the new definition tells it, what is written down elsewhere."""

    loaded: Loaded
    compiled: Compiled
    translation: Translation
    adoption: Adoption
    move: Move
    migrating: Migrating | None


def adopted(
    engine: Engine,
    transaction: Transaction,
    actor: Actor,
    case: Case | str,
    *,
    request_id: str | None,
    dry_run: bool,
    route: Route | None = None,
) -> Case:
    """Adopt a case; one that is pinned to the present manifest already is answered as it is, and nothing is written.

    With a *route* it is moved as that migration says.
    """
    engine.guarded()
    asked = Asked(kind="adopt", request_id=request_id)
    if route is not None:
        asked = Asked(kind="migrate", form={"map": route.digest}, request_id=request_id)
    case_id = firing.named(case)
    content = digest(case_id, asked)
    done = firing.answered(engine, transaction, actor, asked, content)
    if done is not None:
        return done[0]
    loaded = firing.load(engine, transaction, actor, case)
    firing.stale(case, loaded.snapshot)
    firing.absent(engine, loaded.compiled, case_id)
    compiled = engine.current[loaded.compiled.case_type.name]
    if compiled.manifest.hash == loaded.snapshot.manifest:
        return seen(transaction.shown, loaded.compiled, loaded.snapshot, loaded.roles)
    moving = prepared(engine, transaction, actor, loaded, compiled, route)
    decision, children = decided(engine, transaction, moving)
    now = after(moving.translation.snapshot, decision, loaded.snapshot.revision + 1)
    roles = moving.move.roles
    if not dry_run:
        engine.store.keep(transaction, compiled.manifest, moving.move.now)
        receipt = written(engine, transaction, moving, decision, children)
        if request_id is not None:
            remember(engine, transaction, actor, request_id, content, receipt)
        roles = engine.roles(transaction, compiled, actor, now)
    return seen(transaction.shown, compiled, now, roles)


def prepared(
    engine: Engine, transaction: Transaction, actor: Actor, loaded: Loaded, compiled: Compiled, route: Route | None
) -> Moving:
    """Read what moving a case needs of the log and the ledger, and translate the case; nothing is written."""
    left, snapshot = loaded.compiled, loaded.snapshot
    tenant, case_id, store = snapshot.tenant, snapshot.id, engine.store
    entries = store.entries.of_case(transaction, tenant, case_id)
    # Its row has only the marks that the old manifest asked for; the log has those of every state.
    marks = folded(left, entries, None, engine.manifests(transaction)).marks
    before, now = attrs.evolve(snapshot, marks=marks), engine.clock.now()
    translation = untranslated(before)
    if route is not None:
        translation = translated(route.rules(left, compiled), before, now, roles=loaded.roles)
    adoption = Adoption(
        left=left,
        course=_course(engine, transaction, left, entries),
        holds=store.ledger.holds(transaction, tenant, case_id),
        moved=store.ledger.moved(transaction, tenant, case_id),
        roles=store.assignments.of_case(transaction, tenant, case_id),
        readable=left.access.visible(before.data, loaded.roles),
        rung=frozenset(_rung(engine, transaction, before, translation)),
    )
    roles = engine.roles(transaction, compiled, actor, translation.snapshot)
    move = Move(kind="adopt" if route is None else "migrate", actor=actor, now=now, roles=roles)
    named = None if route is None else Migrating(translation=translation, name=route.name, digest=route.digest)
    return Moving(
        loaded=loaded,
        compiled=compiled,
        translation=translation,
        adoption=adoption,
        move=move,
        migrating=named,
    )


def _course(engine: Engine, transaction: Transaction, left: Compiled, entries: list[Entry]) -> Course:
    pinned = pinned_by(parsed(entries[0].body))
    first = engine.pinned(transaction, pinned[1]) if pinned is not None else None
    initial = {name: workflow.workflow.initial for name, workflow in (first or left).workflows.items()}
    return course_of(initial, entries)


def _rung(engine: Engine, transaction: Transaction, before: Snapshot, translation: Translation) -> Iterator[str]:
    """The deadlines that go on under another name and have fired already: theirs are over, and no timer is armed."""
    for item in translation.clocks.values():
        due = None if item.source in (None, item.target) else before.dues.get(item.source)
        if item.source is None or due is None or due > engine.clock.now():
            continue
        if engine.store.timers.at(transaction, before.tenant, before.id, item.source) is None:
            yield item.source


def decided(engine: Engine, transaction: Transaction, moving: Moving) -> tuple[Decision, tuple[Prepared, ...]]:
    """What moving a case writes, and the cases that it opens. Raises Refused where it is not permitted or not safe."""
    compiled, move, before = moving.compiled, moving.move, moving.translation.snapshot
    if before.subjects.keys() == set(compiled.subjects):
        # An account of somebody whom the case is not about cannot be read; deciding says so.
        weigh(engine, transaction, compiled, before, move)
    with engine.deciding():
        decision = decide_adoption(compiled, before, move, moving.adoption, moving.migrating)
    if isinstance(decision, Refusal):
        raise Refused(decision)
    if before.case_type in engine.erased_while_open:
        forbid(engine, transaction, compiled, before, decision)
    return decision, children_of(engine, transaction, before, move, decision)


def written(
    engine: Engine, transaction: Transaction, moving: Moving, decision: Decision, children: tuple[Prepared, ...]
) -> Receipt:
    """Write a move that was decided; the manifest is kept already."""
    before, move = moving.translation.snapshot, moving.move
    named = tuple(child.named for child in children)
    try:
        receipt = engine.store.adopt(
            transaction, moving.loaded.compiled, moving.compiled, before, move, decision, named
        )
    except Lost:
        raise Refused(Refusal("stale", case_id=before.id)) from None
    for child in children:
        write_opening(engine, transaction, child)
    tell(engine, transaction, before, move, decision, receipt)
    return receipt
