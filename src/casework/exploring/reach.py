"""Which cases can come about, and from which of them a goal can be reached."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

import attrs

from casework.exploring.alphabet import Alphabet
from casework.exploring.boxes import Boxes
from casework.exploring.joint import Joints, Jump
from casework.exploring.move import Moves
from casework.exploring.options import Merged, Stopped
from casework.exploring.passage import Passage
from casework.exploring.way import Way

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
    stopped: dict[int, list[Stopped]] = attrs.field(factory=dict)
    """By configuration what is refused for what must always hold."""
    merged: dict[int, list[Merged]] = attrs.field(factory=dict)
    """By configuration other ways to the same moves."""
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
    opening = moves.opening()
    result.opening = list(joints.jumps(opening.moves, 0))
    result.merged[0] = list(opening.merged)
    found, queue, waiting = result.found, deque[int](), set[int]()
    out: dict[int, list[Jump]] = {}
    begun: dict[int, list[Way]] = {}
    _arrive(result.opening, joints.everything, found, queue, waiting)
    while queue:
        if len(found) > limit:
            result.complete = False
            break
        here = queue.popleft()
        waiting.discard(here)
        if here not in begun:
            begun[here], out[here] = moves.begun(here), []
        begun[here] = _begin(result, here, begun[here], out[here])
        result.out[here] = _arrive(out[here], found[here], found, queue, waiting)
    _finish(result)
    return result


def _begin(result: Reached, here: int, ways: Iterable[Way], out: list[Jump]) -> list[Way]:
    """Follow those of *ways* that some case can go; the others wait."""
    waiting, cases, some, settled = list[Way](), result.found[here], result.joints.some, result.moves.settled
    everything = result.alphabet.everything
    for way in ways:
        if way.before != everything and not some(way.before, cases):
            waiting.append(way)
            continue
        options = settled(way, here)
        out += result.joints.jumps(options.moves, here)
        if options.stopped:
            result.stopped.setdefault(here, []).extend(options.stopped)
        if options.merged:
            result.merged.setdefault(here, []).extend(options.merged)
    return waiting


def _arrive(
    jumps: Iterable[Jump], cases: int, found: dict[int, int], queue: deque[int], waiting: set[int]
) -> list[Jump]:
    """Note where *jumps* lead some of *cases*; those that do."""
    live = []
    for jump in jumps:
        made = jump.onward(cases)
        if made:
            live.append(jump)
            target = jump.target
            known = found.get(target, 0)
            if made & ~known:
                found[target] = known | made
                if target not in waiting:
                    waiting.add(target)
                    queue.append(target)
    return live


def _finish(result: Reached) -> None:
    """Note what leads where, and which transitions are taken."""
    for out in result.out.values():
        for jump in out:
            result.into.setdefault(jump.target, []).append(jump)
    made = {jump.move for out in (result.opening, *result.out.values()) for jump in out}
    result.taken.update(move.passages for move in made)
    for here, merged in result.merged.items():
        live = {jump.move for jump in result.out.get(here, result.opening)}
        result.taken.update(passages for passages, moves in merged if not live.isdisjoint(moves))


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
                place = good.get(jump.source)
                if (place is not None and place.whole) or (sure and jump.move.opaque):
                    continue
                earlier = jump.backward(cases) & result.found[jump.source]
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
