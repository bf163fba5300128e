"""What the second interpreter says of conditions and sources; see ``reference``."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import datetime
from typing import Any

import attrs

from casework import Doer, Given, Held, Now, Transition, Unit, Workflow
from casework.condition import tree

Case = dict[str, Any]
OPERATORS = {name: getattr(operator, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")}
Left = Callable[[Case, str], int | None]
"""What an account of a case has left."""


@attrs.define(kw_only=True)
class Ask:
    """Who asks for what, when. The system's own steps have neither roles nor a person to differ from."""

    person: str = "system"
    roles: frozenset[str] = frozenset()
    form: dict[str, Any] = attrs.Factory(dict)
    now: datetime
    timed: bool = False


def truth(condition: tree.Condition, case: Case, ask: Ask, left_of: Left) -> bool | None:
    """True, False, or None where a fact is missing."""
    match condition:
        case tree.All(terms):
            told = [truth(term, case, ask, left_of) for term in terms]
            return False if False in told else None if None in told else True
        case tree.Any(terms):
            told = [truth(term, case, ask, left_of) for term in terms]
            return True if True in told else None if None in told else False
        case tree.Not(term):
            inner = truth(term, case, ask, left_of)
            return None if inner is None else not inner
        case tree.Compare(left, name, right):
            value = operand(left, case, ask, left_of)
            return None if value is None else OPERATORS[name](value, right)
        case tree.Among(left, values):
            value = operand(left, case, ask, left_of)
            return False if not values else None if value is None else any(value == item for item in values)
        case tree.Known(left):
            return operand(left, case, ask, left_of) is not None
        case tree.Overdue(deadline):
            return deadline in case["dues"] and case["dues"][deadline] <= ask.now
        case tree.HasRole(role):
            return role in ask.roles
        case tree.Differs(trigger):
            return None if trigger not in case["acts"] else case["acts"][trigger] != ask.person
    raise NotImplementedError(condition)


def operand(left: tree.Operand, case: Case, ask: Ask, left_of: Left) -> Any:
    """The value of an operand; None where it is unknown."""
    match left:
        case tree.FieldRef(name):
            return case["data"].get(name)
        case tree.GivenRef(name):
            return ask.form.get(name)
        case tree.StateRef(workflow):
            return case["states"][workflow]
        case tree.ElapsedRef(mark):
            found = [at for (w, state), at in case["marks"].items() if mark in (state, f"{w}.{state}")]
            return ask.now - found[0] if found else None
        case tree.BalanceRef(name):
            return left_of(case, name)


def value_of(source: Any, case: Case, ask: Ask) -> Any:
    """What a source in a command stands for; None where nothing is known."""
    match source:
        case Given(name):
            return ask.form.get(name)
        case Held(name):
            return case["data"].get(name)
        case Now():
            return ask.now
        case Doer():
            return ask.person
        case Unit():
            return case["unit"]
    return source


def blank(case_id: str, name: str, unit: str) -> Case:
    """A case of which nothing is known yet."""
    parts: Case = {part: {} for part in ("states", "data", "marks", "dues", "armed", "acts", "local")}
    return parts | {"id": case_id, "type": name, "unit": unit, "revision": 0, "closed": False}


def here(case: Case, workflow: Workflow, step: Transition) -> bool:
    """Whether the workflow stands in one of the step's sources."""
    state = workflow.state(case["states"][workflow.name])
    return state.name in step.source or (step.phase is not None and step.phase in state.phases)


def asked_by(step: Transition) -> list[tree.Condition]:
    """What a step asks for, clause by clause, the four eyes last."""
    terms = step.condition.terms if isinstance(step.condition, tree.All) else (step.condition,)
    return [*terms, *(tree.Differs(trigger) for trigger in step.four_eyes)]


def asks_form(condition: tree.Condition) -> bool:
    """Whether the clause needs a form that is filled in."""
    return any(isinstance(left, tree.GivenRef) for left in tree.operands(condition))


def asks_actor(condition: tree.Condition) -> bool:
    """Whether the clause is about the person who acts; deadlines pass it over, for they are fired by nobody."""
    return any(isinstance(node, tree.HasRole | tree.Differs) for node in tree.walk(condition))
