"""Deadlines that a rule sets: the rule is there, has a length, and asks for nothing that its log may not tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from casework.condition import tree
from casework.condition.tree import Among, Compare, Condition, Known
from casework.model.finding import Finding
from casework.model.workflow import Deadline
from casework.soundness.codes import finding
from casework.soundness.scope import Scope


def check_rules(scope: Scope) -> Iterator[Finding]:
    """Every deadline that names a rule, and what says whether its clock runs."""
    for prefix, workflow in scope.chain:
        for i, deadline in enumerate(workflow.deadlines):
            if deadline.rule:
                yield from _ruled(scope, f"{prefix}deadlines[{i}]", deadline)
            elif deadline.versions or deadline.extenders or (deadline.pauses, deadline.applies) != _PLAIN:
                message = f"{deadline.name!r} has no rule; only the clock of a rule stands still or is extended"
                yield finding("CW126", f"{prefix}deadlines[{i}].rule", message)
    for place in scope.places():
        if place.kind == "counting":
            yield from _kept(scope, place.path, place.condition)


_PLAIN = (tree.Any(()), tree.ALWAYS)


def _ruled(scope: Scope, path: str, deadline: Deadline) -> Iterator[Finding]:
    if deadline.after != timedelta(0):
        yield finding(
            "CW313", f"{path}.after", f"{deadline.name!r} runs as long as its rule says, or so long; not both"
        )
    if not deadline.versions and scope.case_type is not None:
        message = f"no rulebook was applied that has {deadline.rule!r}: Rulebook.applied_to(case_type)"
        yield finding("CW126", f"{path}.rule", message)
    for i, rule in enumerate(deadline.versions):
        if rule.id != deadline.rule:
            yield finding("CW126", f"{path}.versions[{i}].id", f"{rule.id!r} is not {deadline.rule!r}")
        if rule.unit is None or not rule.value:
            message = f"{rule.version} is a duty without a length of time; nothing can be due by it"
            yield finding("CW313", f"{path}.versions[{i}].value", message)


def _kept(scope: Scope, path: str, condition: Condition) -> Iterator[Finding]:
    """The log tells for ever when a clock stood still, so that may follow from nothing that is to be erasable."""
    for node in tree.walk(condition):
        asked = ""
        if isinstance(node, tree.Overdue):
            asked = f"the deadline {node.deadline!r}"
        elif isinstance(node, Compare | Among | Known):
            match node.left:
                case tree.FieldRef(name) if name in scope.fields and scope.fields[name].field_class != "open":
                    asked = f"field {name!r}, which is {scope.fields[name].field_class}"
                case tree.ElapsedRef() | tree.BalanceRef():
                    asked = "time or amounts, which change by themselves"
        if asked:
            message = f"it asks for {asked}; ask for states and for open fields"
            yield finding("CW318", path, message)
