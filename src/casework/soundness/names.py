"""Names: each well formed, none used twice, and every word of a closed list one of that list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from casework.condition.literal import checked
from casework.errors import InvalidValue
from casework.model.casetype import CaseType
from casework.model.command import Post
from casework.model.fields import FIELD_CLASSES, FIELD_TYPES, Field
from casework.model.finding import Finding
from casework.model.names import is_name, is_qualified
from casework.model.outfit import ACCOUNT_OWNERS
from casework.model.workflow import PERMISSIONS, SLOT_KINDS, Grants, Transition, Workflow
from casework.soundness.codes import finding, unknown
from casework.soundness.scope import Scope

KEPT_BY_OPENING = frozenset({"request_id", "unit", "subjects"})
KEPT_BY_FIRING = frozenset({"request_id", "batch", "chunk"})
"""What the verbs take by keyword beside the values of a form."""

_SHAPE = "small letters, digits and single underscores, a letter first, at most 48"


def check_names(scope: Scope) -> Iterator[Finding]:
    """Everything that can be said of a name by itself or beside its equals."""
    if scope.case_type is not None:
        yield from _of_case_type(scope.case_type)
    yield from _outfit(scope)
    for prefix, workflow in scope.chain:
        yield from _of_workflow(prefix, workflow)
    yield from _shared(scope)


def _formed(path: str, name: object, *, dotted: bool = False) -> Iterator[Finding]:
    if not (is_qualified(name) if dotted else is_name(name)):
        yield finding("CW101", path, f"{name!r} is not a name: {_SHAPE}")


def _unique(path: str, kind: str, names: Iterable[object], part: str = ".name") -> Iterator[Finding]:
    seen: dict[object, int] = {}
    for i, name in enumerate(names):
        if name in seen:
            yield finding("CW102", f"{path}[{i}]{part}", f"there is a {kind} {name!r} already, at [{seen[name]}]")
        seen.setdefault(name, i)


def _listed(path: str, kind: str, items: Sequence[Any], *, dotted: bool = False) -> Iterator[Finding]:
    for i, item in enumerate(items):
        yield from _formed(f"{path}[{i}].name", item.name, dotted=dotted)
    yield from _unique(path, kind, (item.name for item in items))


def _of_case_type(case_type: CaseType) -> Iterator[Finding]:
    yield from _formed("name", case_type.name)
    yield from _fields("data", case_type.data, dotted=True)
    yield from _kept("data", "open", case_type.data, KEPT_BY_OPENING)
    for i, subject in enumerate(case_type.subjects):
        yield from _formed(f"subjects[{i}]", subject)
    yield from _unique("subjects", "subject", case_type.subjects, "")
    yield from _unique("chain", "workflow", (workflow.name for workflow in case_type.chain))
    yield from _granted("grants", case_type.grants)
    for name, _ in case_type.readers:
        if name not in FIELD_CLASSES:
            yield unknown("CW117", f"readers.{name}", "class of fields", name, FIELD_CLASSES)


def _outfit(scope: Scope) -> Iterator[Finding]:
    # What an attached workflow has brought along carries its namespace, unless people or the ledger know it by name.
    composed = scope.case_type is not None
    for kind in ("role", "worklist", "account", "invariant"):
        dotted = composed and kind in ("worklist", "invariant")
        yield from _listed(f"{scope.outfit_path}{kind}s", kind, getattr(scope.outfit, f"{kind}s"), dotted=dotted)
    for i, account in enumerate(scope.outfit.accounts):
        if account.owner not in (owners := (*ACCOUNT_OWNERS, *scope.subjects)):
            path = f"{scope.outfit_path}accounts[{i}].owner"
            yield unknown("CW122", path, "owner of accounts", account.owner, owners)


def _of_workflow(prefix: str, workflow: Workflow) -> Iterator[Finding]:
    yield from _formed(f"{prefix}name", workflow.name)
    yield from _listed(f"{prefix}states", "state", workflow.states)
    yield from _listed(f"{prefix}deadlines", "deadline", workflow.deadlines, dotted=True)
    yield from _fields(f"{prefix}fields", workflow.fields, dotted=True)
    yield from _slots(f"{prefix}slots", workflow)
    for i, state in enumerate(workflow.states):
        for j, phase in enumerate(state.phases):
            yield from _formed(f"{prefix}states[{i}].phases[{j}]", phase)
        yield from _granted(f"{prefix}states[{i}].grants", state.grants)
    for i, transition in enumerate(workflow.transitions):
        yield from _of_transition(f"{prefix}transitions[{i}]", transition)


def _of_transition(path: str, transition: Transition) -> Iterator[Finding]:
    yield from _formed(f"{path}.trigger", transition.trigger, dotted=True)
    yield from _fields(f"{path}.form", transition.form)
    yield from _kept(f"{path}.form", "fire", transition.form, KEPT_BY_FIRING)
    for i, effect in enumerate(transition.effects):
        if isinstance(effect, Post) and effect.hold is not None:
            yield from _formed(f"{path}.effects[{i}].hold", effect.hold, dotted=True)


def _slots(path: str, workflow: Workflow) -> Iterator[Finding]:
    yield from _listed(path, "slot", workflow.slots)
    for i, slot in enumerate(workflow.slots):
        if slot.kind not in SLOT_KINDS:
            yield unknown("CW122", f"{path}[{i}].kind", "kind of slots", slot.kind, SLOT_KINDS)
        if slot.type is not None and slot.type not in FIELD_TYPES:
            yield unknown("CW122", f"{path}[{i}].type", "type of fields", slot.type, FIELD_TYPES)


def _fields(path: str, fields: Sequence[Field], *, dotted: bool = False) -> Iterator[Finding]:
    yield from _listed(path, "field", fields, dotted=dotted)
    for i, field in enumerate(fields):
        if field.type not in FIELD_TYPES:
            yield unknown("CW122", f"{path}[{i}].type", "type of fields", field.type, FIELD_TYPES)
        if field.field_class not in FIELD_CLASSES:
            yield unknown("CW122", f"{path}[{i}].field_class", "class of fields", field.field_class, FIELD_CLASSES)
        for j, choice in enumerate(field.choices):
            if not _is_choice(choice.name):
                where = f"{path}[{i}].choices[{j}].name"
                yield finding("CW101", where, f"{choice.name!r} is not a choice: text in normal form (NFC), not empty")
        yield from _unique(f"{path}[{i}].choices", "choice", (choice.name for choice in field.choices))


def _kept(path: str, verb: str, fields: Sequence[Field], words: frozenset[str]) -> Iterator[Finding]:
    """Fields called like what a verb is told by keyword; *words* are those of *verb* and its companions."""
    for i, field in enumerate(fields):
        if field.name in words and not (field.managed and verb == "open"):
            message = (
                f"{field.name}=… means something else to the desk; give this field by {verb}(…, {{{field.name!r}: …}})"
            )
            yield finding("CW124", f"{path}[{i}].name", message)


def _is_choice(name: object) -> bool:
    try:
        return isinstance(name, str) and bool(name) and checked(name) == name
    except InvalidValue:
        return False


def _granted(path: str, grants: Grants) -> Iterator[Finding]:
    for permission, _ in grants:
        if permission not in PERMISSIONS:
            yield unknown("CW116", f"{path}.{permission}", "permission", permission, PERMISSIONS)


def _shared(scope: Scope) -> Iterator[Finding]:
    """Names that only one workflow of the whole chain may claim."""
    owners: dict[str, str] = {}
    for path, workflow, transition in scope.transitions():
        owner = owners.setdefault(transition.trigger, workflow.name)
        if owner != workflow.name:
            message = f"{transition.trigger!r} is a trigger of workflow {owner!r} already"
            yield finding("CW103", f"{path}.trigger", message)
    yield from _agreeing(scope)
    deadlines: dict[str, str] = {}
    for prefix, workflow in scope.chain:
        yield from _claimed(f"{prefix}deadlines", "deadline", workflow.name, workflow.deadlines, deadlines)
    fields = {} if scope.case_type is None else {field.name: "the case type" for field in scope.case_type.data}
    for prefix, workflow in scope.chain:
        yield from _claimed(f"{prefix}fields", "field", workflow.name, workflow.fields, fields)


def _claimed(path: str, kind: str, workflow: str, items: Sequence[Any], owners: dict[str, str]) -> Iterator[Finding]:
    for i, item in enumerate(items):
        owner = owners.setdefault(item.name, workflow)
        if owner != workflow:
            yield finding("CW102", f"{path}[{i}].name", f"{owner} has a {kind} {item.name!r} already")


def _agreeing(scope: Scope) -> Iterator[Finding]:
    # Transitions of one trigger may share a state, and their forms are one there; a name may mean only one thing in it.
    for path, _, transition in scope.transitions():
        known: Mapping[str, Field] = {} if transition.automatic else scope.forms[transition.trigger]
        for i, field in enumerate(transition.form):
            later = known.get(field.name, field)
            if (later.type, later.choices) != (field.type, field.choices) and _names(transition).count(field.name) == 1:
                message = f"another transition {transition.trigger!r} asks for another kind of {field.name!r}"
                yield finding("CW102", f"{path}.form[{i}].name", message)


def _names(transition: Transition) -> list[str]:
    return [field.name for field in transition.form]
