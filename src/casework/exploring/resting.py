"""A way comes to rest: what must always hold, which acts are void, and what is not asked for any more."""

from __future__ import annotations

from collections.abc import Iterator

from casework.exploring.alphabet import Alphabet
from casework.exploring.options import Move, Options, Stopped
from casework.exploring.passage import done
from casework.exploring.standpoint import Resting
from casework.exploring.voiding import Voiding
from casework.exploring.way import Way, beyond, met, widened, without


class Rests:
    """The moves of one manifest that ways make when they come to rest, made up once for all that rest alike."""

    def __init__(self, alphabet: Alphabet) -> None:
        self._alphabet = alphabet
        self._masks = [slot.mask for slot in alphabet.slots.values()]
        self._done = {act: done(alphabet, act) for act in alphabet.compiled.acts}
        self._voiding = Voiding(alphabet)
        self._known: dict[tuple[Way, Resting], Options] = {}

    def of(self, way: Way, there: Resting) -> Options:
        """What comes of *way* at rest."""
        found = self._known.get((way, there))
        if found is None:
            found = self._known[way, there] = self._rested(way, there)
        return found

    def _rested(self, way: Way, there: Resting) -> Options:
        if way.origin.label.kind == "wait":
            # That time passes is not refused, whatever should hold.
            return Options(tuple(self._arrived(way, there)))
        moves, stopped = list[Move](), list[Stopped]()
        act = self._done.get(way.origin.act)
        for sound in self._held(way, there, stopped):
            for each in self._voiding.ways(sound, there.dead):
                moves += self._arrived(each if act is None else each.after(act), there)
        return Options(tuple(moves), tuple(stopped))

    def _held(self, way: Way, there: Resting, stopped: list[Stopped]) -> Iterator[Way]:
        """The cases in which every invariant and the closing rule hold; the others are noted as stopped.

        What a move does not touch held before, and holds.
        """
        rest, label = [way], way.origin.label
        for each in there.broken:
            if not each.free and not each.slots & way.changed:
                continue
            for one in met((each.box,), widened(rest, each.free)):
                stopped.append(Stopped(each.name, each.name, label, one.before, way.passages, way.opaque))
            rest = without(beyond((each.box,), widened(rest, each.free)), self._alphabet.everything)
        if there.left:
            stopped += [
                Stopped(f"closing {name}", there.left[0], label, one.before, way.passages, way.opaque)
                for one in rest
                for name in there.left
            ]
            return
        yield from rest

    def _arrived(self, way: Way, there: Resting) -> Iterator[Move]:
        """What is not asked for any more is forgotten; a move that changes nothing is none."""
        label, written = way.origin.label, way.changed | there.dead
        if way.passages or label.kind == "open" or not self._same(way, way.changed & ~there.dead):
            yield Move(label, way.before, (way.now | there.dead) & written, written, way.passages, way.opaque)

    def _same(self, way: Way, slots: int) -> bool:
        """Whether each of *slots* has the same one value before and after."""
        if way.now & slots != way.before & slots:
            return False
        return all((way.now & mask).bit_count() == 1 for mask in self._masks if mask & slots)
