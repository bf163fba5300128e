"""Case types as values: a chain of workflows, their data, and who may do what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from casework.model.fields import Field, FieldClass
from casework.model.glass import BreakGlass, known_classes
from casework.model.names import names_only, one_or_many, several
from casework.model.outfit import (
    Account,
    Invariant,
    Role,
    Worklist,
    as_accounts,
    as_invariants,
    as_roles,
    as_worklists,
)
from casework.model.retention import Retention
from casework.model.workflow import Grants, Workflow, as_fields, as_grants
from casework.text import Text, as_text


def _as_readers(value: Mapping[str, Any] | Grants) -> Grants:
    return as_grants(value)


def _as_classes(value: Any) -> tuple[Any, ...]:
    return one_or_many(value)


def _chain(values: Iterable[Workflow]) -> tuple[Workflow, ...]:
    return several(values, Workflow, "CaseType.chain")


@attrs.frozen
class CaseType:
    """A named definition of one kind of case.

    The first workflow of the *chain* is the main one; its state is the headline. *opens* names the
    roles that may open a case. *grants* hold in every state, besides the state's own. *readers* say
    which roles read the fields of a class other than open. *subjects* are the persons a case is about.
    *retention* says how long what is personal is kept, and with whom it goes. Whoever is shown fields of the classes
    *watched* stands in the access log. *break_glass* says what may be read in an emergency; without it, nothing.
    """

    name: str
    chain: tuple[Workflow, ...] = attrs.field(converter=_chain, kw_only=True)
    version: int = attrs.field(default=1, kw_only=True)
    title: Text = attrs.field(default=Text(), converter=as_text, kw_only=True)
    data: tuple[Field, ...] = attrs.field(default=(), converter=as_fields, kw_only=True)
    subjects: tuple[str, ...] = attrs.field(
        default=("person",), converter=one_or_many, validator=names_only, kw_only=True
    )
    roles: tuple[Role, ...] = attrs.field(default=(), converter=as_roles, kw_only=True)
    opens: tuple[str, ...] = attrs.field(default=(), converter=one_or_many, validator=names_only, kw_only=True)
    grants: Grants = attrs.field(default=(), converter=as_grants, kw_only=True)
    readers: Grants = attrs.field(default=(), converter=_as_readers, kw_only=True)
    worklists: tuple[Worklist, ...] = attrs.field(default=(), converter=as_worklists, kw_only=True)
    accounts: tuple[Account, ...] = attrs.field(default=(), converter=as_accounts, kw_only=True)
    invariants: tuple[Invariant, ...] = attrs.field(default=(), converter=as_invariants, kw_only=True)
    retention: Retention | None = attrs.field(
        default=None, validator=attrs.validators.optional(attrs.validators.instance_of(Retention)), kw_only=True
    )

    watched: tuple[FieldClass, ...] = attrs.field(
        default=("health", "whereabouts", "identity"), converter=_as_classes, validator=known_classes, kw_only=True
    )
    break_glass: BreakGlass | None = attrs.field(
        default=None, validator=attrs.validators.optional(attrs.validators.instance_of(BreakGlass)), kw_only=True
    )

    @property
    def main(self) -> Workflow:
        """The workflow whose state is the headline."""
        return self.chain[0]
