"""How moves begin: people fire, fields are amended, time passes, deadlines run out, others move.

What a trigger does is made up once for all configurations in which what it asks of states is the same.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from casework.exploring.alphabet import DUE, RUNG, RUNNING, Alphabet, Slot
from casework.exploring.asked import Asked, took
from casework.exploring.offer import Offer, World, holders
from casework.exploring.passage import Change, entering
from casework.exploring.standpoint import Editable, Offered, Ringing, Standpoints
from casework.exploring.way import Label, Origin, Way, beyond, met, without


class Beginning:
    """The ways that begin in the configurations of one manifest."""

    def __init__(self, alphabet: Alphabet, world: World, standpoints: Standpoints) -> None:
        self._alphabet, self._world, self._standpoints = alphabet, world, standpoints
        self._everything = alphabet.everything
        self._begun: dict[tuple[Offered | Offer | Ringing | Editable | Slot, int], list[Way]] = {}
        self._look = Way(Origin(Label("look", "")), self._everything, self._everything)

    def opening(self) -> Way:
        """A new case begins; it comes from nothing."""
        alphabet, compiled = self._alphabet, self._alphabet.compiled
        case = 0
        for (kind, name), slot in alphabet.slots.items():
            if kind in ("act", "deadline", "mark"):
                case |= slot.bit(0)
            elif kind == "field":
                given = slot.mask & ~(slot.bit(0) if compiled.fields[name].required else 0)
                case |= given if name in compiled.enterable else slot.bit(0)
        for name, workflow in compiled.workflows.items():
            change = entering(alphabet, name, workflow.workflow.initial)
            case = (case & ~change.clear) | change.bits
        # Whoever opens a case may be somebody else than those whose authority is asked for.
        opens = frozenset(compiled.case_type.opens)
        origin = Origin(Label("open", compiled.case_type.name, opens, holders((opens,))))
        return Way(origin, self._everything, case, self._everything)

    def at(self, configuration: int) -> list[Way]:
        """Every way that begins in *configuration*."""
        here, found = self._standpoints.at(configuration), list[Way]()
        for offered in here.offered:
            key = offered, configuration & offered.states
            fired = self._begun.get(key)
            if fired is None:
                fired = [way for offer in offered.offers for way in self._fired(offer, configuration)]
                self._begun[key] = fired
            found += fired
        for ring in here.ringing:
            found += self._passing(ring.slot)
            found += self._timed(ring, configuration)
        for slot in here.marks:
            found += self._passing(slot)
        for editable in here.editable:
            found += self._amended(editable)
        if self._standpoints.automatic(configuration):
            found.append(self._look)
        return found

    def _asked(self, group: Offer | Ringing, configuration: int) -> list[Asked]:
        return [self._standpoints.asked.at(each, configuration) for each in group.passages]

    def _fired(self, offer: Offer, configuration: int) -> list[Way]:
        key = offer, configuration & offer.states
        found = self._begun.get(key)
        if found is None:
            found = self._begun[key] = self._tried(offer, configuration)
        return found

    def _tried(self, offer: Offer, configuration: int) -> list[Way]:
        """Each transition of an offer where those before it are passed over."""
        label, taken = Label("fire", offer.trigger, offer.roles, offer.holders), list[Way]()
        rest = [Way(Origin(label, offer.trigger), self._everything, self._everything | offer.free)]
        for each in self._asked(offer, configuration):
            taken += took(each, met(each.true, rest), self._everything)
            rest = met(each.false, rest)
        return _different(taken)

    def _timed(self, ring: Ringing, configuration: int) -> list[Way]:
        key = ring, configuration & ring.states
        found = self._begun.get(key)
        if found is None:
            found = self._begun[key] = _different(self._rung(ring, configuration))
        return found

    def _rung(self, ring: Ringing, configuration: int) -> Iterator[Way]:
        """What a timer fires, and the cases in which it is refused."""
        slot, label, rest = ring.slot, Label("timer", ring.slot.name), self._everything & ~ring.slot.mask
        due, rung = rest | slot.bit(DUE), rest | slot.bit(RUNG)
        asked = [Way(Origin(label, ring.trigger), due, rung | ring.free, slot.mask)]
        refused: list[Way] = []
        for each in self._asked(ring, configuration):
            hit = met(each.true, asked)
            yield from took(each, hit, self._everything)
            refused += beyond((each.passage.fits,), hit)
            # Where it is unknown whether a transition may be taken, those behind it are not taken either.
            refused += beyond(each.false, beyond(each.true, asked))
            asked = met(each.false, asked)
        for way in without(refused + asked, self._everything):
            yield attrs.evolve(way, origin=Origin(label))

    def _passing(self, slot: Slot) -> list[Way]:
        """Time passes until a deadline is over, or until as much has passed since a mark as a condition asks for."""
        found = self._begun.get((slot, 0))
        if found is None:
            steps = [(RUNNING, DUE)] if slot.kind == "deadline" else [(c, c + 1) for c in range(1, slot.width - 1)]
            origin, rest = Origin(Label("wait", slot.name)), self._everything & ~slot.mask
            found = [Way(origin, rest | slot.bit(early), rest | slot.bit(late), slot.mask) for early, late in steps]
            self._begun[slot, 0] = found
        return found

    def _amended(self, editable: Editable) -> list[Way]:
        found = self._begun.get((editable, 0))
        if found is None:
            origin = Origin(Label("amend", editable.name), loose=editable.loose)
            way = Way(origin, self._everything, self._everything)
            found = [way.after(Change(editable.mask, editable.bits)) if editable.mask else way]
            self._begun[editable, 0] = found
        return found


def _different(ways: Iterator[Way] | list[Way]) -> list[Way]:
    """The same *ways*, none twice."""
    return list({(way.before, way.now, way.changed, way.passages, way.opaque): way for way in ways}.values())
