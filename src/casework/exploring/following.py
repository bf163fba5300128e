"""Automatic steps: a way is followed through all of them until it comes to rest, or never does."""

from __future__ import annotations

from casework.exploring.alphabet import Alphabet
from casework.exploring.asked import Asked, took
from casework.exploring.options import AUTOMATIC_STEPS, Merged, Options, Stopped, joined
from casework.exploring.passage import Passage
from casework.exploring.resting import Rests
from casework.exploring.standpoint import Resting, Standpoints
from casework.exploring.way import Origin, Way, beyond, met, widened, without

STEP_LIMIT = 50
"""As many automatic steps as deciding takes in one firing."""

Node = tuple[Way, int]
"""A way, and the configuration that it has come to."""
Alike = tuple[Origin, tuple[Passage, ...], int, int, int, tuple[str, ...]]
"""What two ways have in common that began alike and have come to the same, whatever transitions they took between."""


class Following:
    """Follows ways of one manifest; those that began alike and have come to the same are followed once."""

    def __init__(self, alphabet: Alphabet, standpoints: Standpoints) -> None:
        self._everything, self._states = alphabet.everything, alphabet.configuration
        self._standpoints, self._rests = standpoints, Rests(alphabet)
        self._alike: dict[Alike, Way] = {}
        self._steps: dict[tuple[Way, tuple[Asked, ...]], tuple[list[Way], list[Way]]] = {}
        self._followed: dict[Node, Options] = {}

    def rested(self, way: Way, configuration: int) -> Options:
        """What comes of a way that rests where it has come to from *configuration*."""
        return self._rests.of(way, self._standpoints.at(self._target(way, configuration)).resting)

    def follow(self, way: Way, configuration: int) -> Options:
        """What comes of a way that began in *configuration*."""
        target = (configuration & ~way.changed) | (way.now & way.changed & self._states)
        arrival = self._standpoints.arrival(target)
        if isinstance(arrival, Resting):
            return self._rests.of(way, arrival)
        visited: dict[Node, Options] = {}
        found, whole = self._visit((way, target), visited, {})
        visited.pop((way, target), None)
        if whole:
            # Where steps go in a circle, what comes of one depends on where it was entered.
            self._followed.update(visited)
        return found

    def _target(self, way: Way, configuration: int) -> int:
        return (configuration & ~way.changed) | (way.now & way.changed & self._states)

    def _visit(self, node: Node, visited: dict[Node, Options], path: dict[Node, None]) -> tuple[Options, bool]:
        """What comes of a way, and whether that was found without going in a circle."""
        known = self._followed.get(node) or visited.get(node)
        if known is not None:
            return known, True
        way, target = node
        arrival = self._standpoints.arrival(target)
        if isinstance(arrival, Resting):
            return self._rests.of(way, arrival), True
        if node in path or len(path) > STEP_LIMIT:
            label = way.origin.label
            return Options((), (Stopped(AUTOMATIC_STEPS, "", label, way.before, way.passages, way.opaque),)), False
        made, rest = self._stepped(way, arrival)
        found = [self._rests.of(each, self._standpoints.at(target).resting) for each in rest]
        path[node], whole = None, True
        for each in made:
            alike = self._alike_to(each)
            options, clear = self._visit((alike, self._target(each, target)), visited, path)
            whole = whole and clear
            found.append(options)
            if alike.passages != each.passages:
                merged: Merged = each.passages, options.moves
                found.append(Options(merged=(merged,)))
        del path[node]
        visited[node] = joined(found)
        return visited[node], whole

    def _alike_to(self, way: Way) -> Way:
        key = way.origin, way.passages[:1], way.before, way.now, way.changed, way.opaque
        return self._alike.setdefault(key, way)

    def _stepped(self, way: Way, automatic: tuple[Asked, ...]) -> tuple[list[Way], list[Way]]:
        """What comes of the next automatic step, and the cases in which none can be taken."""
        found = self._steps.get((way, automatic))
        if found is None:
            made, rest = list[Way](), [way]
            for each in automatic:
                asked = widened(rest, self._standpoints.free(each.passage))
                hit = met(each.true, asked)
                if hit:
                    made += took(each, hit, self._everything)
                    rest = without(beyond(each.true, asked), self._everything)
            found = self._steps[way, automatic] = made, rest
        return found
