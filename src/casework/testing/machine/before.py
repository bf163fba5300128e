"""What every program begins with: desks whose calls both interpreters carry out, compared like all that follows.

So nothing of what they leave behind, no balance, mark or timer, has to be taken over from one side by the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from casework.errors import Refused
from casework.model.actor import Actor
from casework.model.case import Case
from casework.testing.machine.call import Call

if TYPE_CHECKING:
    from casework.testing.machine.bench import Bench


class BeforeDesk:
    """A desk at which the cases are opened and the amounts posted that the programs of a machine count on.

    It takes what a desk of ``Casework`` takes, without request ids; cases are opened in the unit ``here``.
    Raises Refused as a desk does, and AssertionError where the two interpreters come to different ends.
    """

    def __init__(self, bench: Bench, who: Actor) -> None:
        self._bench, self._who = bench, who

    def open(
        self,
        case_type: str,
        form: Mapping[str, Any] | None = None,
        /,
        *,
        about: Case | None = None,
        **values: Any,
    ) -> Case:
        """Open a case, about the same persons as another one where *about* is given."""
        number = 0 if about is None else self._number(about)[0]
        shared = () if about is None else self._bench.shared(case_type, about.id)
        filled = {**(form or {}), **values}
        return self._done(Call(verb="open", who=self._who, name=case_type, values=filled, case=number, about=shared))

    def fire(self, case: Case | str, trigger: str, form: Mapping[str, Any] | None = None, /, **values: Any) -> Case:
        """Fire a trigger."""
        return self._of(case, verb="fire", name=trigger, values={**(form or {}), **values})

    def amend(self, case: Case | str, form: Mapping[str, Any] | None = None, /, **values: Any) -> Case:
        """Give fields new values."""
        return self._of(case, verb="amend", values={**(form or {}), **values})

    def assign(self, case: Case | str, role: str, person: str | None, /) -> Case:
        """Give a local role to a person, or take it away with None."""
        return self._of(case, verb="assign", name=role, person=person)

    def _of(self, case: Case | str, **what: Any) -> Case:
        number, by_id = self._number(case)
        return self._done(Call(who=self._who, case=number, by_id=by_id, **what))

    def _number(self, case: Case | str) -> tuple[int, bool]:
        """The number of a case in the program, and whether it is taken as it stands and not as it was read."""
        by_id = isinstance(case, str)
        case_id, revision = (case, None) if isinstance(case, str) else (case.id, case.revision)
        for number in range(len(self._bench.named), 0, -1):
            named = self._bench.named[number - 1]
            if named.id == case_id and (by_id or named.revision == revision):
                return number, by_id
        raise AssertionError(f"before= has opened no case {case_id!r}")

    def _done(self, call: Call) -> Case:
        bench = self._bench
        bench.do(call, at=-1 - len(bench.steps))
        if bench.said is not None:
            raise Refused(bench.said)
        assert bench.done is not None
        return bench.done


Before = Callable[[Callable[[Actor], BeforeDesk]], object]
"""What ``workflow_machine(before=…)`` takes: a function of a function that gives somebody's desk."""
