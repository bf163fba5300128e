"""Which acts a move makes void: a changed field voids those that covered it, one that keeps its value voids none."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from casework.exploring.alphabet import NOBODY, SOMEBODY, Alphabet, Slot
from casework.exploring.cells import UNKNOWN
from casework.exploring.passage import Change
from casework.exploring.way import Way


@attrs.frozen(eq=False)
class _Compared:
    """A way of which it is told, as bits of nobody, which acts surely become void and which may."""

    way: Way
    sure: int = 0
    maybe: int = 0


class Voiding:
    """The acts of one manifest with the fields that they cover."""

    def __init__(self, alphabet: Alphabet) -> None:
        self._acts = [slot for (kind, _), slot in alphabet.slots.items() if kind == "act"]
        self._single = alphabet.partitions
        self._covered: list[tuple[Slot, tuple[Slot, ...]]] = []
        for field, acts in alphabet.compiled.covers.items():
            slot = alphabet.get("field", field)
            if slot is not None:
                self._covered.append((slot, tuple(alphabet.slots["act", act] for act in acts)))

    def ways(self, way: Way, dead: int) -> Iterator[Way]:
        """What becomes of *way*, whose fields were changed: a way for every set of acts that may be void afterwards.

        The act that it is itself stays; what is *dead* matters no more.
        """
        open_ = 0
        for act in self._acts:
            if act.name != way.origin.act and not act.mask & dead and way.now & act.bit(SOMEBODY):
                open_ |= act.bit(NOBODY)
        if not open_:
            yield way
            return
        alone, loose = dict[str, Slot](), way.origin.loose
        for passage in way.passages:
            loose |= passage.loose
            alone |= {a: slot for a, slot in passage.witnesses.items() if way.now & slot.mask == slot.bit(UNKNOWN)}
        compared = [_Compared(way, 0, loose & open_)]
        for slot, acts in self._covered:
            if slot.mask & way.changed:
                void = open_ & sum(act.bit(NOBODY) for act in acts if alone.get(act.name, slot) is slot)
                compared = [part for each in compared for part in self._compared(each, slot, void & ~each.sure)]
        for each in compared:
            yield from self._voided(each)

    def _compared(self, each: _Compared, slot: Slot, void: int) -> Iterator[_Compared]:
        """The cases told apart by whether the field of *slot* holds another value than before, where it matters."""
        if not void:
            yield each
            return
        before, now = each.way.before & slot.mask, each.way.now & slot.mask
        same = before & now
        if before & ~same:
            yield _Compared(_held(each.way, slot, before & ~same, now), each.sure | void, each.maybe)
        for cell in slot.cells(same):
            bit = slot.bit(cell)
            if now & ~bit:
                yield _Compared(_held(each.way, slot, bit, now & ~bit), each.sure | void, each.maybe)
            maybe = 0 if self._single[slot.name].single(cell) else void
            yield _Compared(_held(each.way, slot, bit, bit), each.sure, each.maybe | maybe)

    def _voided(self, each: _Compared) -> Iterator[Way]:
        ways = [self._nobody(each.way, each.sure)]
        for act in self._acts:
            void = act.bit(NOBODY)
            if each.maybe & ~each.sure & void:
                ways += [self._nobody(way, void) for way in ways]
        yield from ways

    def _nobody(self, way: Way, void: int) -> Way:
        clear = sum(act.mask for act in self._acts if act.mask & void)
        return way.after(Change(clear, void)) if void else way


def _held(way: Way, slot: Slot, before: int, now: int) -> Way:
    """The cases of *way* whose field of *slot* held one of *before*, and holds one of *now*."""
    rest = ~slot.mask
    told = (way.before & rest) | before, (way.now & rest) | now
    return Way(way.origin, *told, way.changed, way.passages, way.opaque)
