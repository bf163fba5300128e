"""Load, decide, write: one move on one case inside a given transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import attrs

from casework.compiled import Compiled
from casework.condition.literal import checked, to_plain
from casework.desk.engine import Engine
from casework.desk.viewing import after, seen
from casework.errors import InvalidValue, Refused
from casework.hookspecs import Recorded
from casework.model.actor import Actor
from casework.model.case import Case, Cause, Move, MoveKind, Receipt, Snapshot
from casework.model.decision import Decision, Opening
from casework.model.refusal import Refusal
from casework.storage.codec import canonical
from casework.storage.store import Lost, blank
from casework.storage.transaction import Transaction
from casework.text import Text


@attrs.frozen(kw_only=True)
class Asked:
    """What one call asks for, before anything was read."""

    kind: MoveKind
    trigger: str = ""
    form: Mapping[str, object] = attrs.field(factory=dict)
    request_id: str | None = None
    cause: Cause | None = None


@attrs.frozen
class Loaded:
    """A case that the actor may see, with the manifest it is pinned to and the actor's roles on it."""

    compiled: Compiled
    snapshot: Snapshot
    roles: frozenset[str]


def load(engine: Engine, transaction: Transaction, actor: Actor, case: Case | str) -> Loaded:
    """Read a case. Refused as not found where there is none, and where the actor may not view it."""
    case_id = case if isinstance(case, str) else case.id
    compiled = None if isinstance(case, str) else engine.pinned(transaction, case.manifest)
    compiled = compiled or engine.of_type(transaction, actor.tenant, case_id)
    snapshot = None if compiled is None else engine.store.load(transaction, compiled, actor.tenant, case_id)
    if compiled is None or snapshot is None:
        raise Refused(Refusal("not-found", case_id=case_id))
    if snapshot.manifest != compiled.manifest.hash:
        compiled = engine.pinned(transaction, snapshot.manifest) or compiled
        snapshot = engine.store.load(transaction, compiled, actor.tenant, case_id) or snapshot
    roles = engine.roles(transaction, compiled, actor, snapshot)
    if not compiled.access.may("view", snapshot.states, roles):
        raise Refused(Refusal("not-found", case_id=case_id))
    return Loaded(compiled, snapshot, roles)


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
    case_id = case if isinstance(case, str) else case.id
    digest = _digest(case_id, asked) if asked.request_id is not None else b""
    loaded = load(engine, transaction, actor, case)
    if asked.request_id is not None:
        replayed = _replayed(engine, transaction, actor, asked.request_id, digest)
        if replayed is not None:
            return seen(loaded.compiled, loaded.snapshot, loaded.roles, replayed.entry), replayed
    stale(case, loaded.snapshot)
    absent(engine, loaded.compiled, case_id)
    move = moving(engine, actor, loaded, asked)
    decision, receipt = carry_out(engine, transaction, loaded, move)
    if asked.request_id is not None:
        _remember(engine, transaction, actor, asked.request_id, digest, receipt)
    now = after(loaded.snapshot, decision, receipt.revision)
    roles = engine.roles(transaction, loaded.compiled, actor, now) if decision.assignments else loaded.roles
    return seen(loaded.compiled, now, roles, receipt.entry), receipt


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
        probing=probing,
    )


def weigh(engine: Engine, transaction: Transaction, compiled: Compiled, snapshot: Snapshot, move: Move) -> None:
    """Read exactly what the move may touch of the ledger."""
    trigger = compiled.triggers.get(move.trigger) if move.kind == "fire" else None
    accounts = compiled.all_accounts if trigger is None else trigger.accounts
    holds = compiled.any_holds if trigger is None else trigger.holds
    if accounts or holds:
        engine.store.weigh(transaction, compiled, snapshot, accounts, holds)


