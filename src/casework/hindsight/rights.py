"""Which roles an entry asked for, which ones somebody had, and who may ask at all."""

from __future__ import annotations

from collections.abc import Mapping

from casework.access import general_roles
from casework.compiled import Compiled
from casework.condition.tree import FieldRef, GivenRef, operands
from casework.hindsight.proposal import Twin
from casework.hindsight.retelling import Told
from casework.model.actor import Actor
from casework.model.case import Snapshot
from casework.model.refusal import Refusal
from casework.model.units import Units


def roles_on(twin: Twin, actor: Actor, unit: str, held: Mapping[str, str], units: Units) -> frozenset[str]:
    """The roles of *actor* on a case of *unit*: those in general, and those of *held* (role to person)."""
    access = twin.compiled.access
    local = {role for role, person in held.items() if person == actor.person and role in access.local_roles}
    return access.claimed(general_roles(actor, unit, units)) | local


def needed(twin: Twin, case: Snapshot, item: Told) -> frozenset[str] | None:
    """The roles of which any one sufficed for the entry; None where it asked for none, or there is no such thing."""
    compiled = twin.compiled
    if item.kind == "open":
        return None if item.cause is not None else frozenset(compiled.case_type.opens)
    if item.kind == "fire":
        asked = compiled.triggers.get(item.trigger)
        here = () if asked is None else asked.by_state.get(case.states.get(asked.workflow, ""), ())
        targets = {step[3] for step in item.frame.content.get("steps", ())[:1]}
        taken = [step for step in here if (step.target or case.states[step.workflow]) in targets] or list(here)
        wanted = frozenset(role for step in taken for role in step.roles)
        return _viewing(twin, case, wanted) if taken else None
    if item.kind == "extend":
        ruled = compiled.ruled.get(item.frame.content["extends"][0])
        return None if ruled is None else _viewing(twin, case, frozenset(ruled.deadline.extenders))
    found = [role for name in item.permissions for role in compiled.access.allowed(name, case.states)]
    return _viewing(twin, case, frozenset(found)) if item.permissions else None


def _viewing(twin: Twin, case: Snapshot, roles: frozenset[str]) -> frozenset[str]:
    """Those of *roles* that view the case by themselves; where none does, somebody had two roles."""
    seeing = roles & frozenset(twin.compiled.access.allowed("view", case.states))
    return seeing or roles


def closed_to(compiled: Compiled, roles: frozenset[str]) -> frozenset[str] | None:
    """The fields and form fields that *roles* may not read; None where they do not view such a case in every state."""
    access = compiled.access
    forms = (field for trigger in compiled.triggers.values() for field in trigger.form.values())
    shut = frozenset(field.name for field in (*compiled.fields.values(), *forms) if not access.reads(field, roles))
    return shut if access.at_home(roles) else None


def touches_the_same(proposal: Compiled, then: Compiled) -> bool:
    """Whether a proposal fills in, writes and moves nothing that *then* did not: it may only ask otherwise.

    Somebody who may not read a field could else have it written where they may, or be told by what a form refuses.
    """
    one, other = proposal.case_type, then.case_type
    known = [(step.trigger, step.form, step.effects) for flow in other.chain for step in flow.transitions]
    fields = {flow.name: flow.fields for flow in other.chain}
    return (
        one.data == other.data
        and [(item.name, item.owner, item.by) for item in one.accounts]
        == [(item.name, item.owner, item.by) for item in other.accounts]
        and all(fields.get(flow.name) == flow.fields for flow in one.chain)
        and all((step.trigger, step.form, step.effects) in known for flow in one.chain for step in flow.transitions)
    )


def tells_of(refusal: Refusal, shut: frozenset[str]) -> bool:
    """Whether a refusal would tell something of the fields *shut*: anything but clauses about other things may."""
    asked = [ref for clause in refusal.unmet if clause.condition is not None for ref in operands(clause.condition)]
    named = {ref.name for ref in asked if isinstance(ref, FieldRef | GivenRef)}
    if refusal.code == "unmet":
        return not named.isdisjoint(shut) or not all(clause.condition is not None for clause in refusal.unmet)
    return refusal.code not in ("wrong-state", "not-permitted", "not-found")
