"""Definitions made ready to retell a log: with stand-ins for whatever the log does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import attrs

from casework.compiled import Compiled
from casework.errors import InvalidValue, UnsoundDefinition
from casework.hindsight.witness import Witness
from casework.manifest import Manifest, manifest_of
from casework.model.casetype import CaseType
from casework.model.command import Run
from casework.model.fields import Field
from casework.model.outfit import Account
from casework.parts import Part
from casework.soundness import check, check_requirements


class _Named(Protocol):
    @property
    def name(self) -> str: ...


def proposed(current: Manifest | None, proposal: CaseType | Manifest) -> Manifest:
    """The manifest that a proposal amounts to.

    A Manifest is taken as it is. A CaseType takes the place of the one in *current*: what is attached there and
    required there stays, unless the proposal has a workflow of that name itself; where there is no current one it has
    to bring everything along. Raises UnsoundDefinition where the whole does not fit together, InvalidValue where it is
    about another case type.
    """
    if current is not None and proposal.name != current.name:
        raise InvalidValue("proposal", f"is about {proposal.name!r}, not about {current.name!r}")
    if isinstance(proposal, Manifest):
        return proposal
    whole = proposal if current is None else _attached(proposal, current)
    required = () if current is None else current.requirements
    findings = [*check(whole, own=len(proposal.chain)), *check_requirements(whole, required)]
    errors = [item for item in findings if item.level == "error"]
    if errors:
        raise UnsoundDefinition(errors)
    return manifest_of(whole, len(proposal.chain), required)


def _attached(proposal: CaseType, current: Manifest) -> CaseType:
    """The proposal with the workflows that are attached to the case type as it is."""
    names = {workflow.name for workflow in proposal.chain}
    attached = [item for item in current.case_type.chain[current.own :] if item.name not in names]
    whole = attrs.evolve(proposal, chain=(*proposal.chain, *attached))
    return _equipped(whole, current.case_type) if attached else whole


def _equipped(whole: CaseType, current: CaseType) -> CaseType:
    """The proposal with what the attached workflows brought along to the case type as it is."""
    kept: dict[str, Any] = {}
    for part in ("roles", "accounts", "worklists", "invariants"):
        own: tuple[_Named, ...] = getattr(whole, part)
        there = {item.name for item in own}
        kept[part] = (*own, *(item for item in getattr(current, part) if item.name not in there))
    if not whole.roles:
        kept["roles"] = ()
    return attrs.evolve(whole, **kept)


@attrs.frozen(eq=False)
class Twin:
    """A definition that decides as it would have decided then. *limits* are the accounts as the definition has them.

    What an account had left then is not known: the twin's accounts have no limits, and whoever posts to one that has
    is told apart.
    """

    compiled: Compiled
    limits: Mapping[str, Account]
    roles: frozenset[str]


def twin_of(manifest: Manifest, parts: Mapping[str, Part], witness: Witness) -> Twin:
    """The twin of a manifest, whose parts and balances are told by *witness*."""
    case_type = manifest.case_type
    limits = {account.name: account for account in case_type.accounts if account.limited}
    unlimited = tuple(attrs.evolve(account, minimum=None, maximum=None) for account in case_type.accounts)
    loosened = attrs.evolve(manifest, case_type=attrs.evolve(case_type, accounts=unlimited))
    fields = tuple(field.name for field in _fields(case_type))
    steps = [step for workflow in case_type.chain for step in workflow.transitions]
    stand_ins: dict[str, Part] = {
        name: witness.guard(name, parts.get(name), fields) for step in steps for name in step.guards
    }
    runs = {item.effect for step in steps for item in step.effects if isinstance(item, Run)}
    stand_ins |= {name: witness.effect(name, parts.get(name), fields) for name in sorted(runs)}
    compiled = Compiled(loosened, stand_ins, reads=witness.reads)
    return Twin(compiled, limits, roles_of(case_type))


def _fields(case_type: CaseType) -> tuple[Field, ...]:
    return (*case_type.data, *(field for workflow in case_type.chain for field in workflow.fields))


def roles_of(case_type: CaseType) -> frozenset[str]:
    """Every role that a case type names."""
    states = [state for workflow in case_type.chain for state in workflow.states]
    granted = [case_type.grants, case_type.readers, *(state.grants for state in states)]
    named = [case_type.opens, *(roles for grants in granted for _, roles in grants)]
    named += [step.roles for workflow in case_type.chain for step in workflow.transitions]
    return frozenset(role for roles in named for role in roles).union(role.name for role in case_type.roles)
