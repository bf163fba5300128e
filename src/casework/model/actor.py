"""Who acts, and as which person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

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


def _roles_in(value: Mapping[str, Iterable[str]] | Iterable[Any]) -> tuple[tuple[str, frozenset[str]], ...]:
    pairs: Any = value.items() if isinstance(value, Mapping) else value
    found = tuple((unit, _roles(roles)) for unit, roles in pairs)
    if not all(is_identifier(unit) for unit, _ in found):
        raise InvalidValue("actor.roles_in", "takes units with the roles in each, such as {'north': {'doctor'}}")
    return tuple(sorted(found, key=lambda pair: pair[0]))


@attrs.frozen
class Actor:
    """Whoever acts, person or machine.

    *roles* hold in *unit* and in the units below it, or in every unit of the tenant where *unit* is None; *roles_in*
    are further ones, by the unit in which they hold. *person* is who it really is, where one person has several
    accounts; four-eyes compares persons.
    """

    id: str = attrs.field(validator=_identifier)
    roles: frozenset[str] = attrs.field(default=frozenset(), converter=_roles)
    unit: str | None = attrs.field(default=None, kw_only=True, validator=attrs.validators.optional(_identifier))
    person: str = attrs.field(
        default=attrs.Factory(lambda self: self.id, takes_self=True), kw_only=True, validator=_identifier
    )
    tenant: str = attrs.field(default=DEFAULT_TENANT, kw_only=True, validator=_identifier)
    roles_in: tuple[tuple[str, frozenset[str]], ...] = attrs.field(default=(), converter=_roles_in, kw_only=True)

    @property
    def all_roles(self) -> frozenset[str]:
        """Every role that is held somewhere."""
        return self.roles.union(*(roles for _, roles in self.roles_in))


SYSTEM = "system"


def somebody(actor: object) -> Actor:
    """*actor*, unless it calls itself what the log calls casework itself. Raises TypeError for what is no Actor."""
    if not isinstance(actor, Actor):
        raise TypeError(
            f"whoever acts is given as an Actor, such as Actor('li', {{'clerk'}}), not {type(actor).__name__}"
        )
    if SYSTEM in (actor.id, actor.person):
        raise InvalidValue("actor.id", f"{SYSTEM!r} is what casework itself is called in the log")
    return actor
