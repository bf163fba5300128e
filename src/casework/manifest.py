"""Manifests: a case type with everything attached to it, resolved, as one content-addressed document.

A case is pinned to the manifest under which it was opened; its document is stored with the cases, so
that their history reads without the plugin.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from casework.condition import tree
from casework.condition.table import from_table, to_table
from casework.condition.tree import ALWAYS, Condition, rebuilt
from casework.errors import Conflict
from casework.model.attachment import Attachment, Require
from casework.model.casetype import CaseType
from casework.model.command import Assign, Held, Open, Post, Send, Set, Settle, Void
from casework.model.fields import Field
from casework.model.finding import Finding
from casework.model.names import one_or_many, qualified
from casework.model.outfit import Account, Invariant, Outfit, Role, Worklist
from casework.model.workflow import Deadline, State, Transition, Workflow
from casework.text import Text

FORMAT = 1


@attrs.frozen
class Manifest:
    """The composed *case_type*, of whose chain the first *own* workflows are the host's, and what is required more."""

    case_type: CaseType
    requirements: tuple[Require, ...]
    own: int
    document: str
    hash: str

    @property
    def name(self) -> str:
        """The name of the case type."""
        return self.case_type.name


def manifest_of(case_type: CaseType, own: int, requirements: Iterable[Require]) -> Manifest:
    """Freeze a composed case type under the hash of its canonical document."""
    from casework.loader.structure import to_document  # whoever only writes definitions down freezes none

    required = tuple(requirements)
    content = {
        "format": FORMAT,
        "own": own,
        "case_type": to_document(case_type),
        "requirements": [
            {
                "target": item.target,
                "condition": to_table(item.condition),
                "because": {"en": item.because.en, "zh": item.because.zh},
                "source": item.source,
            }
            for item in required
        ],
    }
    document = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Manifest(case_type, required, own, document, hashlib.sha256(document.encode()).hexdigest())


def manifest_from(document: str) -> Manifest:
    """The manifest of a stored document."""
    from casework.loader.structure import from_document

    content: dict[str, Any] = json.loads(document)
    case_type = from_document(content["case_type"])
    assert isinstance(case_type, CaseType)
    required = tuple(
        Require(
            item["target"],
            from_table(item["condition"]),
            because=Text(**item["because"]),
            source=item["source"],
        )
        for item in content["requirements"]
    )
    digest = hashlib.sha256(document.encode()).hexdigest()
    return Manifest(case_type, required, content["own"], document, digest)


def compose(
    case_type: CaseType, attachments: Sequence[Attachment], requirements: Sequence[Require]
) -> tuple[Manifest, list[Finding]]:
    """Put a case type together with what is attached to and required of it.

    Raises Conflict where two workflows of the chain have one name. The findings name slots that are
    not bound, bindings that no slot takes, requirements on triggers that do not exist, and accounts or roles that two
    attached workflows bring along differently.
    """
    findings = [
        Finding("CW507", f"chain[{i}].outfit", f"{workflow.name!r} is the case type's own, which says this itself")
        for i, workflow in enumerate(case_type.chain)
        if workflow.outfit != Outfit()
    ]
    chain, outfits = list(case_type.chain), []
    owners = {workflow.name: f"case type {case_type.name!r}" for workflow in chain}
    for attachment in attachments:
        name = attachment.workflow.name
        if name in owners:
            raise Conflict("workflow", name, owners[name], f"an attachment to {case_type.name!r}")
        owners[name] = f"an attachment to {case_type.name!r}"
        findings += _binding_findings(attachment, case_type)
        binder = _Binder(attachment)
        chain.append(binder.workflow())
        outfits.append(binder.outfit())
    findings += _collisions(
        case_type, {each.workflow.name: outfit for each, outfit in zip(attachments, outfits, strict=True)}
    )
    composed = _resolved(_equipped(attrs.evolve(case_type, chain=tuple(chain)), outfits))
    triggers = {transition.trigger for workflow in composed.chain for transition in workflow.transitions}
    present = {workflow.name for workflow in composed.chain}
    resolved = [attrs.evolve(item, condition=_without_absent(item.condition, present)) for item in requirements]
    findings += [
        Finding("CW504", f"require {item.target}", f"{case_type.name!r} has no trigger {item.trigger!r}")
        for item in resolved
        if item.trigger not in triggers
    ]
    return manifest_of(composed, len(case_type.chain), resolved), findings