def would_move(engine: Engine, transaction: Transaction, loaded: Loaded, move: Move) -> bool:
    """Whether the move would change anything; a look that finds nothing leaves no entry."""
    weigh(engine, transaction, loaded.compiled, loaded.snapshot, move)
    decision = engine.decide(loaded.compiled, loaded.snapshot, move)
    return isinstance(decision, Refusal) or bool(decision.steps)


def carry_out(engine: Engine, transaction: Transaction, loaded: Loaded, move: Move) -> tuple[Decision, Receipt]:
    """Decide and write. Raises Refused with nothing written."""
    compiled, snapshot = loaded.compiled, loaded.snapshot
    if move.kind != "note":
        weigh(engine, transaction, compiled, snapshot, move)
    decision = engine.decide(compiled, snapshot, move)
    if isinstance(decision, Refusal):
        raise Refused(decision)
    children = [_child(engine, transaction, snapshot, move, item) for item in decision.openings]
    try:
        receipt = engine.store.append(transaction, compiled, snapshot, move, decision, tuple(c.named for c in children))
    except Lost:
        raise Refused(Refusal("stale", trigger=move.trigger, case_id=snapshot.id)) from None
    for child in children:
        write_opening(engine, transaction, child)
    tell(engine, transaction, snapshot, move, decision, receipt)
    return decision, receipt


@attrs.frozen(eq=False)
class Prepared:
    """A case that was decided to be opened and is not yet written."""

    compiled: Compiled
    snapshot: Snapshot
    move: Move
    decision: Decision

    @property
    def named(self) -> tuple[str, str, str]:
        """Case type, id and unit, as its parent's log names it."""
        return self.snapshot.case_type, self.snapshot.id, self.snapshot.unit


def prepare_opening(
    engine: Engine,
    transaction: Transaction,
    compiled: Compiled,
    *,
    actor: Actor,
    unit: str,
    form: Mapping[str, object],
    roles: frozenset[str],
    parent: str | None = None,
    cause: Cause | None = None,
) -> Prepared:
    """Decide on opening a case. Raises Refused."""
    now = engine.clock.now()
    snapshot = blank(
        compiled,
        tenant=actor.tenant,
        case_id=engine.ids.new(now),
        unit=unit,
        now=now,
        parent=parent,
        new_id=lambda: engine.ids.new(now),
    )
    move = Move(kind="open", actor=actor, now=now, roles=roles, form=form, cause=cause)
    weigh(engine, transaction, compiled, snapshot, move)
    decision = engine.decide(compiled, snapshot, move)
    if isinstance(decision, Refusal):
        raise Refused(decision)
    return Prepared(compiled, snapshot, move, decision)


def write_opening(engine: Engine, transaction: Transaction, prepared: Prepared) -> Receipt:
    """Write a case that was decided to be opened, and those that its opening opens."""
    snapshot, move, decision = prepared.snapshot, prepared.move, prepared.decision
    children = [_child(engine, transaction, snapshot, move, item) for item in decision.openings]
    named = tuple(child.named for child in children)
    receipt = engine.store.insert(transaction, prepared.compiled, snapshot, move, decision, named)
    for child in children:
        write_opening(engine, transaction, child)
    tell(engine, transaction, snapshot, move, decision, receipt)
    return receipt


NESTING_LIMIT = 5


def _child(engine: Engine, transaction: Transaction, parent: Snapshot, move: Move, opening: Opening) -> Prepared:
    compiled = engine.current.get(opening.case_type)
    if compiled is None:
        text = Text(f"the case type {opening.case_type!r} is not installed", f"案件类型“{opening.case_type}”未安装")
        raise Refused(
            Refusal("part-absent", trigger=move.trigger, case_id=parent.id, text=text, part=opening.case_type)
        )
    depth = move.cause.number if move.cause is not None and move.cause.kind == "nested" else 0
    if depth >= NESTING_LIMIT:
        raise Refused(Refusal("too-many-steps", trigger=move.trigger, case_id=parent.id))
    return prepare_opening(
        engine,
        transaction,
        compiled,
        actor=move.actor,
        unit=opening.unit,
        form=dict(opening.values),
        roles=move.roles,
        parent=parent.id,
        cause=Cause("nested", move.trigger, parent.id, depth + 1),
    )


