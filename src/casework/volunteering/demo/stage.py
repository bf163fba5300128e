"""The stage of the season: a clock, desks, and everything that is going on, in one heap in order of time.

What happens is written as courses: generators that act and then say when they go on. Only what is going on is
held; a course that has ended is forgotten.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Generator
from datetime import datetime, time, timedelta
from random import Random
from typing import Any, TypeAlias

import attrs

from casework import Actor, Case, Casework, Desk, FrozenClock, Refused, Text
from casework.volunteering.demo.words import COMMUNITY, TEAMS
from casework.volunteering.yearly import CHINA

_RISES, _RETIRES = time(7), time(22)
Course: TypeAlias = Generator[datetime, None, None]
TICK = timedelta(hours=2)
"""How often the deadlines that ran out are worked off, as by a running ``casework work``."""

COORDINATOR = Actor("zhou@changhe", {"coordinator"})
ARBITER = Actor("wu@changhe", {"arbiter"})
AUDITOR = Actor("audit@county", {"auditor"})


@attrs.frozen
class Sample:
    """One refusal: what was tried, and what the engine answered."""

    code: str
    why: Text
    answer: Text


@attrs.define(kw_only=True)
class Tally:
    """What the players know when all is over. *problems* say where the engine did not do as foreseen."""

    firings: int = 0
    timers: int = 0
    minutes: int = 0
    spent: int = 0
    given: int = 0
    samples: dict[str, Sample] = attrs.field(factory=dict)
    tries: Counter[str] = attrs.field(factory=Counter)
    problems: list[str] = attrs.field(factory=list)
    followed: str | None = None

    @property
    def codes(self) -> Counter[str]:
        """Refusals by code."""
        counts: Counter[str] = Counter()
        for key, sample in self.samples.items():
            counts[sample.code] += self.tries[key]
        return counts


def awake(at: datetime) -> datetime:
    """*at*, or the next morning where people sleep then."""
    local = at.astimezone(CHINA)
    if local.time() >= _RETIRES:
        local += timedelta(days=1)
    elif local.time() >= _RISES:
        return at
    return local.replace(hour=_RISES.hour)


class Stage:
    """Moves the clock from one step to the next. *tell* is told of every day that has passed."""

    def __init__(self, app: Casework, clock: FrozenClock, seed: int, tell: Callable[[datetime], None]) -> None:
        self.app, self._clock, self._seed, self._tell = app, clock, seed, tell
        self.tally = Tally()
        self._heap: list[tuple[datetime, int, Course]] = []
        self._count = 0
        self._slipped: Counter[str] = Counter()
        self._ticked = clock.now()
        self.coordinator = app.desk(COORDINATOR)
        self.arbiter = app.desk(ARBITER)
        self.auditor = app.desk(AUDITOR)
        self._leaders = {team: app.desk(Actor(f"leader-{team}", {"leader"}, unit=COMMUNITY)) for team in TEAMS}

    @property
    def now(self) -> datetime:
        """The instant on the stage."""
        return self._clock.now()

    def chance(self, name: str) -> Random:
        """Luck of its own for everything that has a name; seeded by text, so the same in every process."""
        return Random(f"{self._seed} {name}")

    def leader(self, team: str) -> Desk:
        """The desk of a team's leader."""
        return self._leaders[team]

    def person(self, number: str) -> Desk:
        """The desk of somebody without a role of the station."""
        return self.app.desk(Actor(number))

    def grid_worker(self, unit: str) -> Desk:
        """The desk of who looks after a unit of the grid."""
        return self.app.desk(Actor(f"grid@{unit}", {"grid_worker"}, unit=unit))

    def begin(self, course: Course) -> None:
        """Let a course run until it first waits."""
        self._go_on(course)

    def play(self) -> None:
        """Play until nothing goes on any more, and every clock that still runs has run out."""
        while self._heap:
            at, _, course = heapq.heappop(self._heap)
            self._move_to(at)
            self._go_on(course)
        self._move_to(self.now + timedelta(days=40))

    def _go_on(self, course: Course) -> None:
        at = next(course, None)
        if at is not None:
            self._count += 1
            at = awake(max(at, self.now).replace(second=0, microsecond=0))
            heapq.heappush(self._heap, (max(at, self.now), self._count, course))

    def _move_to(self, at: datetime) -> None:
        while self._ticked + TICK <= at:
            before, self._ticked = self._ticked, self._ticked + TICK
            self._clock.set(self._ticked)
            ran = self.app.run_due()
            self.tally.timers += ran.fired
            if ran.stuck:
                self.tally.problems.append(f"{ran.stuck} timers were refused at {self._ticked:%Y-%m-%d %H:%M}")
            if before.date() != self._ticked.date():
                self._tell(self._ticked)
        self._clock.set(max(at, self.now))

    def open(self, desk: Desk, case_type: str, /, **told: Any) -> Case:
        """Open a case that must be opened."""
        self.tally.firings += 1
        return desk.open(case_type, **told)

    def fire(self, desk: Desk, case: Case | str, trigger: str, /, **values: Any) -> Case:
        """Fire a trigger that must be accepted."""
        self.tally.firings += 1
        return desk.fire(case if isinstance(case, str) else case.id, trigger, values)

    def child(self, case: Case) -> str:
        """The case that the latest entry of *case* with an opening has opened."""
        history = self.auditor.history(case.id)
        return next(entry.opened[-1][1] for entry in reversed(history) if entry.opened)

    def attempt(self, why: Text, call: Callable[[], Case], *expected: str) -> Case | None:
        """Try what may be refused by one of these codes; the case where it was accepted."""
        try:
            case = call()
        except Refused as no:
            if no.refusal.code not in expected:
                self.tally.problems.append(f"{why.en}: {no.refusal.code}")
            self._met(why, no)
            return None
        self.tally.firings += 1
        return case

    def slip(self, why: Text, call: Callable[[], Case], expected: str) -> None:
        """Make a mistake on purpose; it must be refused by that code."""
        if self.attempt(why, call, expected) is not None:
            self.tally.problems.append(f"{why.en}: was not {expected}")

    def slips(self, rng: Random, name: str, share: float) -> bool:
        """Whether the mistake is made here: always the first time, then in a share of the occasions."""
        if self._slipped[name] and rng.random() >= share:
            return False
        self._slipped[name] += 1
        return True

    def _met(self, why: Text, no: Refused) -> None:
        refusal = no.refusal
        answer = Text(refusal.sentence("en"), refusal.sentence("zh"))
        key = f"{refusal.code} {why.en}"
        self.tally.tries[key] += 1
        self.tally.samples.setdefault(key, Sample(refusal.code, why, answer))
