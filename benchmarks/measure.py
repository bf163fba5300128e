"""Measuring: contenders take turns, round by round; a ratio is the median of the rounds' own ratios."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import attrs

Batch = Callable[[], int]
"""Does some work and answers with how many operations that was."""


@attrs.frozen
class Goal:
    """What a figure should be: its ratio (or its value) at most, or at least, some number."""

    amount: float
    of: Literal["ratio", "value"] = "ratio"
    least: bool = False

    def met(self, figure: Figure) -> bool:
        """Whether the figure holds the goal."""
        told = figure.ratio if self.of == "ratio" else figure.value
        return told is not None and (told >= self.amount if self.least else told <= self.amount)

    def __str__(self) -> str:
        return f"{'≥' if self.least else '≤'} {self.amount:g}{'×' if self.of == 'ratio' else ''}"


@attrs.frozen(kw_only=True)
class Figure:
    """One line of a table. *against* names the line that *ratio* was measured against, in the same rounds."""

    name: str
    value: float
    unit: str = "µs"
    against: str = ""
    ratio: float | None = None
    spread: tuple[float, float] | None = None
    goal: Goal | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        return None if self.goal is None else self.goal.met(self)


@attrs.frozen(kw_only=True)
class Sizes:
    """How much each benchmark does."""

    rounds: int
    decisions: int
    firings: int
    few: int
    many: int
    units: int
    pages: int
    processes: int
    each: int
    times: int
    beds: tuple[int, int, int]
    bulk: int
    imports: int


FULL = Sizes(
    rounds=15,
    decisions=100,
    firings=100,
    few=10_000,
    many=1_000_000,
    units=200,
    pages=15,
    processes=8,
    each=250,
    times=3,
    beds=(10, 400, 16),
    bulk=2_000,
    imports=11,
)
QUICK = attrs.evolve(FULL, rounds=7, firings=50, few=2_000, many=20_000, pages=5, each=50, bulk=500, imports=5)
TINY = Sizes(
    rounds=2,
    decisions=5,
    firings=5,
    few=30,
    many=60,
    units=3,
    pages=2,
    processes=2,
    each=3,
    times=1,
    beds=(2, 6, 2),
    bulk=6,
    imports=1,
)


@attrs.frozen
class Taken:
    """Seconds per operation of each contender, round by round."""

    rounds: Mapping[str, Sequence[float]]

    def median(self, name: str) -> float:
        """The median round of one contender, in seconds per operation."""
        return statistics.median(self.rounds[name])

    def ratios(self, name: str, base: str) -> list[float]:
        """The ratio of two contenders in each round."""
        return [one / other for one, other in zip(self.rounds[name], self.rounds[base], strict=True)]

    def figure(self, name: str, base: str = "", **more: Any) -> Figure:
        """A line of the table: the median in µs and, against *base*, the median ratio with its middle half."""
        value = self.median(name) * 1e6
        if not base:
            return Figure(name=name, value=value, **more)
        ratios = sorted(self.ratios(name, base))
        middle = ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4]
        return Figure(name=name, value=value, against=base, ratio=statistics.median(ratios), spread=middle, **more)


def interleaved(contenders: Mapping[str, Batch], rounds: int, clock: Callable[[], float] = time.perf_counter) -> Taken:
    """Let every contender work once a round, each round begun by another, after one round that does not count.

    What only computes may be measured by *clock* ``time.thread_time``, which stands still while others have the core.
    """
    names = list(contenders)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for round_number in range(rounds + 1):
        turn = round_number % len(names)
        for name in names[turn:] + names[:turn]:
            gc.collect()
            started = clock()
            done = contenders[name]()
            spent = clock() - started
            if round_number:
                taken[name].append(spent / done)
    return Taken(taken)
