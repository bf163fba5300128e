"""What may happen to a case in one configuration, as relations between sets of cases.

People fire, fields are amended, deadlines run out, time passes, others move. Each move is followed through every
automatic step, as deciding follows it, and comes out as one relation for every way it may go.
"""

from __future__ import annotations

from collections.abc import Iterator

from casework.exploring.alphabet import RUNG, Alphabet
from casework.exploring.beginning import Beginning
from casework.exploring.following import Following
from casework.exploring.offer import World
from casework.exploring.options import AUTOMATIC_STEPS as AUTOMATIC_STEPS
from casework.exploring.options import Move as Move
from casework.exploring.options import Options, joined
from casework.exploring.options import Stopped as Stopped
from casework.exploring.passage import Passage
from casework.exploring.standpoint import Standpoints
from casework.exploring.way import Label as Label
from casework.exploring.way import Origin, Way


class Moves:
    """The moves of one manifest in one world.

    What a trigger does is made up once for all configurations in which what it asks of states is the same; so is each
    automatic step, and what becomes of a way that comes to rest.
    """

    def __init__(self, alphabet: Alphabet, world: World | None = None) -> None:
        self.alphabet = alphabet
        self.world = world or World()
        self.standpoints = Standpoints(alphabet, self.world)
        self.passages = self.standpoints.passages
        self._states = alphabet.configuration
        self._beginning = Beginning(alphabet, self.world, self.standpoints)
        self._following = Following(alphabet, self.standpoints)
        self._known: dict[int, Options] = {}
        self._unfired: dict[tuple[str, int], Way] = {}

    def free(self, each: Passage) -> int:
        """What passing slots may be in this world."""
        return self.standpoints.free(each)

    def asked(self, configuration: int, each: Passage) -> Iterator[int]:
        """What passing slots may be of those whom a passage is for in *configuration*."""
        if each.item.transition.automatic:
            yield self.free(each)
        offers = self.standpoints.at(configuration).offers
        yield from (offer.free for offer in offers if any(other is each for other in offer.passages))

    def opening(self) -> Options:
        """The moves by which a new case begins; they start from nothing, so that *before* says nothing."""
        return self.settled(self._beginning.opening(), 0)

    def begun(self, configuration: int) -> list[Way]:
        """Every way that begins in *configuration*, before automatic steps."""
        return self._beginning.at(configuration)

    def at(self, node: int) -> Options:
        """The moves of the configuration of *node*."""
        configuration = node & self._states
        found = self._known.get(configuration)
        if found is None:
            ways = self.begun(configuration)
            found = self._known[configuration] = joined(self.settled(way, configuration) for way in ways)
        return found

    def settled(self, way: Way, configuration: int) -> Options:
        """What comes of one way that begins in *configuration*."""
        label = way.origin.label
        if label.kind == "wait":
            return self._following.rested(way, configuration)
        found = self._following.follow(way, configuration)
        if label.kind == "timer" and way.passages and found.stopped:
            # What must always hold refuses what the timer fires; its time has passed all the same.
            refused = dict.fromkeys(self._unfired_way(label.name, each.before) for each in found.stopped)
            found = joined([found, *(self._following.follow(each, configuration) for each in refused)])
        return found

    def _unfired_way(self, deadline: str, before: int) -> Way:
        found = self._unfired.get((deadline, before))
        if found is None:
            slot = self.alphabet.slots["deadline", deadline]
            now = (before & ~slot.mask) | slot.bit(RUNG)
            found = self._unfired[deadline, before] = Way(Origin(Label("timer", deadline)), before, now, slot.mask)
        return found
