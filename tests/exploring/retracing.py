"""A path that the explorer tells, walked again step by step through ``decide``, without the explorer's own walker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

import attrs
from exploring.exhaustion import BEGIN, Standing, after, unopened

from casework.compiled import Compiled
from casework.deciding.decide import decide
from casework.exploring.replay import Step
from casework.model.actor import SYSTEM, Actor
from casework.model.case import Cause, Move
from casework.model.decision import Decision

MANY = 6
"""With more roles than this not every set of them is tried, but one, two, and all."""


def retraced(compiled: Compiled, path: Iterable[Step]) -> list[Standing]:
    """Where the case may stand after *path*; none where deciding does not accept it so.

    A step that the path tells as refused has to be refused, and leaves the case as it was.
    """
    here = [Standing(unopened(compiled), BEGIN)]
    for step in path:
        here = [later for standing in here for later in _later(compiled, standing, step)]
        here = list({repr((s.snapshot.states, s.snapshot.data, s.snapshot.acts, s.rung)): s for s in here}.values())
    return here


def _later(compiled: Compiled, here: Standing, step: Step) -> Iterator[Standing]:
    if step.kind == "wait":
        yield attrs.evolve(here, now=step.at)
        return
    for move in _moves(compiled, step):
        answer = decide(compiled, here.snapshot, move)
        if step.refused:
            told = answer.refused if isinstance(answer, Decision) else answer.code
            if told == step.refused:
                yield attrs.evolve(here, now=step.at)
        elif isinstance(answer, Decision) and dict(answer.states) == dict(step.states):
            rung = here.rung
            if step.kind == "timer":
                rung |= {(step.name, here.snapshot.dues[step.name])}
            yield attrs.evolve(here, snapshot=after(here.snapshot, answer), now=step.at, rung=rung)


def _moves(compiled: Compiled, step: Step) -> Iterator[Move]:
    system = Actor(SYSTEM)
    match step.kind:
        case "timer":
            deadlines = [d for workflow in compiled.workflows.values() for d in workflow.deadlines]
            trigger = next(d.trigger for d in deadlines if d.name == step.name) or ""
            cause = Cause("timer", step.name)
            yield Move(kind="timer", actor=system, now=step.at, roles=frozenset(), trigger=trigger, cause=cause)
        case "look":
            yield Move(kind="recheck", actor=system, now=step.at, roles=frozenset())
        case "open" | "fire" | "amend":
            form = {k: v for k, v in step.values.items() if v is not None or step.kind == "amend"}
            trigger = step.name if step.kind == "fire" else ""
            for roles in role_sets(compiled, step.roles):
                actor = Actor(step.person, roles=roles)
                yield Move(kind=step.kind, actor=actor, now=step.at, roles=roles, trigger=trigger, form=form)


def role_sets(compiled: Compiled, told: tuple[str, ...]) -> Iterator[frozenset[str]]:
    """The sets of roles in which somebody may have taken a step: those with a role that it tells."""
    case_type = compiled.case_type
    named = {role.name for role in case_type.roles} | {
        r for w in case_type.chain for t in w.transitions for r in t.roles
    }
    named |= {*case_type.opens, *(r for _, roles in case_type.grants for r in roles)}
    names = sorted(named)
    sizes = range(1, len(names) + 1) if len(names) <= MANY else (1, 2, len(names))
    for size in sizes:
        for roles in map(frozenset, combinations(names, size)):
            if not told or not roles.isdisjoint(told):
                yield roles
