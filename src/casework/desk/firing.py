"""Load, decide, write: one move on one case inside a given transaction."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from casework.access import general_roles
from casework.compiled import Compiled
from casework.desk.enclosing import check_room, forget_later, one
from casework.desk.engine import Engine
from casework.desk.erased import forbid
from casework.desk.opening import check_subjects, children_of, prepare_opening, registered, write_opening
from casework.desk.recording import tell, weigh
from casework.desk.requests import Asked, digest, opening_digest, remember, replayed
from casework.desk.undoing import undoing
from casework.desk.viewing import after, receded, seen
from casework.errors import Refused
from casework.model.actor import Actor
from casework.model.case import Case, Move, Receipt, Snapshot
from casework.model.decision import Decision
from casework.model.refusal import Refusal
from casework.storage.sql.transaction import Transaction
from casework.storage.store import Lost
from casework.text import Text


@attrs.frozen
class Loaded:
    """A case that the actor may see, with the manifest it is pinned to and the actor's roles on it."""

    compiled: Compiled
    snapshot: Snapshot
    roles: frozenset[str]


def named(case: Case | str) -> str:
    """The id of a case that is given by its id or as it was read."""
    if isinstance(case, str):
        return case
    if not isinstance(case, Case):
        raise TypeError(f"a case is given as a Case or by its id, a text; this is {type(case).__name__}")
    return case.id


def load(engine: Engine, transaction: Transaction, actor: Actor, case: Case | str) -> Loaded:
    """Read a case. Refused as not found where there is none, and where the actor may not view it."""
    loaded = read(engine, transaction, actor, case)
    viewable(loaded)
    return loaded


def viewable(loaded: Loaded) -> None:
    """Refuse a case that the actor may not view as if it were not there."""
    if not _viewed(loaded):
        raise Refused(Refusal("not-found", case_id=loaded.snapshot.id))


def _viewed(loaded: Loaded) -> bool:
    return loaded.compiled.access.may("view", loaded.snapshot.states, loaded.roles)


def read(engine: Engine, transaction: Transaction, actor: Actor, case: Case | str) -> Loaded:
    """Read a case, whether or not the actor may view it."""
    case_id = named(case)
    if not (case_id.isascii() and case_id.isprintable()):
        raise Refused(Refusal("not-found", case_id=case_id))  # no id looks so, and no driver is asked
    compiled = None if isinstance(case, str) else engine.pinned(transaction, case.manifest)
    compiled = compiled or engine.of_type(transaction, actor.tenant, case_id)
    snapshot = None if compiled is None else engine.store.load(transaction, compiled, actor.tenant, case_id)
    if compiled is None or snapshot is None:
        raise Refused(Refusal("not-found", case_id=case_id))
    if snapshot.manifest != compiled.manifest.hash:
        compiled = engine.pinned(transaction, snapshot.manifest) or compiled
        snapshot = engine.store.load(transaction, compiled, actor.tenant, case_id) or snapshot
    return Loaded(compiled, snapshot, engine.roles(transaction, compiled, actor, snapshot))


def _at_the_glass(engine: Engine, transaction: Transaction, actor: Actor, case: Case | str) -> Loaded:
    """Read a case whose glass is to be broken, by somebody who may not view it; not found for all who may not."""
    loaded = read(engine, transaction, actor, case)
    access, states = loaded.compiled.access, loaded.snapshot.states
    if access.broken_anywhere:
        wider = attrs.evolve(loaded, roles=loaded.roles | access.claimed(actor.all_roles))
        if access.may("break_glass", states, wider.roles):
            return wider
    if not (access.breakable and access.may("break_glass", states, loaded.roles)):
        viewable(loaded)
    return loaded


