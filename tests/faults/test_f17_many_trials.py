"""F17, F18: whoever asks at the same moment for the last beds, or for the last of a balance, gets them once; each time.

The writers belong to two applications, so that on SQLite the file decides between them, and not the turn of a process.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence

import attrs
import pytest
from faults.town import CLERK, at_once, founded, guests, insistent, town
from oracle import assert_inv, balances
from stores import fresh

from casework import Casework, Desk

BEDS, WRITERS = 3, 6
TRIALS, MANY = 30, 10_000
PATIENCE = 120.0
ALL_TAKEN = Counter({"": BEDS, "limit-reached": WRITERS - BEDS})


@attrs.frozen
class Contest:
    """Writers who all want one and the same thing at once, each for a case of their own, and give it back."""

    desks: Sequence[Desk]
    cases: Sequence[str]
    take: str
    give_back: str

    def trials(self, count: int) -> tuple[list[Counter[str]], float]:
        """What they were told in each trial, and how many answers a second that were in all."""
        told = [Counter[str]() for _ in range(count)]
        begun, over = (threading.Barrier(WRITERS, timeout=PATIENCE) for _ in range(2))
        answers = [0] * WRITERS

        def writer(n: int) -> None:
            for trial in range(count):
                begun.wait()
                said = self._fired(n, self.take)
                over.wait()
                told[trial][said] += 1
                answers[n] += 1
                if not said:
                    assert "" == self._fired(n, self.give_back)
                    answers[n] += 1

        started = time.perf_counter()
        at_once([lambda n=n: writer(n) for n in range(WRITERS)])  # type: ignore[misc]
        return told, sum(answers) / (time.perf_counter() - started)

    def alone(self, count: int) -> float:
        """Answers a second to one writer whom nobody disturbs."""
        started = time.perf_counter()
        for _ in range(count):
            assert ["", ""] == [self._fired(0, trigger) for trigger in (self.take, self.give_back)]
        return 2 * count / (time.perf_counter() - started)

    def _fired(self, n: int, trigger: str) -> str:
        return insistent(lambda: self.desks[n % len(self.desks)].fire(self.cases[n], trigger))


def _purses(app: Casework) -> list[str]:
    return app.atomically(CLERK, lambda desk: [desk.open("house").id for _ in range(WRITERS)])


def _people(app: Casework) -> list[str]:
    return [case.id for case in guests(app, WRITERS)]


@pytest.mark.parametrize(
    ("cases", "take", "give_back"),
    [(_people, "admit", "step_out"), (_purses, "spend", "refund")],
    ids=["f17 beds", "f18 a balance"],
)
def test_f17_f18_of_six_who_ask_at_once_three_get_what_there_is_for_three(
    cases: Callable[[Casework], list[str]], take: str, give_back: str, long: bool
) -> None:
    url, count = fresh(), MANY if long else TRIALS
    app = founded(url, beds=BEDS)
    other = town(url)
    contest = Contest([app.desk(CLERK), other.desk(CLERK)], cases(app), take, give_back)

    alone = contest.alone(count // 10)
    told, together = contest.trials(count)

    print(f"\n{count:,} trials; answers a second: {alone:,.0f} alone, {together:,.0f} by {WRITERS} who want the same")
    print(f"contended throughput is {together / alone:.0%} of uncontended")
    assert [] == [(trial, said) for trial, said in enumerate(told) if said != ALL_TAKEN]
    assert {"free|anlu|": BEDS, "taken|anlu|": 0} == balances(app)
    assert_inv(app)
    app.dispose()
    other.dispose()
