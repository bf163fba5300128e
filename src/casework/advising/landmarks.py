"""How many steps at least lie between a case and a goal, when nothing that came about is ever lost again.

What is left out makes the way shorter, never longer, so that the answer is a lower bound; where even so nothing leads
there, nothing does. The count is that of disjoint landmarks (the LM-cut of Helmert and Domshlak, ICAPS 2009): sets of
moves of which every way takes at least one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from typing import TypeAlias

import attrs

Key: TypeAlias = tuple[str, str]
"""A move in short: its kind (fire, amend, wait) and what is fired, amended or waited for."""

BY_ITSELF: Key = ("", "")


@attrs.frozen(eq=False)
class Relaxed:
    """A move that only adds: where each of *asks* has one of its bits, it brings the bits of *adds*."""

    key: Key
    cost: int
    asks: tuple[int, ...]
    adds: int


@attrs.frozen
class Distance:
    """At least so many *steps*, and the moves among which a good one is."""

    steps: int
    good: frozenset[Key]


_FAR = 1 << 30


class Landmarks:
    """The distance of sets of bits to a goal, by those *moves* that may have to do with it.

    *goal* are moves, one of which has to be made. *together* are bits that must fit each other: where one of them is
    touched, all matter.
    """

    def __init__(
        self, moves: Iterable[Relaxed], goal: Iterable[Relaxed], width: int, together: Sequence[int] = ()
    ) -> None:
        ends = [attrs.evolve(move, cost=0, adds=move.adds | 1 << width) for move in goal]
        self.relevant, kept = _relevant(tuple(moves), ends, together)
        self.keys = frozenset(move.key for move in kept)
        self._goal = width
        self._size = width + 1
        self._any: dict[int, int] = {}
        self._moves = [*kept, *ends]
        self._asked = [tuple(self._fact(bits) for bits in move.asks) or (self._fact(0),) for move in self._moves]
        self._adds = [tuple(_bits(move.adds & (self.relevant | 1 << width))) for move in self._moves]
        self._costs = [move.cost for move in self._moves]
        self._index()
        self._known: dict[int, Distance | None] = {}

    def _fact(self, bits: int) -> int:
        """The number of the fact that one of *bits* holds; 0 bits ask for nothing, and always hold."""
        if bits and bits & (bits - 1) == 0:
            return bits.bit_length() - 1
        if bits not in self._any:
            self._any[bits] = self._size
            self._size += 1
        return self._any[bits]

    def _index(self) -> None:
        self._needing: list[list[int]] = [[] for _ in range(self._size)]
        self._adding: list[list[int]] = [[] for _ in range(self._size)]
        self._wider: list[list[int]] = [[] for _ in range(self._size)]
        self._narrower: list[tuple[int, ...]] = [() for _ in range(self._size)]
        for number, asked in enumerate(self._asked):
            for fact in asked:
                self._needing[fact].append(number)
            for fact in self._adds[number]:
                self._adding[fact].append(number)
        for bits, fact in self._any.items():
            self._narrower[fact] = tuple(_bits(bits))
            for bit in self._narrower[fact]:
                self._wider[bit].append(fact)

    def distance(self, case: int) -> Distance | None:
        """From the cases of *case*; None where the goal cannot be reached."""
        seen = case & self.relevant
        if seen not in self._known:
            self._known[seen] = self._counted(tuple(_bits(seen)))
        return self._known[seen]

    def _counted(self, start: tuple[int, ...]) -> Distance | None:
        costs, steps, good = list(self._costs), 0, set[int]()
        first = set(start) | ({self._any[0]} if 0 in self._any else set())
        while True:
            far, last = self._reached(first, costs)
            if far[self._goal] >= _FAR:
                return None
            if far[self._goal] == 0:
                return Distance(steps, frozenset(self._moves[number].key for number in good))
            cut = self._cut(first, costs, far, last)
            least = min(costs[number] for number in cut)
            steps += least
            good |= cut
            for number in cut:
                costs[number] -= least

    def _reached(self, start: Iterable[int], costs: Sequence[int]) -> tuple[list[int], list[int]]:
        """How dear each fact is by its dearest need, and of each move the fact that it waited for longest."""
        far, last = [_FAR] * self._size, [-1] * len(self._moves)
        left = [len(asked) for asked in self._asked]
        done = [False] * self._size
        heap: list[tuple[int, int]] = []
        for fact in start:
            far[fact] = 0
            heappush(heap, (0, fact))
        while heap:
            cost, fact = heappop(heap)
            if done[fact]:
                continue
            done[fact] = True
            for wider in self._wider[fact]:
                if cost < far[wider]:
                    far[wider] = cost
                    heappush(heap, (cost, wider))
            for number in self._needing[fact]:
                left[number] -= 1
                if left[number] == 0:
                    last[number] = fact
                    reached = cost + costs[number]
                    for added in self._adds[number]:
                        if reached < far[added]:
                            far[added] = reached
                            heappush(heap, (reached, added))
        return far, last

    def _cut(self, start: Iterable[int], costs: Sequence[int], far: Sequence[int], last: Sequence[int]) -> set[int]:
        """Moves of which every way takes one: those that lead to where the rest of the way costs nothing."""
        near = self._near(costs, far, last)
        cut, seen, stack = set[int](), set(start), list(start)
        while stack:
            fact = stack.pop()
            onward = list(self._wider[fact])
            for number in self._needing[fact]:
                if last[number] == fact:
                    if any(added in near for added in self._adds[number]):
                        cut.add(number)
                    else:
                        onward += self._adds[number]
            for other in onward:
                if other not in seen and other not in near:
                    seen.add(other)
                    stack.append(other)
        return cut

    def _near(self, costs: Sequence[int], far: Sequence[int], last: Sequence[int]) -> set[int]:
        near, stack = {self._goal}, [self._goal]
        while stack:
            fact = stack.pop()
            earlier = [last[number] for number in self._adding[fact] if costs[number] == 0]
            for other in (*earlier, *self._narrower[fact]):
                if other >= 0 and far[other] < _FAR and other not in near:
                    near.add(other)
                    stack.append(other)
        return near


def _bits(case: int) -> Iterator[int]:
    while case:
        low = case & -case
        yield low.bit_length() - 1
        case ^= low


def _relevant(
    moves: tuple[Relaxed, ...], ends: Sequence[Relaxed], together: Sequence[int]
) -> tuple[int, tuple[Relaxed, ...]]:
    """The bits that a way to one of *ends* may ask for, and the moves that bring any of them."""
    relevant, touched = union(asks for end in ends for asks in end.asks), union(end.adds for end in ends)
    kept: dict[int, Relaxed] = {}
    size = -1
    while size != (size := relevant.bit_count() + len(kept)):
        relevant |= union(bits for bits in together if bits & (relevant | touched))
        keys = {move.key for move in kept.values()} - {BY_ITSELF}
        for number, move in enumerate(moves):
            # Which transition a trigger takes hangs on all that it could take.
            if number not in kept and (move.adds & relevant or move.key in keys):
                kept[number] = move
                relevant |= union(move.asks)
                touched |= move.adds
    return relevant, tuple(kept[number] for number in sorted(kept))


def union(sets: Iterable[int]) -> int:
    """All bits that are in one of *sets*."""
    found = 0
    for bits in sets:
        found |= bits
    return found
