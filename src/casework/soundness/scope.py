"""What the names of a definition can mean, gathered once: the checks ask this and never search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Literal

import attrs

from casework.condition.tree import ALWAYS, Condition
from casework.model.casetype import CaseType
from casework.model.command import Post, Run
from casework.model.fields import FIELD_TYPES, Field
from casework.model.outfit import Account, Outfit, Role
from casework.model.workflow import Deadline, Transition, Workflow
from casework.parts import EffectPart, Part
from casework.soundness.truth import bound

PlaceKind = Literal["transition", "automatic", "worklist", "invariant", "counting"]

COUNTING = ("pauses", "applies")
"""What of a deadline and its rule says whether the clock runs."""

NO_CASE_TYPES: Mapping[str, CaseType] = MappingProxyType({})


@attrs.frozen(kw_only=True)
class Place:
    """Where a condition stands. *form* is what ``given()`` may name there."""

    path: str
    kind: PlaceKind
    condition: Condition
    form: Mapping[str, Field] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Scope:
    """A case type, or a workflow that stands alone, with all that its names can refer to.

    *accounts* and *roles* are None where they are not known, as for a workflow without a host. *loose*
    are fields whose type only the host knows.
    """

    chain: tuple[tuple[str, Workflow], ...]
    case_type: CaseType | None = None
    outfit: Outfit
    fields: Mapping[str, Field]
    loose: frozenset[str] = frozenset()
    accounts: Mapping[str, Account] | None = None
    roles: Mapping[str, Role] | None = None
    slots: frozenset[str] = frozenset()
    parts: Mapping[str, Part] | None = None
    case_types: Mapping[str, CaseType] = NO_CASE_TYPES

    @property
    def outfit_path(self) -> str:
        """Where the worklists, accounts and invariants stand: in the case type, or in the workflow's outfit."""
        return "outfit." if self.case_type is None else ""

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """The persons a case is about; of a workflow without a host those that it has slots for."""
        if self.case_type is not None:
            return self.case_type.subjects
        return tuple(slot.name for _, workflow in self.chain for slot in workflow.slots if slot.kind == "subject")

    @cached_property
    def workflows(self) -> dict[str, Workflow]:
        """The workflows of the chain by name."""
        return {workflow.name: workflow for _, workflow in self.chain}

    @cached_property
    def states(self) -> dict[str, frozenset[str]]:
        """The names of the states of each workflow."""
        return {name: frozenset(s.name for s in workflow.states) for name, workflow in self.workflows.items()}

    @cached_property
    def marks(self) -> dict[str, tuple[str, ...]]:
        """The workflows that a mark may mean: one for ``workflow.state``, perhaps several for ``state``."""
        found: dict[str, tuple[str, ...]] = {}
        for workflow, states in self.states.items():
            for state in states:
                found[state] = (*found.get(state, ()), workflow)
                found[f"{workflow}.{state}"] = (workflow,)
        return found

    @cached_property
    def triggers(self) -> frozenset[str]:
        """What can be fired: automatic transitions cannot."""
        return frozenset(t.trigger for _, workflow in self.chain for t in workflow.transitions if not t.automatic)

    @cached_property
    def deadlines(self) -> dict[str, Deadline]:
        """The deadlines of all workflows by name."""
        return {deadline.name: deadline for _, workflow in self.chain for deadline in workflow.deadlines}

    @cached_property
    def forms(self) -> dict[str, dict[str, Field]]:
        """What each trigger asks for: the forms of all its transitions together."""
        forms: dict[str, dict[str, Field]] = {}
        for _, _, transition in self.transitions():
            if not transition.automatic:
                forms.setdefault(transition.trigger, {}).update({field.name: field for field in transition.form})
        return forms

    @cached_property
    def holds(self) -> frozenset[str] | None:
        """The names under which amounts are reserved; None where a Python effect may choose others."""
        effects = [effect for _, _, transition in self.transitions() for effect in transition.effects]
        if any(isinstance(effect, Run) and self._may_post(effect.effect) for effect in effects):
            return None
        return frozenset(effect.hold for effect in effects if isinstance(effect, Post) and effect.hold is not None)

    def _may_post(self, name: str) -> bool:
        part = None if self.parts is None else self.parts.get(name)
        return part is None or (isinstance(part, EffectPart) and bool(part.posts))

    def transitions(self) -> Iterator[tuple[str, Workflow, Transition]]:
        """Every transition with its path and its workflow."""
        for prefix, workflow in self.chain:
            for i, transition in enumerate(workflow.transitions):
                yield f"{prefix}transitions[{i}]", workflow, transition

    def form(self, transition: Transition) -> Mapping[str, Field]:
        """What ``given()`` may name in a transition: its own form, for no other may be filled in when it is taken."""
        return {} if transition.automatic else {field.name: field for field in transition.form}

    def condition(self, transition: Transition) -> Condition:
        """The condition of a transition with its optional parts decided."""
        return bound(transition.condition, self.workflows)

    def places(self) -> Iterator[Place]:
        """Every condition of the definition with its optional parts decided; those that ask nothing left out."""
        for place in raw_places(self):
            if place.condition != ALWAYS:
                yield attrs.evolve(place, condition=bound(place.condition, self.workflows))


