"""The pipe: one move on one case becomes one decision or one refusal."""

from __future__ import annotations

import logging
from collections.abc import Callable

import attrs

from casework.compiled import Compiled
from casework.deciding import editing, enclosing, glass
from casework.deciding.admit import admit, filled, settle
from casework.deciding.choose import choose
from casework.deciding.clocks import clocks
from casework.deciding.draft import Draft, Stop
from casework.deciding.extending import extend
from casework.deciding.follow import follow, take
from casework.deciding.placing import IMPORT, place
from casework.deciding.refuse import condition_text, stop
from casework.deciding.retaining import kept
from casework.logs import failure
from casework.model.case import Move, MoveKind, Snapshot
from casework.model.decision import Decision
from casework.model.outfit import Invariant
from casework.model.refusal import HIDDEN_TEXT, Refusal, Unmet
from casework.text import Text
from casework.titles import roles_text

log = logging.getLogger("casework.deciding")


def decide(compiled: Compiled, snapshot: Snapshot, move: Move) -> Decision | Refusal:
    """What *move* does to the case of *snapshot*: everything that has to be written, or why not."""
    draft = Draft(compiled, snapshot, move)
    try:
        if move.kind == "timer" and move.trigger:
            draft = _timer(draft)
        else:
            _ROOMS[move.kind](draft)
        return finished(draft)
    except Stop as no:
        if no.refusal.code == "part-failed":
            # Never its words: what a part raises may quote what it was shown (F78).
            log.debug("the part %s failed: %s", no.refusal.part, failure(no.__cause__), extra={"part": no.refusal.part})
        return no.refusal


def available(compiled: Compiled, snapshot: Snapshot, move: Move) -> tuple[str, ...]:
    """The triggers that the actor of *move* may fire now, as far as can be told before a form is filled in."""
    found = []
    for name, trigger in compiled.triggers.items():
        if snapshot.states[trigger.workflow] in trigger.by_state:
            asked = attrs.evolve(move, kind="fire", trigger=name, probing=True)
            if isinstance(decide(compiled, snapshot, asked), Decision):
                found.append(name)
    return tuple(found)


def _open(draft: Draft) -> None:
    """A new case: the opening form is the case data; every workflow enters its initial state."""
    case_type, move = draft.compiled.case_type, draft.move
    if move.placed is not None:
        place(draft, move.placed)
        return
    asked = move.cause is None or move.cause.kind == IMPORT
    if asked and move.roles.isdisjoint(case_type.opens):
        who = roles_text(draft.compiled.titles, case_type.opens)
        text = Text(f"opening is for {who.en}", f"立案由{who.zh}办理")
        raise stop(draft, "not-permitted", text, roles=case_type.opens)
    draft.data.update(filled(draft, draft.compiled.enterable, move.form))
    for name, workflow in draft.compiled.workflows.items():
        draft.states[name] = ""
        draft.enter(name, workflow.workflow.initial, again=True)
    if draft.before.balances:
        draft.weigh()
    follow(draft)


def _fire(draft: Draft) -> None:
    """One trigger: admit, choose, take, follow; then remember who did it."""
    candidates = admit(draft)
    item, target = choose(draft, candidates)
    settle(draft, candidates, item)
    if draft.move.probing:
        return
    take(draft, item, target)
    follow(draft)
    _remember(draft)


def _remember(draft: Draft) -> None:
    """Note who did what four-eyes asks about, and void the acts whose fields somebody changed since."""
    trigger, compiled = draft.move.trigger, draft.compiled
    if draft.acts and compiled.covers:
        void_acts(draft, trigger)
    if trigger in compiled.acts:
        draft.acts[trigger] = draft.move.actor.person


def void_acts(draft: Draft, but: str = "") -> None:
    """A changed field makes the acts that covered it void, except the act of *but* itself."""
    for name in draft.changed():
        for act in draft.compiled.covers.get(name, ()):
            if act != but and draft.acts.pop(act, None) is not None:
                draft.voided.append(act)


