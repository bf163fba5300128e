"""A path that the explorer found, walked again through deciding, with values that are looked for until it goes so.

Nothing is claimed to be possible that deciding has not accepted step by step.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice, product
from typing import TypeAlias

import attrs

from casework.compiled import Compiled
from casework.condition.literal import Value
from casework.deciding.decide import decide
from casework.deciding.draft import account_keys
from casework.deciding.unopened import unopened
from casework.exploring.alphabet import DUE, NOBODY, RUNG, RUNNING, SOMEBODY, Slot
from casework.exploring.cells import partition
from casework.exploring.joint import Jump
from casework.exploring.move import AUTOMATIC_STEPS, Stopped
from casework.exploring.offer import holders
from casework.exploring.passage import Passage
from casework.exploring.reach import Reached
from casework.exploring.region import passed
from casework.exploring.way import Label
from casework.model.actor import SYSTEM, Actor
from casework.model.case import Cause, Move, Snapshot
from casework.model.decision import Decision
from casework.model.posting import Hold
from casework.model.refusal import Refusal

BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
TRIES = 200
"""How many combinations of values are tried for one way to take a step."""
ALTERNATIVES = 16
"""How many such ways are tried."""


Hints: TypeAlias = Mapping[tuple[str, str], tuple[Value | None, ...]]
"""By kind and name of what passes the values that it may have."""


@attrs.frozen(kw_only=True)
class Step:
    """One step of a walked path: what was asked by whom with which values, and the states that it led to."""

    kind: str
    name: str
    at: datetime
    roles: tuple[str, ...] = ()
    person: str = ""
    values: Mapping[str, object] = attrs.field(factory=dict)
    states: Mapping[str, str] = attrs.field(factory=dict)
    refused: str = ""


@attrs.frozen
class Walked:
    """The steps, the case as it stands after them, and whether the whole path could be walked."""

    steps: tuple[Step, ...]
    case: Snapshot
    whole: bool


class Walker:
    """Walks paths of one manifest through deciding."""

    def __init__(self, result: Reached) -> None:
        self._result = result
        self._alphabet = result.alphabet
        self._compiled: Compiled = result.alphabet.compiled
        self._roles = result.moves.world.holds(_every_role(self._compiled))

    def walk(self, path: Sequence[tuple[Jump, int]]) -> Walked:
        """Each jump with the joint values among which the case has to be afterwards."""
        case, steps = self._nobody(), list[Step]()
        for jump, wanted in path:
            found = next(self._walked(case, jump, wanted), None)
            if found is None:
                return Walked(tuple(steps), case, False)
            case, step = found
            steps.append(step)
        return Walked(tuple(steps), case, True)

    def refused(self, case: Snapshot, stopped: Stopped) -> Step | None:
        """The step that is refused because of what must always hold; None where deciding never refuses it for that."""
        wanted = "too-many-steps" if stopped.rule == AUTOMATIC_STEPS else "invariant-broken"
        for move, step in self._attempts(case, stopped.label, stopped.passages, None):
            answer = decide(self._compiled, case, move)
            told = answer.refused if isinstance(answer, Decision) else answer.code
            # What a timer fires is refused without its reason.
            named = not isinstance(answer, Refusal) or not answer.unmet or answer.unmet[0].source == stopped.named
            if told == wanted and named:
                return attrs.evolve(step, refused=told, states=dict(case.states))
        return None

    def accepted(self, case: Snapshot) -> Step | None:
        """Some step that deciding accepts and that leads on from *case*; None where there is none."""
        configuration = self._configuration(case)
        for jump in self._result.out.get(configuration, ()):
            if jump.label.kind in ("wait", "amend"):
                continue
            for _, step in self._walked(case, jump, None):
                return step
        return None

    def _nobody(self) -> Snapshot:
        names = self._compiled.case_type.subjects
        subjects = {name: f"somebody {number}" for number, name in enumerate(names)}
        return unopened(self._compiled, tenant="main", case_id="case", unit="unit", at=BEGIN, subjects=subjects)

    def _walked(self, case: Snapshot, jump: Jump, wanted: int | None) -> Iterator[tuple[Snapshot, Step]]:
        if jump.label.kind == "wait":
            later, step = self._waited(case, jump)
            if wanted is None or self._fits(later, jump.target, wanted):
                yield later, step
            return
        for move, step in self._attempts(case, jump.label, jump.move.passages, wanted):
            answer = decide(self._compiled, case, move)
            if isinstance(answer, Decision):
                later = _after(case, answer, move)
                fits = wanted is None or self._fits(later, jump.target, wanted)
                if fits and (wanted is not None or later.states != case.states or later.data != case.data):
                    yield later, attrs.evolve(step, states=dict(answer.states))

    def _waited(self, case: Snapshot, jump: Jump) -> tuple[Snapshot, Step]:
        """Let time pass until a deadline is over, or until as much has passed since a mark as the jump asks for."""
        name, now = jump.label.name, _now(case)
        mark = self._alphabet.get("mark", name)
        due = case.dues.get(name, now)
        if mark is not None:
            lengths = tuple(passed(self._alphabet.durations[name]))
            # What is not asked for any more does not say how long; then the shortest time will do.
            cells = list(mark.cells(jump.move.after)) if jump.move.after & mark.mask != mark.mask else []
            cell = cells[0] if cells else self._aged(case, name) + 1
            due = case.marks[name] + lengths[min(cell, len(lengths)) - 1]
        later = max(now, due)
        moved = attrs.evolve(case, head=later.isoformat().encode())
        return moved, Step(kind="wait", name=name, at=later, states=dict(case.states))

    def _aged(self, case: Snapshot, mark: str) -> int:
        """The cell of a mark: whether less, as much or more time has passed than each length that is asked for."""
        since, durations = _now(case) - case.marks[mark], self._alphabet.durations[mark]
        at = bisect_left(durations, since)
        return 1 + 2 * at + (at < len(durations) and durations[at] == since)

    def _attempts(
        self, case: Snapshot, label: Label, passages: tuple[Passage, ...], wanted: int | None
    ) -> Iterator[tuple[Move, Step]]:
        """Every way to try a step, the likeliest first, each with a snapshot of balances of its own."""
        now = _now(case)
        first = passages[0] if passages and label.kind in ("fire", "timer") else None
        for hints in self._hints(passages):
            for balances in self._balances(case, hints):
                case.balances = balances
                for values in self._values(case, label, first, wanted, hints):
                    for actor in self._actors(case, label):
                        yield from self._attempt(case, label, values, actor, now)

    def _hints(self, passages: tuple[Passage, ...]) -> Iterator[Hints]:
        """For each way in which the conditions of all transitions taken may hold, the values that they ask for."""
        for boxes in islice(product(*(each.true for each in passages)), ALTERNATIVES):
            hints: dict[tuple[str, str], tuple[Value | None, ...]] = {}
            for each, box in zip(passages, boxes, strict=True):
                free = self._result.moves.free(each) & box.allowed
                for key, cells in each.reach.partitions.items():
                    values = tuple(cells.witnesses[cell] for cell in each.reach.passing[key].cells(free))
                    both = tuple(value for value in values if value in hints.get(key, values))
                    hints[key] = both or values
            yield hints

    def _attempt(
        self, case: Snapshot, label: Label, values: Mapping[str, object], actor: Actor, now: datetime
    ) -> Iterator[tuple[Move, Step]]:
        step = Step(
            kind=label.kind,
            name=label.name,
            at=now,
            roles=tuple(sorted(actor.roles)),
            person=actor.person,
            values=values,
        )
        match label.kind:
            case "open" | "fire" | "amend":
                trigger = label.name if label.kind == "fire" else ""
                form = {name: value for name, value in values.items() if value is not None or label.kind == "amend"}
                yield Move(kind=label.kind, actor=actor, now=now, roles=actor.roles, trigger=trigger, form=form), step
            case "timer":
                trigger = self._trigger_of(label.name)
                cause, system = Cause("timer", label.name), Actor(SYSTEM)
                yield (
                    Move(kind="timer", actor=system, now=now, roles=frozenset(), trigger=trigger, cause=cause),
                    attrs.evolve(step, person=SYSTEM, roles=()),
                )
            case "look":
                yield Move(kind="recheck", actor=Actor(SYSTEM), now=now, roles=frozenset()), step

    def _trigger_of(self, deadline: str) -> str:
        for workflow in self._compiled.workflows.values():
            for each in workflow.deadlines:
                if each.name == deadline:
                    return each.trigger or ""
        return ""

    def _values(
        self, case: Snapshot, label: Label, first: Passage | None, wanted: int | None, hints: Hints
    ) -> Iterator[Mapping[str, object]]:
        """What may be filled in: a value of each cell that matters, one value where none does."""
        compiled = self._compiled
        if label.kind == "open":
            yield from self._opened_with(wanted)
        elif label.kind == "amend":
            field = compiled.fields[label.name]
            cells = self._alphabet.partitions.get(label.name) or partition(field, ())
            for witness in cells.witnesses[1 if field.required else 0 :]:
                yield {label.name: witness}
        elif first is not None and label.kind == "fire":
            choices = []
            for name, field in first.item.form.items():
                if ("given", name) in hints:
                    choices.append(hints["given", name])
                else:
                    choices.append(partition(attrs.evolve(field, field_class="open"), ()).witnesses[1:2])
            names = tuple(first.item.form)
            for picked in islice(product(*choices), TRIES):
                yield dict(zip(names, picked, strict=True))
        else:
            yield {}

    def _opened_with(self, wanted: int | None) -> Iterator[Mapping[str, object]]:
        """The values that a case is opened with: those that are wanted where that is told, some value else."""
        cells = {} if wanted is None else self._result.joints.cells(wanted)
        values: dict[str, object] = {}
        for name, field in self._compiled.enterable.items():
            slot = self._alphabet.get("field", name)
            known = self._alphabet.partitions.get(name) or partition(field, ())
            if slot is not None and slot in cells:
                values[name] = known.witnesses[cells[slot]]
            elif field.required:
                values[name] = known.witnesses[1]
        yield values

    def _actors(self, case: Snapshot, label: Label) -> Iterator[Actor]:
        """Who may try it: somebody who has not acted yet, then each who has; with few roles, then with all."""
        world = self._result.moves.world
        persons = [f"person {case.revision + 1}", *sorted(set(case.acts.values()))]
        if world.alone:
            persons = ["one person"]
        groups = self._holders(case, label)
        for person in persons:
            for roles in dict.fromkeys((*groups, self._roles)):
                yield Actor(person, roles=roles)

    def _holders(self, case: Snapshot, label: Label) -> tuple[frozenset[str], ...]:
        """The fewest roles with which it may be tried."""
        if label.kind == "amend":
            editable = self._result.moves.standpoints.at(self._configuration(case)).editable
            return next((holders(each.needed) for each in editable if each.name == label.name), ())
        return label.holders

    def _balances(self, case: Snapshot, hints: Hints) -> Iterator[dict[str, int]]:
        """What accounts may hold: as much as conditions ask for, else plenty; then the most, then the least."""
        limited = [account for account in self._compiled.accounts.values() if account.limited]
        for level in range(3 if limited else 1):
            found: dict[str, int] = {}
            for account in limited:
                low, high = account.minimum, account.maximum
                plenty = (low + high) // 2 if low is not None and high is not None else (low or 0) + 1_000
                levels = (min(plenty, high) if high is not None else plenty, high, low)
                told = [value for value in hints.get(("balance", account.name), ()) if isinstance(value, int)]
                amount = told[min(level, len(told) - 1)] if told else levels[level]
                found |= dict.fromkeys(
                    account_keys(account, case, self._compiled), plenty if amount is None else amount
                )
            yield found

    def _configuration(self, case: Snapshot) -> int:
        return sum(self._alphabet.state(name, state) for name, state in case.states.items())

    def _fits(self, case: Snapshot, configuration: int, wanted: int) -> bool:
        """Whether a case stands in *configuration* and may be among the *wanted* joint values."""
        if self._configuration(case) != configuration:
            return False
        told = self._result.joints.encoded(self._box(case))
        return all(told & wanted & group.mask for group in self._result.joints.groups)

    def _box(self, case: Snapshot) -> int:
        """The cases that the explorer cannot tell from this one."""
        dead = self._result.moves.standpoints.at(self._configuration(case)).dead
        return dead | sum(self._bits(case, slot) for slot in self._alphabet.slots.values() if slot.kind != "state")

    def _bits(self, case: Snapshot, slot: Slot) -> int:
        match slot.kind:
            case "field":
                cell = self._alphabet.partitions[slot.name].index(case.data.get(slot.name))
                return slot.bit(max(cell, 0))
            case "act":
                return slot.bit(SOMEBODY if slot.name in case.acts else NOBODY)
            case "deadline":
                over = slot.name in case.dues and case.dues[slot.name] <= _now(case)
                return slot.bit(DUE) | slot.bit(RUNG) if over else slot.bit(RUNNING)
            case _:
                if slot.name not in case.marks:
                    return slot.bit(0)
                return slot.bit(self._aged(case, slot.name))


def _now(case: Snapshot) -> datetime:
    """The instant that a walked case has come to; it is noted where a stored one has its head."""
    return datetime.fromisoformat(case.head.decode()) if case.head else BEGIN


def _after(case: Snapshot, answer: Decision, move: Move) -> Snapshot:
    """The case as *answer* leaves it."""
    number = case.revision + 1
    ended = {*answer.settled, *answer.void}
    held = [hold for hold in case.holds if hold not in ended]
    held += [
        Hold(posting.hold, posting.debit, posting.credit, posting.commodity, posting.amount, number, line)
        for line, posting in enumerate(answer.postings)
        if posting.hold is not None
    ]
    return attrs.evolve(
        case,
        revision=number,
        closed_at=answer.closed_at,
        head=move.now.isoformat().encode(),
        states=dict(answer.states),
        data=dict(answer.data),
        marks=dict(answer.marks),
        dues=dict(answer.dues),
        terms=dict(answer.terms),
        acts=dict(answer.acts),
        balances={},
        holds=tuple(held),
    )


def _every_role(compiled: Compiled) -> frozenset[str]:
    case_type = compiled.case_type
    steps = [step for workflow in case_type.chain for step in workflow.transitions]
    named = [case_type.opens, *(step.roles for step in steps), *(roles for _, roles in case_type.readers)]
    states = [state for workflow in case_type.chain for state in workflow.states]
    named += [roles for grants in (case_type.grants, *(state.grants for state in states)) for _, roles in grants]
    return frozenset(role for roles in named for role in roles) | frozenset(role.name for role in case_type.roles)
