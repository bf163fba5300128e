"""The shortest way from a case to a goal: best first, by the least that is still to do, through deciding itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import count
from typing import Literal, TypeAlias

import attrs

from casework.advising.attempts import Attempts, Deed
from casework.advising.landmarks import Landmarks
from casework.advising.outlook import Outlook
from casework.advising.standing import Standing

Outcome = Literal["found", "barred", "no way", "not found"]
HASTE = 4
"""How much more the rest of the way counts than what is behind, when any way will do."""
REFUSED = 16
"""After so many cases in which all conditions hold and deciding refuses all the same, no more are looked at."""


@attrs.define(eq=False)
class Node:
    """A case on the way, by how many deeds it came there; *ahead* are those that are left at least, once counted."""

    here: Standing
    steps: int
    deed: Deed | None = None
    before: Node | None = None
    good: bool = True
    ahead: int | None = None

    def way(self) -> tuple[Node, ...]:
        """Everything from the start to here, the start first."""
        found: list[Node] = []
        node: Node | None = self
        while node is not None:
            found.append(node)
            node = node.before
        return tuple(reversed(found))


@attrs.frozen(eq=False)
class Search:
    """What came of a search: *node* is where the goal was reached, *looked* how many cases were looked at.

    One is "barred" where nothing but what accounts have left is in the way. *refused* is the first case in which the
    goal was refused although nothing seemed to be missing. *exhausted* says that nothing was left to look at.
    """

    outcome: Outcome
    looked: int
    node: Node | None = None
    shortest: bool = False
    exhausted: bool = False
    refused: Standing | None = None


Place: TypeAlias = tuple[int, tuple[str, ...]]


class Seeker:
    """Looks for a way to one goal; *reached* says whether a case is there."""

    def __init__(
        self, outlook: Outlook, goal: Landmarks, attempts: Attempts, reached: Callable[[Standing], bool]
    ) -> None:
        self._outlook, self._goal, self._attempts, self._reached = outlook, goal, attempts, reached

    def search(self, start: Standing, limit: int) -> Search:
        """The shortest way, looking at no more than *limit* cases: at half of them, and then for any way at all."""
        cells = self._outlook.cells(start)
        if self._goal.distance(cells) is None:
            barred = self._goal.distance(cells | self._outlook.rooms.every) is not None
            return Search("barred" if barred else "no way", 0)
        half = (limit + 1) // 2
        first = self._best_first(start, half, 1)
        if first.outcome == "found" or first.exhausted or first.looked < half:
            return first
        second = self._best_first(start, limit - half, HASTE)
        return attrs.evolve(second, looked=first.looked + second.looked, refused=first.refused or second.refused)

    def _best_first(self, start: Standing, limit: int, weight: int) -> Search:
        queue, best = _Queue(weight), dict[Place, int]()
        queue.put(Node(start, 0), 0)
        looked, refused = 0, list[Standing]()
        while looked < limit and len(refused) < REFUSED and (node := queue.get()) is not None:
            cells = self._outlook.cells(node.here)
            place = cells, tuple(sorted(hold.name for hold in node.here.case.holds))
            if best.get(place, node.steps + 1) <= node.steps or not self._counted(node, cells):
                continue
            assert node.ahead is not None
            if not queue.next_is(node):
                queue.put(node, node.ahead)
                continue
            best[place] = node.steps
            looked += 1
            if self._reached(node.here):
                return Search("found", looked, node, weight == 1)
            if node.ahead == 0:
                refused.append(node.here)
            for child in self._onward(node, cells):
                queue.put(child, max(node.ahead - 1, 0))
        exhausted = looked < limit and len(refused) < REFUSED
        return Search("not found", looked, exhausted=exhausted, refused=refused[0] if refused else None)

    def _counted(self, node: Node, cells: int) -> bool:
        """Whether anything leads on from there; how much at least is left is noted."""
        if node.ahead is None:
            distance = self._goal.distance(cells)
            node.ahead = None if distance is None else distance.steps
        return node.ahead is not None

    def _onward(self, node: Node, cells: int) -> Iterator[Node]:
        distance = self._goal.distance(cells)
        good = frozenset() if distance is None else distance.good
        for deed, there in self._attempts.onward(node.here):
            yield Node(there, node.steps + 1, deed, node, (deed.kind, deed.name) in good)


class _Queue:
    """The cases that wait to be looked at, the most promising first; of equal ones those nearest the goal."""

    def __init__(self, weight: int) -> None:
        self._weight, self._number = weight, count()
        self._heap: list[tuple[int, int, bool, int, Node]] = []

    def put(self, node: Node, ahead: int) -> None:
        """Take a case in, by what is left at least as far as is known."""
        entry = (node.steps + self._weight * ahead, ahead, not node.good, next(self._number), node)
        heappush(self._heap, entry)

    def get(self) -> Node | None:
        """The most promising one; None where no more wait."""
        return heappop(self._heap)[-1] if self._heap else None

    def next_is(self, node: Node) -> bool:
        """Whether *node*, now that it is known what is left, is as promising as any that waits."""
        assert node.ahead is not None
        return not self._heap or (node.steps + self._weight * node.ahead, node.ahead) <= self._heap[0][:2]
