"""What an author knows and no machine can guess: what must never be, and what a trigger asks for and leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import attrs

from casework.condition.tree import ALWAYS, Condition
from casework.errors import InvalidValue, UnsoundDefinition
from casework.model.attachment import Require
from casework.model.case import Case
from casework.model.casetype import CaseType
from casework.model.finding import Finding
from casework.soundness import check_condition, check_requirements


@attrs.frozen(kw_only=True)
class Never:
    """A claim on every case at any time; made by ``never``."""

    what: Condition | Callable[[Case], bool]
    because: str


@attrs.frozen(kw_only=True)
class Whenever:
    """A claim on everybody who fires a trigger; made by ``whenever``."""

    trigger: str
    before: Condition
    after: Condition
    because: str


Claim = Never | Whenever


def never(what: Condition | Callable[[Case], bool], /, *, because: str) -> Never:
    """No case of the case type is ever so.

    *what* is a condition, or a function of a case with every field in it. A condition that is unknown is not so.
    """
    if not isinstance(what, Condition) and not callable(what):
        raise InvalidValue("never", f"takes a condition or a function of a case, not {what!r}")
    return Never(what=what, because=because)


def whenever(trigger: str, /, *, before: Condition = ALWAYS, after: Condition = ALWAYS, because: str) -> Whenever:
    """Whoever fires *trigger* finds *before* true of the case as it was, and *after* as it became.

    Both may name the form, by ``given``, and whoever acts. Unknown is not true. Deadlines are nobody and are left out.
    """
    return Whenever(trigger=trigger, before=before, after=after, because=because)


def asked(claim: Claim) -> tuple[Condition, ...]:
    """The conditions of a claim."""
    if isinstance(claim, Whenever):
        return claim.before, claim.after
    return (claim.what,) if isinstance(claim.what, Condition) else ()


def check_claims(case_type: CaseType, claims: Iterable[Claim]) -> None:
    """Raise UnsoundDefinition where a claim names what the composed case type has not, for it would claim nothing."""
    findings: list[Finding] = []
    triggers = {step.trigger for workflow in case_type.chain for step in workflow.transitions}
    for claim in claims:
        if isinstance(claim, Whenever):
            if claim.trigger not in triggers:
                findings.append(
                    Finding("CW504", f"whenever {claim.trigger}", f"{case_type.name!r} has no such trigger")
                )
                continue
            target = f"{case_type.name}.{claim.trigger}"
            findings += check_requirements(case_type, [Require(target, claim.before), Require(target, claim.after)])
        elif isinstance(claim.what, Condition):
            findings += check_condition(case_type, claim.what)
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise UnsoundDefinition(errors)