def _collisions(case_type: CaseType, outfits: Mapping[str, Outfit]) -> Iterator[Finding]:
    """The accounts and roles that two outfits declare differently, and the host not at all; titles may differ."""
    own = {("account", each.name) for each in case_type.accounts} | {("role", each.name) for each in case_type.roles}
    first: dict[tuple[str, str], tuple[str, Account | Role]] = {}
    for workflow, outfit in outfits.items():
        brought = [("account", each) for each in outfit.accounts] + [("role", each) for each in outfit.roles]
        for kind, item in brought:
            owner, other = first.setdefault((kind, item.name), (workflow, item))
            if (kind, item.name) not in own and attrs.evolve(item, title=Text()) != attrs.evolve(other, title=Text()):
                told = f"{workflow!r} brings the {kind} {item.name!r} otherwise than {owner!r} does"
                yield Finding("CW508", f"attach {workflow}", f"{told}; declare it in the case type to say which it is")


def _equipped(case_type: CaseType, outfits: Iterable[Outfit]) -> CaseType:
    """The case type with what its attached workflows bring along; what it declares itself stands first."""
    brought = [outfit for outfit in outfits if outfit != Outfit()]
    if not brought:
        return case_type
    roles = {role.name: role for outfit in brought for role in outfit.roles}
    # Where a host declares no role, every role will do; the first that is declared would forbid all others.
    declared = {role.name: role for role in case_type.roles or map(Role, _roles_named(case_type))} if roles else {}
    accounts = {account.name: account for outfit in brought for account in outfit.accounts}
    return attrs.evolve(
        case_type,
        roles=tuple((roles | declared).values()),
        accounts=tuple((accounts | {account.name: account for account in case_type.accounts}).values()),
        worklists=(*case_type.worklists, *(item for outfit in brought for item in outfit.worklists)),
        invariants=(*case_type.invariants, *(item for outfit in brought for item in outfit.invariants)),
    )


def _roles_named(case_type: CaseType) -> tuple[str, ...]:
    """Every role that the definition names anywhere, in order."""
    states = [state for workflow in case_type.chain for state in workflow.states]
    steps = [step for workflow in case_type.chain for step in workflow.transitions]
    granted = [case_type.grants, case_type.readers, *(state.grants for state in states)]
    named = [case_type.opens, *(roles for grants in granted for _, roles in grants), *(step.roles for step in steps)]
    named += [worklist.roles for worklist in case_type.worklists]
    named += [account.readers for account in case_type.accounts]
    named += [field.readers for field in (*case_type.data, *(f for w in case_type.chain for f in w.fields))]
    return tuple(sorted({role for roles in named for role in roles}))


def _binding_findings(attachment: Attachment, host: CaseType) -> list[Finding]:
    slots = {slot.name: slot for slot in attachment.workflow.slots}
    bound = dict(attachment.bindings)
    path = f"attach {attachment.workflow.name} to {attachment.case_type}"
    missing = [Finding("CW502", path, f"slot {name!r} is not bound") for name in slots if name not in bound]
    unknown = [Finding("CW503", path, f"there is no slot {name!r} to bind") for name in bound if name not in slots]
    wrong = [
        Finding("CW503", path, f"slot {name!r} takes a {slots[name].kind}, not {value!r}")
        for name, value in bound.items()
        if name in slots and isinstance(value, Condition) != (slots[name].kind == "condition")
    ]
    strangers = [
        Finding("CW503", path, f"slot {name!r}: {host.name!r} has no subject {value!r}")
        for name, value in bound.items()
        if name in slots and slots[name].kind == "subject" and value not in host.subjects
    ]
    return missing + unknown + wrong + strangers