def again(engine: Engine, transaction: Transaction, actor: Actor, receipt: Receipt) -> Case:
    """What answers a request that was carried out before; it shows what the actor may see now."""
    loaded = read(engine, transaction, actor, receipt.case_id)
    if _viewed(loaded):
        return seen(transaction.shown, loaded.compiled, loaded.snapshot, loaded.roles, receipt.entry)
    # Their own step took the view away; they saw where it led, and what came of the case since is not theirs.
    past = engine.history(transaction, loaded.compiled, actor.tenant, receipt.case_id, receipt.entry)
    return receded(loaded.compiled, past)


def stale(case: Case | str, snapshot: Snapshot) -> None:
    """Refuse a Case that was read before somebody else moved it; an id expects nothing."""
    if isinstance(case, Case) and case.revision != snapshot.revision:
        text = Text(
            f"you saw revision {case.revision}, it is at {snapshot.revision}; look at the case again",
            f"您看到的是第{case.revision}版，现为第{snapshot.revision}版，请重新查看",
        )
        raise Refused(Refusal("stale", case_id=snapshot.id, revision=snapshot.revision, text=text))


def perform(
    engine: Engine, transaction: Transaction, actor: Actor, case: Case | str, asked: Asked
) -> tuple[Case, Receipt]:
    """Carry out one call on a running case, or answer it from the request that already did."""
    engine.guarded()
    content = digest(named(case), asked) if asked.request_id is not None else b""
    done = answered(engine, transaction, actor, asked, content)
    if done is not None:
        return done
    loaded = (_at_the_glass if asked.kind == "break" else load)(engine, transaction, actor, case)
    stale(case, loaded.snapshot)
    absent(engine, loaded.compiled, loaded.snapshot.id)
    if asked.kind == "amend" and not asked.form:
        text = Text("there is nothing to amend; give a field and its new value", "没有要修改的内容；请给出字段及新值")
        raise Refused(Refusal("invalid-form", case_id=loaded.snapshot.id, text=text))
    move = informed(engine, transaction, loaded, moving(engine, actor, loaded, asked))
    decision, receipt = carry_out(engine, transaction, loaded, move)
    if asked.request_id is not None:
        remember(engine, transaction, actor, asked.request_id, content, receipt)
    now = after(loaded.snapshot, decision, receipt.revision)
    others = decision.assignments or decision.breaks is not None
    roles = engine.roles(transaction, loaded.compiled, actor, now) if others else loaded.roles
    return seen(transaction.shown, loaded.compiled, now, roles, receipt.entry), receipt


def answered(
    engine: Engine, transaction: Transaction, actor: Actor, asked: Asked, content: bytes
) -> tuple[Case, Receipt] | None:
    """What answers a call of that digest from the request that already did it; None where none did."""
    if asked.request_id is None:
        return None
    earlier = replayed(engine, transaction, actor, asked.request_id, content)
    return None if earlier is None else (again(engine, transaction, actor, earlier), earlier)


def informed(engine: Engine, transaction: Transaction, loaded: Loaded, move: Move) -> Move:
    """The move with what deciding it needs of the store besides the case."""
    compiled, snapshot = loaded.compiled, loaded.snapshot
    # Whoever may not correct learns that, and nothing of what could be undone.
    if move.kind == "correct" and compiled.access.may("correct", snapshot.states, loaded.roles):
        move.undo = undoing(engine, transaction, compiled, snapshot, move.form["entry"])
    elif move.kind == "assign" and move.trigger == "claim":
        held = engine.store.assignments.of_case(transaction, snapshot.tenant, snapshot.id)
        move.holder = held.get(str(move.form["role"]))
    elif move.kind == "enclose" and compiled.access.may("edit", snapshot.states, loaded.roles):
        check_room(engine, transaction, snapshot, move)
    elif move.kind == "withdraw" and any(
        compiled.access.may(permission, snapshot.states, loaded.roles) for permission in ("edit", "correct")
    ):
        move.enclosure = one(engine, transaction, move.actor, compiled, snapshot, move.form["number"])
    return move


