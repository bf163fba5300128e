"""The static check: is a definition fit to run? It reports every mistake at once and runs nothing.

It reads a case type to which everything is attached already: attached workflows stand in its chain,
with their triggers, fields and deadlines in their namespace. What only the exploration of whole
configurations can tell is not asked here. ``codes`` lists the mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from casework.condition.tree import Condition
from casework.model.attachment import Require
from casework.model.casetype import CaseType
from casework.model.finding import Finding
from casework.model.workflow import Workflow
from casework.parts import Part
from casework.soundness.access import check_access
from casework.soundness.closing import check_closing
from casework.soundness.codes import CODES, finding
from casework.soundness.conditions import check_conditions, condition_findings
from casework.soundness.effects import check_effects
from casework.soundness.fields import check_fields
from casework.soundness.loops import check_loops
from casework.soundness.names import check_names
from casework.soundness.references import check_references
from casework.soundness.rules import check_rules
from casework.soundness.scope import NO_CASE_TYPES, Place, Scope, of_case_type, of_workflow
from casework.soundness.shape import check_shape
from casework.soundness.truth import bound
from casework.soundness.types import check_size, check_types, size_findings, type_findings

__all__ = ["CODES", "check", "check_condition", "check_requirements", "check_workflow"]


def check(
    case_type: CaseType,
    parts: Mapping[str, Part] | None = None,
    *,
    own: int | None = None,
    other_case_types: Mapping[str, CaseType] = NO_CASE_TYPES,
) -> list[Finding]:
    """Every mistake of a composed case type, in order of its path.

    *parts* None means that it is not known which are installed. The first *own* workflows of the chain
    belong to the case type itself, the others are attached; without it either form of name will do.
    """
    if not case_type.chain:
        return [finding("CW212", "chain", f"case type {case_type.name!r} has no workflow")]
    return _checked(of_case_type(case_type, parts, other_case_types), own)


def check_workflow(workflow: Workflow) -> list[Finding]:
    """Every mistake of an attachable workflow before any host has bound its slots.

    Its slots count as bound. Accounts, roles and how the case closes are the host's to answer for.
    """
    return _checked(of_workflow(workflow), None)


def check_requirements(case_type: CaseType, requirements: Iterable[Require]) -> list[Finding]:
    """Every mistake in conditions that are required of a composed case type beside its own."""
    if not case_type.chain:
        return []
    scope = of_case_type(case_type)
    return _sorted(item for i, require in enumerate(requirements) for item in _required(scope, i, require))


def check_condition(case_type: CaseType, condition: Condition) -> list[Finding]:
    """Every mistake of a condition that cases of a composed case type are searched by."""
    scope = of_case_type(case_type)
    place = Place(path="condition", kind="worklist", condition=condition, form={})
    oversize = list(size_findings(place))
    if oversize:
        return oversize
    place = Place(path=place.path, kind=place.kind, condition=bound(condition, scope.workflows), form={})
    return _sorted([*condition_findings(scope, place), *type_findings(scope, place)])


def _required(scope: Scope, i: int, require: Require) -> Iterator[Finding]:
    form = scope.forms.get(require.trigger, {})
    place = Place(path=f"requirements[{i}].condition", kind="transition", condition=require.condition, form=form)
    oversize = list(size_findings(place))
    if oversize:
        yield from oversize
        return
    place = Place(path=place.path, kind=place.kind, condition=bound(require.condition, scope.workflows), form=form)
    yield from condition_findings(scope, place)
    yield from type_findings(scope, place)


def _checked(scope: Scope, own: int | None) -> list[Finding]:
    oversize = _sorted(check_size(scope))
    if oversize:
        return oversize
    groups = (
        check_names(scope),
        check_references(scope),
        check_conditions(scope),
        check_fields(scope),
        check_rules(scope),
        check_types(scope),
        check_effects(scope),
        check_shape(scope),
        check_loops(scope),
        check_closing(scope),
        check_access(scope, own),
    )
    return _sorted(item for group in groups for item in group)


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(dict.fromkeys(findings), key=lambda item: (_numbered(item.path), item.code, item.message))


def _numbered(path: str) -> list[tuple[int, str]]:
    """The path with its numbers as numbers: [2] stands before [10]."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path)]
