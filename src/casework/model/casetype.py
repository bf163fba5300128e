"""Case types as values: data, chain of workflows, worklists, accounts, invariants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import attrs

from casework.condition.tree import ALWAYS, Condition
from casework.model.fields import Field
from casework.model.names import names_only, one_or_many, several
from casework.model.workflow import Grants, Workflow, as_fields, as_grants
from casework.text import Text, as_text

AccountOwner = Literal["unit", "case", "tenant"]
ACCOUNT_OWNERS: tuple[AccountOwner, ...] = ("unit", "case", "tenant")


@attrs.frozen
class Account:
    """What holds amounts of a commodity: one account for each owner, and for each value of *by*.

    *minimum* and *maximum* are never crossed. An account without limits keeps no balance row and
    takes no lock. *by* names a choice field of the case data, such as the sex for beds.
    """

    name: str
    commodity: str = ""
    owner: AccountOwner = attrs.field(default="unit", kw_only=True)
    by: str | None = attrs.field(default=None, kw_only=True)
    minimum: int | None = attrs.field(default=None, kw_only=True)
    maximum: int | None = attrs.field(default=None, kw_only=True)
    title: Text = attrs.field(default=Text(), converter=as_text, kw_only=True)

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


def _roles(value: Any) -> tuple[Role, ...]:
    if isinstance(value, list | tuple | set | frozenset):
        value = [Role(item) if isinstance(item, str) else item for item in value]
    return several(value, Role, "CaseType.roles")


def _as_readers(value: Mapping[str, Any] | Grants) -> Grants:
    return as_grants(value)


# Typed one by one: with a bare `tuple` as converter a type checker loses what goes in.
def _chain(values: Iterable[Workflow]) -> tuple[Workflow, ...]:
    return several(values, Workflow, "CaseType.chain")


def _worklists(values: Iterable[Worklist]) -> tuple[Worklist, ...]:
    return several(values, Worklist, "CaseType.worklists")


def _accounts(values: Iterable[Account]) -> tuple[Account, ...]:
    return several(values, Account, "CaseType.accounts")


def _invariants(values: Iterable[Invariant]) -> tuple[Invariant, ...]:
    return several(values, Invariant, "CaseType.invariants")


@attrs.frozen
class CaseType:
    """A named definition of one kind of case.

    The first workflow of the *chain* is the main one; its state is the headline. *opens* names the
    roles that may open a case. *grants* hold in every state, besides the state's own. *readers* say
    which roles read the fields of a class other than open. *subjects* are the persons a case is about.
    """

    name: str
    chain: tuple[Workflow, ...] = attrs.field(converter=_chain, kw_only=True)
    version: int = attrs.field(default=1, kw_only=True)
    title: Text = attrs.field(default=Text(), converter=as_text, kw_only=True)
    data: tuple[Field, ...] = attrs.field(default=(), converter=as_fields, kw_only=True)
    subjects: tuple[str, ...] = attrs.field(
        default=("person",), converter=one_or_many, validator=names_only, kw_only=True
    )
    roles: tuple[Role, ...] = attrs.field(default=(), converter=_roles, kw_only=True)
    opens: tuple[str, ...] = attrs.field(default=(), converter=one_or_many, validator=names_only, kw_only=True)
    grants: Grants = attrs.field(default=(), converter=as_grants, kw_only=True)
    readers: Grants = attrs.field(default=(), converter=_as_readers, kw_only=True)
    worklists: tuple[Worklist, ...] = attrs.field(default=(), converter=_worklists, kw_only=True)
    accounts: tuple[Account, ...] = attrs.field(default=(), converter=_accounts, kw_only=True)
    invariants: tuple[Invariant, ...] = attrs.field(default=(), converter=_invariants, kw_only=True)

    @property
    def main(self) -> Workflow:
        """The workflow whose state is the headline."""
        return self.chain[0]
