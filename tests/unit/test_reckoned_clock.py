"""The clock of somebody else, read now and then, is told within what it says it may be wrong by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from casework.clock import DRIFT, READ_AFTER, READ_AT_LATEST, FrozenClock, ReckonedClock

TRUE = datetime(2026, 3, 2, 8, tzinfo=UTC)
ROUNDING = timedelta(microseconds=3)


class World:
    """A steady clock that goes a little wrong, a server whose clock is right, and a way to it that takes its time."""

    def __init__(self, rate: float = 0.0, own: datetime = TRUE) -> None:
        self.passed, self._rate, self.own, self.reached = 0.0, rate, FrozenClock(own), True
        self.there: tuple[float, float] = (0.0, 0.0)
        self.asked = 0
        self.clock = ReckonedClock(self.own, ask=self.ask, steady=self.steady)

    def steady(self) -> float:
        return 1_000_000 + self.passed * (1 + self._rate)

    def server(self) -> datetime:
        return TRUE + timedelta(seconds=self.passed)

    def ask(self) -> None:
        """What the store does: a question there and back, or none."""
        self.asked += 1
        if self.reached:
            self.clock.read(self._answer)

    def _answer(self) -> datetime:
        self.passed += self.there[0]
        told = self.server()
        self.passed += self.there[1]
        return told

    def apart(self) -> timedelta:
        return abs(self.clock.now() - self.server())


waits = st.floats(0, 20, allow_subnormal=False)
steps = st.lists(st.tuples(st.floats(0, 5_000, allow_subnormal=False), waits, waits), min_size=1, max_size=8)


@given(
    rate=st.floats(-DRIFT / (1 + DRIFT), DRIFT),
    steps=steps,
    own=st.timedeltas(-timedelta(days=400), timedelta(days=400)),
)
@example(rate=DRIFT, steps=[(0, 0, 0), (31, 9, 0), (31, 0, 9)], own=timedelta(days=400))
@example(rate=-0.00035, steps=[(0, 0, 1)], own=timedelta(0))
@example(rate=-DRIFT / (1 + DRIFT), steps=[(5_000, 0, 20)], own=timedelta(0))
def test_f48_it_is_never_further_from_the_server_than_it_says(
    rate: float, steps: list[tuple[float, float, float]], own: timedelta
) -> None:
    """However slow and lopsided the way, however wrong the machine's own clock, and whatever that jumps to."""
    world = World(rate, TRUE + own)
    for passing, there, back in steps:
        world.there = there, back
        if world.clock.due:
            world.ask()
        assert world.clock.uncertainty is not None
        assert world.apart() <= world.clock.uncertainty + ROUNDING
        world.passed += passing
        world.own.advance(timedelta(days=30))
        assert world.clock.uncertainty is not None
        assert world.apart() <= world.clock.uncertainty + ROUNDING


def test_it_asks_before_the_first_instant_and_not_for_each() -> None:
    world = World(own=TRUE + timedelta(hours=1))

    assert [TRUE, TRUE] == [world.clock.now(), world.clock.now()]
    assert 1 == world.asked


def test_what_nobody_came_by_for_long_is_asked_for() -> None:
    world = World()
    world.clock.now()
    for passing, asked in ((READ_AFTER + 1, 1), (READ_AT_LATEST, 2), (READ_AFTER, 2)):
        world.passed += passing
        world.clock.now()

        assert asked == world.asked


def test_a_server_that_cannot_be_reached_is_not_asked_again_at_once() -> None:
    hour = timedelta(hours=1)
    world = World(own=TRUE + hour)
    world.reached = False

    assert [TRUE + hour] * 2 == [world.clock.now(), world.clock.now()], "the machine's own, for want of a better one"
    assert (1, None) == (world.asked, world.clock.uncertainty)
    world.passed += READ_AFTER + 1
    world.reached = True
    assert world.server() == world.clock.now()


def test_a_slow_answer_does_not_replace_a_quick_one_that_agrees() -> None:
    world = World()
    world.there = 0.001, 0.001
    world.ask()
    world.passed += 40
    world.there = 9.0, 0.0
    world.ask()

    assert world.apart() < timedelta(milliseconds=40)
    assert not world.clock.due, "it was asked all the same, and is not asked again at once"


def test_another_server_whose_clock_differs_is_gone_by_at_once() -> None:
    """As after the promotion of a standby."""
    world = World()
    world.ask()
    world.passed += 40
    ask: Callable[[], datetime] = lambda: world.server() + timedelta(minutes=3)  # noqa: E731
    world.clock.read(ask)

    assert world.server() + timedelta(minutes=3) == world.clock.now()