def _timer(draft: Draft) -> Draft:
    """A deadline ran out: fire what it names. A refusal of that is recorded, for the time has passed all the same."""
    try:
        _fire(draft)
        _hold_invariants(draft, closing=draft.closed_at() is not None)
        return draft
    except Stop as no:
        if no.refusal.code in ("part-absent", "part-failed"):
            raise  # the timer stays armed until the part is there again, or mended
        fresh = Draft(draft.compiled, draft.before, draft.move)
        fresh.refused = no.refusal.code
        _look_again(fresh)
        return fresh


def _look_again(draft: Draft) -> None:
    """Automatic steps alone; what they change makes acts void as well."""
    follow(draft)
    void_acts(draft)


def _amend(draft: Draft) -> None:
    editing.amend(draft)
    _look_again(draft)


_ROOMS: dict[MoveKind, Callable[[Draft], None]] = {
    "open": _open,
    "fire": _fire,
    "timer": _look_again,
    "recheck": _look_again,
    "amend": _amend,
    "note": editing.note,
    "assign": editing.assign,
    "correct": editing.correct,
    "enclose": enclosing.enclose,
    "withdraw": enclosing.withdraw,
    "break": glass.break_glass,
    "review": glass.review,
    "extend": extend,
}


def finished(draft: Draft) -> Decision:
    """The decision that a draft has become. Stops where what must always hold does not."""
    move = draft.move
    closed_at = draft.closed_at()
    if not move.probing:
        _hold_invariants(draft, closing=closed_at is not None)
    arm, disarm = clocks(draft)
    if closed_at != draft.before.closed_at and draft.compiled.case_type.retention is not None:
        later, never = kept(draft.compiled, draft.before.closed_at, closed_at)
        arm, disarm = (*arm, *later), (*disarm, *never)
    decision = Decision(
        kind=move.kind,
        trigger=move.trigger,
        steps=tuple(draft.steps),
        states=draft.states,
        data=draft.data,
        marks=draft.marks,
        dues=draft.dues,
        terms=draft.terms,
        acts=draft.acts,
        changed=draft.changed(),
        rechecks=draft.rechecks or (closed_at is not None and draft.before.closed_at is None),
        arm=arm,
        disarm=disarm,
        closed_at=closed_at,
        form=draft.form,
        note=draft.note,
        corrects=draft.corrects,
        refused=draft.refused,
        enclosed=draft.enclosed,
        withdraws=draft.withdraws,
        placed=draft.placed,
        breaks=draft.breaks,
        reviews=draft.reviews,
        extends=draft.extends,
    )
    if draft.writes:
        _add_writes(decision, draft)
    return decision


def _add_writes(decision: Decision, draft: Draft) -> None:
    """What few firings write besides the case itself."""
    decision.voided = tuple(draft.voided)
    decision.postings = tuple(draft.postings)
    decision.settled = tuple(draft.settled)
    decision.void = tuple(draft.void)
    decision.limits = tuple(draft.limits[key] for key in sorted(draft.limits))
    decision.messages = tuple(draft.messages)
    decision.openings = tuple(draft.openings)
    decision.assignments = tuple(draft.assignments)


def _hold_invariants(draft: Draft, closing: bool) -> None:
    compiled = draft.compiled
    for invariant, read in compiled.invariants:
        if read(draft) is False:
            raise stop(draft, "invariant-broken", unmet=(_broken(draft, invariant),))
    if closing:
        if draft.before.glasses and draft.before.closed_at is None:
            glass.hold_open(draft)
        for name, finals in compiled.closing:
            if draft.states[name] not in finals:
                title = compiled.titles.text("workflow", name)
                reason = Unmet(Text(f"{title.en} has not ended", f"{title.zh}尚未结束"), source=name)
                raise stop(draft, "invariant-broken", unmet=(reason,))


def _broken(draft: Draft, invariant: Invariant) -> Unmet:
    """What does not hold, in words; whoever may not see what it is about learns only that it is so."""
    compiled = draft.compiled
    if not compiled.access.tells(compiled.located(invariant.condition), draft.move.roles):
        return Unmet(HIDDEN_TEXT, hidden=True, source=invariant.name)
    return Unmet(invariant.because or condition_text(compiled, invariant.condition), source=invariant.name)
