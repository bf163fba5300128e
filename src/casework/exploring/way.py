"""A move in the making: sets of cases as they were, and as they have come to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from casework.exploring.passage import Change, Copy, Op, Passage
from casework.exploring.region import Box


@attrs.frozen
class Label:
    """A move in short: *kind* is open, fire, timer, wait, amend or look, *name* what is fired or amended.

    *roles* are those by which it is somebody's; whoever has all of one of *holders* may do it so.
    """

    kind: str
    name: str
    roles: frozenset[str] = frozenset()
    holders: tuple[frozenset[str], ...] = attrs.field(default=(), eq=False)


@attrs.frozen(eq=False)
class Origin:
    """What a way began with. *act* is what is remembered of it; of *loose* acts no slot tells whether they are void."""

    label: Label
    act: str = ""
    loose: int = 0


@attrs.define(eq=False)
class Way:
    """One way of a move: where it began, where it has come to, what was changed.

    States are told in it only where they were changed, so that one way is the same in many configurations.
    """

    origin: Origin
    before: int
    now: int
    changed: int = 0
    passages: tuple[Passage, ...] = ()
    opaque: tuple[str, ...] = ()

    def narrowed(self, now: int) -> Way:
        """The same way for fewer cases."""
        before = self.before & (now | self.changed)
        return Way(self.origin, before, now, self.changed, self.passages, self.opaque)

    def widened(self, free: int) -> Way:
        """The same way with the values *free* of what passes."""
        return Way(self.origin, self.before, self.now | free, self.changed, self.passages, self.opaque)

    def after(self, change: Change) -> Way:
        """The way after *change*."""
        now = (self.now & ~change.clear) | change.bits
        return Way(self.origin, self.before, now, self.changed | change.clear, self.passages, self.opaque)


def met(boxes: Iterable[Box], ways: Iterable[Way]) -> list[Way]:
    """The cases of *ways* that lie in one of *boxes*."""
    return [way.narrowed(hit) for way in ways for box in boxes if (hit := box.meet(way.now))]


def beyond(boxes: Iterable[Box], ways: Iterable[Way]) -> list[Way]:
    """The cases of *ways* that lie in none of *boxes*."""
    rest = list(ways)
    for box in boxes:
        rest = [way.narrowed(part) for way in rest for part in box.beyond(way.now)]
    return rest


def widened(ways: Iterable[Way], free: int) -> Iterable[Way]:
    """The same *ways* with the values *free* of what passes."""
    return [way.widened(free) for way in ways] if free else ways


def without(ways: Iterable[Way], everything: int) -> list[Way]:
    """The same *ways* without what only passes."""
    return [way.narrowed(way.now & everything) for way in ways]


def applied(ops: tuple[Op, ...], way: Way) -> Iterator[Way]:
    """What comes of a way by the effects of one transition; several where what is copied has to be told apart."""
    for number, op in enumerate(ops):
        if isinstance(op, Change):
            if op.clear and not op.bits:
                return
            way = way.after(op)
        elif isinstance(op, Copy) and op.once:
            bits = 0
            for cell in op.source.cells(way.now):
                bits |= op.table[cell]
            if not bits:
                return
            way = way.after(Change(op.target.mask, bits))
        else:
            for cell in op.source.cells(way.now):
                if op.table[cell]:
                    part = way.narrowed((way.now & ~op.source.mask) | op.source.bit(cell))
                    yield from applied(ops[number + 1 :], part.after(Change(op.target.mask, op.table[cell])))
            return
    yield way
