"""What has happened over all programs of a machine, and what never did."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from casework.errors import SetupError
from casework.model.casetype import CaseType
from casework.plugins import several

if TYPE_CHECKING:
    from hypothesis.stateful import RuleBasedStateMachine

    from casework.testing.machine.bench import Bench


class Tally:
    """How often each trigger of a case type was taken, by somebody, a deadline or itself; and how it was refused."""

    def __init__(self, case_type: CaseType) -> None:
        self.triggers = tuple(
            dict.fromkeys(step.trigger for workflow in case_type.chain for step in workflow.transitions)
        )
        self._case_type = case_type.name
        self.clear()

    def clear(self) -> None:
        """Count anew."""
        self.programs, self.taken = 0, Counter[str]()
        self.refused: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def count(self, bench: Bench) -> None:
        """Count what the last step of a program did."""
        self.taken.update(trigger for case_type, trigger in bench.taken if case_type == self._case_type)
        call = bench.steps[-1].call
        if bench.said is not None and call.verb == "fire" and not call.repeats:
            case = bench.world.cases[bench.named[call.case - 1].id]
            if case["type"] == self._case_type:
                self.refused[call.name][bench.said.code] += 1

    def check(self, wanted: Iterable[str]) -> None:
        """Raise AssertionError with every trigger of *wanted* that was never taken, and with what refused it."""
        missed = [name for name in wanted if not self.taken[name]]
        lines = "\n".join(f"  {name}: {self._why(name)}" for name in missed)
        assert not missed, f"never accepted in {self.programs} programs:\n{lines}"

    def _why(self, name: str) -> str:
        codes = self.refused.get(name)
        if not codes:
            return "it never came up"
        told = ", ".join(f"{code} ({count})" for code, count in codes.most_common())
        return f"asked for, and refused: {told}"


def wanted_of(tally: Tally, reached: str | Iterable[str]) -> tuple[str, ...]:
    """The triggers that have to be reached; *reached* is ``"all"`` or names. SetupError where one is unknown."""
    if reached == "all":
        return tally.triggers
    names: tuple[str, ...] = several("reached, where it is not 'all',", reached, str)
    strange = sorted(set(names) - set(tally.triggers))
    if strange:
        known = ", ".join(sorted(tally.triggers))
        raise SetupError(f"reached names {', '.join(strange)}; there is {known}")
    return names


def assert_reached(machine: type[RuleBasedStateMachine], reached: str | Iterable[str] = "all", /) -> None:
    """Fail where a trigger was never accepted in all that *machine* has run; the failure says what refused it.

    *reached* is ``"all"``, or the names of triggers of the case type under test. Steps that a deadline or the case
    itself took count. Raises SetupError where a name is unknown, or *machine* is none of ``workflow_machine``.
    """
    tally = getattr(machine, "tally", None)
    if not isinstance(tally, Tally):
        raise SetupError("assert_reached takes what workflow_machine(…) gave, once it was run")
    tally.check(wanted_of(tally, reached))