class _Binder:
    """Writes an attached workflow anew with the host's names in its slots and its own names qualified."""

    def __init__(self, attachment: Attachment) -> None:
        self._workflow = attachment.workflow
        self._namespace = attachment.workflow.name
        self._kinds = {slot.name: slot.kind for slot in attachment.workflow.slots}
        self._bound = dict(attachment.bindings)
        self._triggers = {transition.trigger for transition in self._workflow.transitions}
        self._states = {state.name for state in self._workflow.states}
        self._deadlines = {deadline.name for deadline in self._workflow.deadlines}

    def workflow(self) -> Workflow:
        return attrs.evolve(
            self._workflow,
            states=tuple(self._state(state) for state in self._workflow.states),
            transitions=tuple(self._transition(transition) for transition in self._workflow.transitions),
            deadlines=tuple(self._deadline(deadline) for deadline in self._workflow.deadlines),
            fields=tuple(self._own_field(item) for item in self._workflow.fields),
            slots=(),
            outfit=Outfit(),
        )

    def outfit(self) -> Outfit:
        """What the workflow brings along, with the host's names in its slots."""
        brought = self._workflow.outfit
        return Outfit(
            roles=brought.roles,
            accounts=tuple(self._account(account) for account in brought.accounts),
            worklists=tuple(self._worklist(worklist) for worklist in brought.worklists),
            invariants=tuple(self._invariant(invariant) for invariant in brought.invariants),
        )

    def _account(self, account: Account) -> Account:
        by = None if account.by is None else self._field(account.by)
        readers = self._roles(account.readers)
        return attrs.evolve(account, owner=self._subject(account.owner), by=by, readers=readers)

    def _subject(self, name: str) -> str:
        bound = self._bound.get(name)
        return bound if self._kinds.get(name) == "subject" and isinstance(bound, str) else name

    def _worklist(self, worklist: Worklist) -> Worklist:
        return attrs.evolve(
            worklist,
            name=qualified(self._namespace, worklist.name),
            workflow=worklist.workflow or self._namespace,
            condition=rebuilt(worklist.condition, self._leaf),
            roles=self._roles(worklist.roles),
        )

    def _invariant(self, invariant: Invariant) -> Invariant:
        name = qualified(self._namespace, invariant.name)
        return attrs.evolve(invariant, name=name, condition=rebuilt(invariant.condition, self._leaf))

    def _state(self, state: State) -> State:
        return attrs.evolve(state, grants=tuple((permission, self._roles(roles)) for permission, roles in state.grants))

    def _transition(self, transition: Transition) -> Transition:
        return attrs.evolve(
            transition,
            trigger=self._trigger(transition.trigger),
            roles=self._roles(transition.roles),
            condition=rebuilt(transition.condition, self._leaf),
            four_eyes=tuple(self._trigger(name) for name in transition.four_eyes),
            effects=tuple(self._effect(item) for item in transition.effects),
            form=tuple(attrs.evolve(item, readers=self._roles(item.readers)) for item in transition.form),
        )

    def _deadline(self, deadline: Deadline) -> Deadline:
        trigger = None if deadline.trigger is None else self._trigger(deadline.trigger)
        extenders = self._roles(deadline.extenders)
        named = attrs.evolve(
            deadline, name=qualified(self._namespace, deadline.name), trigger=trigger, extenders=extenders
        )
        return _counting(named, lambda condition: rebuilt(condition, self._leaf))

    def _own_field(self, item: Field) -> Field:
        return attrs.evolve(
            item,
            name=qualified(self._namespace, item.name),
            derived_from=tuple(self._field(name) for name in item.derived_from),
            readers=self._roles(item.readers),
        )

    def _trigger(self, name: str) -> str:
        return qualified(self._namespace, name) if name in self._triggers else name

    def _roles(self, roles: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for role in roles for name in self._role(role)))

    def _role(self, role: str) -> tuple[str, ...]:
        bound = self._bound.get(role)
        if self._kinds.get(role) != "role" or bound is None or isinstance(bound, Condition):
            return (role,)
        return one_or_many(bound)

    def _field(self, name: str) -> str:
        bound = self._bound.get(name)
        if self._kinds.get(name) == "field" and isinstance(bound, str):
            return bound
        return qualified(self._namespace, name)

    def _leaf(self, leaf: Condition) -> Condition:
        match leaf:
            case tree.Slotted(slot):
                bound = self._bound.get(slot)
                return bound if isinstance(bound, Condition) else leaf
            case tree.HasRole(role):
                return tree.Any(tuple(tree.HasRole(name) for name in self._role(role)))
            case tree.Differs(trigger):
                return tree.Differs(self._trigger(trigger))
            case tree.Overdue(deadline) if deadline in self._deadlines:
                return tree.Overdue(qualified(self._namespace, deadline))
            case tree.Compare(left, operator, right):
                return tree.Compare(self._operand(left), operator, right)
            case tree.Among(left, values):
                return tree.Among(self._operand(left), values)
            case tree.Known(tree.FieldRef(name)):
                return tree.Known(tree.FieldRef(self._field(name)))
        return leaf

    def _operand(self, left: tree.Operand) -> tree.Operand:
        match left:
            case tree.FieldRef(name):
                return tree.FieldRef(self._field(name))
            case tree.ElapsedRef(mark) if mark in self._states:
                return tree.ElapsedRef(qualified(self._namespace, mark))
        return left

    def _effect(self, item: Any) -> Any:
        match item:
            case Set(name, value):
                return Set(self._field(name), self._source(value))
            case Post(_, _, amount, hold):
                held = None if hold is None else qualified(self._namespace, hold)
                return attrs.evolve(item, amount=self._source(amount), hold=held)
            case Settle(hold) | Void(hold):
                return attrs.evolve(item, hold=qualified(self._namespace, hold))
            case Assign(role, person):
                return Assign(self._role(role)[0], self._source(person))
            case Send(_, to, body):
                return attrs.evolve(
                    item, to=self._source(to), body=tuple((name, self._source(value)) for name, value in body)
                )
            case Open(_, values, unit):
                return attrs.evolve(
                    item,
                    values=tuple((name, self._source(value)) for name, value in values),
                    unit=self._source(unit),
                    subjects={name: self._subject(own) for name, own in item.subjects},
                )
        return item

    def _source(self, value: Any) -> Any:
        return Held(self._field(value.name)) if isinstance(value, Held) else value


