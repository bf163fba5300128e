"""F17: ten beds are never given to eleven people, however many ask at once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from faults.town import CLERK, admits, at_once, code, founded, guests, in_processes
from oracle import assert_inv, balances
from stores import fresh

from casework import Casework, state

BEDS, WRITERS = 10, 16
INSIDE = state("guest") == "inside"


def test_sixteen_threads_never_overfill_ten_beds(long: bool) -> None:
    for _ in range(100 if long else 1):
        _fill(fresh())


def _fill(url: str) -> None:
    app = founded(url, beds=BEDS)
    ids = [case.id for case in guests(app, 400)]

    told: Counter[str] = sum(at_once([lambda n=n: _admit(app, ids[n::WRITERS]) for n in range(WRITERS)]), Counter())  # type: ignore[misc]

    assert Counter({"": BEDS, "limit-reached": 400 - BEDS}) == told
    assert {"free|anlu|": 0, "taken|anlu|": BEDS} == balances(app)
    assert BEDS == len(app.desk(CLERK).find("guest", INSIDE, limit=200).cases)
    assert_inv(app)
    app.dispose()


def _admit(app: Casework, ids: list[str]) -> Counter[str]:
    desk = app.desk(CLERK)
    return Counter(code(lambda case=case: desk.fire(case, "admit")) for case in ids)  # type: ignore[misc]


def test_several_processes_never_overfill_ten_beds() -> None:
    url = fresh()
    app = founded(url, beds=BEDS)
    ids = [case.id for case in guests(app, 200)]

    told: Counter[str] = sum(in_processes(admits, [(url, ids[n::4], 4) for n in range(4)]), Counter())

    assert Counter({"": BEDS, "limit-reached": 200 - BEDS}) == told
    assert {"free|anlu|": 0, "taken|anlu|": BEDS} == balances(app)
    assert_inv(app)
    app.dispose()


def test_beds_that_are_given_back_are_given_again_and_never_twice() -> None:
    """With people coming and going the account stays within its limits, and what it holds is who is inside."""
    app = founded(fresh(), beds=BEDS)
    ids = [case.id for case in guests(app, 32)]

    alone = _rate(app, ids[:2], 1)
    together = _rate(app, ids, WRITERS)

    print(f"\nfirings a second on one account: {alone:,.0f} alone, {together:,.0f} with {WRITERS} writers")
    print(f"contended throughput is {together / alone:.0%} of uncontended")
    inside = len(app.desk(CLERK).find("guest", INSIDE, limit=200).cases)
    assert {"free|anlu|": BEDS - inside, "taken|anlu|": inside} == balances(app)
    assert_inv(app)
    app.dispose()


def _rate(app: Casework, ids: list[str], writers: int) -> float:
    """Answers a second while *writers* admit people and let them out again, 192 calls in all."""
    desk = app.desk(CLERK)

    def work(n: int) -> Callable[[], None]:
        def run() -> None:
            for i in range(192 // writers):
                code(lambda i=i: desk.fire(ids[n % len(ids)], "step_out" if i % 2 else "admit"))  # type: ignore[misc]

        return run

    started = time.perf_counter()
    at_once([work(n) for n in range(writers)])
    return 192 / (time.perf_counter() - started)
