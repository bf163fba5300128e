"""Play the courses on the engine: everything that happens lies in one heap, in order of time.

Only the people who are being looked after are held; whoever's course has ended is forgotten.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

import attrs

from casework import Case, Casework, Desk, FrozenClock, Refusal, Refused
from casework.rescue.demo.acts import Act, Answer, Beat, Course, Scene
from casework.rescue.demo.course import course_of
from casework.rescue.demo.refusals import Seen
from casework.rescue.demo.register import Row
from casework.rescue.demo.staff import Staff

_AHEAD = timedelta(days=2)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@attrs.define(eq=False)
class Play:
    """One person's course as far as it has got. *trail* are the cases so far, each with its unit."""

    course: Course
    beats: Iterator[Beat]
    trail: list[tuple[str, str]] = attrs.field(factory=list)
    scene: Scene | None = None
    act: Act | None = None
    before: Case | None = None
    now: Case | None = None

    @property
    def case_id(self) -> str:
        """The case that the course is at."""
        return self.trail[-1][0]

    @property
    def unit(self) -> str:
        """The station that has the person."""
        return self.trail[-1][1]


@attrs.define(kw_only=True)
class Tally:
    """What the player knows when all is over. *problems* say where the engine did not do as foreseen."""

    people: int = 0
    firings: int = 0
    timers: int = 0
    outcomes: Counter[str] = attrs.field(factory=Counter)
    seen: Seen = attrs.field(factory=Seen)
    problems: list[str] = attrs.field(factory=list)
    followed: list[tuple[str, str]] = attrs.field(factory=list)
    first: datetime | None = None
    arrived: datetime | None = None


