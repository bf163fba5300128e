"""F105: a guard that reads the clock, chance or the world does not answer the same twice, and is refused."""

from __future__ import annotations

import itertools
import os
import random
import time
from collections.abc import Callable

import pytest
from errands import ANA, Bench, act, errand, refused

from casework import View, guard

TURNS = itertools.count()
IMPURE: dict[str, Callable[[View], object]] = {
    "the clock": lambda view: time.perf_counter_ns(),
    "chance": lambda view: random.random(),
    "the system's chance": lambda view: os.urandom(16),
    "a new object": lambda view: object(),
    "a counter": lambda view: next(TURNS) % 2 == 0,
}


@pytest.mark.parametrize("source", IMPURE)
def test_an_impure_guard_is_refused(bench: Bench, source: str) -> None:
    desk = bench.app(errand(act(guards="work")), parts=[guard("work")(IMPURE[source])]).desk(ANA)
    case = desk.open("errand")
    before = bench.rows()
    refusal = refused(desk.fire, case, "act")

    assert ("part-failed", "work") == (refusal.code, refusal.part)
    assert "the same twice" in refusal.sentence("en")
    assert before == bench.rows()


def test_a_guard_gets_equal_views_both_times_and_the_instant_of_the_firing(bench: Bench) -> None:
    views: list[View] = []

    def look(view: View) -> bool:
        views.append(view)
        return True

    desk = bench.app(errand(act(guards="work")), parts=[guard("work", reads="count")(look)]).desk(ANA)
    desk.fire(desk.open("errand", count=1), "act")

    assert 2 == len(views)
    assert views[0] == views[1]
    assert bench.clock.now() == views[0].now
