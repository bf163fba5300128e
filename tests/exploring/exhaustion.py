"""Every case that a small manifest can come to, found by brute force: each is decided, nothing is reasoned.

Values come from small domains, people are three with every set of roles, time goes on by half an hour. It shares no
code with the explorer, which has to say the same without looking at single cases.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations, product
from typing import Any

import attrs

from casework.compiled import Compiled, CompiledTransition
from casework.deciding.decide import decide
from casework.deciding.unopened import unopened as before_opening
from casework.model.actor import SYSTEM, Actor
from casework.model.case import Cause, Move, MoveKind, Snapshot
from casework.model.decision import Decision
from casework.model.fields import Field
from casework.model.refusal import Refusal

BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
TICK = timedelta(minutes=30)
STRANGERS = ("person 1", "person 2", "person 3")

Key = tuple[object, ...]
Taken = tuple[str, str, str, str, bool]
"""A transition as a decision tells it: workflow, trigger, source, target, whether it enters the target."""


@attrs.define(eq=False)
class Standing:
    """One case as it stands: the snapshot, the time, the timers that have run out."""

    snapshot: Snapshot
    now: datetime
    rung: frozenset[tuple[str, datetime]] = frozenset()


@attrs.define(eq=False)
class Exhaustion:
    """All that was found; *complete* is false where there was too much. Depths count moves, the opening among them."""

    depth: dict[Key, int] = attrs.field(factory=dict)
    finals: set[Key] = attrs.field(factory=set)
    into: dict[Key, set[Key]] = attrs.field(factory=dict)
    taken: set[Taken] = attrs.field(factory=set)
    states: set[tuple[str, str]] = attrs.field(factory=set)
    rang: set[str] = attrs.field(factory=set)
    broken: dict[str, int] = attrs.field(factory=dict)
    complete: bool = True

    def lost(self) -> dict[Key, int]:
        """The cases from which no ending can be reached, with their depths."""
        good, queue = set(self.finals), list(self.finals)
        while queue:
            for earlier in self.into.get(queue.pop(), ()):
                if earlier not in good:
                    good.add(earlier)
                    queue.append(earlier)
        return {key: depth for key, depth in self.depth.items() if key not in good}


class Exhausting:
    """Brute force over one manifest."""

    def __init__(self, compiled: Compiled, domains: Mapping[str, tuple[Any, ...]], *, limit: int = 600) -> None:
        """*domains* are by name of a field the values that are tried, None left out."""
        self.compiled, self.domains, self.limit = compiled, domains, limit
        names = [role.name for role in compiled.case_type.roles]
        self.roles = [frozenset(s) for n in range(1, len(names) + 1) for s in combinations(names, n)]
        self.persons = STRANGERS if compiled.acts else STRANGERS[:1]
        self.span = max(
            (deadline.after for workflow in compiled.workflows.values() for deadline in workflow.deadlines),
            default=timedelta(0),
        ) + timedelta(hours=3)

    def all(self, begin: Standing | None = None) -> Exhaustion:
        """Everything from every opening, or from *begin* on."""
        found, queue = Exhaustion(), deque[tuple[Key, Standing]]()
        first = [begin] if begin is not None else self._opened(found)
        for each in first:
            self._arrive(found, queue, None, each, 1)
        while queue:
            if len(found.depth) > self.limit:
                found.complete = False
                break
            key, here = queue.popleft()
            for later in self._onward(found, here, found.depth[key]):
                self._arrive(found, queue, key, later, found.depth[key] + 1)
        return found

    def _arrive(
        self, found: Exhaustion, queue: deque[tuple[Key, Standing]], source: Key | None, here: Standing, depth: int
    ) -> None:
        key = self.key(here)
        if source is not None:
            found.into.setdefault(key, set()).add(source)
        if key in found.depth:
            return
        found.depth[key] = depth
        found.states.update(here.snapshot.states.items())
        if here.snapshot.states[self.compiled.main] in self.compiled.workflows[self.compiled.main].finals:
            found.finals.add(key)
        queue.append((key, here))

    def key(self, here: Standing) -> Key:
        """What tells two cases apart, as far as deciding can ever ask."""
        case = here.snapshot
        named: dict[str, int] = {}
        acts = tuple((act, named.setdefault(case.acts[act], len(named))) for act in sorted(case.acts))
        dues = tuple(
            (name, max(due - here.now, timedelta(0)), (name, due) in here.rung)
            for name, due in sorted(case.dues.items())
        )
        ages = tuple(
            (mark, min(here.now - case.marks[mark], self.span)) for mark in self.compiled.marks if mark in case.marks
        )
        return tuple(case.states.items()), tuple(sorted(case.data.items())), acts, dues, ages

    def _opened(self, found: Exhaustion) -> Iterator[Standing]:
        compiled = self.compiled
        nobody = unopened(compiled)
        for form in self._forms(compiled.enterable):
            for roles in self.roles[-1:]:
                yield from self._decided(found, Standing(nobody, BEGIN), 0, "open", STRANGERS[0], roles, form=form)

    def _onward(self, found: Exhaustion, here: Standing, depth: int) -> Iterator[Standing]:
        case, compiled = here.snapshot, self.compiled
        for name, trigger in compiled.triggers.items():
            for form in self._filled(trigger.by_state.get(case.states[trigger.workflow], ())):
                for person, roles in product(self._persons(case), self.roles):
                    yield from self._decided(found, here, depth, "fire", person, roles, trigger=name, form=form)
        for name, field in compiled.enterable.items():
            for value, roles in product((*self.domains[name], None), self.roles):
                if value != case.data.get(name) and not (value is None and field.required):
                    yield from self._decided(found, here, depth, "amend", STRANGERS[0], roles, form={name: value})
        yield from self._timed(found, here, depth)
        later = attrs.evolve(here, now=here.now + TICK)
        if self.key(later) != self.key(here):
            yield later

    def _timed(self, found: Exhaustion, here: Standing, depth: int) -> Iterator[Standing]:
        case = here.snapshot
        deadlines = {d.name: d for workflow in self.compiled.workflows.values() for d in workflow.deadlines}
        for name, due in case.dues.items():
            if due <= here.now and (name, due) not in here.rung:
                cause, rung = Cause("timer", name), attrs.evolve(here, rung=here.rung | {(name, due)})
                told = {"trigger": deadlines[name].trigger or "", "cause": cause}
                yield from self._decided(found, rung, depth, "timer", SYSTEM, frozenset(), **told)
        if any(case.states[name] in workflow.automatic for name, workflow in self.compiled.workflows.items()):
            yield from self._decided(found, here, depth, "recheck", SYSTEM, frozenset())

    def _persons(self, case: Snapshot) -> list[str]:
        """Everybody who did something that is remembered, and one stranger, who is like any other."""
        known = sorted(set(case.acts.values()))
        return known + [person for person in self.persons if person not in known][:1]

    def _decided(
        self,
        found: Exhaustion,
        here: Standing,
        depth: int,
        kind: MoveKind,
        person: str,
        roles: frozenset[str],
        **told: Any,
    ) -> Iterator[Standing]:
        move = Move(kind=kind, actor=Actor(person, roles=roles), now=here.now, roles=roles, **told)
        answer = decide(self.compiled, here.snapshot, move)
        if isinstance(answer, Refusal):
            rule = rule_of(self.compiled, answer)
            if rule and kind != "open":  # a case that is not opened breaks nothing
                found.broken.setdefault(rule, depth + 1)
            return
        if answer.refused in ("invariant-broken", "too-many-steps"):
            found.broken.setdefault(answer.refused, depth + 1)
        steps = {(s.workflow, s.trigger, s.source, s.target, s.entered) for s in answer.steps}
        found.taken |= steps
        if kind == "timer" and any(trigger == told["trigger"] for _, trigger, *_ in steps):
            found.rang.add(told["cause"].name)
        yield attrs.evolve(here, snapshot=after(here.snapshot, answer))

    def _filled(self, items: tuple[CompiledTransition, ...]) -> Iterator[dict[str, Any]]:
        if not items:
            return
        forms = {name: field for item in items for name, field in item.form.items()}
        yield from self._forms({name: attrs.evolve(field, required=False) for name, field in forms.items()})

    def _forms(self, fields: Mapping[str, Field]) -> Iterator[dict[str, Any]]:
        choices = [
            self.domains[name] if field.required else (None, *self.domains[name]) for name, field in fields.items()
        ]
        for values in product(*choices):
            yield {name: value for name, value in zip(fields, values, strict=True) if value is not None}


def unopened(compiled: Compiled) -> Snapshot:
    """What there is of a case before it is opened."""
    subjects = {name: f"subject {number}" for number, name in enumerate(compiled.case_type.subjects)}
    return before_opening(compiled, tenant="main", case_id="case", unit="unit", at=BEGIN, subjects=subjects)


def after(case: Snapshot, answer: Decision) -> Snapshot:
    """The case as *answer* leaves it; nothing is posted in these case types."""
    return attrs.evolve(
        case,
        revision=case.revision + 1,
        closed_at=answer.closed_at,
        states=dict(answer.states),
        data=dict(answer.data),
        marks=dict(answer.marks),
        dues=dict(answer.dues),
        acts=dict(answer.acts),
    )


def rule_of(compiled: Compiled, refusal: Refusal) -> str:
    """The invariant, or the workflow left behind, that a move was refused for; else empty."""
    if refusal.code == "too-many-steps":
        return "automatic steps"
    if refusal.code != "invariant-broken":
        return ""
    source = refusal.unmet[0].source
    return f"closing {source}" if source in compiled.workflows else source
