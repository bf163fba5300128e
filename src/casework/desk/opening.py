"""Open cases: on somebody's request, and as children of another case in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from casework.compiled import Compiled
from casework.desk.engine import Engine
from casework.desk.erased import forbid_anew
from casework.desk.recording import tell, weigh
from casework.errors import Refused
from casework.model.actor import Actor, is_identifier
from casework.model.case import Cause, Move, Placed, Receipt, Snapshot
from casework.model.decision import Decision, Opening
from casework.model.refusal import Problem, Refusal
from casework.storage.sealing import is_nobodys
from casework.storage.sql.transaction import Transaction
from casework.storage.store import blank
from casework.text import Text


def registered(engine: Engine, case_type: str) -> Compiled:
    """The manifest that new cases of the type are pinned to. Refused as not found where there is none."""
    compiled = engine.current.get(case_type) if isinstance(case_type, str) else None
    if compiled is None:
        known = ", ".join(engine.current) or "none"
        en = f"there is no case type {case_type!r}; there is {known}"
        raise Refused(Refusal("not-found", text=Text(en, f"没有案件类型“{shown(case_type)}”；现有：{known}")))
    return compiled


def shown(name: object) -> str:
    """What somebody took for a name, in a form that every screen can show."""
    return str(name) if is_identifier(name) else ascii(name)[:40]


def check_subjects(compiled: Compiled, subjects: object) -> None:
    """Refuse whatever does not name persons for subjects of the case type."""
    if not isinstance(subjects, Mapping):
        text = Text("takes a mapping from subject to person", "须为从当事人到其编号的对照表")
        raise Refused(Refusal("invalid-form", trigger="open", problems=(Problem("subjects", text),)))
    known = ", ".join(compiled.subjects) or "none"
    unknown = Text(f"there is no such subject; there is {known}", f"没有此当事人；现有：{known}")
    problems = tuple(
        Problem(f"subjects.{shown(name)}", _takes(name) if name in compiled.subjects else unknown)
        for name, person in subjects.items()
        if name not in compiled.subjects or not is_identifier(person) or is_nobodys(person)
    )
    if problems:
        raise Refused(Refusal("invalid-form", trigger="open", problems=problems))


def _takes(subject: object) -> Text:
    en = (
        f"subjects.{subject} takes a printable text of 1 to 128 characters that does not begin with 'case:' or 'store:'"
    )
    return Text(en, f"当事人“{subject}”须为1至128个可打印字符，且不以“case:”或“store:”开头")


@attrs.frozen(eq=False)
class Prepared:
    """A case that was decided to be opened and is not yet written, with those that its opening opens."""

    compiled: Compiled
    snapshot: Snapshot
    move: Move
    decision: Decision
    children: tuple[Prepared, ...]

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
    subjects: Mapping[str, str],
    parent: str | None = None,
    cause: Cause | None = None,
    pending: dict[str, int] | None = None,
    placed: Placed | None = None,
) -> Prepared:
    """Decide on opening a case and all that this opens. Raises Refused.

    *pending* is what earlier decisions of the same firing will change of balances; it grows by this one's.
    *placed* says where an imported case stands.
    """
    if unit != "" and not is_identifier(unit):
        text = Text("unit takes a printable text of at most 128 characters", "单位须为不超过128个可打印字符")
        raise Refused(Refusal("invalid-form", trigger="open", problems=(Problem("unit", text),)))
    forbid_anew(engine, transaction, actor.tenant, (subjects[name] for name in compiled.subjects if name in subjects))
    now = engine.clock.now()
    snapshot = blank(
        compiled,
        tenant=actor.tenant,
        case_id=engine.ids.new(now),
        unit=unit,
        now=now,
        parent=parent,
        subjects={name: subjects.get(name) or engine.ids.new(now) for name in compiled.subjects},
    )
    # Nobody was assigned to a case that is not there yet; a local role on the parent is none on the child.
    roles = compiled.access.claimed(roles)
    move = Move(kind="open", actor=actor, now=now, roles=roles, form=form, cause=cause, placed=placed)
    if placed is not None and placed.opened_at is not None:
        snapshot.opened_at = placed.opened_at
    weigh(engine, transaction, compiled, snapshot, move)
    pending = {} if pending is None else pending
    for key in snapshot.balances:
        snapshot.balances[key] += pending.get(key, 0)
    decision = engine.decide(compiled, snapshot, move)
    if isinstance(decision, Refusal):
        raise Refused(decision)
    children = children_of(engine, transaction, snapshot, move, decision, pending)
    return Prepared(compiled, snapshot, move, decision, children)


def write_opening(engine: Engine, transaction: Transaction, prepared: Prepared) -> Receipt:
    """Write a case that was decided to be opened, and those that its opening opens."""
    snapshot, move, decision = prepared.snapshot, prepared.move, prepared.decision
    named = tuple(child.named for child in prepared.children)
    receipt = engine.store.insert(transaction, prepared.compiled, snapshot, move, decision, named)
    for child in prepared.children:
        write_opening(engine, transaction, child)
    tell(engine, transaction, snapshot, move, decision, receipt)
    return receipt


NESTING_LIMIT = 5


def children_of(
    engine: Engine,
    transaction: Transaction,
    parent: Snapshot,
    move: Move,
    decision: Decision,
    pending: dict[str, int] | None = None,
) -> tuple[Prepared, ...]:
    """Decide on every case that a decision opens, before anything of it is written."""
    pending = {} if pending is None else pending
    for limit in decision.limits:
        pending[limit.key] = pending.get(limit.key, 0) + limit.change
    return tuple(_child(engine, transaction, parent, move, item, pending) for item in decision.openings)


def _child(
    engine: Engine,
    transaction: Transaction,
    parent: Snapshot,
    move: Move,
    opening: Opening,
    pending: dict[str, int],
) -> Prepared:
    """Decide on a case that another one opens. Raises Refused, and so refuses the parent's move as a whole."""
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
        subjects=_handed_on(parent, opening),
        parent=parent.id,
        cause=Cause("nested", move.trigger, parent.id, depth + 1),
        pending=pending,
    )


def _handed_on(parent: Snapshot, opening: Opening) -> dict[str, str]:
    """Whom the new case is about: the parent's persons under their names, and under those that the opening gives."""
    named = {name: parent.subjects[own] for name, own in opening.subjects if own in parent.subjects}
    return {**parent.subjects, **named}
