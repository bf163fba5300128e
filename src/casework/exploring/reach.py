"""Which cases can come about, and from which of them a goal can be reached."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

import attrs

from casework.exploring.alphabet import Alphabet
from casework.exploring.boxes import Boxes
from casework.exploring.joint import Joints, Jump
from casework.exploring.move import Moves
from casework.exploring.passage import Passage

CONFIGURATION_LIMIT = 200_000
"""After how many configurations an exploration gives up."""


@attrs.define(eq=False)
class Reached:
    """Every case that can come about, from above: by configuration one set of joint values.

    *out* and *into* are the moves that leave a configuration, and those that lead to it. *complete* is false where
    the limit was reached.
    """

    alphabet: Alphabet
    moves: Moves
    joints: Joints
    found: dict[int, int] = attrs.field(factory=dict)
    opening: list[Jump] = attrs.field(factory=list)
    out: dict[int, list[Jump]] = attrs.field(factory=dict)
    into: dict[int, list[Jump]] = attrs.field(factory=dict)
    taken: set[tuple[Passage, ...]] = attrs.field(factory=set)
    """The transitions of every move that some case can make."""
    complete: bool = True

    @property
    def configurations(self) -> int:
        """How many configurations there are."""
        return len(self.found)

    def ended(self) -> dict[int, int]:
        """The cases that are closed, and those that were not looked at any more, of which nothing bad is said."""
        everything = self.joints.everything
        return {c: everything for c in self.found if self.final(c) or c not in self.out}

    def final(self, configuration: int) -> bool:
        """Whether a case is closed there."""
        return self.moves.standpoints.at(configuration).final


def reached(moves: Moves, *, limit: int = CONFIGURATION_LIMIT) -> Reached:
    """Follow every move from every opening until nothing is new."""
    joints = Joints(moves.alphabet, moves.passages)
    result = Reached(moves.alphabet, moves, joints)
    result.opening = [joints.jump(move, 0) for move in moves.opening().moves]
    found, queue, waiting = result.found, deque[int](), set[int]()
    taken = result.taken
    for jump in result.opening:
        taken.add(jump.move.passages)
        _arrive(jump.target, jump.onward(joints.everything), found, queue, waiting)
    while queue:
        if len(found) > limit:
            result.complete = False
            break
        here = queue.popleft()
        waiting.discard(here)
        out = result.out.get(here)
        if out is None:
            out = result.out[here] = [joints.jump(move, here) for move in moves.at(here).moves]
        cases = found[here]
        for jump in out:
            made = jump.onward(cases)
            if made:
                taken.add(jump.move.passages)
                _arrive(jump.target, made, found, queue, waiting)
    for jump in (jump for out in result.out.values() for jump in out):
        result.into.setdefault(jump.target, []).append(jump)
    return result


def _arrive(target: int, cases: int, found: dict[int, int], queue: deque[int], waiting: set[int]) -> None:
    known = found.get(target, 0)
    if cases & ~known:
        found[target] = known | cases
        if target not in waiting:
            waiting.add(target)
            queue.append(target)


def leading_to(result: Reached, goals: Mapping[int, int], *, sure: bool = False) -> dict[int, Boxes]:
    """By configuration the cases from which one of *goals* can be reached; *sure* counts no move that Python decides.

    A configuration all of whose cases are found is not looked at again.
    """
    good: dict[int, Boxes] = {}
    queue = deque[int]()

    def arrive(configuration: int, cases: int) -> None:
        place = good.get(configuration)
        if place is None:
            place = good[configuration] = Boxes(result.joints.masks)
        if not place.whole and place.add(cases):
            place.whole = place.covers(result.found.get(configuration, 0))
            if place.whole:
                # Nothing that can come about lies beyond, so it may as well be everything.
                place.boxes = [result.joints.everything]
            queue.append(configuration)

    for configuration, cases in goals.items():
        arrive(configuration, cases)
    while queue:
        here = queue.popleft()
        for cases in good[here].fresh():
            for jump in result.into.get(here, ()):
                if sure and jump.move.opaque:
                    continue
                earlier = jump.backward(cases)
                if earlier:
                    arrive(jump.source, earlier)
    return good


def left_out(result: Reached, good: Mapping[int, Boxes]) -> Iterator[tuple[int, int]]:
    """The cases that may come about and from which the goal cannot be reached, as (configuration, cases)."""
    for configuration, cases in result.found.items():
        place = good.get(configuration)
        if place is None:
            yield configuration, cases
        elif not place.whole:
            yield from ((configuration, part) for part in place.beyond(cases))


def shortest(result: Reached, goals: Iterable[tuple[int, int]]) -> list[tuple[Jump, int]] | None:
    """The fewest moves, the opening first, that bring a case to one of *goals*; None where none does.

    Each comes with the cases among which one has to be afterwards.
    It looks backward from the goals, where what is written together is never mixed up, so that None is exact.
    """
    layers: list[dict[int, list[int]]] = [{}]
    seen: dict[int, Boxes] = {}
    for configuration, cases in goals:
        layers[0].setdefault(configuration, []).append(cases)
        seen.setdefault(configuration, Boxes(result.joints.masks)).add(cases)
    while layers[-1]:
        start = _opened(result, layers[-1])
        if start is not None:
            return _walked(result, start, layers)
        layers.append(_earlier(result, layers[-1], seen))
    return None


def _earlier(result: Reached, layer: Mapping[int, list[int]], seen: dict[int, Boxes]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for here, sets in layer.items():
        for jump in result.into.get(here, ()):
            for cases in sets:
                earlier = jump.backward(cases) & result.found[jump.source]
                if (
                    earlier
                    and _whole(earlier, result)
                    and seen.setdefault(jump.source, Boxes(result.joints.masks)).add(earlier)
                ):
                    found.setdefault(jump.source, []).append(earlier)
    return found


def _whole(cases: int, result: Reached) -> bool:
    return all(cases & group.mask for group in result.joints.groups)


def _opened(result: Reached, layer: Mapping[int, list[int]]) -> tuple[Jump, int] | None:
    for jump in result.opening:
        begun = jump.onward(result.joints.everything)
        for cases in layer.get(jump.target, ()):
            if _whole(begun & cases, result):
                return jump, begun & cases
    return None


def _walked(result: Reached, start: tuple[Jump, int], layers: list[dict[int, list[int]]]) -> list[tuple[Jump, int]]:
    jump, cases = start
    path = [(jump, cases)]
    for layer in reversed(layers[:-1]):
        jump, cases = next(
            (onward, later)
            for onward in result.out[jump.target]
            if (made := onward.onward(cases))
            for wanted in layer.get(onward.target, ())
            if _whole(later := made & wanted, result)
        )
        path.append((jump, cases))
    return path