def raw_places(scope: Scope) -> Iterator[Place]:
    """Every condition as it was written."""
    for path, _, transition in scope.transitions():
        kind: PlaceKind = "automatic" if transition.automatic else "transition"
        form = scope.form(transition)
        yield Place(path=f"{path}.condition", kind=kind, condition=transition.condition, form=form)
    for prefix, workflow in scope.chain:
        for i, deadline in enumerate(workflow.deadlines):
            yield from _counting(f"{prefix}deadlines[{i}]", deadline)
    path = scope.outfit_path
    for i, worklist in enumerate(scope.outfit.worklists):
        yield Place(path=f"{path}worklists[{i}].condition", kind="worklist", condition=worklist.condition)
    for i, invariant in enumerate(scope.outfit.invariants):
        yield Place(path=f"{path}invariants[{i}].condition", kind="invariant", condition=invariant.condition)


def _counting(path: str, deadline: Deadline) -> Iterator[Place]:
    """When the clock of a rule stands still, and to whom the rule applies."""
    for name in COUNTING:
        yield Place(path=f"{path}.{name}", kind="counting", condition=getattr(deadline, name))
        for i, rule in enumerate(deadline.versions):
            yield Place(path=f"{path}.versions[{i}].{name}", kind="counting", condition=getattr(rule, name))


def of_case_type(
    case_type: CaseType, parts: Mapping[str, Part] | None = None, case_types: Mapping[str, CaseType] = NO_CASE_TYPES
) -> Scope:
    """The scope of a composed case type: everything is known."""
    fields = [*case_type.data, *(field for workflow in case_type.chain for field in workflow.fields)]
    return Scope(
        chain=tuple((f"chain[{i}].", workflow) for i, workflow in enumerate(case_type.chain)),
        case_type=case_type,
        outfit=Outfit(
            roles=case_type.roles,
            worklists=case_type.worklists,
            accounts=case_type.accounts,
            invariants=case_type.invariants,
        ),
        fields={field.name: field for field in fields},
        accounts={account.name: account for account in case_type.accounts},
        roles={role.name: role for role in case_type.roles} or None,
        parts=parts,
        case_types={**case_types, case_type.name: case_type} if case_types else NO_CASE_TYPES,
    )


def of_workflow(workflow: Workflow) -> Scope:
    """The scope of a workflow that no host has bound yet: its slots count as bound."""
    asked = [slot for slot in workflow.slots if slot.kind == "field"]
    typed = {slot.name: Field(slot.name, kind) for slot in asked for kind in FIELD_TYPES if kind == slot.type}
    return Scope(
        chain=(("", workflow),),
        outfit=workflow.outfit,
        fields={**typed, **{field.name: field for field in workflow.fields}},
        loose=frozenset(slot.name for slot in asked) - typed.keys(),
        slots=frozenset(slot.name for slot in workflow.slots if slot.kind == "condition"),
    )
