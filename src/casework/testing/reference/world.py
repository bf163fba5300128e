"""The verbs of the second interpreter, over all cases of some case types and the accounts that they share."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import attrs

from casework.condition import tree
from casework.model.actor import Actor
from casework.model.attachment import Require
from casework.model.casetype import CaseType
from casework.parts import Part
from casework.testing.reference.doing import Doing, newborn
from casework.testing.reference.forms import No, all_fields, common, enterable, filled, reads
from casework.testing.reference.parts import Parts
from casework.testing.reference.terms import Ask, Case, blank, here

NESTED = 5
Work = Callable[[Case], None]


class World:
    """Cases as the definitions say that they run.

    *requirements* and *own* (how many workflows of the chain are the case type's own) go by case type;
    without *own* none is attached. What a verb answers is the code of its refusal, empty where it is accepted.
    """

    def __init__(
        self,
        case_types: Iterable[CaseType],
        *,
        parts: Iterable[Part] = (),
        requirements: Mapping[str, tuple[Require, ...]] | None = None,
        own: Mapping[str, int] | None = None,
    ) -> None:
        types = {case_type.name: case_type for case_type in case_types}
        self.types = types
        self.cases: dict[str, Case] = {}
        lengths = {name: len(case_type.chain) for name, case_type in types.items()}
        self._do = Doing(types, dict(requirements or {}), lengths | dict(own or {}), Parts(parts))
        self._born: list[Case] = []
        self._past: dict[str, list[tuple[Case, Case]]] = {}

    @property
    def balances(self) -> dict[tuple[str, str, str], int]:
        """What every account holds, by name, owner and kind; those without limits among them."""
        return self._do.ledger.amounts

    def open(
        self,
        case_id: str,
        actor: Actor,
        name: str,
        unit: str,
        values: Mapping[str, Any],
        now: datetime,
        subjects: Mapping[str, str] | None = None,
    ) -> str:
        """A new case, under the id and the subjects that the engine gave it."""
        case_type, case = self.types[name], blank(case_id, name, unit)
        case["subjects"] = {subject: f"{subject} of {case_id}" for subject in case_type.subjects} | dict(subjects or {})

        def work(draft: Case) -> None:
            ask = self._ask(actor, draft, now)
            if not ask.roles & set(case_type.opens):
                raise No("not-permitted")
            self._begin(draft, values, ask)

        code = self._attempt(case, work, now)
        if not code:
            self.cases[case_id] = case
        return code

    def _begin(self, draft: Case, values: Mapping[str, Any], ask: Ask) -> None:
        case_type = self.types[draft["type"]]
        draft["data"] = filled(enterable(case_type).values(), values)
        for workflow in case_type.chain:
            self._do.enter(draft, workflow, workflow.initial, ask.now, again=True)
        self._do.follow(draft, ask)

    def christen(self, cases: Iterable[tuple[str, Mapping[str, str]]]) -> None:
        """Give the cases that the last firing opened the ids and subjects that the engine gave them."""
        ids: dict[str, str] = {}
        for case, (case_id, subjects) in zip(self._born, cases, strict=True):
            self._do.ledger.renamed(case["id"], case_id)
            for name, person in subjects.items():
                self._do.ledger.renamed(case["subjects"][name], person)
            ids[case["id"]] = case_id
            case |= {"id": case_id, "subjects": dict(subjects), "parent": ids.get(case["parent"], case["parent"])}
            self.cases[case_id] = case
            if "told" in case:
                self._tell_parent(case, case.pop("told"))
        self._born = []

    def _tell_parent(self, case: Case, now: datetime) -> None:
        if case["parent"] in self.cases:
            self.cases[case["parent"]]["armed"][f"recheck {case['id']}"] = now

    def fire(
        self, case_id: str, actor: Actor, trigger: str, form: Mapping[str, Any], now: datetime, seen: int | None = None
    ) -> str:
        """Ask for a trigger; with *seen* the case must still be at that revision."""

        def work(draft: Case) -> None:
            ask = self._looks(draft, actor, now, seen)
            self._take_trigger(draft, trigger, form, ask)

        return self._attempt(self.cases[case_id], work, now)

    def amend(
        self, case_id: str, actor: Actor, values: Mapping[str, Any], now: datetime, seen: int | None = None
    ) -> str:
        """Give fields new values."""

        def work(draft: Case) -> None:
            ask, case_type = self._looks(draft, actor, now, seen), self.types[draft["type"]]
            if not values:
                raise No("invalid-form")
            self._permit("edit", draft, ask)
            fields = {field.name: field for field in all_fields(case_type)}
            if any(name in fields and not reads(case_type, fields[name], ask.roles) for name in values):
                raise No("not-permitted")
            allowed = enterable(case_type)
            if any(value is None and name in allowed and allowed[name].required for name, value in values.items()):
                raise No("invalid-form")
            optional = [attrs.evolve(field, required=False) for field in allowed.values()]
            draft["data"] |= filled(optional, values)
            draft["data"] = {n: v for n, v in draft["data"].items() if not (n in values and values[n] is None)}
            self._do.follow(draft, ask)

        return self._attempt(self.cases[case_id], work, now)

    def note(self, case_id: str, actor: Actor, text: str, now: datetime, seen: int | None = None) -> str:
        """Write a remark."""

        def work(draft: Case) -> None:
            self._permit("note", draft, self._looks(draft, actor, now, seen))
            if not text.strip() or len(text) > 2_000:
                raise No("invalid-form")

        return self._attempt(self.cases[case_id], work, now, undoable=False)

    def assign(
        self, case_id: str, actor: Actor, role: str, person: str | None, now: datetime, seen: int | None = None
    ) -> str:
        """Give a local role to somebody, or take it from everybody."""

        def work(draft: Case) -> None:
            self._permit("assign", draft, self._looks(draft, actor, now, seen))
            self._local(draft, role)
            draft["local"][role] = person
            draft["assigned"] = {role}

        return self._attempt(self.cases[case_id], work, now, undoable=False)

    def claim(self, case_id: str, actor: Actor, role: str, now: datetime, seen: int | None = None) -> str:
        """Take a free local role for oneself."""

        def work(draft: Case) -> None:
            self._permit("edit", draft, self._looks(draft, actor, now, seen))
            self._local(draft, role)
            if draft["local"].get(role) not in (None, actor.person):
                raise No("not-permitted")
            draft["local"][role] = actor.person
            draft["assigned"] = {role}

        return self._attempt(self.cases[case_id], work, now, undoable=False)

    def _local(self, case: Case, role: str) -> None:
        if not any(item.local and item.name == role for item in self.types[case["type"]].roles):
            raise No("invalid-form")

    def undo(self, case_id: str, number: int, now: datetime) -> bool:
        """Take back entry *number*; False where it is not the last step of the case. Else the engine says whether."""
        case, past = self.cases[case_id], self._past.pop(case_id, [])
        if not past or past[-1][1]["revision"] != number:
            return False
        before, after = past[-1]
        back = copy.deepcopy(case) | {
            part: copy.deepcopy(before[part]) for part in ("states", "data", "marks", "dues", "terms", "acts", "closed")
        }
        for role, given in after["given"].items():
            if given == number == case["given"][role]:
                back["local"][role], back["given"][role] = before["local"].get(role), case["revision"] + 1
        amounts = self._do.ledger.amounts
        self._do.ledger.amounts = {key: amount - after["moved"].get(key, 0) for key, amount in amounts.items()}
        self._rearm(case, back, now, corrected=True)
        back["revision"] += 1
        case.clear()
        case.update(back)
        return True

    def available(self, case_id: str, actor: Actor, now: datetime) -> tuple[str, ...]:
        """The triggers that somebody may ask for, as far as can be told before a form is filled in."""
        case = self.cases[case_id]
        ask = self._ask(actor, case, now)
        names = dict.fromkeys(step.trigger for _, step in self._do.ways(case) if not step.automatic)
        return tuple(name for name in names if self._possible(case, name, attrs.evolve(ask, trigger=name)))

    def _possible(self, case: Case, trigger: str, ask: Ask) -> bool:
        """Whether some way of the trigger is open as far as it does not depend on the form."""
        ways = [way for way in self._do.ways(case) if way[1].trigger == trigger and here(case, *way)]
        permitted = [way for way in ways if ask.roles & set(way[1].roles)]
        try:
            return any(self._do.holds(case, way, ask, probing=True) for way in permitted)
        except No:
            return False

    def run_due(self, now: datetime) -> None:
        """Every timer that ran out by *now*, earliest first; one that is refused stays for the next time."""
        due = [(at, case_id, name) for case_id, case in self.cases.items() for name, at in case["armed"].items()]
        for at, case_id, name in sorted(item for item in due if item[0] <= now):
            case = self.cases[case_id]
            if case["armed"].get(name) != at:
                continue
            ask = Ask(now=max(now, at))
            if any(deadline.name == name for w in self.types[case["type"]].chain for deadline in w.deadlines):
                ask.timed = True
                self._attempt(case, lambda draft, name=name, ask=ask: self._ring(draft, name, ask), ask.now)  # type: ignore[misc]
            else:
                self._look_again(case, name, ask)

    def _look_again(self, case: Case, name: str, ask: Ask) -> None:
        """The time for an automatic step has come; where none goes there is no entry either."""
        draft, ledger = copy.deepcopy(case), self._do.ledger.copy()
        try:
            moved = self._do.follow(draft, ask) > 0
        except No:
            moved = True
        self._do.ledger = ledger
        if not moved:
            del case["armed"][name]
            return

        def work(draft: Case) -> None:
            del draft["armed"][name]
            self._do.follow(draft, ask)

        self._attempt(case, work, ask.now)

    def _ring(self, draft: Case, name: str, ask: Ask) -> None:
        del draft["armed"][name]
        trigger = next(d.trigger for w in self.types[draft["type"]].chain for d in w.deadlines if d.name == name)
        before, ledger = copy.deepcopy(draft), self._do.ledger.copy()
        try:
            if trigger is not None:
                self._take_trigger(draft, trigger, {}, ask)
                self._do.finish(draft)
                return
        except No as no:
            if no.code in ("part-failed", "part-absent"):
                raise
            draft.clear()
            draft.update(before)
            self._do.ledger = ledger
        self._do.follow(draft, attrs.evolve(ask, form={}))

    def _attempt(self, case: Case, work: Work, now: datetime, *, undoable: bool = True) -> str:
        draft, ledger, born = copy.deepcopy(case), self._do.ledger.copy(), len(self._born)
        draft["now"] = now
        try:
            work(draft)
            self._do.finish(draft)
            opens, draft["opens"] = draft["opens"], []
            for item in opens:
                self._child(draft, *item)
        except No as no:
            self._do.ledger = ledger
            del self._born[born:]
            return no.code
        self._do.void_acts(case, draft)
        self._rearm(case, draft, now)
        draft["revision"] += 1
        draft["given"] |= dict.fromkeys(draft.pop("assigned", ()), draft["revision"])
        draft["moved"] = {k: a - ledger.amounts.get(k, 0) for k, a in self._do.ledger.amounts.items()}
        if draft.pop("rechecks", False) or (draft["closed"] and not case["closed"]):
            draft["told"] = now
        if undoable and draft["revision"] > 1:
            self._past.setdefault(draft["id"], []).append((copy.deepcopy(case), copy.deepcopy(draft)))
        if "told" in draft and draft["id"] in self.cases:
            self._tell_parent(draft, draft.pop("told"))
        case.clear()
        case.update(draft)
        return ""

    def _rearm(self, before: Case, after: Case, now: datetime, *, corrected: bool = False) -> None:
        """Drop the timers that the case has no longer, and arm those that are new."""
        old, new = self._do.clocks(before), self._do.clocks(after)
        again: set[str] = set()
        if corrected and self._do.ready(after, Ask(now=now)) is not None:
            deadlines = [deadline for w in self.types[after["type"]].chain for deadline in w.deadlines]
            again = {d.name for d in deadlines if d.trigger is None} | {name for name in new if name.startswith("~")}
        for name in old:
            if name not in new:
                after["armed"].pop(name, None)
        for name, at in new.items():
            changed = old.get(name) != at and (at > now or name in after["dues"])
            if changed or (at <= now and name in again):
                after["armed"][name] = at

    def _child(self, parent: Case, name: str, unit: str, values: Mapping[str, Any], ask: Ask) -> None:
        """Whoever may fire what opens a case may open it; what the firing has posted so far is posted."""
        if name not in self.types:
            raise No("part-absent")
        if ask.depth >= NESTED:
            raise No("too-many-steps")
        case = newborn(parent, len(self._born), self.types[name], unit)
        place = len(self._born)
        self._born.append(case)
        local = {role.name for role in self.types[name].roles if role.local}
        asks = attrs.evolve(ask, form={}, roles=ask.roles - local, depth=ask.depth + 1, trigger="", timed=False)
        code = self._attempt(case, lambda draft: self._begin(draft, values, asks), ask.now)
        if code:
            raise No(code)
        self._born[place] = case

    def _looks(self, case: Case, actor: Actor, now: datetime, seen: int | None) -> Ask:
        ask = self._ask(actor, case, now)
        if not self.may("view", case, ask.roles):
            raise No("not-found")
        if seen is not None and seen != case["revision"]:
            raise No("stale")
        return ask

    def _ask(self, actor: Actor, case: Case, now: datetime) -> Ask:
        return Ask(person=actor.person, roles=self.roles(actor, case), now=now)

    def _permit(self, permission: str, case: Case, ask: Ask) -> None:
        if not self.may(permission, case, ask.roles):
            raise No("not-permitted")

    def _take_trigger(self, case: Case, trigger: str, form: Mapping[str, Any], ask: Ask) -> None:
        ask.trigger = trigger
        ways = [way for way in self._do.ways(case) if way[1].trigger == trigger and not way[1].automatic]
        if not ways:
            raise No("not-found")
        open_ways = [way for way in ways if here(case, *way)]
        if not open_ways:
            raise No("wrong-state")
        permitted = [way for way in open_ways if ask.timed or ask.roles & set(way[1].roles)]
        if not permitted:
            raise No("not-permitted")
        ask.form = filled(common([step.form for _, step in permitted]), form)
        for way in permitted:
            if self._do.holds(case, way, ask):
                own = {field.name for field in way[1].form}
                ask.form = filled(way[1].form, {n: v for n, v in form.items() if v is not None or n in own})
                self._do.take(case, way, ask)
                case["acts"][trigger], case["doing"] = ask.person, trigger
                self._do.follow(case, ask)
                return
        present = [way for way in permitted if not self._do.absent(way[1])]
        for way in present:
            for name in way[1].guards:
                self._do.says(case, way, name, ask)
        raise No("unmet" if present else "part-absent")

    def roles(self, actor: Actor, case: Case) -> frozenset[str]:
        """What somebody is to a case: everywhere, in its unit, on it."""
        local = {role.name for role in self.types[case["type"]].roles if role.local}
        general = actor.roles - local if actor.unit in (None, case["unit"]) else frozenset()
        return general | {role for role, person in case["local"].items() if person == actor.person}

    def may(self, permission: str, case: Case, roles: frozenset[str]) -> bool:
        """Whether one of *roles* has a permission on a case as it stands."""
        case_type = self.types[case["type"]]
        grants = [case_type.grants, *(w.state(case["states"][w.name]).grants for w in case_type.chain)]
        return any(name == permission and roles & set(who) for grant in grants for name, who in grant)

    def truth(
        self, condition: tree.Condition, case: Case, ask: Ask, amounts: dict[tuple[str, str, str], int] | None = None
    ) -> bool | None:
        """What a condition says of a case, with *amounts* in the accounts: True, False, or None for a missing fact."""
        now = self._do.ledger.amounts
        self._do.ledger.amounts = now if amounts is None else amounts
        try:
            return self._do.truth(condition, case, ask)
        finally:
            self._do.ledger.amounts = now
