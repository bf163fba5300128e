"""Deadlines that a rule sets: the rule is there, has a length, and asks for nothing that its log may not tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from casework.calendars import Calendar, calendar_of
from casework.condition import tree
from casework.condition.tree import Among, Compare, Condition, Known
from casework.model.finding import Finding
from casework.model.rule import Rule
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


LONGEST = {"hours": 876_600, "days": 36_525, "working days": 26_000, "months": 1_200}
"""A hundred years, so that no due date leaves what a calendar can hold."""

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
        if rule.unit is not None and rule.value > LONGEST[rule.unit]:
            message = f"{rule.version} is longer than a hundred years, which is {LONGEST[rule.unit]:,} {rule.unit}"
            yield finding("CW313", f"{path}.versions[{i}].value", message)
        if rule.unit is None or not rule.value:
            message = f"{rule.version} is a duty without a length of time; nothing can be due by it"
            yield finding("CW313", f"{path}.versions[{i}].value", message)
        yield from _counted(scope, f"{path}.versions[{i}].calendar", rule)


def _counted(scope: Scope, path: str, rule: Rule) -> Iterator[Finding]:
    """Where the days cannot be known, nothing is ever due; that is said once more, before anybody waits for it."""
    if rule.unit == "working days" or (rule.last_day == "rolls" and rule.unit != "hours"):
        own = {name: part for name, part in (scope.parts or {}).items() if isinstance(part, Calendar)}
        calendar = calendar_of(rule.calendar, own)
        if not calendar.installed:
            message = f"{rule.version} counts by the calendar {rule.calendar!r}, which knows no year here"
            yield finding("CW319", path, f"{message}: {calendar.advice.en}")


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
