"""References inside conditions: every field, state, mark, deadline, trigger, role and account that is named exists."""

from __future__ import annotations

from collections.abc import Iterator

from casework.condition import tree
from casework.condition.tree import Among, Compare, Condition, Differs, HasRole, Known, Overdue
from casework.model.finding import Finding
from casework.soundness.codes import finding, unknown
from casework.soundness.references import role_findings
from casework.soundness.scope import Place, Scope


def check_conditions(scope: Scope) -> Iterator[Finding]:
    """What the conditions of the definition name, and what may be asked where they stand."""
    for place in scope.places():
        yield from condition_findings(scope, place)


def condition_findings(scope: Scope, place: Place) -> Iterator[Finding]:
    """The names in one condition."""
    for node in tree.walk(place.condition):
        yield from _asked(place, node)
        yield from _named(scope, place.path, node)
        if isinstance(node, Compare | Among | Known):
            yield from _operand(scope, place, node.left)
        if isinstance(node, Compare | Among) and isinstance(node.left, tree.StateRef):
            yield from _states(scope, place.path, node.left.workflow, node)


def _named(scope: Scope, path: str, node: Condition) -> Iterator[Finding]:
    match node:
        case Overdue(deadline) if deadline not in scope.deadlines:
            yield unknown("CW112", path, "deadline", deadline, scope.deadlines)
        case Differs(trigger) if trigger not in scope.triggers:
            yield unknown("CW113", path, "trigger", trigger, scope.triggers)
        case HasRole(role):
            yield from role_findings(scope, path, [role])
        case tree.Slotted(slot) if slot not in scope.slots:
            yield unknown("CW123", path, "slot bound for a condition called", slot, scope.slots)


def _operand(scope: Scope, place: Place, left: tree.Operand) -> Iterator[Finding]:
    path = place.path
    match left:
        case tree.FieldRef(name) if name not in scope.fields and name not in scope.loose:
            yield unknown("CW106", path, "field", name, scope.fields)
        case tree.GivenRef(name) if place.kind == "transition" and name not in place.form:
            yield unknown("CW107", path, "value in the form called", name, place.form)
        case tree.StateRef(workflow) if workflow not in scope.workflows:
            yield unknown("CW108", path, "workflow", workflow, scope.workflows)
        case tree.BalanceRef(account):
            yield from _account(scope, path, account)
        case tree.ElapsedRef(mark):
            yield from _mark(scope, path, mark)


def _account(scope: Scope, path: str, name: str) -> Iterator[Finding]:
    if scope.accounts is None:
        return
    account = scope.accounts.get(name)
    if account is None:
        yield unknown("CW109", path, "account", name, scope.accounts)
    elif not account.limited:
        yield finding("CW314", path, f"account {name!r} has no limits, so no balance is kept that could be asked")


def _mark(scope: Scope, path: str, mark: str) -> Iterator[Finding]:
    owners = scope.marks.get(mark, ())
    if not owners:
        yield unknown("CW110", path, "state to count the time from called", mark, scope.marks)
    elif len(owners) > 1:
        names = " or ".join(f"{owner}.{mark}" for owner in owners)
        yield finding("CW111", path, f"{mark!r} is a state of several workflows; say {names}")


def _states(scope: Scope, path: str, workflow: str, node: Compare | Among) -> Iterator[Finding]:
    known = scope.states.get(workflow)
    values = node.values if isinstance(node, Among) else (node.right,)
    for value in values if known is not None else ():
        if isinstance(value, str) and value not in (known or ()):
            yield unknown("CW104", path, f"state of workflow {workflow!r} called", value, known or ())


def _asked(place: Place, node: Condition) -> Iterator[Finding]:
    """What cannot be known there: no form without a trigger, nobody acting where a rule holds for everybody."""
    if place.kind == "transition":
        return
    asked = ""
    if isinstance(node, Compare | Among | Known) and isinstance(node.left, tree.GivenRef):
        asked = "given(), but nothing is filled in"
    elif place.kind != "worklist" and isinstance(node, HasRole | Differs):
        asked = "who acts, but nobody does"
    elif place.kind == "automatic" and isinstance(node, Compare | Among) and isinstance(node.left, tree.BalanceRef):
        asked = "a balance; an automatic step reads this case's states, fields and times only"
    if asked:
        code = "CW209" if place.kind == "automatic" else "CW305"
        words = {
            "automatic": "an automatic step",
            "worklist": "a worklist",
            "invariant": "an invariant",
            "counting": "the clock of a rule",
        }
        yield finding(code, place.path, f"{words[place.kind]} asks for {asked}")
