"""The runs of deadlines: when each began, when it was due, when the case left its states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import attrs

from casework.hindsight.outcome import Waited


@attrs.define(eq=False)
class Run:
    """One run of a deadline; *ended* None while it runs, *known* False where its end cannot be told."""

    began: datetime
    due: datetime
    ended: datetime | None = None
    known: bool = True

    def breached(self, now: datetime) -> bool | None:
        """Whether it ran out; None where that cannot be told."""
        if self.ended is None and not self.known:
            return None
        return self.due <= (now if self.ended is None else self.ended)


@attrs.define(eq=False)
class Runs:
    """The runs of all deadlines of a case, as its due dates change."""

    by_name: dict[str, list[Run]] = attrs.field(factory=dict)

    def see(self, dues: Mapping[str, datetime], at: datetime) -> None:
        """Take in the due dates as they stand from *at* on."""
        for name, runs in self.by_name.items():
            if runs[-1].ended is None and dues.get(name) != runs[-1].due:
                runs[-1].ended = at
        for name, due in dues.items():
            runs = self.by_name.setdefault(name, [])
            if not runs or runs[-1].ended is not None:
                runs.append(Run(at, due))

    def lose_sight(self) -> None:
        """Nothing is known from here on."""
        for runs in self.by_name.values():
            runs[-1].known = False


def compared(then: Runs, proposed: Runs, now: datetime, *, whole: bool) -> Iterator[Waited]:
    """The runs that differ in when they are due or whether they ran out.

    Where the proposal was not followed to the end (*whole* False) a run that only the record has is not told.
    """
    for name in dict.fromkeys((*then.by_name, *proposed.by_name)):
        was, would = then.by_name.get(name, []), proposed.by_name.get(name, [])
        for place in range(max(len(was), len(would))):
            one = was[place] if place < len(was) else None
            other = would[place] if place < len(would) else None
            if other is None and not whole:
                continue
            waited = _waited(name, one, other, now)
            untold = other is not None and waited.breached_proposed is None
            if waited.due != waited.due_proposed or (not untold and waited.breached != waited.breached_proposed):
                yield waited


def _waited(name: str, one: Run | None, other: Run | None, now: datetime) -> Waited:
    first = one or other
    assert first is not None, "one of both tells of the run"
    return Waited(
        deadline=name,
        began=first.began,
        due=None if one is None else one.due,
        breached=None if one is None else one.breached(now),
        due_proposed=None if other is None else other.due,
        breached_proposed=None if other is None else other.breached(now),
    )
