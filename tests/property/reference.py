"""A second interpreter of case types, written from the design's words and not from the engine's code.

It is slow, plain and short: cases are dicts, a refusal is the name of its code. It takes the definitions
(workflows, condition trees, commands) as data and evaluates them itself. Where it and the engine
disagree, one of the two is wrong, or the design is silent and has to speak.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import attrs
from property.reference_forms import No, accept, all_fields, common, enterable, filled, reads
from property.reference_terms import Ask, Case, asked_by, asks_actor, asks_form, blank, here, truth, value_of

from casework import Account, Actor, Assign, CaseType, Open, Post, Set, Transition, Workflow
from casework.condition import tree

STEPS = 50


class World:
    """All cases of some case types, and the accounts that they share."""

    def __init__(self, case_types: Iterable[CaseType]) -> None:
        self.types = {case_type.name: case_type for case_type in case_types}
        self.cases: dict[str, Case] = {}
        self.balances: dict[tuple[str, str, str], int] = {}
        self.born: list[Case] = []

    def open(self, case_id: str, actor: Actor, name: str, unit: str, values: Mapping[str, Any], now: datetime) -> str:
        case_type, case = self.types[name], blank(case_id, name, unit)

        def work(draft: Case) -> None:
            ask = Ask(person=actor.person, roles=self.roles(actor, draft), now=now)
            if not ask.roles & set(case_type.opens):
                raise No("not-permitted")
            self._begin(draft, values, ask)

        code = self._attempt(case, work)
        if not code:
            self.cases[case_id] = case
        return code

    def _begin(self, draft: Case, values: Mapping[str, Any], ask: Ask) -> None:
        case_type = self.types[draft["type"]]
        draft["data"] = filled(enterable(case_type).values(), values)
        for workflow in case_type.chain:
            self._enter(draft, workflow, workflow.initial, ask, again=True)
        self._follow(draft, ask)

    def christen(self, case_ids: Iterable[str]) -> None:
        """Give the cases that the last firing opened the ids that the engine gave them."""
        for case, case_id in zip(self.born, case_ids, strict=True):
            self.cases[case_id] = case | {"id": case_id}
        self.born = []

    def fire(
        self, case_id: str, actor: Actor, trigger: str, form: Mapping[str, Any], now: datetime, seen: int | None = None
    ) -> str:
        def work(draft: Case) -> None:
            ask = self._looks(draft, actor, now, seen)
            self._take_trigger(draft, trigger, form, ask)

        return self._attempt(self.cases[case_id], work)

    def amend(
        self, case_id: str, actor: Actor, values: Mapping[str, Any], now: datetime, seen: int | None = None
    ) -> str:
        def work(draft: Case) -> None:
            ask, case_type = self._looks(draft, actor, now, seen), self.types[draft["type"]]
            if not values:
                raise No("invalid-form")
            if not self.may("edit", draft, ask.roles):
                raise No("not-permitted")
            fields = {field.name: field for field in all_fields(case_type)}
            if any(name in fields and not reads(case_type, fields[name], ask.roles) for name in values):
                raise No("not-permitted")
            allowed = enterable(case_type)
            if any(value is None and name in allowed and allowed[name].required for name, value in values.items()):
                raise No("invalid-form")
            optional = [attrs.evolve(field, required=False) for field in allowed.values()]
            draft["data"] |= filled(optional, values)
            draft["data"] = {n: v for n, v in draft["data"].items() if not (n in values and values[n] is None)}
            self._follow(draft, ask)

        return self._attempt(self.cases[case_id], work)

    def available(self, case_id: str, actor: Actor, now: datetime) -> tuple[str, ...]:
        case = self.cases[case_id]
        ask = Ask(person=actor.person, roles=self.roles(actor, case), now=now)
        names = dict.fromkeys(step.trigger for _, step in self._steps(case) if not step.automatic)
        return tuple(name for name in names if self._possible(case, name, ask))

    def _possible(self, case: Case, trigger: str, ask: Ask) -> bool:
        """Whether some way of the trigger is open as far as it does not depend on the form.

        A way of which something is unknown bars those behind it, unless the form may still rule it out.
        """
        ways = [step for w, step in self._steps(case) if step.trigger == trigger and here(case, w, step)]
        for step in ways:
            if not ask.roles & set(step.roles):
                continue
            told = [self.truth(c, case, ask) for c in asked_by(step) if not asks_form(c)]
            if all(told):
                return True
            if False not in told and not any(asks_form(c) for c in asked_by(step)):
                return False
        return False

    def run_due(self, now: datetime) -> None:
        """Every timer that ran out by *now*, earliest first; one that is refused stays for the next time."""
        due = [(at, case_id, name) for case_id, case in self.cases.items() for name, at in case["armed"].items()]
        for at, case_id, name in sorted(item for item in due if item[0] <= now):
            case = self.cases[case_id]
            if case["armed"].get(name) == at:
                ask = Ask(now=max(now, at), timed=True)
                self._attempt(case, lambda draft, name=name, ask=ask: self._ring(draft, name, ask))  # type: ignore[misc]

    def _ring(self, draft: Case, name: str, ask: Ask) -> None:
        del draft["armed"][name]
        trigger = next(d.trigger for w in self.types[draft["type"]].chain for d in w.deadlines if d.name == name)
        before, balances = copy.deepcopy(draft), dict(self.balances)
        try:
            if trigger is not None:
                self._take_trigger(draft, trigger, {}, ask)
                self._finish(draft)
                return
        except No:
            draft.clear()
            draft.update(before)
            self.balances = balances
        self._follow(draft, ask)

    def _attempt(self, case: Case, work: Callable[[Case], None]) -> str:
        draft, balances = copy.deepcopy(case), dict(self.balances)
        try:
            work(draft)
            self._finish(draft)
            born = [self._child(*item) for item in draft.pop("opens", ())]
        except No as no:
            self.balances = balances
            return no.code
        self.born += born
        self._void_acts(case, draft)
        for name in [*draft["armed"]]:
            if name not in draft["dues"]:
                del draft["armed"][name]
        draft["armed"] |= {n: at for n, at in draft["dues"].items() if case["dues"].get(n) != at}
        draft["revision"] += 1
        case.clear()
        case.update(draft)
        return ""

    def _child(self, name: str, unit: str, values: Mapping[str, Any], ask: Ask) -> Case:
        """Whoever may fire what opens a case may open it; what the firing has posted so far is posted."""
        case = blank("unborn", name, unit)
        code = self._attempt(case, lambda draft: self._begin(draft, values, ask))
        if code:
            raise No(code)
        return case

    def _looks(self, case: Case, actor: Actor, now: datetime, seen: int | None) -> Ask:
        ask = Ask(person=actor.person, roles=self.roles(actor, case), now=now)
        if not self.may("view", case, ask.roles):
            raise No("not-found")
        if seen is not None and seen != case["revision"]:
            raise No("stale")
        return ask

    def _take_trigger(self, case: Case, trigger: str, form: Mapping[str, Any], ask: Ask) -> None:
        ways = [(w, step) for w, step in self._steps(case) if step.trigger == trigger and not step.automatic]
        if not ways:
            raise No("not-found")
        open_ways = [(w, step) for w, step in ways if here(case, w, step)]
        if not open_ways:
            raise No("wrong-state")
        permitted = [(w, step) for w, step in open_ways if ask.timed or ask.roles & set(step.roles)]
        if not permitted:
            raise No("not-permitted")
        ask.form = filled(common([step.form for _, step in permitted]), form)
        for workflow, step in permitted:
            wanted = [c for c in asked_by(step) if not (ask.timed and asks_actor(c))]
            told = [self.truth(condition, case, ask) for condition in wanted]
            if None in told and False not in told:
                raise No("unmet")
            if all(told):
                own = {f.name for f in step.form}
                ask.form = filled(step.form, {n: v for n, v in form.items() if v is not None or n in own})
                self._take(case, workflow, step, ask)
                case["acts"][trigger], case["doing"] = ask.person, trigger
                self._follow(case, ask)
                return
        raise No("unmet")

    def _take(self, case: Case, workflow: Workflow, step: Transition, ask: Ask) -> None:
        for effect in step.effects:
            self._apply(case, effect, ask)
        if step.target is not None:
            self._enter(case, workflow, step.target, ask, again=case["states"][workflow.name] == step.target)

    def _follow(self, case: Case, ask: Ask) -> None:
        """Automatic steps until none goes: chain order, then declaration, from the top after each."""
        for _ in range(STEPS + 1):
            ready = (
                (w, step)
                for w, step in self._steps(case)
                if step.automatic and here(case, w, step) and self.truth(step.condition, case, ask) is True
            )
            found = next(ready, None)
            if found is None:
                return
            self._take(case, *found, ask)
        raise No("too-many-steps")

    def _steps(self, case: Case) -> list[tuple[Workflow, Transition]]:
        return [(w, step) for w in self.types[case["type"]].chain for step in w.transitions]

    def _enter(self, case: Case, workflow: Workflow, target: str, ask: Ask, again: bool) -> None:
        source = case["states"].get(workflow.name)
        case["states"][workflow.name] = target
        case["marks"][workflow.name, target] = ask.now
        for deadline in workflow.deadlines:
            if target not in deadline.during:
                case["dues"].pop(deadline.name, None)
            elif again or source not in deadline.during:
                case["dues"][deadline.name] = ask.now + deadline.after

    def _finish(self, case: Case) -> None:
        case_type = self.types[case["type"]]
        nobody = Ask(now=max(case["marks"].values()))
        if any(self.truth(invariant.condition, case, nobody) is False for invariant in case_type.invariants):
            raise No("invariant-broken")
        ended = [w.state(case["states"][w.name]).final for w in case_type.chain]
        case["closed"] = ended[0]
        if ended[0] and not all(ended):
            raise No("invariant-broken")

    def _void_acts(self, before: Case, after: Case) -> None:
        """Whoever changes a field that an act had set makes that act void, unless it is the act itself."""
        doing = after.pop("doing", None)
        old, new = before["data"], after["data"]
        changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        for _, step in self._steps(after):
            sets = {e.field for e in step.effects if isinstance(e, Set) and e.value is not None}
            if not step.automatic and step.trigger != doing and sets & changed:
                after["acts"].pop(step.trigger, None)

    def _apply(self, case: Case, effect: Any, ask: Ask) -> None:
        match effect:
            case Set(name, source):
                value = value_of(source, case, ask)
                if value is None:
                    case["data"].pop(name, None)
                else:
                    field = next(f for f in all_fields(self.types[case["type"]]) if f.name == name)
                    case["data"][name] = accept(field, value)
            case Post(debit, credit, amount, None):
                self._post(case, debit, credit, value_of(amount, case, ask))
            case Assign(role, person):
                case["local"][role] = value_of(person, case, ask)
            case Open(name, values, unit):
                told = {key: value for key, source in values if (value := value_of(source, case, ask)) is not None}
                where = value_of(unit, case, ask)
                opens = case.setdefault("opens", [])
                opens.append((name, case["unit"] if where is None else where, told, attrs.evolve(ask, form={})))
            case _:
                raise NotImplementedError(effect)

    def _post(self, case: Case, debit: str, credit: str, amount: Any) -> None:
        sides = [(self._account(case, name), sign) for name, sign in ((debit, -1), (credit, 1))]
        if type(amount) is not int or amount < 1:
            raise No("invalid-form")
        keys = [self._key(case, account) for account, _ in sides]
        for (account, sign), key in zip(sides, keys, strict=True):
            if key is None:
                raise No("unmet")
            left = self.balances.get(key, 0) + sign * amount
            low, high = account.minimum, account.maximum
            if (sign < 0 and low is not None and left < low) or (sign > 0 and high is not None and left > high):
                raise No("limit-reached")
            if low is not None or high is not None:
                self.balances[key] = left

    def _account(self, case: Case, name: str) -> Account:
        return next(account for account in self.types[case["type"]].accounts if account.name == name)

    def _key(self, case: Case, account: Account) -> tuple[str, str, str] | None:
        owner = {"unit": case["unit"], "case": case["id"], "tenant": ""}[account.owner]
        kind = "" if account.by is None else case["data"].get(account.by)
        return None if kind is None else (account.name, owner, kind)

    def roles(self, actor: Actor, case: Case) -> frozenset[str]:
        general = actor.roles if actor.unit in (None, case["unit"]) else frozenset()
        return general | {role for role, person in case["local"].items() if person == actor.person}

    def may(self, permission: str, case: Case, roles: frozenset[str]) -> bool:
        case_type = self.types[case["type"]]
        grants = [case_type.grants, *(w.state(case["states"][w.name]).grants for w in case_type.chain)]
        return any(name == permission and roles & set(who) for grant in grants for name, who in grant)

    def truth(self, condition: tree.Condition, case: Case, ask: Ask) -> bool | None:
        return truth(condition, case, ask, self._left)

    def _left(self, case: Case, name: str) -> int | None:
        key = self._key(case, self._account(case, name))
        return None if key is None else self.balances.get(key, 0)