class Player:
    """Moves the clock from one act to the next and has the staff carry it out.

    *stations* are the ids of the cases of the stations themselves; *ended* is told after each course.
    """

    def __init__(
        self, app: Casework, clock: FrozenClock, seed: int, stations: dict[str, str], ended: Callable[[Tally], None]
    ) -> None:
        self._app, self._clock, self._seed = app, clock, seed
        self._staff, self._stations, self._ended = Staff(app), stations, ended
        self._heap: list[tuple[datetime, int, Play]] = []
        self._count = 0
        self._made: Counter[str] = Counter()
        self._ticked = clock.now()
        self.tally = Tally()

    def play(self, rows: Iterable[Row]) -> Tally:
        """Play all *rows*, which come in order of arrival and are read no further ahead than is needed."""
        coming = iter(rows)
        waiting = next(coming, None)
        while self._heap or waiting is not None:
            while waiting is not None and (not self._heap or waiting.arrived_at - _AHEAD <= self._heap[0][0]):
                self._expect(waiting)
                waiting = next(coming, None)
            at, _, play = heapq.heappop(self._heap)
            self._move_to(at)
            self._go_on(play)
        return self.tally

    def _expect(self, row: Row) -> None:
        course = course_of(row, self._seed, self._made)
        self.tally.people += 1
        self.tally.first = self.tally.first or row.arrived_at
        self.tally.arrived = row.arrived_at
        self._push(course.beats[0].at, Play(course, iter(course.beats)))

    def _push(self, at: datetime, play: Play) -> None:
        self._count += 1
        at = max(at, self._clock.now())
        heapq.heappush(self._heap, (at.replace(second=0, microsecond=0), self._count, play))

    def _move_to(self, at: datetime) -> None:
        """Let the timers run out that are due meanwhile: hour by hour while people arrive, then day by day."""
        arrived = self.tally.arrived
        step = _HOUR if arrived is not None and self._ticked < arrived + 14 * _DAY else _DAY
        while self._ticked + step <= at:
            self._ticked += step
            self._clock.set(self._ticked)
            ran = self._app.run_due()
            self.tally.timers += ran.fired
            if ran.stuck:
                self.tally.problems.append(f"{ran.stuck} timers were refused at {self._ticked:%Y-%m-%d %H:%M}")
        self._clock.set(max(at, self._clock.now()))

    def _go_on(self, play: Play) -> None:
        """Carry out the act that is due, or open the case; then see what comes next."""
        if not play.trail:
            self._open(play)
        answer = self._carry_out(play, play.act) if play.act is not None else None
        if isinstance(answer, Case):
            play.before, play.now = play.now, answer
        elif answer is not None and not self._foreseen(play, answer):
            self._end(play)
            return
        self._next(play, answer)

    def _next(self, play: Play, answer: Answer | None) -> None:
        """Put the next act of the scene into the heap, or that of the next scene; where none is left it ends."""
        while True:
            if play.scene is None:
                beat = next(play.beats, None)
                if beat is None:
                    return self._end(play)
                play.scene, play.act, answer = beat.scene(), None, None
                if beat.at > self._clock.now():
                    return self._push(beat.at, play)
            try:
                play.act = next(play.scene) if answer is None or play.act is None else play.scene.send(answer)
            except StopIteration:
                play.scene, play.act = None, None
                continue
            return self._push(self._clock.now() + play.act.after, play)

    def _open(self, play: Play) -> None:
        course = play.course
        desk = self._staff.desk("caseworker", course.begins_in)
        case = desk.open("rescue", request_id=f"intake {course.number}", **course.arrival)
        self.tally.firings += 1
        play.trail.append((case.id, course.begins_in))
        play.now = play.before = case

    def _carry_out(self, play: Play, act: Act) -> Answer:
        if act.kind == "follow":
            return self._follow(play)
        desk = self._staff.desk(act.who, play.unit)
        try:
            case = self._do(desk, play, act)
        except Refused as no:
            self.tally.seen.add(act, no.refusal)
            return no.refusal
        self.tally.firings += 1
        if act.expect:
            self.tally.problems.append(f"{play.course.number}: {act.trigger or act.kind} was not {act.expect}")
        # A step on the station is no step of the person's case.
        return case if act.about == "person" else play.now or case

    def _do(self, desk: Desk, play: Play, act: Act) -> Case:
        if act.about == "station":
            return desk.fire(self._stations[play.unit], act.trigger, act.values)
        if act.kind == "amend":
            return desk.amend(play.case_id, **act.values)
        if act.kind == "note":
            return desk.note(play.case_id, str(act.values["text"]))
        if act.kind == "correct":
            return desk.correct(play.case_id, play.now.revision if play.now else 1, because=str(act.values["because"]))
        case = play.before if act.late and play.before is not None else play.case_id
        return desk.fire(case, act.trigger, act.values, request_id=act.request_id)

    def _follow(self, play: Play) -> Case:
        """Go on with the case that the last transfer opened, at the station that it belongs to."""
        history = self._staff.desk("auditor", play.unit).history(play.case_id)
        _, child, unit = next(entry.opened[-1] for entry in reversed(history) if entry.opened)
        play.trail.append((child, unit))
        return self._staff.desk("caseworker", unit).get(child)

    def _foreseen(self, play: Play, refusal: Refusal) -> bool:
        """Whether a refusal is the one that a mistake should meet, or one that the course copes with."""
        act = play.act
        if act is not None and refusal.code in (act.expect, *act.may):
            return True
        what = (act.trigger or act.kind) if act is not None else "open"
        self.tally.problems.append(f"{play.course.number}: {what} was refused: {refusal}")
        return False

    def _end(self, play: Play) -> None:
        """Compare the case with what the register says of its ending, and forget it."""
        course = play.course
        case_id = next((case_id for case_id, unit in play.trail if unit == course.unit), play.trail[-1][0])
        case = self._staff.desk("auditor", course.unit).get(case_id)
        reached = case.state if case.closed else "staying"
        self.tally.outcomes[reached] += 1
        if reached != course.outcome:
            self.tally.problems.append(f"{course.number}: {reached}, the register says {course.outcome}")
        if course.followed:
            self.tally.followed = list(play.trail)
        self._ended(self.tally)
