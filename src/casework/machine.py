"""Compile a workflow to a transitions machine. Nothing else imports transitions.

One machine serves every case: it is never given a model of its own. A throwaway run carries the
state in, answers which candidates are permitted, and carries out which one was taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from transitions import EventData, Machine, Transition

Permits = Callable[[int], bool]


class _Run:
    """One use of a machine: where it stands, what is permitted, what was taken."""

    __slots__ = ("permits", "state", "taken")

    def __init__(self, state: str, permits: Permits) -> None:
        self.state, self.permits, self.taken = state, permits, -1


class _Step(Transition):
    """A transition on which nobody has hung callbacks: it asks its conditions, and moves."""

    def execute(self, event_data: EventData) -> bool:
        for condition in self.conditions:
            if not condition.check(event_data):
                return False
        if self.dest is not None:
            run: Any = event_data.model
            run.state = self.dest
        return True


class _Machine(Machine):
    transition_cls = _Step


class WorkflowMachine:
    """The states and transitions of one workflow, ready to be asked which transition a trigger takes."""

    def __init__(self, states: Sequence[str], candidates: Sequence[tuple[int, str, Sequence[str], str | None]]) -> None:
        """*candidates* are (number, trigger, sources, target or None to stay), in order of declaration."""
        self._machine = _Machine(
            model=None, states=list(states), initial=None, auto_transitions=False, send_event=True, queued=False
        )
        for number, trigger, sources, target in candidates:
            self._machine.add_transition(trigger, list(sources), target, conditions=[_condition(number)])
        self._events: Mapping[str, Any] = self._machine.events

    def choose(self, state: str, trigger: str, permits: Permits) -> tuple[int, str] | None:
        """The number of the transition taken from *state* and the state it ends in; None when none is permitted."""
        run = _Run(state, permits)
        if not self._events[trigger].trigger(run):
            return None
        return run.taken, run.state


def _condition(number: int) -> Callable[[EventData], bool]:
    def permitted(event: EventData) -> bool:
        run: Any = event.model
        if not run.permits(number):
            return False
        run.taken = number  # the machine takes the first that is permitted, and asks no further
        return True

    return permitted
