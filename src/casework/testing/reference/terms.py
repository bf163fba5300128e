"""What the second interpreter says of conditions and of where values come from; see ``world``."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import attrs

from casework.condition import tree
from casework.model.command import Doer, Given, Held, Now, Unit
from casework.model.workflow import Transition, Workflow

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
    trigger: str = ""
    timed: bool = False
    depth: int = 0


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
            return None if value is None else bool(OPERATORS[name](value, right))
        case tree.Among(left, values):
            value = operand(left, case, ask, left_of)
            return False if not values else None if value is None else any(value == item for item in values)
        case tree.Known(left):
            return operand(left, case, ask, left_of) is not None
        case tree.Optional(workflow, term):
            return truth(term, case, ask, left_of) if workflow in case["states"] else True
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
            entered = marked(case, mark)
            return None if entered is None else ask.now - entered
        case tree.BalanceRef(name):
            return left_of(case, name)


def marked(case: Case, mark: str) -> datetime | None:
    """When the case last entered the state that *mark* names, with or without its workflow."""
    found: list[datetime] = [at for (w, state), at in case["marks"].items() if mark in (state, f"{w}.{state}")]
    return found[0] if found else None


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
    case: Case = {
        part: {} for part in ("states", "data", "marks", "dues", "terms", "armed", "acts", "local", "given", "subjects")
    }
    case |= {part: [] for part in ("holds", "opens", "sent")}
    return case | {"id": case_id, "type": name, "unit": unit, "revision": 0, "closed": False, "parent": None}


def here(case: Case, workflow: Workflow, step: Transition) -> bool:
    """Whether the workflow stands in one of the step's sources."""
    state = workflow.state(case["states"][workflow.name])
    return state.name in step.source or (step.phase is not None and step.phase in state.phases)


def clauses(condition: tree.Condition) -> tuple[tree.Condition, ...]:
    """The parts of a condition all of which must hold."""
    return condition.terms if isinstance(condition, tree.All) else (condition,)


def asks_form(condition: tree.Condition) -> bool:
    """Whether the clause needs a form that is filled in."""
    return any(isinstance(left, tree.GivenRef) for left in tree.operands(condition))


def asks_actor(condition: tree.Condition) -> bool:
    """Whether the clause is about the person who acts; deadlines pass it over, for they are fired by nobody."""
    return any(isinstance(node, tree.HasRole | tree.Differs) for node in tree.walk(condition))


def instants(step: Transition, case: Case) -> list[datetime | None]:
    """When each comparison with time in an automatic step may turn out otherwise; None where its mark is not set."""
    found: list[datetime | None] = []
    for clause in clauses(step.condition):
        for node in tree.walk(clause):
            if isinstance(node, tree.Compare) and isinstance(node.left, tree.ElapsedRef):
                assert isinstance(node.right, timedelta)
                entered = marked(case, node.left.mark)
                past = timedelta.resolution if node.operator in ("gt", "le") else timedelta(0)
                found.append(None if entered is None else entered + node.right + past)
    return found
