"""Erase what is known of a subject: asked for by one person, confirmed by another; and legal holds that forbid it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, get_args

import attrs

from casework.compiled import Compiled
from casework.deciding.erasing import About, Standing, accounts_of, entry, obstacles
from casework.desk.engine import Engine
from casework.desk.erased import retention
from casework.desk.recording import tell
from casework.errors import Refused
from casework.model.actor import Actor, is_identifier
from casework.model.assignment import Assignment
from casework.model.case import Move, Snapshot
from casework.model.erasure import (
    ERASURE_REASONS,
    GONE,
    HOLD_REASONS,
    Erases,
    Erasure,
    ErasureReason,
    ErasureState,
    HoldReason,
    LegalHold,
    Obstacle,
)
from casework.model.refusal import Problem, Refusal
from casework.storage.erasures import about, types_of
from casework.storage.sealing import is_nobodys
from casework.storage.sql.transaction import Transaction
from casework.text import Text
from casework.titles import roles_text

log = logging.getLogger("casework.desk")


@attrs.frozen(eq=False)
class Answer:
    """What a step came to: the erasure, or a refusal that is to be raised once the entries that tell of it are kept."""

    erasure: Erasure | None = None
    refusal: Refusal | None = None


def ask(
    engine: Engine, transaction: Transaction, actor: Actor, subject: str, because: ErasureReason, *, leaves: bool
) -> Answer:
    """Ask for the erasure of a subject. What stands in the way is refused, and told by every case concerned."""
    _named(subject, because, ERASURE_REASONS)
    _kept_outside(engine)
    cases = _concerned(engine, transaction, actor, subject)
    _permit(engine, transaction, actor, cases, "erase")
    store, earlier = engine.store.erasures, _latest(engine, transaction, actor.tenant, subject)
    if earlier is not None and earlier.state in GONE:
        raise Refused(Refusal("erased"))
    if earlier is not None and earlier.state == "asked":
        return Answer(earlier)
    asked = Erasure(
        subject=subject,
        because=because,
        asked_at=after(engine.clock.now(), None if earlier is None else earlier.asked_at),
        asked_by=actor.person,
        leaves_balances=leaves,
    )
    # That others have to be asked for too is a matter of confirming: one has to be the first.
    found = [item for item in _obstacles(engine, transaction, actor.tenant, asked, cases) if item[0] != "shared"]
    if found:
        return _refused(engine, transaction, actor, cases, asked, found)
    store.ask(transaction, actor.tenant, asked)
    _enter(engine, transaction, actor, cases, Erases(step="asked", because=because))
    return Answer(asked)


def confirm(engine: Engine, transaction: Transaction, actor: Actor, subject: str) -> Answer:
    """Confirm what somebody else asked for. From the commit on nothing can take it back."""
    _named(subject)
    _kept_outside(engine)
    cases = _concerned(engine, transaction, actor, subject)
    _permit(engine, transaction, actor, cases, "erase")
    asked = _asked(engine, transaction, actor.tenant, subject)
    if asked.asked_by == actor.person:
        text = Text("whoever asked for it may not confirm it; somebody else has to", "提出人不能自行确认，须由他人确认")
        raise Refused(Refusal("not-permitted", text=text))
    found = _obstacles(engine, transaction, actor.tenant, asked, cases)
    if found:
        return _refused(engine, transaction, actor, cases, asked, found)
    now = engine.clock.now()
    confirmed = attrs.evolve(asked, state="confirmed", confirmed_by=actor.person, confirmed_at=now)
    engine.store.erasures.turn(transaction, actor.tenant, confirmed)
    return Answer(confirmed)


def drop(engine: Engine, transaction: Transaction, actor: Actor, subject: str) -> Erasure:
    """Take back that somebody asked for an erasure; whoever may ask may do so."""
    _named(subject)
    cases = _concerned(engine, transaction, actor, subject)
    _permit(engine, transaction, actor, cases, "erase")
    dropped = attrs.evolve(_asked(engine, transaction, actor.tenant, subject), state="dropped")
    engine.store.erasures.turn(transaction, actor.tenant, dropped)
    _enter(engine, transaction, actor, cases, Erases(step="dropped", because=dropped.because))
    return dropped


def place_hold(engine: Engine, transaction: Transaction, actor: Actor, subject: str, because: HoldReason) -> LegalHold:
    """Forbid the erasure of a subject until that is lifted."""
    _named(subject, because, HOLD_REASONS)
    cases = _concerned(engine, transaction, actor, subject)
    _permit(engine, transaction, actor, cases, "hold")
    if engine.store.erasures.gone(transaction, actor.tenant, [subject]):
        raise Refused(Refusal("erased"))
    at = after(engine.clock.now(), engine.store.erasures.last_held(transaction, actor.tenant, subject))
    hold = LegalHold(subject=subject, because=because, placed_at=at, placed_by=actor.person)
    engine.store.erasures.place(transaction, actor.tenant, hold)
    _enter(engine, transaction, actor, cases, Erases(step="held", because=because))
    return hold


def lift_hold(engine: Engine, transaction: Transaction, actor: Actor, subject: str) -> tuple[LegalHold, ...]:
    """Lift every legal hold on a subject."""
    _named(subject)
    cases = _concerned(engine, transaction, actor, subject)
    _permit(engine, transaction, actor, cases, "hold")
    store, now = engine.store.erasures, engine.clock.now()
    standing = store.holds(transaction, actor.tenant, subject)
    if not standing:
        text = Text("no legal hold stands on this person", "此人没有处于法律保全")
        raise Refused(Refusal("not-found", text=text))
    store.lift(transaction, actor.tenant, subject, now, actor.person)
    _enter(engine, transaction, actor, cases, Erases(step="released", because=standing[0].because))
    return tuple(attrs.evolve(hold, lifted_at=now, lifted_by=actor.person) for hold in standing)


def listed(
    engine: Engine, transaction: Transaction, actor: Actor, states: Sequence[ErasureState]
) -> tuple[Erasure, ...]:
    """The erasures of subjects of whom the actor may erase every case, the oldest first."""
    found = engine.store.erasures.in_states(transaction, states, actor.tenant)
    return tuple(item for _, item in found if _may(engine, transaction, actor, item.subject, "erase"))


def holds(engine: Engine, transaction: Transaction, actor: Actor) -> tuple[LegalHold, ...]:
    """The legal holds that stand on subjects whom the actor may hold or erase, the oldest first."""
    found = engine.store.erasures.standing(transaction, actor.tenant)
    return tuple(
        item
        for item in found
        if any(_may(engine, transaction, actor, item.subject, permission) for permission in ("hold", "erase"))
    )


def cases_about(engine: Engine, transaction: Transaction, tenant: str, subject: str) -> tuple[About, ...]:
    """Every case about a subject, of whatever case type and manifest, locked where the transaction locks."""
    types = subjects_by_type(engine, transaction)
    found = (one_case(engine, transaction, tenant, case_id) for case_id in about(transaction, tenant, subject, types))
    return tuple(item for item in found if item is not None)


def subjects_by_type(engine: Engine, transaction: Transaction) -> dict[str, frozenset[str]]:
    """The names of the subjects of every case type, under whatever manifest."""
    types: dict[str, frozenset[str]] = {}
    for case_type, digest in types_of(transaction):
        compiled = engine.pinned(transaction, digest)
        assert compiled is not None, "it was read from there"
        types[case_type] = types.get(case_type, frozenset()) | set(compiled.subjects)
    return types


def one_case(engine: Engine, transaction: Transaction, tenant: str, case_id: str) -> About | None:
    """One case with the rules that hold for it now; None where it is not there."""
    pinned = engine.of_type(transaction, tenant, case_id)
    snapshot = None if pinned is None else engine.store.load(transaction, pinned, tenant, case_id)
    if pinned is None or snapshot is None:
        return None
    if snapshot.manifest != pinned.manifest.hash:  # somebody adopted it before it was locked
        pinned = engine.pinned(transaction, snapshot.manifest) or pinned
        snapshot = engine.store.load(transaction, pinned, tenant, case_id) or snapshot
    return About(compiled=pinned, snapshot=snapshot, retention=retention(engine, pinned))


def write(
    engine: Engine,
    transaction: Transaction,
    actor: Actor,
    about: About,
    erases: Erases,
    assignments: tuple[Assignment, ...] = (),
) -> None:
    """The entry of one step in the log of one case."""
    move = Move(kind="erase", actor=actor, now=engine.clock.now(), roles=frozenset())
    decision = entry(about.snapshot, erases, assignments)
    receipt = engine.store.append(transaction, about.compiled, about.snapshot, move, decision)
    tell(engine, transaction, about.snapshot, move, decision, receipt)


def _enter(engine: Engine, transaction: Transaction, actor: Actor, cases: Iterable[About], erases: Erases) -> None:
    for item in cases:
        write(engine, transaction, actor, item, erases)


def _named(subject: object, because: object = "", reasons: Mapping[Any, Text] | None = None) -> None:
    problems = []
    if not is_identifier(subject) or is_nobodys(str(subject)):
        text = Text("subject takes the number of a person", "当事人须为其编号")
        problems.append(Problem("subject", text))
    if reasons is not None and because not in reasons:
        en, zh = ", ".join(reasons), "、".join(f"{name}（{text.zh}）" for name, text in reasons.items())
        problems.append(Problem("because", Text(f"because takes one of {en}", f"原因只能是以下之一：{zh}")))
    if problems:
        raise Refused(Refusal("invalid-form", problems=tuple(problems)))


def _kept_outside(engine: Engine) -> None:
    if engine.erasures is None:
        text = Text(
            "this application keeps no record of erasures outside its database, so that a backup would bring back what "
            "was erased; give Casework(erasures=…), or --erasures on the command line",
            "本应用未在数据库之外保存清除记录，恢复备份会使已清除的信息重现；"
            "请设置 Casework(erasures=…) 或命令行的 --erasures",
        )
        raise Refused(Refusal("part-absent", text=text, part="erasures"))


def _concerned(engine: Engine, transaction: Transaction, actor: Actor, subject: str) -> tuple[About, ...]:
    engine.store.erasures.lock(transaction, actor.tenant, subject)
    return cases_about(engine, transaction, actor.tenant, subject)


def _rights(engine: Engine, transaction: Transaction, actor: Actor, item: About) -> tuple[Compiled, frozenset[str]]:
    """The present definition, which says who may, and what the actor is under it."""
    present = engine.current.get(item.compiled.case_type.name, item.compiled)
    return present, engine.roles(transaction, present, actor, item.snapshot)


def _states(present: Compiled, case: Snapshot) -> dict[str, str]:
    return {name: state for name, state in case.states.items() if name in present.workflows}


def _permit(engine: Engine, transaction: Transaction, actor: Actor, cases: Sequence[About], permission: str) -> None:
    """Refuse whoever may view no case about the subject, then whoever has not the permission on all of them."""
    rights = [(item, *_rights(engine, transaction, actor, item)) for item in cases]
    if not any(p.access.may("view", _states(p, item.snapshot), roles) for item, p, roles in rights):
        text = Text("no case that you may view is about such a person", "没有您可查看的涉及此人的案件")
        raise Refused(Refusal("not-found", text=text))
    for item, present, roles in rights:
        states = _states(present, item.snapshot)
        if not present.access.may(permission, states, roles):
            allowed = present.access.allowed(permission, states)
            who = roles_text(present.titles, allowed)
            en = f"it takes the right on every case about this person; on one of them it is for {who.en}"
            text = Text(en, f"须对涉及此人的每个案件均有此权限；其中有案件由{who.zh}办理")
            if not allowed:
                text = Text("on one of the cases about this person nobody may", "涉及此人的案件中有任何人均无此权限的")
            raise Refused(Refusal("not-permitted", text=text, roles=allowed))


def _may(engine: Engine, transaction: Transaction, actor: Actor, subject: str, permission: str) -> bool:
    try:
        cases = cases_about(engine, transaction, actor.tenant, subject)
        _permit(engine, transaction, actor, cases, permission)
    except Refused:
        return False
    return True


def after(now: datetime, last: datetime | None) -> datetime:
    """The instant by which a row is named: no two of one subject have the same, even where the clock stands still."""
    return now if last is None else max(now, last + timedelta(microseconds=1))


def _latest(engine: Engine, transaction: Transaction, tenant: str, subject: str) -> Erasure | None:
    found = engine.store.erasures.of(transaction, tenant, subject)
    return found[0] if found else None


def _asked(engine: Engine, transaction: Transaction, tenant: str, subject: str) -> Erasure:
    found = _latest(engine, transaction, tenant, subject)
    if found is not None and found.state in GONE:
        raise Refused(Refusal("erased"))
    if found is None or found.state != "asked":
        text = Text("nobody has asked to erase what is known of this person", "没有人提出清除此人的信息")
        raise Refused(Refusal("not-found", text=text))
    return found


def _obstacles(
    engine: Engine, transaction: Transaction, tenant: str, asked: Erasure, cases: Sequence[About]
) -> list[tuple[Obstacle, Problem]]:
    store, keys = engine.store, set(accounts_of(cases, asked.subject))
    reserved = {
        end
        for item in cases
        for hold in store.ledger.holds(transaction, tenant, item.snapshot.id)
        for end in (hold.debit, hold.credit)
    }
    others = {person for item in cases for person in item.names} - {asked.subject}
    # What is held of somebody else may not go either, where it would go with this one.
    going = {asked.subject, *(person for item in cases if item.goes_with(asked.subject) for person in item.names)}
    standing = Standing(
        subject=asked.subject,
        cases=cases,
        gone=store.erasures.wanted(transaction, tenant, others),
        amounts=store.ledger.balances(transaction, tenant, keys) if keys else {},
        reserved=frozenset(reserved & keys),
        held=tuple(person for person in sorted(going) if store.erasures.holds(transaction, tenant, person)),
        leaves_balances=asked.leaves_balances,
    )
    return list(obstacles(standing))


def _refused(
    engine: Engine,
    transaction: Transaction,
    actor: Actor,
    cases: Sequence[About],
    asked: Erasure,
    found: Sequence[tuple[Obstacle, Problem]],
) -> Answer:
    """Have every case tell that it was refused, and why, in closed words."""
    kinds = {kind for kind, _ in found}
    told = tuple(kind for kind in get_args(Obstacle) if kind in kinds)
    _enter(engine, transaction, actor, cases, Erases(step="refused", because=asked.because, obstacles=told))
    return Answer(refusal=Refusal("not-erasable", problems=tuple(problem for _, problem in found)))