def tell(
    engine: Engine, transaction: Transaction, case: Snapshot, move: Move, decision: Decision, receipt: Receipt
) -> None:
    """Have the observers told once the transaction is committed."""
    if not engine.plugins.observed:
        return
    recorded = Recorded(
        tenant=case.tenant,
        case_id=case.id,
        case_type=case.case_type,
        number=receipt.entry,
        kind=decision.kind,
        trigger=decision.trigger,
        states=dict(decision.states),
        unit=case.unit,
        actor=move.actor.id,
        at=move.now,
    )
    transaction.after_commit.append(lambda: engine.plugins.recorded(recorded))


def _digest(case_id: str, asked: Asked) -> bytes:
    content = {"case": case_id, "kind": asked.kind, "trigger": asked.trigger, "form": _plain(asked.form)}
    return hashlib.sha256(canonical(content)).digest()


def _plain(form: Mapping[str, object]) -> dict[str, Any]:
    """A form as plain content, so that the same form has one digest; what is no value stands as its text."""
    plain: dict[str, Any] = {}
    for name, value in form.items():
        try:
            plain[name] = None if value is None else to_plain(checked(value, name))
        except InvalidValue:
            plain[name] = {"no value": ascii(value)}
    return plain


def registered(engine: Engine, case_type: str) -> Compiled:
    """The manifest that new cases of the type are pinned to. Refused as not found where there is none."""
    compiled = engine.current.get(case_type)
    if compiled is None:
        known = ", ".join(engine.current) or "none"
        en = f"there is no case type {case_type!r}; there is {known}"
        raise Refused(Refusal("not-found", text=Text(en, f"没有案件类型“{case_type}”；现有：{known}")))
    return compiled


def opening_digest(case_type: str, form: Mapping[str, object]) -> bytes:
    """The digest of a request to open a case."""
    return _digest("", Asked(kind="open", trigger=case_type, form=form))


def _replayed(engine: Engine, transaction: Transaction, actor: Actor, request_id: str, digest: bytes) -> Receipt | None:
    found = engine.store.requests.find(transaction, actor.tenant, actor.id, request_id)
    if found is None:
        return None
    if found[0] != digest:
        raise Refused(Refusal("request-reused"))
    return found[1]


def _remember(
    engine: Engine, transaction: Transaction, actor: Actor, request_id: str, digest: bytes, receipt: Receipt
) -> None:
    engine.store.requests.insert(transaction, actor.tenant, actor.id, request_id, digest, receipt)


def opened(
    engine: Engine,
    transaction: Transaction,
    actor: Actor,
    case_type: str,
    unit: str,
    form: Mapping[str, object],
    request_id: str | None,
) -> Case:
    """Open a case, or answer from the request that already did."""
    engine.guarded()
    digest = opening_digest(case_type, form) if request_id is not None else b""
    if request_id is not None:
        receipt = _replayed(engine, transaction, actor, request_id, digest)
        if receipt is not None:
            loaded = load(engine, transaction, actor, receipt.case_id)
            return seen(loaded.compiled, loaded.snapshot, loaded.roles, receipt.entry)
    compiled = registered(engine, case_type)
    roles = actor.roles if actor.unit in (None, unit) else frozenset()
    prepared = prepare_opening(engine, transaction, compiled, actor=actor, unit=unit, form=form, roles=roles)
    receipt = write_opening(engine, transaction, prepared)
    if request_id is not None:
        _remember(engine, transaction, actor, request_id, digest, receipt)
    now = after(prepared.snapshot, prepared.decision, receipt.revision)
    return seen(compiled, now, engine.roles(transaction, compiled, actor, now), receipt.entry)
