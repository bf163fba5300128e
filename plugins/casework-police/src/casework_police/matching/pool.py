"""A pool of descriptions to look candidates up in, indexed so that one question compares few of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from casework import InvalidValue
from casework_police.matching.characters import Sign
from casework_police.matching.description import Description
from casework_police.matching.libraries import needed
from casework_police.matching.places import Place
from casework_police.matching.prepared import Prepared, prepared
from casework_police.matching.sound import coarse

_WINDOW = 16 * 365
_EXACT = 32
Key = tuple[str, object]


class Pool:
    """Descriptions that were made ready once, to be asked often. A reference may stand in it once.

    Looked at is whatever shares the sound of a character of a name, in any accent that is known; or a unit of the
    home with ages that fit; or the birth date. Without one of these no pair can reach the floor.
    """

    def __init__(self, descriptions: Iterable[Description]) -> None:
        needed()
        self._all: list[Prepared] = []
        self._index: dict[Key, list[int]] = {}
        seen: set[str] = set()
        for description in descriptions:
            if description.reference in seen:
                problem = f"{description.reference!r} stands in the pool twice"
                raise InvalidValue("reference", problem, f"“{description.reference}”在比对库中重复")
            seen.add(description.reference)
            for key in set(_keys(ready := prepared(description), stored=True)):
                self._index.setdefault(key, []).append(len(self._all))
            self._all.append(ready)

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Prepared]:
        return iter(self._all)

    def near(self, asked: Prepared) -> list[tuple[Prepared, int]]:
        """Those that are worth comparing with *asked*, in the order of the pool, with how many sounds they share."""
        shared: Counter[int] = Counter()
        for key in set(_keys(asked, stored=False)):
            found = self._index.get(key, ())
            if key[0] == "sound":
                shared.update(found)
            else:
                shared.update(dict.fromkeys(found, 0))
        return [(self._all[number], shared[number]) for number in sorted(shared)]


def _keys(ready: Prepared, *, stored: bool) -> Iterator[Key]:
    for _, meanings in ready.names:
        for meaning in meanings:
            for found in (*meaning.surname, *meaning.given):
                yield from _name_keys(found, stored=stored)
    if ready.births is None:
        return
    window = ready.births.first // _WINDOW
    for place in (*(() if ready.home is None else (ready.home,)), *ready.home_clues):
        for stem in _stems(place):
            yield "home", (stem, window)
            yield "home", (stem, window + 1)
    if ready.births.last - ready.births.first < _EXACT:
        yield "born", ready.births.first // _EXACT
        yield "born", ready.births.first // _EXACT + 1


def _name_keys(found: Sign, *, stored: bool) -> Iterator[Key]:
    """By sound; a foreign word, which has none, by its first letter, and so is every sign for the sake of those."""
    for syllable, _ in found.sound:
        yield "sound", coarse(syllable)
    if found.written:
        yield "sign", found.text
    foreign = not found.sound
    initial = (found.text if foreign or not found.written else f"{found.sound[0][0].initial}")[:1].lower()
    if stored or foreign:
        yield "letter", initial
    if foreign or not stored:
        yield "foreign letter", initial


def _stems(place: Place) -> Iterator[str]:
    if place.free:
        yield "" if not place.units else place.free
        yield place.free
    for unit in place.units:
        if unit.rank > 1:
            sounds = (unit.signs[0].sound, unit.signs[-1].sound) if unit.signs else ()
            yield unit.stem
            yield from (f"{n}{coarse(s)}" for n, sound in enumerate(sounds) for s, _ in sound[:1])
