"""Which deadlines ended before they ran out: judged once more from the log, apart from the engine's timers.

A deadline ends when its states are left, by the step that it is for or because that step is no longer called
for; the log alone does not tell these apart. A case counts once for each time that the clock was started.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import attrs

from casework import CaseType, Deadline, HistoryEntry, Workflow


@attrs.define
class Judged:
    """How often a deadline was kept (ended in time), was late, still runs, and how many entries say it ran out."""

    kept: int = 0
    late: int = 0
    running: int = 0
    noted: int = 0

    @property
    def share(self) -> float:
        """The share that ended in time among those that are over; one where none is."""
        over = self.kept + self.late
        return self.kept / over if over else 1.0


class Clocks:
    """Judges the deadlines of one case type, case by case."""

    def __init__(self, case_type: CaseType) -> None:
        self._workflows = {workflow.name: workflow for workflow in case_type.chain}
        self.judged = {deadline.name: Judged() for workflow in case_type.chain for deadline in workflow.deadlines}

    def judge(self, entries: Iterable[HistoryEntry], now: datetime) -> None:
        """Walk through the log of one case; what still runs at the end is judged by *now*."""
        dues: dict[str, datetime | None] = {}
        for entry in entries:
            for name, state, entered_from in self._moves(entry):
                self._move(dues, self._workflows[name], entered_from, state, entry.at)
            dues |= {name: due for name, due in entry.dues.items() if name in dues}
            if entry.cause is not None and entry.cause.kind == "timer" and entry.cause.name in self.judged:
                self.judged[entry.cause.name].noted += 1
        for name, due in dues.items():
            judged = self.judged[name]
            if due is not None and due <= now:
                judged.late += 1
            else:
                judged.running += 1

    def _moves(self, entry: HistoryEntry) -> Iterator[tuple[str, str, str | None]]:
        """Workflow, new state and the state before; opening enters every initial state from nowhere."""
        if entry.kind == "open":
            yield from ((name, workflow.initial, None) for name, workflow in self._workflows.items())
        for step in entry.steps:
            if step.entered and step.workflow in self._workflows:
                yield step.workflow, step.target, step.source

    def _move(
        self, dues: dict[str, datetime | None], workflow: Workflow, source: str | None, target: str, at: datetime
    ) -> None:
        for deadline in workflow.deadlines:
            again = source == target
            if deadline.name in dues and (again or target not in deadline.during):
                self._over(deadline, dues.pop(deadline.name), at)
            if target in deadline.during and deadline.name not in dues:
                # What a rule says stands in the entry; until it is read there, nothing is due.
                dues[deadline.name] = None if deadline.rule else at + deadline.after

    def _over(self, deadline: Deadline, due: datetime | None, at: datetime) -> None:
        judged = self.judged[deadline.name]
        # At the instant itself it has run out already, as the engine has it.
        if due is None or at < due:
            judged.kept += 1
        else:
            judged.late += 1
