"""What people fill in and who they are, drawn by hypothesis from the definitions themselves.

Values come from few, near the bounds and near what conditions compare with, so that conditions sometimes hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from casework.condition import tree
from casework.condition.literal import Value
from casework.model.casetype import CaseType
from casework.model.fields import Field, fields_of
from casework.model.workflow import Transition

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
"""When the frozen clock of the kit begins."""

Source = type | Iterable[Field] | Transition | CaseType
"""An attrs class, fields, a transition (its form) or a case type (what opening one takes)."""

Near = Mapping[str, frozenset[Value]]
"""For each field the values that the definition compares it with."""

_FEW: dict[str, tuple[Any, ...]] = {
    "text": ("a", "王芳", "é"),
    "boolean": (True, False),
    "integer": (0, 1, 2, 7),
    "decimal": (Decimal(1), Decimal("0.25"), Decimal(0)),
    "float": (0.0, 1.5),
    "date": (date(2000, 2, 29), date(2026, 3, 1)),
    "instant": (START, START - timedelta(days=1)),
}
_STRANGE: tuple[Any, ...] = ("", "x", 7, -1, 10**6, True, 1.5, Decimal(2), START, date(2026, 1, 1), ["a"])


def values(field: Field, near: Near | None = None) -> SearchStrategy[Value]:
    """Values that *field* takes."""
    few = list(_FEW.get(field.type, ()))
    if field.type == "choice":
        few = [choice.name for choice in field.choices]
    few += [value for value in (field.minimum, field.maximum) if value is not None]
    few += _beyond(field.minimum, 1) + _beyond(field.maximum, -1)
    for value in (near or {}).get(field.name, ()):
        few += [value, *_beyond(value, 1), *_beyond(value, -1)]
    taken = [value for value in dict.fromkeys(few) if _takes(field, value)]
    return st.sampled_from(taken) if taken else st.nothing()


def forms(source: Source, near: Near | None = None) -> SearchStrategy[dict[str, Any]]:
    """Forms that are filled in rightly; what is not required is sometimes left out."""
    fields = _fields(source)
    return st.fixed_dictionaries(
        {field.name: values(field, near) for field in fields if field.required},
        optional={field.name: values(field, near) for field in fields if not field.required},
    )


def data(source: type | Iterable[Field] | CaseType, near: Near | None = None) -> SearchStrategy[dict[str, Any]]:
    """What a case can be opened with: the fields of a case type, an attrs class or fields, but for managed ones."""
    return forms([field for field in _fields(source) if not field.managed], near)


def broken_forms(source: Source) -> SearchStrategy[dict[str, Any]]:
    """Forms with exactly one mistake: a value that is missing, unknown, out of bounds or of the wrong kind."""
    fields = _fields(source)
    mistakes: list[SearchStrategy[tuple[str, Any]]] = [st.just(("nonsense", "x"))]
    mistakes += [st.tuples(st.just(field.name), st.none()) for field in fields if field.required]
    mistakes += [st.tuples(st.just(field.name), st.sampled_from(wrong)) for field in fields if (wrong := _wrong(field))]
    return st.tuples(forms(fields), st.one_of(mistakes)).map(lambda drawn: drawn[0] | dict([drawn[1]]))


def literals(case_types: Iterable[CaseType], more: Iterable[tree.Condition] = ()) -> dict[str, frozenset[Value]]:
    """For each field, under its bare name too, what the conditions of case types, and others, compare it with."""
    found: dict[str, set[Value]] = {}
    conditions = [condition for case_type in case_types for condition in _conditions(case_type)]
    for node in (node for condition in (*conditions, *more) for node in tree.walk(condition)):
        match node:
            case tree.Compare(tree.FieldRef(name) | tree.GivenRef(name), _, right):
                compared: tuple[Any, ...] = (right,)
            case tree.Among(tree.FieldRef(name) | tree.GivenRef(name), several):
                compared = several
            case _:
                continue
        for known in {name, name.rpartition(".")[2]}:
            found.setdefault(known, set()).update(compared)
    return {name: frozenset(compared) for name, compared in found.items()}


def _conditions(case_type: CaseType) -> Iterator[tree.Condition]:
    for workflow in case_type.chain:
        yield from (step.condition for step in workflow.transitions)
    yield from (invariant.condition for invariant in case_type.invariants)
    yield from (worklist.condition for worklist in case_type.worklists)


def _fields(source: Source) -> tuple[Field, ...]:
    if isinstance(source, CaseType):
        attached = (field for workflow in source.chain for field in workflow.fields)
        return tuple(field for field in (*source.data, *attached) if not field.managed)
    if isinstance(source, Transition):
        return source.form
    return fields_of(source)


def _takes(field: Field, value: Any) -> bool:
    try:
        field.accept(value)
    except ValueError:
        return False
    return True


def _wrong(field: Field) -> list[Any]:
    near = [*_beyond(field.minimum, -1), *_beyond(field.maximum, 1)]
    near += ["x" * (field.max_length + 1)] if field.type == "text" else []
    return [value for value in (*near, *_STRANGE) if not _takes(field, value)]


def _beyond(value: Any, sign: int) -> list[Any]:
    """The next value on one side."""
    match value:
        case bool() | None | str():
            return []
        case int() | float() | Decimal():
            return [value + sign]
        case datetime():
            return [value + sign * timedelta.resolution]
        case date():
            return [value + timedelta(days=sign)]
    return []


def optional(fields: Iterable[Field]) -> tuple[Field, ...]:
    """The fields, none of them required, as somebody fills them in who only amends a few."""
    return tuple(attrs.evolve(field, required=False) for field in fields)
