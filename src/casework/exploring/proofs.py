"""What can be asked of an application's case types, over everything that their cases can come to.

Pictures are imported only where one is drawn, for every application imports this room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from casework.compiled import Compiled
from casework.errors import InvalidValue
from casework.exploring import authority
from casework.exploring.authority import Authority
from casework.exploring.proof import Proof, Told, Verdict
from casework.exploring.prove import prove
from casework.exploring.reach import CONFIGURATION_LIMIT
from casework.model.fields import FieldClass
from casework.text import Language

Form = Literal["svg", "mermaid"]


class Proofs:
    """Proofs and authority of each case type with everything attached to it; nothing is written.

    Every method raises InvalidValue where there is no such case type, role, state or trigger.
    """

    def __init__(self, current: Mapping[str, Compiled]) -> None:
        self._current = current

    def prove(self, case_type: str, *, limit: int = CONFIGURATION_LIMIT, waits: bool = False) -> Proof:
        """Every question about a case type, answered; *limit* is how many configurations are looked at.

        With *waits* it is also asked whether somebody can move on, and a clock runs, wherever a case waits.
        """
        return prove(self.compiled(case_type), limit=limit, waits=waits)

    def can(self, case_type: str, *, roles: Iterable[str], reach: str) -> Authority:
        """Whether people with *roles* and no others can bring a case to the state *reach*, whoever opened it."""
        return authority.can(self.compiled(case_type), roles=roles, reach=reach)

    def needs_two_persons(self, case_type: str, what: str) -> Authority:
        """Whether *what*, a trigger or a state, always takes two persons, whatever roles one person has."""
        return authority.needs_two_persons(self.compiled(case_type), what)

    def may_ever_see(self, case_type: str, role: str, field_class: FieldClass) -> Authority:
        """Whether somebody with *role* alone may read fields of a class in any state that a case can come to."""
        return authority.may_ever_see(self.compiled(case_type), role, field_class)

    def drawing(
        self, case_type: str, found: Verdict | Authority, *, language: Language = "en", form: Form = "svg"
    ) -> str:
        """The path of *found*, with what else may happen on the way, as SVG or as a Mermaid flowchart."""
        from casework.diagram.trail import trail_mermaid, trail_svg
        from casework.exploring.drawing import trail_of, way_of

        compiled = self.compiled(case_type)
        if isinstance(found, Verdict):
            trail = trail_of(compiled, found, language)
        else:
            trail = way_of(compiled, found.text, found.path, language)
        return (trail_svg if form == "svg" else trail_mermaid)(trail, language=language)

    def overview(
        self, case_type: str, path: tuple[Told, ...] = (), *, language: Language = "en", form: Form = "svg"
    ) -> str | None:
        """All configurations with *path* highlighted, as SVG or Mermaid; None where there are too many to be seen."""
        from casework.diagram import graphs_mermaid, graphs_svg
        from casework.exploring.overview import overview

        graph = overview(self.compiled(case_type), path, language)
        if graph is None:
            return None
        return graphs_svg([graph], graph.title, language=language) if form == "svg" else graphs_mermaid((graph,))

    def compiled(self, case_type: str) -> Compiled:
        """The case type with everything attached to it, ready to be explored."""
        found = self._current.get(case_type)
        if found is None:
            raise InvalidValue("case_type", f"there is no {case_type!r}; there are {', '.join(sorted(self._current))}")
        return found
