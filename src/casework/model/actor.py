"""Who acts, and as which person."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from casework.errors import InvalidValue

DEFAULT_TENANT = "main"


def is_identifier(value: object, limit: int = 128) -> bool:
    """Whether *value* can name a person, a unit or a request: a printable text, neither empty nor long."""
    return isinstance(value, str) and 0 < len(value) <= limit and value.isprintable()


def _identifier(_: object, attribute: attrs.Attribute[str], value: object) -> None:
    if not is_identifier(value):
        raise InvalidValue(
            f"actor.{attribute.name}", "takes a printable text of 1 to 128 characters", "须为1至128个可打印字符"
        )


def _roles(value: Iterable[str]) -> frozenset[str]:
    if isinstance(value, str):
        raise InvalidValue("actor.roles", "takes several names, not one text")
    return frozenset(value)


@attrs.frozen
class Actor:
    """Whoever acts, person or machine.

    *roles* hold in *unit*, or in every unit of the tenant where *unit* is None. *person* is who it
    really is, where one person has several accounts; four-eyes compares persons.
    """

    id: str = attrs.field(validator=_identifier)
    roles: frozenset[str] = attrs.field(default=frozenset(), converter=_roles)
    unit: str | None = attrs.field(default=None, kw_only=True, validator=attrs.validators.optional(_identifier))
    person: str = attrs.field(
        default=attrs.Factory(lambda self: self.id, takes_self=True), kw_only=True, validator=_identifier
    )
    tenant: str = attrs.field(default=DEFAULT_TENANT, kw_only=True, validator=_identifier)


SYSTEM = "system"
