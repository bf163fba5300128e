"""What can be asked of an application's case types, over everything that their cases can come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from casework.compiled import Compiled
from casework.errors import InvalidValue
from casework.exploring import authority
from casework.exploring.authority import Authority
from casework.exploring.proof import Proof
from casework.exploring.prove import prove
from casework.exploring.reach import CONFIGURATION_LIMIT
from casework.model.fields import FieldClass


class Proofs:
    """Proofs and authority of each case type with everything attached to it; nothing is written.

    Every method raises InvalidValue where there is no such case type, role, state or trigger.
    """

    def __init__(self, current: Mapping[str, Compiled]) -> None:
        self._current = current

    def prove(self, case_type: str, *, limit: int = CONFIGURATION_LIMIT) -> Proof:
        """Every question about a case type, answered; *limit* is how many configurations are looked at."""
        return prove(self._of(case_type), limit=limit)

    def can(self, case_type: str, *, roles: Iterable[str], reach: str) -> Authority:
        """Whether people with *roles* and no others can bring a case to the state *reach*, whoever opened it."""
        return authority.can(self._of(case_type), roles=roles, reach=reach)

    def needs_two_persons(self, case_type: str, what: str) -> Authority:
        """Whether *what*, a trigger or a state, always takes two persons, whatever roles one person has."""
        return authority.needs_two_persons(self._of(case_type), what)

    def may_ever_see(self, case_type: str, role: str, field_class: FieldClass) -> Authority:
        """Whether somebody with *role* alone may read fields of a class in any state that a case can come to."""
        return authority.may_ever_see(self._of(case_type), role, field_class)

    def _of(self, case_type: str) -> Compiled:
        found = self._current.get(case_type)
        if found is None:
            raise InvalidValue("case_type", f"there is no {case_type!r}; there are {', '.join(sorted(self._current))}")
        return found
