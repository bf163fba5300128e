"""What the second interpreter does to one case: steps, effects, clocks, and what must hold in the end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from casework.condition import tree
from casework.model.attachment import Require
from casework.model.casetype import CaseType
from casework.model.command import Assign, Open, Post, Recheck, Run, Send, Set, Settle, Void
from casework.model.workflow import Transition, Workflow
from casework.parts import EffectPart, Guard
from casework.testing.reference.counting import begun, follow_term
from casework.testing.reference.forms import No, accept, all_fields
from casework.testing.reference.ledger import Ledger
from casework.testing.reference.parts import Parts, located
from casework.testing.reference.terms import (
    Ask,
    Case,
    asks_actor,
    asks_form,
    blank,
    clauses,
    here,
    instants,
    truth,
    value_of,
)

STEPS = 50
Way = tuple[Workflow, Transition]


@attrs.define
class Doing:
    """The definitions, and what is done by them to the case at hand; the ledger is shared by all cases."""

    types: dict[str, CaseType]
    requirements: dict[str, tuple[Require, ...]]
    own: dict[str, int]
    parts: Parts
    ledger: Ledger = attrs.Factory(Ledger)

    def ways(self, case: Case) -> list[Way]:
        """Every transition of the chain with its workflow, in order."""
        return [(w, step) for w in self.types[case["type"]].chain for step in w.transitions]

    def clauses(self, case: Case, step: Transition) -> list[tree.Condition]:
        """What a step asks for, clause by clause: its own, the four eyes, and what plugins require."""
        wanted = [*clauses(step.condition), *(tree.Differs(trigger) for trigger in step.four_eyes)]
        if not step.automatic:
            for item in self.requirements.get(case["type"], ()):
                wanted += clauses(item.condition) if item.trigger == step.trigger else ()
        return wanted

    def truth(self, condition: tree.Condition, case: Case, ask: Ask) -> bool | None:
        """True, False, or None where a fact is missing."""
        return truth(condition, case, ask, self._left)

    def _left(self, case: Case, account: str) -> int | None:
        return self.ledger.left(self.types[case["type"]], case, account)

    def holds(self, case: Case, way: Way, ask: Ask, *, probing: bool = False) -> bool:
        """Whether a step can be taken; No where that may not be passed over."""
        step = way[1]
        wanted = [
            clause
            for clause in self.clauses(case, step)
            if not (ask.timed and asks_actor(clause)) and not (probing and asks_form(clause))
        ]
        told = [self.truth(clause, case, ask) for clause in wanted]
        if False in told:
            return False
        if None in told:
            if step.automatic or (probing and any(asks_form(clause) for clause in self.clauses(case, step))):
                return False
            raise No("unmet")
        if self.absent(step):
            if step.automatic:
                return False
            raise No("part-absent")
        return all(self.says(case, way, name, ask) for name in step.guards)

    def says(self, case: Case, way: Way, guard: str, ask: Ask) -> bool:
        """What a guard of the step answers."""
        return self.parts.says(guard, self.types[case["type"]], way[0].name, case, ask)

    def absent(self, step: Transition) -> bool:
        """Whether a part that the step needs is not installed."""
        runs = [effect.effect for effect in step.effects if isinstance(effect, Run)]
        return self.parts.absent(step.guards, Guard) or self.parts.absent(runs, EffectPart)

    def take(self, case: Case, way: Way, ask: Ask) -> None:
        """Everything that a step does: its effects, then its state."""
        workflow, step = way
        for effect in step.effects:
            if isinstance(effect, Run):
                self._run(case, workflow, effect.effect, ask)
            else:
                self.apply(case, effect, ask)
        if step.target is not None:
            self.enter(case, workflow, step.target, ask.now, again=case["states"][workflow.name] == step.target)

    def _run(self, case: Case, workflow: Workflow, name: str, ask: Ask) -> None:
        case_type = self.types[case["type"]]
        attached = workflow in case_type.chain[self.own[case_type.name] :]
        for command in self.parts.commands(name, case_type, workflow.name, case, ask, self._left):
            try:
                self.apply(case, located(command, case_type, workflow.name, workflow.name if attached else ""), ask)
            except No as no:
                raise No("part-failed") if no.code == "invalid-form" else no from None

    def follow(self, case: Case, ask: Ask) -> int:
        """Automatic steps until none goes: chain order, then declaration, from the top after each. How many."""
        for taken in range(STEPS + 1):
            self.count(case, ask)
            found = self.ready(case, ask)
            if found is None:
                return taken
            self.take(case, found, ask)
        raise No("too-many-steps")

    def ready(self, case: Case, ask: Ask) -> Way | None:
        """The automatic step that goes next."""
        waiting = [way for way in self.ways(case) if way[1].automatic and here(case, *way)]
        return next((way for way in waiting if self.holds(case, way, ask)), None)

    def count(self, case: Case, ask: Ask) -> None:
        """Bring the due dates that rules set up to date with the case."""
        for workflow in self.types[case["type"]].chain:
            for deadline in workflow.deadlines:
                if deadline.name in case["terms"]:
                    follow_term(case, deadline, ask.now, lambda item: self.truth(item, case, ask), self.parts.calendars)

    def enter(self, case: Case, workflow: Workflow, target: str, now: datetime, again: bool) -> None:
        """Put a workflow into a state: set the mark, and start, keep or drop its deadlines."""
        source = case["states"].get(workflow.name)
        case["states"][workflow.name] = target
        case["marks"][workflow.name, target] = now
        for deadline in workflow.deadlines:
            if target not in deadline.during:
                case["dues"].pop(deadline.name, None)
                case["terms"].pop(deadline.name, None)
            elif deadline.rule and (again or source not in deadline.during):
                case["dues"].pop(deadline.name, None)
                case["terms"][deadline.name] = begun(now)
            elif again or source not in deadline.during:
                case["dues"][deadline.name] = now + deadline.after

    def apply(self, case: Case, effect: Any, ask: Ask) -> None:
        """One command."""
        case_type = self.types[case["type"]]
        match effect:
            case Set(name, source):
                self._set(case, name, value_of(source, case, ask))
            case Post(debit, credit, amount, hold):
                self.ledger.post(case_type, case, (debit, credit), value_of(amount, case, ask), hold)
            case Settle(hold):
                self.ledger.settle(case_type, case, hold)
            case Void(hold):
                self.ledger.void(case_type, case, hold)
            case Assign(role, person):
                case["local"][role] = value_of(person, case, ask)
                case["assigned"] = {*case.get("assigned", ()), role}
            case Send(channel):
                case["sent"].append(channel)
            case Open(name, values, unit):
                told = {key: value for key, source in values if (value := value_of(source, case, ask)) is not None}
                where = value_of(unit, case, ask)
                case["opens"].append((name, case["unit"] if where is None else where, told, ask))
            case Recheck():
                case["rechecks"] = True
            case _:
                raise NotImplementedError(effect)

    def _set(self, case: Case, name: str, value: Any) -> None:
        field = next((f for f in all_fields(self.types[case["type"]]) if f.name == name), None)
        if field is None:
            raise No("part-failed")
        if value is None:
            case["data"].pop(name, None)
        else:
            case["data"][name] = accept(field, value)

    def finish(self, case: Case) -> None:
        """What must hold in the end, whatever was done."""
        case_type = self.types[case["type"]]
        nobody = Ask(now=case["now"])
        if any(self.truth(invariant.condition, case, nobody) is False for invariant in case_type.invariants):
            raise No("invariant-broken")
        ended = [w.state(case["states"][w.name]).final for w in case_type.chain]
        if ended[0] and not all(ended):
            raise No("invariant-broken")
        case["closed"] = ended[0]

    def void_acts(self, before: Case, after: Case) -> None:
        """Whoever changes a field that an act had set makes that act void, and those that asked for another person.

        Only the act itself stays, whose doer changes it just now.
        """
        doing = after.pop("doing", None)
        old, new = before["data"], after["data"]
        changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        gone: set[str] = set()
        for _, step in self.ways(after):
            sets = {e.field for e in step.effects if isinstance(e, Set) and e.value is not None}
            if not step.automatic and sets & changed:
                gone.add(step.trigger)
        approving = self._approving(after) if gone else []
        while more := {trigger for trigger, others in approving if others & gone} - gone:
            gone |= more
        for trigger in gone - {doing}:
            after["acts"].pop(trigger, None)

    def _approving(self, case: Case) -> list[tuple[str, set[str]]]:
        """Every trigger of people, with those whose doer has to be somebody else."""
        return [
            (step.trigger, {node.trigger for node in tree.walk(clause) if isinstance(node, tree.Differs)})
            for _, step in self.ways(case)
            for clause in self.clauses(case, step)
            if not step.automatic
        ]

    def clocks(self, case: Case) -> dict[str, datetime]:
        """Every timer of a case: its deadlines, and when its automatic steps look at the time again."""
        found: dict[str, datetime] = dict(case["dues"])
        for workflow in self.types[case["type"]].chain if case["states"] else ():
            for number, step in enumerate(workflow.transitions):
                if step.automatic and here(case, workflow, step):
                    named = ((f"~{workflow.name}.{number}.{n}", at) for n, at in enumerate(instants(step, case)))
                    found |= {name: at for name, at in named if at is not None}
        return found


def newborn(parent: Case, number: int, case_type: CaseType, unit: str) -> Case:
    """A case that another one opens; it and its subjects get their names when the engine has given them."""
    case = blank(f"child {number} of {parent['id']}", case_type.name, unit)
    case["subjects"] = {name: parent["subjects"].get(name, f"{name} of {case['id']}") for name in case_type.subjects}
    case["parent"] = parent["id"]
    return case
