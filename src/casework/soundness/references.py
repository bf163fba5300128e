"""References outside conditions: every state, phase, role, trigger and part that is named exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from casework.model.casetype import CaseType
from casework.model.command import Assign, Run, Send
from casework.model.fields import Field
from casework.model.finding import Finding
from casework.model.workflow import Deadline, Grants, Transition, Workflow
from casework.parts import Channel, EffectPart, Guard
from casework.soundness.codes import finding, unknown
from casework.soundness.scope import Scope


def check_references(scope: Scope) -> Iterator[Finding]:
    """Names that stand in the definition itself, in its transitions and its deadlines."""
    for prefix, workflow in scope.chain:
        yield from _of_workflow(scope, prefix, workflow)
    for path, workflow, transition in scope.transitions():
        yield from _of_transition(scope, path, workflow, transition)
    yield from _of_outfit(scope)
    if scope.case_type is not None:
        yield from _of_case_type(scope, scope.case_type)


def role_findings(scope: Scope, path: str, roles: Iterable[str]) -> Iterator[Finding]:
    """The roles that the case type does not declare; where it declares none, every role will do."""
    if scope.roles is None:
        return
    for role in roles:
        if role not in scope.roles:
            yield unknown("CW115", path, "role", role, scope.roles)


def part_findings(scope: Scope, path: str, name: str, kind: type) -> Iterator[Finding]:
    """Whether the part is there and is of its kind; nothing where it is not known what is installed."""
    if scope.parts is None:
        return
    word = {Guard: "guard", EffectPart: "effect", Channel: "channel"}[kind]
    if name not in scope.parts:
        yield unknown("CW118", path, word, name, (n for n, part in scope.parts.items() if isinstance(part, kind)))
    elif not isinstance(scope.parts[name], kind):
        yield finding("CW119", path, f"{name!r} is not a {word} but a {type(scope.parts[name]).__name__}")


def _of_workflow(scope: Scope, prefix: str, workflow: Workflow) -> Iterator[Finding]:
    yield from _states(f"{prefix}initial", workflow, [workflow.initial])
    for i, state in enumerate(workflow.states):
        yield from _granted(scope, f"{prefix}states[{i}].grants", state.grants)
    for i, field in enumerate(workflow.fields):
        yield from _of_field(scope, f"{prefix}fields[{i}]", field)
    for i, deadline in enumerate(workflow.deadlines):
        yield from _of_deadline(f"{prefix}deadlines[{i}]", workflow, deadline)
        yield from role_findings(scope, f"{prefix}deadlines[{i}].extenders", deadline.extenders)


def _states(path: str, workflow: Workflow, names: Iterable[str]) -> Iterator[Finding]:
    known = [state.name for state in workflow.states]
    for name in names:
        if name not in known:
            yield unknown("CW104", path, f"state of workflow {workflow.name!r} called", name, known)


def _of_field(scope: Scope, path: str, field: Field) -> Iterator[Finding]:
    yield from _known_fields(scope, f"{path}.derived_from", field.derived_from)
    yield from _readers(scope, path, field)


def _readers(scope: Scope, path: str, field: Field) -> Iterator[Finding]:
    yield from role_findings(scope, f"{path}.readers", field.readers)
    if field.readers and field.field_class == "open":
        message = f"{field.name!r} is open, and open fields are read by whoever may view the case; give it a class"
        yield finding("CW406", f"{path}.readers", message)


def _of_deadline(path: str, workflow: Workflow, deadline: Deadline) -> Iterator[Finding]:
    yield from _states(f"{path}.during", workflow, deadline.during)
    if deadline.trigger is None:
        return
    fired = [t for t in workflow.transitions if t.trigger == deadline.trigger]
    if not fired:
        kind, known = f"trigger of workflow {workflow.name!r} called", (t.trigger for t in workflow.transitions)
        yield unknown("CW113", f"{path}.trigger", kind, deadline.trigger, known)
    elif not any(set(workflow.sources(t)) & set(deadline.during) for t in fired if not t.automatic):
        message = f"{deadline.trigger!r} cannot be fired in any state that {deadline.name!r} runs in"
        yield finding("CW114", f"{path}.trigger", message)


def _of_transition(scope: Scope, path: str, workflow: Workflow, transition: Transition) -> Iterator[Finding]:
    yield from _states(f"{path}.source", workflow, transition.source)
    if transition.target is not None:
        yield from _states(f"{path}.target", workflow, [transition.target])
    phases = {phase for state in workflow.states for phase in state.phases}
    if transition.phase is not None and transition.phase not in phases:
        yield unknown("CW105", f"{path}.phase", "phase", transition.phase, phases)
    yield from role_findings(scope, f"{path}.roles", transition.roles)
    for i, field in enumerate(transition.form):
        yield from _readers(scope, f"{path}.form[{i}]", field)
    for i, name in enumerate(transition.guards):
        yield from part_findings(scope, f"{path}.guards[{i}]", name, Guard)
    for name in transition.four_eyes:
        if name not in scope.triggers:
            yield unknown("CW113", f"{path}.four_eyes", "trigger", name, scope.triggers)
    yield from _named_by_effects(scope, path, transition)


def _named_by_effects(scope: Scope, path: str, transition: Transition) -> Iterator[Finding]:
    for i, effect in enumerate(transition.effects):
        place = f"{path}.effects[{i}]"
        match effect:
            case Send(channel):
                yield from part_findings(scope, f"{place}.channel", channel, Channel)
            case Run(name):
                yield from part_findings(scope, f"{place}.effect", name, EffectPart)
            case Assign(role):
                yield from role_findings(scope, f"{place}.role", [role])


def _granted(scope: Scope, path: str, grants: Grants) -> Iterator[Finding]:
    for what, roles in grants:
        yield from role_findings(scope, f"{path}.{what}", roles)


def _known_fields(scope: Scope, path: str, names: Iterable[str]) -> Iterator[Finding]:
    for name in names:
        if name not in scope.fields and name not in scope.loose:
            yield unknown("CW106", path, "field", name, scope.fields)


def _of_case_type(scope: Scope, case_type: CaseType) -> Iterator[Finding]:
    yield from role_findings(scope, "opens", case_type.opens)
    yield from _granted(scope, "grants", case_type.grants)
    yield from _granted(scope, "readers", case_type.readers)
    for i, field in enumerate(case_type.data):
        yield from _of_field(scope, f"data[{i}]", field)
    if case_type.break_glass is not None:
        yield from part_findings(scope, "break_glass.channel", case_type.break_glass.channel, Channel)


def _of_outfit(scope: Scope) -> Iterator[Finding]:
    path, (_, first) = scope.outfit_path, scope.chain[0]
    for i, account in enumerate(scope.outfit.accounts):
        yield from _known_fields(scope, f"{path}accounts[{i}].by", () if account.by is None else (account.by,))
        yield from role_findings(scope, f"{path}accounts[{i}].readers", account.readers)
    for i, worklist in enumerate(scope.outfit.worklists):
        yield from role_findings(scope, f"{path}worklists[{i}].roles", worklist.roles)
        name = first.name if worklist.workflow is None else worklist.workflow
        if name not in scope.workflows:
            yield unknown("CW108", f"{path}worklists[{i}].workflow", "workflow", name, scope.workflows)
        else:
            yield from _states(f"{path}worklists[{i}].states", scope.workflows[name], worklist.states)
