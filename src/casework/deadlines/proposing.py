"""What other rules would make of the open cases: due dates, breaches, and whose turn it would be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import attrs

from casework.compiled import Compiled
from casework.deciding import decide
from casework.deciding.draft import Draft
from casework.deciding.terms import tick
from casework.desk.engine import Engine
from casework.manifest import manifest_of
from casework.model.actor import SYSTEM, Actor
from casework.model.case import Cause, Move, Snapshot
from casework.model.decision import Decision
from casework.rulebook import Rulebook


@attrs.frozen(kw_only=True)
class Changed:
    """An open case of which other rules would make something else, in one of its deadlines.

    *breached* says whether it has run out. *owners* are the roles that can act on the case: as it stands, and as it
    would stand when what would be over has had its effect.
    """

    case_id: str
    case_type: str
    deadline: str
    due: datetime | None
    due_proposed: datetime | None
    breached: bool
    breached_proposed: bool
    owners: tuple[str, ...]
    owners_proposed: tuple[str, ...]


class Proposed:
    """The manifests that cases are pinned to, each with the rules of a rulebook instead of its own."""

    def __init__(self, engine: Engine, book: Rulebook) -> None:
        self._engine, self._book = engine, book
        self._made: dict[str, Compiled | None] = {}

    def of(self, compiled: Compiled) -> Compiled | None:
        """The same manifest with the new rules; None where they are the ones that it has."""
        digest = compiled.manifest.hash
        if digest not in self._made:
            case_type = self._book.applied_to(compiled.case_type)
            self._made[digest] = (
                None
                if case_type == compiled.case_type
                else Compiled(
                    manifest_of(case_type, compiled.manifest.own, compiled.manifest.requirements), self._engine.parts
                )
            )
        return self._made[digest]


def changes(compiled: Compiled, proposed: Compiled, case: Snapshot, now: datetime) -> Iterator[Changed]:
    """The deadlines of a case that would be due at another time, or over where they are not, or the other way round."""
    dues = _counted_anew(proposed, case, now)
    owners = _owners(compiled, case.states)
    for name in case.terms:
        was, would = case.dues.get(name), dues.get(name)
        if was == would:
            continue
        over, over_then = was is not None and was <= now, would is not None and would <= now
        rings = over_then and not over
        yield Changed(
            case_id=case.id,
            case_type=case.case_type,
            deadline=name,
            due=was,
            due_proposed=would,
            breached=over,
            breached_proposed=over_then,
            owners=owners,
            owners_proposed=_owners(proposed, _rung(proposed, case, name, now)) if rings else owners,
        )


def _counted_anew(proposed: Compiled, case: Snapshot, now: datetime) -> Mapping[str, datetime]:
    """The due dates by the new rules: started, paused and extended as they are."""
    draft = Draft(proposed, case, _move(now))
    for name, term in case.terms.items():
        if not term.told:
            draft.terms[name] = attrs.evolve(term, rule="", due=None, earliest=None, days=())
            draft.dues.pop(name, None)
    tick(draft)
    return draft.dues


def _rung(proposed: Compiled, case: Snapshot, name: str, now: datetime) -> Mapping[str, str]:
    """The states of the case when the deadline has had its effect; as they are where it has none, or is refused."""
    trigger = proposed.ruled[name].deadline.trigger
    if trigger is None:
        return case.states
    answer = decide(proposed, case, _move(now, trigger=trigger, name=name))
    return answer.states if isinstance(answer, Decision) else case.states


def _move(now: datetime, trigger: str = "", name: str = "") -> Move:
    return Move(
        kind="timer",
        actor=Actor(SYSTEM),
        now=now,
        roles=frozenset(),
        trigger=trigger,
        cause=Cause("timer", name),
    )


def _owners(compiled: Compiled, states: Mapping[str, str]) -> tuple[str, ...]:
    """The roles for which there is something to do in these states."""
    here = (
        item for trigger in compiled.triggers.values() for item in trigger.by_state.get(states[trigger.workflow], ())
    )
    return tuple(sorted({role for item in here for role in item.roles}))
