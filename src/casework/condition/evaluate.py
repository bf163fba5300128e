"""The Python reader: a condition compiled once to closures over the facts of one case."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any as Anything
from typing import TypeAlias

from casework.condition import tree
from casework.condition.literal import Value
from casework.condition.tree import All, Among, Any, Compare, Condition, Differs, HasRole, Known, Not, Overdue


class Facts:
    """What a condition may look at: one case, one actor, one instant. Missing keys are unknown."""

    __slots__ = ("acts", "balances", "data", "dues", "form", "marks", "now", "person", "roles", "states")

    def __init__(
        self,
        *,
        now: datetime,
        data: Mapping[str, Value],
        states: Mapping[str, str],
        marks: Mapping[str, datetime],
        dues: Mapping[str, datetime],
        balances: Mapping[str, int],
        acts: Mapping[str, str],
        form: Mapping[str, Value],
        person: str,
        roles: frozenset[str],
    ) -> None:
        self.now, self.data, self.states, self.marks = now, data, states, marks
        self.dues, self.balances, self.acts = dues, balances, acts
        self.form, self.person, self.roles = form, person, roles


Verdict: TypeAlias = "bool | None"
Reader: TypeAlias = Callable[[Facts], Verdict]

OPERATIONS: dict[str, Callable[[Anything, Anything], bool]] = {name: getattr(operator, name) for name in tree.OPERATORS}


def reader(condition: Condition) -> Reader:
    """Compile *condition*: True, False, or None where a fact that decides is unknown."""
    match condition:
        case All(terms):
            return _all(tuple(reader(term) for term in terms))
        case Any(terms):
            return _any(tuple(reader(term) for term in terms))
        case Not(term):
            return _not(reader(term))
        case Compare(tree.ElapsedRef(mark), name, right) if isinstance(right, timedelta):
            return _elapsed(mark, OPERATIONS[name], right)
        case Compare(left, name, right):
            return _compare(_value_of(left), OPERATIONS[name], right)
        case Among(left, values):
            return _among(_value_of(left), values)
    return _leaf(condition)


def _leaf(condition: Condition) -> Reader:
    match condition:
        case Known(left):
            value = _value_of(left)
            return lambda facts: value(facts) is not None
        case HasRole(role):
            return lambda facts: role in facts.roles
        case Differs(trigger):
            return _differs(trigger)
        case Overdue(deadline):
            return _overdue(deadline)
        case tree.Optional(_, term):
            return reader(term)
    raise TypeError(f"{condition!r} has to be bound before it can be read")


def _value_of(left: tree.Operand) -> Callable[[Facts], Anything]:
    match left:
        case tree.FieldRef(name):
            return lambda facts: facts.data.get(name)
        case tree.GivenRef(name):
            return lambda facts: facts.form.get(name)
        case tree.StateRef(workflow):
            return lambda facts: facts.states.get(workflow, "")
        case tree.BalanceRef(account):
            return lambda facts: facts.balances.get(account)
        case tree.ElapsedRef(mark):
            return lambda facts: _since(facts, mark)
    raise TypeError(f"{left!r} is not an operand")


def _since(facts: Facts, mark: str) -> timedelta | None:
    entered = facts.marks.get(mark)
    return None if entered is None else facts.now - entered


def _compare(
    value: Callable[[Facts], Anything], compare: Callable[[Anything, Anything], bool], right: object
) -> Reader:
    def read(facts: Facts) -> Verdict:
        left = value(facts)
        return None if left is None else compare(left, right)

    return read


def _elapsed(mark: str, compare: Callable[[Anything, Anything], bool], duration: timedelta) -> Reader:
    def read(facts: Facts) -> Verdict:
        entered = facts.marks.get(mark)
        return None if entered is None else compare(facts.now - entered, duration)

    return read


def _among(value: Callable[[Facts], Anything], values: tuple[Value, ...]) -> Reader:
    if not values:
        return lambda facts: False
    members = frozenset(values)

    def read(facts: Facts) -> Verdict:
        left = value(facts)
        return None if left is None else left in members

    return read


def _differs(trigger: str) -> Reader:
    def read(facts: Facts) -> Verdict:
        person = facts.acts.get(trigger)
        return None if person is None else person != facts.person

    return read


def _overdue(deadline: str) -> Reader:
    def read(facts: Facts) -> Verdict:
        due = facts.dues.get(deadline)
        return due is not None and due <= facts.now

    return read


def _all(terms: tuple[Reader, ...]) -> Reader:
    if len(terms) == 1:
        return terms[0]

    def read(facts: Facts) -> Verdict:
        verdict: Verdict = True
        for term in terms:
            answer = term(facts)
            if answer is False:
                return False
            if answer is None:
                verdict = None
        return verdict

    return read


def _any(terms: tuple[Reader, ...]) -> Reader:
    if len(terms) == 1:
        return terms[0]

    def read(facts: Facts) -> Verdict:
        verdict: Verdict = False
        for term in terms:
            answer = term(facts)
            if answer:
                return True
            if answer is None:
                verdict = None
        return verdict

    return read


def _not(term: Reader) -> Reader:
    def read(facts: Facts) -> Verdict:
        answer = term(facts)
        return None if answer is None else not answer

    return read
