"""Write the versions of rules into the deadlines that name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import attrs

from casework.model.casetype import CaseType
from casework.model.rule import Rule
from casework.model.workflow import Deadline, Workflow

Definition = TypeVar("Definition", bound=CaseType | Workflow)


def applied_to(definition: Definition, rules: Mapping[str, tuple[Rule, ...]]) -> Definition:
    """*definition* with the versions of the rules that its deadlines name; other deadlines are left as they are."""
    if isinstance(definition, CaseType):
        chain = tuple(applied_to(workflow, rules) for workflow in definition.chain)
        return definition if chain == definition.chain else attrs.evolve(definition, chain=chain)
    assert isinstance(definition, Workflow), "a definition is a case type or a workflow"
    deadlines = tuple(_ruled(deadline, rules) for deadline in definition.deadlines)
    return definition if deadlines == definition.deadlines else attrs.evolve(definition, deadlines=deadlines)


def _ruled(deadline: Deadline, rules: Mapping[str, tuple[Rule, ...]]) -> Deadline:
    found = rules.get(deadline.rule)
    return deadline if not deadline.rule or found is None else attrs.evolve(deadline, versions=found)
