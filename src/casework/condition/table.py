"""Conditions in documents: tables of plain values, both ways.

``{field: age, lt: 18}`` · ``{state: care, in: [sheltered]}`` · ``{known: phone}`` · ``{role: doctor}`` ·
``{elapsed_since: admitted, ge: 7d}`` · ``{differs_from: request}`` · ``{overdue: stay}`` ·
``{balance: beds, ge: 1}`` · ``{all: […]}`` ``{any: […]}`` ``{not: …}`` · ``{optional: x, then: …}`` · ``{slot: x}``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any as Anything

from casework.condition import tree
from casework.condition.literal import checked, duration_of, duration_text, from_plain, to_plain
from casework.condition.tree import All, Among, Any, Compare, Condition, Differs, HasRole, Known, Not, Overdue
from casework.errors import InvalidValue

Table = dict[str, Anything]

_REFERENCES: dict[str, Callable[[str], tree.Operand]] = {
    "field": tree.FieldRef,
    "given": tree.GivenRef,
    "state": tree.StateRef,
    "balance": tree.BalanceRef,
    "elapsed_since": tree.ElapsedRef,
}
_ATOMS: dict[str, Callable[[str], Condition]] = {
    "known": lambda name: Known(tree.FieldRef(name)),
    "known_given": lambda name: Known(tree.GivenRef(name)),
    "overdue": Overdue,
    "role": HasRole,
    "differs_from": Differs,
    "slot": tree.Slotted,
}


def to_table(condition: Condition) -> Table:
    """The table of a condition; ``from_table(to_table(c)) == c``."""
    match condition:
        case All(terms):
            return {"all": [to_table(term) for term in terms]}
        case Any(terms):
            return {"any": [to_table(term) for term in terms]}
        case Not(term):
            return {"not": to_table(term)}
        case Compare(left, operator, right):
            plain = duration_text(right) if isinstance(right, timedelta) else to_plain(right)
            return {**_reference(left), operator: plain}
        case Among(left, values):
            return {**_reference(left), "in": [to_plain(value) for value in values]}
    return _atom_table(condition)


def _atom_table(condition: Condition) -> Table:
    match condition:
        case Known(tree.FieldRef(name)):
            return {"known": name}
        case Known(tree.GivenRef(name)):
            return {"known_given": name}
        case Overdue(deadline):
            return {"overdue": deadline}
        case HasRole(role):
            return {"role": role}
        case Differs(trigger):
            return {"differs_from": trigger}
        case tree.Slotted(slot):
            return {"slot": slot}
        case tree.Optional(workflow, term):
            return {"optional": workflow, "then": to_table(term)}
    raise TypeError(f"{condition!r} is not a condition")


def _reference(left: tree.Operand) -> Table:
    (name,) = (name for name, kind in _REFERENCES.items() if isinstance(left, kind))  # type: ignore[arg-type]
    (value,) = (getattr(left, slot) for slot in ("name", "workflow", "account", "mark") if hasattr(left, slot))
    return {name: value}


def from_table(table: object, where: str = "", depth: int = 1) -> Condition:
    """The condition of a table; InvalidValue names the place of the first mistake."""
    if depth > tree.DEPTH_LIMIT:
        raise InvalidValue(where, f"conditions nest at most {tree.DEPTH_LIMIT} deep")
    if not isinstance(table, Mapping) or not table:
        raise InvalidValue(where, "a condition is a table, such as {field: age, lt: 18}")
    keys = set(table)
    if keys == {"all"} or keys == {"any"}:
        (kind,) = keys
        return _combined(kind, table[kind], where, depth)
    if keys == {"not"}:
        return Not(from_table(table["not"], f"{where}.not", depth + 1))
    if keys == {"optional", "then"}:
        return tree.Optional(_name(table, "optional", where), from_table(table["then"], f"{where}.then", depth + 1))
    if len(keys) == 1 and keys <= set(_ATOMS):
        (kind,) = keys
        return _ATOMS[kind](_name(table, kind, where))
    return _comparison(table, where)


def _combined(kind: str, terms: object, where: str, depth: int) -> Condition:
    if not isinstance(terms, list):
        raise InvalidValue(f"{where}.{kind}", "takes a list of conditions")
    parts = tuple(from_table(term, f"{where}.{kind}[{i}]", depth + 1) for i, term in enumerate(terms))
    return All(parts) if kind == "all" else Any(parts)


def _comparison(table: Mapping[str, object], where: str) -> Condition:
    named = [key for key in table if key in _REFERENCES]
    others = [key for key in table if key not in _REFERENCES]
    if len(named) != 1 or len(others) != 1 or others[0] not in (*tree.OPERATORS, "in"):
        raise InvalidValue(where, f"{sorted(map(str, table))} is not a condition of the language")
    (kind,), (operator,) = named, others
    left, right = _REFERENCES[kind](_name(table, kind, where)), table[operator]
    place = f"{where}.{operator}"
    if operator == "in":
        if not isinstance(right, list):
            raise InvalidValue(place, "takes a list of values")
        return Among(left, tuple(from_plain(value, place) for value in right))
    if kind == "elapsed_since":
        return Compare(left, operator, duration_of(right, place))  # type: ignore[arg-type]
    return Compare(left, operator, from_plain(right, place))  # type: ignore[arg-type]


def _name(table: Mapping[str, object], key: str, where: str) -> str:
    value = table[key]
    if not isinstance(value, str) or not value:
        raise InvalidValue(f"{where}.{key}", "takes a name")
    return str(checked(value, f"{where}.{key}"))
