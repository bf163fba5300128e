"""Advice followed to the letter on a real desk, by people who have the roles that it names and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import count, product

from casework import Actor, Casework, FrozenClock, Refused
from casework.advising import Advice, NextStep

PEOPLE = count()
TICK, DAY = timedelta(minutes=30), timedelta(days=1)


class Followed:
    """Takes the steps of an advice on one case."""

    def __init__(self, app: Casework, clock: FrozenClock, case_id: str, unit: str) -> None:
        self._app, self._clock, self._case, self._unit = app, clock, case_id, unit

    def all(self, advice: Advice) -> None:
        """Every step, each by somebody new with the first of its roles. Raises Refused where one is refused."""
        for step in advice.steps:
            self.one(step)

    def one(self, step: NextStep) -> None:
        """One step."""
        if step.kind == "wait":
            assert step.at is not None
            self.until(step.at)
            return
        desk = self._app.desk(self.somebody(step.roles[:1] or step.together))
        if step.kind == "amend":
            desk.amend(self._case, step.form)
        else:
            desk.fire(self._case, step.name, {**self._untold(step), **step.form})

    def _untold(self, step: NextStep) -> dict[str, object]:
        """What the asker may not read and somebody has to fill in all the same."""
        current = self._app._engine.current.values()
        (found,) = [compiled.triggers[step.name] for compiled in current if step.name in compiled.triggers]
        return {name: "said" for name, field in found.form.items() if field.required and field.type == "text"}

    def until(self, at: datetime) -> None:
        """Time passes, by no more than half an hour at once where that is not long, and timers run meanwhile."""
        while self._clock.now() < at:
            ahead = at - self._clock.now()
            self._clock.advance(min(ahead, TICK) if ahead < DAY else ahead)
            self._app.run_due()

    def somebody(self, roles: Iterable[str]) -> Actor:
        """Somebody new with those roles, in the unit of the case."""
        return Actor(f"helper {next(PEOPLE)}", frozenset(roles), unit=self._unit)

    def may(self, trigger: str, actor: Actor, forms: Mapping[str, tuple[object, ...]]) -> bool:
        """Whether firing would be accepted with some values of *forms*."""
        desk = self._app.desk(actor)
        for values in product(*((None, *values) for values in forms.values())):
            told = {name: value for name, value in zip(forms, values, strict=True) if value is not None}
            try:
                desk.what_if(self._case, trigger, told)
            except Refused:
                continue
            return True
        return False
