"""What an author knows and no machine can guess: what must never be, and what a trigger asks for and leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import attrs

from casework.condition.tree import ALWAYS, Condition
from casework.errors import InvalidValue, UnsoundDefinition
from casework.model.attachment import Require
from casework.model.case import Case
from casework.model.casetype import CaseType
from casework.model.finding import Finding
from casework.plugins import several
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


def several_claims(given: Claim | Iterable[Claim]) -> tuple[Claim, ...]:
    """One claim, or several, as several. Raises SetupError where something else is among them."""
    claims = (given,) if isinstance(given, Never | Whenever) else given
    return several("claims", claims, Never, Whenever)


def check_claims(case_type: CaseType, claims: Iterable[Claim]) -> None:
    """Raise UnsoundDefinition where a claim names what the composed case type has not, for it would claim nothing."""
    found = [finding for number, claim in enumerate(claims) for finding in _unsound(case_type, claim, number)]
    errors = [finding for finding in found if finding.level == "error"]
    if errors:
        raise UnsoundDefinition(errors)


def _unsound(case_type: CaseType, claim: Claim, number: int) -> Iterator[Finding]:
    """What is wrong with a claim; each finding is placed at the claim, as in ``claims[2].before``."""
    place = f"claims[{number}]"
    if isinstance(claim, Never):
        for finding in check_condition(case_type, claim.what) if isinstance(claim.what, Condition) else ():
            yield attrs.evolve(finding, path=place)
        return
    if claim.trigger not in {step.trigger for workflow in case_type.chain for step in workflow.transitions}:
        yield Finding("CW504", place, f"{case_type.name!r} has no trigger {claim.trigger!r}")
        return
    for part, condition in (("before", claim.before), ("after", claim.after)):
        for finding in check_requirements(case_type, [Require(f"{case_type.name}.{claim.trigger}", condition)]):
            yield attrs.evolve(finding, path=f"{place}.{part}")
