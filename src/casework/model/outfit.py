"""What a case type has besides its chain and its data: roles, accounts, worklists, invariants.

A workflow that is attached to a case type it does not own brings such an outfit along.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from casework.condition.tree import ALWAYS, Condition
from casework.model.names import names_only, one_or_many, several
from casework.text import Text, as_text

ACCOUNT_OWNERS: tuple[str, ...] = ("unit", "case", "tenant")
"""Whose an account can be, besides that of a subject of the case type."""


@attrs.frozen
class Account:
    """What holds amounts of a commodity: one account for each owner, and for each value of *by*.

    *owner* is ``unit``, ``case`` or ``tenant``, or names a subject of the case type: then the account is
    that person's, the same one in every case about them. *minimum* and *maximum* are never crossed. An
    account without limits keeps no balance row and takes no lock. *by* names a choice field of the case
    data, such as the sex for beds. *readers* are the roles that read what it holds; without them, whoever may
    view the case, and where it belongs to a subject, whoever reads what is personal.
    """

    name: str
    commodity: str = ""
    owner: str = attrs.field(default="unit", kw_only=True)
    by: str | None = attrs.field(default=None, kw_only=True)
    minimum: int | None = attrs.field(default=None, kw_only=True)
    maximum: int | None = attrs.field(default=None, kw_only=True)
    title: Text = attrs.field(default=Text(), converter=as_text, kw_only=True)
    readers: tuple[str, ...] = attrs.field(default=(), converter=one_or_many, validator=names_only, kw_only=True)

    @property
    def limited(self) -> bool:
        """Whether a balance row is kept and locked."""
        return self.minimum is not None or self.maximum is not None


@attrs.frozen
class Worklist:
    """A standing question: which open cases wait in these states, and for whom?"""

    name: str
    states: tuple[str, ...] = attrs.field(default=(), converter=one_or_many, validator=names_only)
    workflow: str | None = attrs.field(default=None, kw_only=True)
    condition: Condition = attrs.field(default=ALWAYS, kw_only=True)
    roles: tuple[str, ...] = attrs.field(default=(), converter=one_or_many, validator=names_only, kw_only=True)
    title: Text = attrs.field(default=Text(), converter=as_text, kw_only=True)


@attrs.frozen
class Invariant:
    """What must hold after every firing, whatever was fired."""

    name: str
    condition: Condition
    because: Text = attrs.field(default=Text(), converter=as_text, kw_only=True)


@attrs.frozen
class Role:
    """A role with a title; a *local* one is given to a person on one case."""

    name: str
    title: Text = attrs.field(default=Text(), converter=as_text, kw_only=True)
    local: bool = attrs.field(default=False, kw_only=True)


def as_roles(value: Any) -> tuple[Role, ...]:
    """Accept roles, or their names alone."""
    if isinstance(value, list | tuple | set | frozenset):
        value = [Role(item) if isinstance(item, str) else item for item in value]
    return several(value, Role, "roles")


# Typed one by one: with a bare `tuple` as converter a type checker loses what goes in.
def as_worklists(values: Iterable[Worklist]) -> tuple[Worklist, ...]:
    """Accept a list of worklists."""
    return several(values, Worklist, "worklists")


def as_accounts(values: Iterable[Account]) -> tuple[Account, ...]:
    """Accept a list of accounts."""
    return several(values, Account, "accounts")


def as_invariants(values: Iterable[Invariant]) -> tuple[Invariant, ...]:
    """Accept a list of invariants."""
    return several(values, Invariant, "invariants")


@attrs.frozen(kw_only=True)
class Outfit:
    """What a workflow brings along to the case type it is attached to.

    Roles and accounts keep their names, for people and the ledger know them across case types; worklists
    and invariants get the namespace of the workflow, and a worklist that names no workflow is about it.
    """

    roles: tuple[Role, ...] = attrs.field(default=(), converter=as_roles)
    worklists: tuple[Worklist, ...] = attrs.field(default=(), converter=as_worklists)
    accounts: tuple[Account, ...] = attrs.field(default=(), converter=as_accounts)
    invariants: tuple[Invariant, ...] = attrs.field(default=(), converter=as_invariants)
