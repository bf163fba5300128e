"""A migration as a value: which state, field and clock of one definition becomes which of another.

Rules about the same thing are asked in order, and the first whose condition holds is taken. Conditions
speak of the case as it was: its old states and fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import attrs

from casework.condition.literal import Value
from casework.condition.tree import ALWAYS, Condition
from casework.errors import InvalidValue
from casework.model.names import several, told
from casework.text import Text, as_text

Clock = Literal["keep", "restart"]


def _condition(_: object, attribute: Any, value: object) -> None:
    if not isinstance(value, Condition):
        raise InvalidValue(attribute.name, f"takes a condition, such as field('age') >= 18, not {told(value)}")


@attrs.frozen(kw_only=True)
class StateMap:
    """Who stands in *source* of *workflow* will stand in *target*, where *when* holds.

    Without a target the state is given up together with its workflow, which the new definition has not.
    """

    workflow: str
    source: str
    target: str | None = None
    when: Condition = attrs.field(default=ALWAYS, validator=_condition)


@attrs.frozen(kw_only=True)
class Begin:
    """A workflow that the old definition has not begins in *state*, where *when* holds; else in its initial state."""

    workflow: str
    state: str
    when: Condition = attrs.field(default=ALWAYS, validator=_condition)


def _pairs(value: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    pairs = value.items() if isinstance(value, Mapping) else value
    return tuple((old, new) for old, new in pairs)


@attrs.frozen(kw_only=True)
class FieldMap:
    """What the case knows as *source* it will know as *target*.

    Without a target the value is dropped from the case; its history keeps it. Without a source, or where that is
    unknown, the target is given the *default*. *values* say which choice becomes which; a boolean counts as ``true``
    and ``false``. Besides, whole numbers become decimals or text, and choices become text; nothing else is converted.
    """

    source: str | None = None
    target: str | None = None
    values: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=_pairs)
    default: Value | None = attrs.field(default=None, eq=lambda v: (type(v), v))


@attrs.frozen(kw_only=True)
class DeadlineMap:
    """The clock of the deadline *source* runs on as *target*, or starts anew (*clock* ``restart``).

    Without a target it ends; a deadline of the new definition that nothing leads to counts from when the case
    entered its states.
    """

    source: str | None = None
    target: str | None = None
    clock: Clock = attrs.field(default="keep", validator=attrs.validators.in_(("keep", "restart")))


@attrs.frozen(kw_only=True)
class MarkMap:
    """The instant at which the case last entered *source* counts as that of *target*; both are ``workflow.state``."""

    source: str
    target: str


def _version(_: object, __: object, value: Any) -> None:
    if value is not None and type(value) is not int:
        raise InvalidValue("Migration.from_version", f"takes a whole number, not {told(value)}")


# Typed one by one: with a bare `tuple` as converter a type checker loses what goes in.
def _states(values: Iterable[StateMap]) -> tuple[StateMap, ...]:
    return several(values, StateMap, "Migration.states")


def _begins(values: Iterable[Begin]) -> tuple[Begin, ...]:
    return several(values, Begin, "Migration.begins")


def _fields(values: Iterable[FieldMap]) -> tuple[FieldMap, ...]:
    return several(values, FieldMap, "Migration.fields")


def _deadlines(values: Iterable[DeadlineMap]) -> tuple[DeadlineMap, ...]:
    return several(values, DeadlineMap, "Migration.deadlines")


def _marks(values: Iterable[MarkMap]) -> tuple[MarkMap, ...]:
    return several(values, MarkMap, "Migration.marks")


@attrs.frozen(kw_only=True)
class Migration:
    """A declared move of running cases of *case_type* into its present definition.

    It is for cases under *from_version* of the case type, or under the manifest whose hash begins with
    *from_manifest*; with neither, for all that are behind. What no rule names stays as it is called.
    """

    name: str
    case_type: str
    from_version: int | None = attrs.field(default=None, validator=_version)
    from_manifest: str = ""
    title: Text = attrs.field(default=Text(), converter=as_text)
    states: tuple[StateMap, ...] = attrs.field(default=(), converter=_states)
    begins: tuple[Begin, ...] = attrs.field(default=(), converter=_begins)
    fields: tuple[FieldMap, ...] = attrs.field(default=(), converter=_fields)
    deadlines: tuple[DeadlineMap, ...] = attrs.field(default=(), converter=_deadlines)
    marks: tuple[MarkMap, ...] = attrs.field(default=(), converter=_marks)