def _resolved(case_type: CaseType) -> CaseType:
    """The case type with every optional condition settled, for it is known now what is attached."""
    present = {workflow.name for workflow in case_type.chain}

    def settle(condition: Condition) -> Condition:
        return _without_absent(condition, present)

    return attrs.evolve(
        case_type,
        chain=tuple(_with_conditions(workflow, settle) for workflow in case_type.chain),
        worklists=tuple(attrs.evolve(item, condition=settle(item.condition)) for item in case_type.worklists),
        invariants=tuple(attrs.evolve(item, condition=settle(item.condition)) for item in case_type.invariants),
    )


def _with_conditions(workflow: Workflow, change: Callable[[Condition], Condition]) -> Workflow:
    transitions = (attrs.evolve(item, condition=change(item.condition)) for item in workflow.transitions)
    deadlines = tuple(_counting(deadline, change) for deadline in workflow.deadlines)
    return attrs.evolve(workflow, transitions=tuple(transitions), deadlines=deadlines)


def _counting(deadline: Deadline, change: Callable[[Condition], Condition]) -> Deadline:
    """The deadline with every condition of its own and of its rule changed."""
    if not deadline.rule:
        return deadline
    versions = tuple(
        attrs.evolve(rule, pauses=change(rule.pauses), applies=change(rule.applies)) for rule in deadline.versions
    )
    pauses, applies = change(deadline.pauses), change(deadline.applies)
    return attrs.evolve(deadline, versions=versions, pauses=pauses, applies=applies)


def _without_absent(condition: Condition, present: set[str]) -> Condition:
    def settle(leaf: Condition) -> Condition:
        if isinstance(leaf, tree.Optional):
            return leaf.term if leaf.workflow in present else ALWAYS
        return leaf

    return rebuilt(condition, settle)
