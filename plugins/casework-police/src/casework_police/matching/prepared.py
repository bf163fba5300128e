"""Descriptions made ready to be compared many times: their names, ages and places read once."""

from __future__ import annotations

from datetime import date

import attrs

from casework_police.matching import ages, places
from casework_police.matching.ages import Births
from casework_police.matching.description import Description, Name
from casework_police.matching.names import Reading, readings
from casework_police.matching.places import Place
from casework_police.matching.sound import coarse


@attrs.frozen(eq=False)
class Prepared:
    """A description made ready to be compared many times.

    *plain_names* says that each name, in each of its meanings, has several characters of which no two sound alike.
    """

    description: Description
    names: tuple[tuple[Name, tuple[Reading, ...]], ...]
    births: Births | None
    home: Place | None
    home_clues: tuple[Place, ...]
    seen: tuple[Place, ...]
    plain_names: bool
    age_told: str
    days: tuple[date, ...]
    days_told: str


def _plain(reading: Reading) -> bool:
    keys = [{coarse(found) for found, _ in item.sound} for item in (*reading.surname, *reading.given)]
    return len(keys) > 1 and all(keys) and len(set().union(*keys)) == sum(map(len, keys))


def prepared(description: Description) -> Prepared:
    """Read names, ages and places once."""
    names = [(name, readings(name.text)) for name in description.names]
    for clue in description.clues:
        if clue.kind == "surname":
            names.append((Name(clue.text, "heard"), tuple(r for r in readings(clue.text) if not r.given)))
    told = tuple((name, found) for name, found in names if found)
    return Prepared(
        description,
        told,
        ages.births(description),
        None if description.home is None else places.place(description.home),
        tuple(places.place(clue.text) for clue in description.clues if clue.kind == "place"),
        tuple(places.place(text) for text in (description.last_seen_at, description.found_at) if text is not None),
        bool(told) and all(_plain(reading) for _, found in told for reading in found),
        ages.told(description),
        ages.days(description),
        ages.days_told(description),
    )
