"""Transitions in one configuration: what their conditions ask of states is answered there, the rest is still asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from casework.exploring.alphabet import Alphabet
from casework.exploring.passage import Change, Op, Passage
from casework.exploring.region import Box
from casework.exploring.way import Way, applied, met


@attrs.frozen(eq=False)
class Asked:
    """A passage from the state that its workflow is in: *true* and *false* say nothing of states any more."""

    passage: Passage
    true: tuple[Box, ...]
    false: tuple[Box, ...]
    ops: tuple[Op, ...]


class Asking:
    """The passages of one manifest in any configuration, each put together once for all that are alike to it."""

    def __init__(self, alphabet: Alphabet) -> None:
        self._alphabet = alphabet
        self._states: dict[Passage, int] = {}
        self._known: dict[tuple[Passage, int], Asked] = {}
        self._alike: dict[tuple[object, ...], Asked] = {}

    def states(self, each: Passage) -> int:
        """The states that matter to a passage: those that its conditions ask for, and its own workflow's."""
        known = self._states.get(each)
        if known is None:
            known = self._alphabet.slots["state", each.item.workflow].mask
            for mask in (mask for box in (*each.true, *each.false) for mask in box.slots):
                known |= mask & self._alphabet.configuration
            self._states[each] = known
        return known

    def at(self, each: Passage, configuration: int) -> Asked:
        """A passage where a case stands in *configuration*."""
        key = each, configuration & self.states(each)
        found = self._known.get(key)
        if found is None:
            slot = self._alphabet.slots["state", each.item.workflow]
            (source,) = slot.cells(configuration)
            found = self._known[key] = self._same(each, configuration, each.ops.get(source, ()))
        return found

    def _same(self, each: Passage, configuration: int, ops: tuple[Op, ...]) -> Asked:
        """The passage with those *ops*; where others ask and do the same, theirs."""
        true, false = self.boxes(each.true, configuration), self.boxes(each.false, configuration)
        asks = tuple((box.allowed, box.slots) for box in true), tuple((box.allowed, box.slots) for box in false)
        does = tuple((op.clear, op.bits) if isinstance(op, Change) else op for op in ops)
        return self._alike.setdefault((each, *asks, does), Asked(each, true, false, ops))

    def boxes(self, boxes: Iterable[Box], configuration: int) -> tuple[Box, ...]:
        """What is left to ask of those of *boxes* whose states are those of *configuration*."""
        states = self._alphabet.configuration
        return tuple(
            Box(box.allowed | states, tuple(mask for mask in box.slots if not mask & states))
            for box in boxes
            if self.may_be(box, configuration)
        )

    def may_be(self, box: Box, states: int) -> bool:
        """Whether one of *states* of each workflow lies in the box."""
        configuration = self._alphabet.configuration
        return all(states & box.allowed & mask for mask in box.slots if mask & configuration)


def took(each: Asked, ways: Iterable[Way], everything: int) -> Iterator[Way]:
    """What comes of taking a transition, before automatic steps; beyond *everything* nothing stays."""
    passage = each.passage
    for way in met((passage.fits,), ways):
        passages = (*way.passages, passage)
        opaque = tuple(dict.fromkeys((*way.opaque, *passage.opaque))) if passage.opaque else way.opaque
        for made in applied(each.ops, way):
            yield Way(way.origin, made.before, made.now & everything, made.changed, passages, opaque)
