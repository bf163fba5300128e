"""Access and ownership: somebody can fire, open and view; every name lies in its owner's namespace."""

from __future__ import annotations

from collections.abc import Iterator

from casework.model.casetype import CaseType
from casework.model.finding import Finding
from casework.model.workflow import Grants, Workflow
from casework.soundness.codes import finding
from casework.soundness.graph import reachable
from casework.soundness.scope import Scope


def check_access(scope: Scope, own: int | None) -> Iterator[Finding]:
    """Who may do what at all. *own* is how many workflows of the chain are the case type's own."""
    for path, workflow, transition in scope.transitions():
        fired = {deadline.trigger for deadline in workflow.deadlines}
        if not (transition.automatic or transition.roles or transition.trigger in fired):
            message = f"{transition.trigger!r} names no role, is not automatic, and no deadline fires it"
            yield finding("CW401", f"{path}.roles", message)
    for i, (prefix, workflow) in enumerate(scope.chain):
        attached = None if own is None or scope.case_type is None else i >= own
        yield from _namespace(prefix, workflow, attached)
    if scope.case_type is not None:
        yield from _of_case_type(scope, scope.case_type)


def _namespace(prefix: str, workflow: Workflow, attached: bool | None) -> Iterator[Finding]:
    names = [(f"{prefix}transitions[{i}].trigger", t.trigger) for i, t in enumerate(workflow.transitions)]
    names += [(f"{prefix}fields[{i}].name", field.name) for i, field in enumerate(workflow.fields)]
    names += [(f"{prefix}deadlines[{i}].name", deadline.name) for i, deadline in enumerate(workflow.deadlines)]
    for path, name in names:
        namespace, dot, _ = str(name).rpartition(".")
        if dot and namespace != workflow.name:
            yield finding("CW405", path, f"{name!r} is not in the namespace of {workflow.name!r}")
        elif attached and not dot:
            yield finding("CW405", path, f"{workflow.name!r} is attached, so this is '{workflow.name}.{name}'")
        elif attached is False and dot:
            yield finding("CW405", path, f"{workflow.name!r} is the case type's own, so its names are bare")


def _of_case_type(scope: Scope, case_type: CaseType) -> Iterator[Finding]:
    for i, field in enumerate(case_type.data):
        if "." in str(field.name) and field.name.partition(".")[0] not in scope.workflows:
            yield finding("CW405", f"data[{i}].name", f"there is no workflow whose field {field.name!r} could be")
    for kind in ("worklist", "invariant"):
        for i, item in enumerate(getattr(case_type, f"{kind}s")):
            namespace, dot, _ = str(item.name).rpartition(".")
            if dot and namespace not in scope.workflows:
                message = f"there is no workflow whose {kind} {item.name!r} could be"
                yield finding("CW405", f"{kind}s[{i}].name", message)
    if not case_type.opens:
        yield finding("CW402", "opens", f"no role may open a {case_type.name!r}")
    if case_type.break_glass is not None:
        yield from _glass(case_type)
    if _viewed(case_type.grants) or any(_always_viewed(workflow) for workflow in case_type.chain[1:]):
        return
    reached = reachable(case_type.main)
    for i, state in enumerate(case_type.main.states):
        if state.name in reached and not _viewed(state.grants):
            yield finding("CW403", f"chain[0].states[{i}].grants", f"no role may view a case that is {state.name!r}")


def _glass(case_type: CaseType) -> Iterator[Finding]:
    granted = [case_type.grants, *(state.grants for workflow in case_type.chain for state in workflow.states)]
    breaks = any(permission == "break_glass" and roles for grants in granted for permission, roles in grants)
    reviews = any(permission == "review" and roles for permission, roles in case_type.grants)
    if not breaks:
        yield finding("CW408", "break_glass", "no role may break the glass; grant 'break_glass', or leave this out")
    if not reviews:
        message = "the case cannot close before it is reviewed, and no role always may; grant 'review' to the case type"
        yield finding("CW408", "break_glass", message)


def _viewed(grants: Grants) -> bool:
    return any(permission == "view" and roles for permission, roles in grants)


def _always_viewed(workflow: Workflow) -> bool:
    """Whether every state of a workflow beside the main one lets somebody view; permissions add up."""
    reached = reachable(workflow)
    return bool(reached) and all(_viewed(state.grants) for state in workflow.states if state.name in reached)
