"""A migration made ready between two manifests: which rules there are for a state, a field, a clock."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from casework.compiled import Compiled
from casework.condition.evaluate import Facts, Reader, reader
from casework.condition.tree import ALWAYS, Condition
from casework.model.migration import DeadlineMap, FieldMap, Migration


@attrs.frozen(eq=False)
class Rule:
    """Where *condition* holds of the case as it was, the answer is *target*; None gives the workflow up."""

    target: str | None
    condition: Condition
    read: Reader


@attrs.frozen(eq=False)
class Taken:
    """The rule whose condition holds first; or the one of which nobody can say whether it does."""

    rule: Rule | None = None
    unknown: Rule | None = None


def first(rules: Sequence[Rule], facts: Facts) -> Taken:
    """Ask *rules* in order. Unknown is not passed over: what a missing fact decides is not decided."""
    for rule in rules:
        verdict = rule.read(facts)
        if verdict is None:
            return Taken(unknown=rule)
        if verdict:
            return Taken(rule)
    return Taken()


class Rules:
    """What *migration* says of cases that leave the manifest *left* for *right*."""

    def __init__(self, left: Compiled, right: Compiled, migration: Migration) -> None:
        self.left, self.right, self.migration = left, right, migration
        self._states: dict[tuple[str, str], list[Rule]] = {}
        self._begins: dict[str, list[Rule]] = {}
        for state_map in migration.states:
            rule = self._rule(state_map.target, state_map.when)
            self._states.setdefault((state_map.workflow, state_map.source), []).append(rule)
        for begin in migration.begins:
            self._begins.setdefault(begin.workflow, []).append(self._rule(begin.state, begin.when))
        self.from_field: dict[str, FieldMap] = {item.source: item for item in migration.fields if item.source}
        self.to_field: dict[str, FieldMap] = {item.target: item for item in migration.fields if item.target}
        self.to_deadline: dict[str, DeadlineMap] = {item.target: item for item in migration.deadlines if item.target}
        self.from_deadline = frozenset(item.source for item in migration.deadlines if item.source)
        self.marks = {item.source: item.target for item in migration.marks}

    def _rule(self, target: str | None, condition: Condition) -> Rule:
        located = self.left.located(condition)
        return Rule(target, located, reader(located))

    def declared(self, workflow: str, state: str) -> tuple[Rule, ...]:
        """The rules that the migration gives for a state of the old definition, in order."""
        return tuple(self._states.get((workflow, state), ()))

    def of_state(self, workflow: str, state: str) -> tuple[Rule, ...]:
        """The same; a state for which it gives none stays as it is called, where that can be."""
        declared = self.declared(workflow, state)
        if declared:
            return declared
        before, now = self.left.workflows[workflow], self.right.workflows.get(workflow)
        if now is None:
            return (_stays(None),) if state in (before.workflow.initial, *before.finals) else ()
        there = any(item.name == state for item in now.workflow.states)
        same = (state in before.finals) == (state in now.finals)
        return (_stays(state),) if there and same else ()

    def of_begin(self, workflow: str) -> tuple[Rule, ...]:
        """Where a workflow begins that is new; in its initial state where no rule holds."""
        initial = self.right.workflows[workflow].workflow.initial
        return (*self._begins.get(workflow, ()), _stays(initial))


def _stays(target: str | None) -> Rule:
    return Rule(target, ALWAYS, reader(ALWAYS))