def absent(engine: Engine, compiled: Compiled, case_id: str) -> None:
    """Refuse to move a case whose case type the app does not have (any more); it stays readable."""
    if not engine.registered(compiled):
        name = compiled.case_type.name
        text = Text(
            f"the case type {name!r} is not installed; the case can be read", f"案件类型“{name}”未安装，案件只读"
        )
        raise Refused(Refusal("part-absent", case_id=case_id, text=text, part=name))


def moving(engine: Engine, actor: Actor, loaded: Loaded, asked: Asked, probing: bool = False) -> Move:
    """The move that a call amounts to, at the present instant."""
    return Move(
        kind=asked.kind,
        actor=actor,
        now=engine.clock.now(),
        roles=loaded.roles,
        trigger=asked.trigger,
        form=asked.form,
        cause=asked.cause,
        sealed_file=asked.sealed_file,
        probing=probing,
    )


def would_move(engine: Engine, transaction: Transaction, loaded: Loaded, move: Move) -> bool:
    """Whether the move would change anything; a look that finds nothing leaves no entry."""
    weigh(engine, transaction, loaded.compiled, loaded.snapshot, move)
    decision = engine.decide(loaded.compiled, loaded.snapshot, move)
    return isinstance(decision, Refusal) or bool(decision.steps) or decision.terms != loaded.snapshot.terms


def carry_out(engine: Engine, transaction: Transaction, loaded: Loaded, move: Move) -> tuple[Decision, Receipt]:
    """Decide and write. Raises Refused with nothing written."""
    compiled, snapshot = loaded.compiled, loaded.snapshot
    if move.kind not in ("note", "enclose", "withdraw", "break", "review"):
        weigh(engine, transaction, compiled, snapshot, move)
    decision = engine.decide(compiled, snapshot, move)
    if isinstance(decision, Refusal):
        raise Refused(decision)
    # Else the case was never closed, and nothing of it was erased.
    if snapshot.closed_at is not None or compiled.reopens or snapshot.case_type in engine.erased_while_open:
        forbid(engine, transaction, compiled, snapshot, decision)
    children = children_of(engine, transaction, snapshot, move, decision) if decision.openings else ()
    try:
        receipt = engine.store.append(transaction, compiled, snapshot, move, decision, tuple(c.named for c in children))
    except Lost:
        raise Refused(Refusal("stale", trigger=move.trigger, case_id=snapshot.id)) from None
    for child in children:
        write_opening(engine, transaction, child)
    if move.enclosure is not None:
        forget_later(engine, transaction, move.enclosure.blob)
    tell(engine, transaction, snapshot, move, decision, receipt)
    return decision, receipt


def opened(
    engine: Engine,
    transaction: Transaction,
    actor: Actor,
    case_type: str,
    unit: str,
    form: Mapping[str, object],
    request_id: str | None,
    subjects: Mapping[str, str],
) -> Case:
    """Open a case, or answer from the request that already did."""
    engine.guarded()
    told = subjects if isinstance(subjects, Mapping) else {"": subjects}
    content = opening_digest(case_type, form, unit, told) if request_id is not None else b""
    if request_id is not None:
        receipt = replayed(engine, transaction, actor, request_id, content)
        if receipt is not None:
            return again(engine, transaction, actor, receipt)
    compiled = registered(engine, case_type)
    check_subjects(compiled, subjects)
    roles = general_roles(actor, unit, engine.units)
    prepared = prepare_opening(
        engine, transaction, compiled, actor=actor, unit=unit, form=form, roles=roles, subjects=subjects
    )
    receipt = write_opening(engine, transaction, prepared)
    if request_id is not None:
        remember(engine, transaction, actor, request_id, content, receipt)
    now = after(prepared.snapshot, prepared.decision, receipt.revision)
    return seen(transaction.shown, compiled, now, engine.roles(transaction, compiled, actor, now), receipt.entry)
