"""What an effect may ask for, as data. Nothing else changes a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import attrs

from casework.condition.literal import Value, checked
from casework.errors import InvalidValue


@attrs.frozen
class Given:
    """The value that the form gives under *name*; unknown clears the field."""

    name: str


@attrs.frozen
class Held:
    """The value that the case holds in the field *name*."""

    name: str


@attrs.frozen
class Now:
    """The instant of the firing."""


@attrs.frozen
class Doer:
    """The person who fires."""


@attrs.frozen
class Unit:
    """The unit that the case belongs to."""


Source: TypeAlias = Value | Given | Held | Now | Doer | Unit | None
NAME_LENGTH = 128
REFERENCES = (Given, Held, Now, Doer, Unit)


def _source(value: Any) -> Any:
    return value if value is None or isinstance(value, REFERENCES) else checked(value, "value")


def _typed(value: Any) -> Any:
    return type(value), value


def _sources(value: Mapping[str, Any] | tuple[tuple[str, Any], ...]) -> tuple[tuple[str, Any], ...]:
    pairs = value.items() if isinstance(value, Mapping) else value
    return tuple((_named(name), _source(item)) for name, item in pairs)


def _named(name: object) -> str:
    if not isinstance(name, str) or not 1 <= len(name) <= NAME_LENGTH:
        raise InvalidValue("name", f"takes a text of 1 to {NAME_LENGTH} characters, not {name!a}")
    return str(checked(name, "name"))


def _typed_pairs(value: tuple[tuple[str, Any], ...]) -> Any:
    return tuple((name, _typed(item)) for name, item in value)


@attrs.frozen
class Set:
    """Give a field of the case data a value; None makes it unknown."""

    field: str
    value: Source = attrs.field(converter=_source, eq=_typed)


@attrs.frozen
class Post:
    """Move *amount* of a commodity from one account to another.

    With *hold* the amount is only reserved under that name, until Settle or Void.
    """

    debit: str
    credit: str
    amount: int | Given | Held = attrs.field(default=1, converter=_source, eq=_typed)
    hold: str | None = None


@attrs.frozen
class Settle:
    """Carry out what was reserved under the name."""

    hold: str


@attrs.frozen
class Void:
    """Give back what was reserved under the name."""

    hold: str


@attrs.frozen
class Send:
    """Hand a message to a channel, after the commit."""

    channel: str
    to: Source = attrs.field(default="", converter=_source, eq=_typed)
    body: tuple[tuple[str, Source], ...] = attrs.field(default=(), converter=_sources, eq=_typed_pairs)


def _named_pairs(value: Any) -> tuple[tuple[str, str], ...]:
    pairs = value.items() if isinstance(value, Mapping) else value
    return tuple(sorted((_named(name), _named(item)) for name, item in pairs))


@attrs.frozen
class Open:
    """Open another case, this one its parent, in the same transaction.

    *unit* is where the new case belongs; by default where this one does. The new case is about the same
    persons: each of its subjects is the one of this case that has its name, or that *subjects* names for it.
    """

    case_type: str
    values: tuple[tuple[str, Source], ...] = attrs.field(default=(), converter=_sources, eq=_typed_pairs)
    unit: Source = attrs.field(default=None, converter=_source, eq=_typed)
    subjects: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=_named_pairs, kw_only=True)


@attrs.frozen
class Assign:
    """Give a person a local role on this case; *person* None takes the role from everybody."""

    role: str
    person: Source = attrs.field(default=Doer(), converter=_source, eq=_typed)


@attrs.frozen
class Recheck:
    """Look again whether automatic steps of this case's parent can be taken, soon after the commit."""


@attrs.frozen
class Run:
    """Call the declared effect of that name; it answers with commands of the kinds above."""

    effect: str


Command: TypeAlias = Set | Post | Settle | Void | Send | Open | Assign | Recheck
Effect: TypeAlias = Command | Run


def keep(*names: str) -> tuple[Set, ...]:
    """Set each field from the value of the same name in the form."""
    return tuple(Set(name, Given(name)) for name in names)
