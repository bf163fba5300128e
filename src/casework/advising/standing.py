"""A case as it may come to stand: what deciding reads of it, and the instant; how a decision and time move it on."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime, timedelta

import attrs

from casework.compiled import Compiled
from casework.deciding import decide
from casework.deciding.clocks import timers
from casework.exploring.alphabet import DUE, NOBODY, RUNNING, SOMEBODY, Alphabet, Slot
from casework.model.actor import SYSTEM, Actor
from casework.model.case import Cause, Move, MoveKind, Snapshot
from casework.model.decision import Decision
from casework.model.posting import Hold

RINGS = 50
"""After how many timers a wait is not followed any further: each may start the next one."""


@attrs.define(eq=False)
class Standing:
    """A case at an instant. Neither is ever changed."""

    case: Snapshot
    now: datetime
    _cells: int = attrs.field(default=-1, init=False)

    def cells(self, alphabet: Alphabet) -> int:
        """Everything that conditions tell apart of it, one bit a slot."""
        if self._cells < 0:
            found = 0
            for slot in alphabet.slots.values():
                found |= slot.bit(self._cell(alphabet, slot))
            self._cells = found
        return self._cells

    def _cell(self, alphabet: Alphabet, slot: Slot) -> int:
        case = self.case
        match slot.kind:
            case "state":
                return alphabet.states[slot.name][case.states[slot.name]]
            case "field":
                return max(alphabet.partitions[slot.name].index(case.data.get(slot.name)), 0)
            case "act":
                return SOMEBODY if slot.name in case.acts else NOBODY
            case "deadline":
                return DUE if slot.name in case.dues and case.dues[slot.name] <= self.now else RUNNING
        if slot.name not in case.marks:
            return 0
        since, durations = self.now - case.marks[slot.name], alphabet.durations[slot.name]
        longer = bisect_left(durations, since)
        return 1 + 2 * longer + (longer < len(durations) and durations[longer] == since)


def moved(case: Snapshot, answer: Decision) -> Snapshot:
    """The case as *answer* leaves it, with what is left in the accounts that it was weighed with."""
    number = case.revision + 1
    ended = {*answer.settled, *answer.void}
    held = [hold for hold in case.holds if hold not in ended]
    held += [
        Hold(posting.hold, posting.debit, posting.credit, posting.commodity, posting.amount, number, line)
        for line, posting in enumerate(answer.postings)
        if posting.hold is not None
    ]
    balances = dict(case.balances)
    for limit in answer.limits:
        balances[limit.key] = balances.get(limit.key, 0) + limit.change
    return attrs.evolve(
        case,
        revision=number,
        closed_at=answer.closed_at,
        states=dict(answer.states),
        data=dict(answer.data),
        marks=dict(answer.marks),
        dues=dict(answer.dues),
        terms=dict(answer.terms),
        acts=dict(answer.acts),
        balances=balances,
        holds=tuple(held),
    )


def instants(compiled: Compiled, alphabet: Alphabet, here: Standing) -> dict[datetime, str]:
    """When something of *here* changes by time alone, the next first, each with the deadline or mark that it is of."""
    case, found = here.case, list[tuple[datetime, str]]()
    found += [(due, name) for name, due in case.dues.items()]
    for mark, durations in alphabet.durations.items():
        if mark in case.marks:
            for duration in durations:
                found += [(case.marks[mark] + duration + more, mark) for more in (timedelta(0), timedelta.resolution)]
    running = timers(compiled, case)
    found += [(running[wake.name], wake.mark) for wake in compiled.wakes if wake.name in running]
    return {at: name for at, name in sorted(found, reverse=True) if at > here.now}


def waited(compiled: Compiled, here: Standing, until: datetime) -> Standing:
    """The case when time has passed until then, with every timer that runs out on the way."""
    rung = set[tuple[datetime, str]]()
    for _ in range(RINGS):
        pending = [(due, name) for name, due in timers(compiled, here.case).items() if here.now <= due <= until]
        # What was due at the instant itself has run before the wait began.
        ahead = sorted(timer for timer in pending if timer not in rung and (timer[0] > here.now or rung))
        if not ahead:
            break
        due, name = ahead[0]
        rung.add((due, name))
        here = Standing(_rang(compiled, here.case, name, due), due)
    return Standing(here.case, until)


def _rang(compiled: Compiled, case: Snapshot, name: str, at: datetime) -> Snapshot:
    """The case when one timer has run; one that is refused leaves it as it is."""
    kind: MoveKind = "timer" if name in case.dues else "recheck"
    trigger = next((known for deadline, known in _deadlines(compiled) if deadline == name), "")
    move = Move(
        kind=kind,
        actor=Actor(SYSTEM, tenant=case.tenant),
        now=at,
        roles=frozenset(),
        trigger=trigger if kind == "timer" else "",
        cause=Cause("timer", name),
    )
    answer = decide(compiled, case, move)
    return moved(case, answer) if isinstance(answer, Decision) else case


def _deadlines(compiled: Compiled) -> Iterator[tuple[str, str]]:
    for workflow in compiled.workflows.values():
        for deadline in workflow.deadlines:
            yield deadline.name, deadline.trigger or ""
