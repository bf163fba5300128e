"""Deciding in memory: decide() and the sealed entry against one bare trigger of the transitions library."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import attrs
from transitions import Machine

from benchmarks.measure import Batch, Figure, Goal, Sizes, interleaved
from benchmarks.workload import ACTOR, MOVES, STATES, TRIGGERS, empty_case, form_of, rescue
from casework.compiled import Compiled
from casework.deciding import decide
from casework.deciding.admit import admit, filled, see
from casework.deciding.choose import choose, holds
from casework.deciding.decide import finished
from casework.deciding.draft import Draft
from casework.deciding.follow import follow, take
from casework.ids import system_entropy
from casework.manifest import compose
from casework.model.case import Move, Snapshot
from casework.model.decision import Decision
from casework.storage.log import sealed_entry

GOAL = Goal(4)
BARE = "bare transitions trigger"
ROUNDS = 4
"""So many times the usual rounds, each of them short: what disturbs the machine then disturbs few of them."""
NOW = datetime(2026, 12, 1, tzinfo=UTC)


@attrs.frozen
class Step:
    """One firing of the round, with what deciding hands from room to room."""

    snapshot: Snapshot
    move: Move
    draft: Draft
    decision: Decision


def run(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """The whole, then each room of the pipe by itself."""
    compiled = Compiled(compose(rescue, [], [])[0], {})
    steps = round_of(compiled)
    base = {BARE: bare(sizes.decisions)}
    whole = {"decide": partial(_decide, compiled), "decide + entry": partial(_both, compiled)}
    taken = interleaved({**base, **_batches(whole, steps, sizes.decisions)}, ROUNDS * sizes.rounds, time.thread_time)
    yield taken.figure(BARE)
    yield taken.figure("decide", BARE)
    yield taken.figure("decide + entry", BARE, goal=GOAL)
    rooms = {**base, **_batches(_rooms(compiled), steps, sizes.decisions)}
    parts = interleaved(rooms, ROUNDS * sizes.rounds // 2, time.thread_time)
    for name in rooms:
        if name != BARE:
            yield parts.figure(name, BARE, note="part of the above")


def round_of(compiled: Compiled) -> list[Step]:
    """The five firings, each on the case that the one before it left."""
    case_id, person = "01a208ee-69d9-705f-a662-1c37b8c5b048", "01a208ee-69d9-701c-bf59-e5a83e817b54"
    snapshot = empty_case(compiled, case_id, person, unit="", now=NOW)
    snapshot.states, snapshot.data = {"main": "assessed"}, {"place": "a road", "age": 30}
    steps = []
    for trigger in TRIGGERS:
        form = form_of(trigger, 1)
        move = Move(kind="fire", actor=ACTOR, now=NOW, roles=ACTOR.roles, trigger=trigger, form=form)
        decision = decide(compiled, snapshot, move)
        assert isinstance(decision, Decision)
        steps.append(Step(snapshot, move, Draft(compiled, snapshot, move), decision))
        admit(steps[-1].draft)
        snapshot = attrs.evolve(
            snapshot, revision=snapshot.revision + 1, states=decision.states, data=decision.data, acts=decision.acts
        )
    return steps


def _decide(compiled: Compiled, step: Step) -> None:
    decide(compiled, step.snapshot, step.move)


def _both(compiled: Compiled, step: Step) -> None:
    decide(compiled, step.snapshot, step.move)
    sealed_entry(compiled, step.snapshot, step.move, step.decision, system_entropy)


def _entry(compiled: Compiled, step: Step) -> None:
    sealed_entry(compiled, step.snapshot, step.move, step.decision, system_entropy)


def _rooms(compiled: Compiled) -> dict[str, Callable[[Step], object]]:
    """Each room of the pipe, called on a draft that is as it finds it."""

    def here(step: Step) -> tuple[object, ...]:
        return compiled.triggers[step.move.trigger].by_state[step.snapshot.states["main"]]

    def clauses(step: Step) -> bool:
        return holds(step.draft, here(step)[0])  # type: ignore[arg-type]

    def moved(step: Step) -> None:
        step.draft.states["main"] = step.snapshot.states["main"]
        step.draft.steps.clear()
        take(step.draft, here(step)[0], step.decision.states["main"])  # type: ignore[arg-type]
        follow(step.draft)
        step.draft.states["main"] = step.snapshot.states["main"]

    return {
        "draft": lambda step: Draft(compiled, step.snapshot, step.move),
        "view": lambda step: see(step.draft),
        "form": lambda step: filled(step.draft, compiled.triggers[step.move.trigger].form, step.move.form),
        "clauses": clauses,
        "machine + clauses": lambda step: choose(step.draft, here(step)),  # type: ignore[arg-type]
        "effects + follow": moved,
        "decision": lambda step: finished(step.draft),
        "entry": partial(_entry, compiled),
    }


def _batches(calls: Mapping[str, Callable[[Step], object]], steps: list[Step], number: int) -> dict[str, Batch]:
    def batch(call: Callable[[Step], object]) -> int:
        for _ in range(number):
            for step in steps:
                call(step)
        return number * len(steps)

    return {name: partial(batch, call) for name, call in calls.items()}


class _Model:
    __slots__ = ("state",)

    state: str


def bare(number: int) -> Batch:
    """The transitions library as its users would run it when they care for speed: one machine, a slotted model."""
    machine = Machine(model=None, states=list(STATES), initial=None, auto_transitions=False, send_event=True)
    for trigger, source, target in MOVES:
        machine.add_transition(trigger, source, target, conditions=[lambda event: True])
    model = _Model()

    def batch() -> int:
        model.state = "assessed"
        for _ in range(number):
            for trigger in TRIGGERS:
                machine.events[trigger].trigger(model)
        return number * len(TRIGGERS)

    return batch
