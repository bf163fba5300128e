"""The places of an organisation as a tree: who holds a role in a unit holds it in every unit below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from casework.errors import InvalidValue
from casework.model.actor import is_identifier
from casework.model.names import told

Pairs = tuple[tuple[str, str | None], ...]


def _pairs(value: Mapping[str, str | None] | Pairs) -> Pairs:
    pairs: Any = value.items() if isinstance(value, Mapping) else value
    try:
        found = tuple((unit, above) for unit, above in pairs)
    except (TypeError, ValueError):
        raise _unfit(f"takes units with the one above each, such as {{'north': 'anlu'}}, not {told(value)}") from None
    for name in (name for pair in found for name in pair if name is not None):
        if not is_identifier(name):
            raise _unfit(f"takes printable texts of 1 to 128 characters, not {told(name)}")
    return found


def _unfit(problem: str) -> InvalidValue:
    return InvalidValue("units", problem)


@attrs.frozen
class Units:
    """Every unit with the one above it, which is None for those at the top: ``Units({"anlu": None, "north": "anlu"})``.

    A unit that is not named here stands alone. Raises InvalidValue for a unit above that is not named itself, for
    one that is named twice, and for units that lie above each other in a circle.
    """

    above: Pairs = attrs.field(default=(), converter=_pairs)
    _ways: Mapping[str, tuple[str, ...]] = attrs.field(init=False, repr=False, eq=False)
    _within: Mapping[str, tuple[str, ...]] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Look every unit up once, so that asking costs nothing."""
        parents = dict(self.above)
        if len(parents) != len(self.above):
            names = [unit for unit, _ in self.above]
            raise _unfit(f"names {next(name for name in names if names.count(name) > 1)!r} twice")
        ways = {unit: tuple(_way(unit, parents)) for unit in parents}
        within: dict[str, list[str]] = {unit: [] for unit in parents}
        for unit, way in ways.items():
            for place in way:
                within[place].append(unit)
        object.__setattr__(self, "_ways", ways)
        object.__setattr__(self, "_within", {unit: tuple(below) for unit, below in within.items()})

    def within(self, unit: str) -> tuple[str, ...]:
        """The unit and all that lie below it."""
        return self._within.get(unit, (unit,))

    def way_up(self, unit: str) -> tuple[str, ...]:
        """The unit, the one above it, and so on to the top."""
        return self._ways.get(unit, (unit,))


def _way(unit: str, parents: Mapping[str, str | None]) -> Iterator[str]:
    seen: list[str] = []
    place: str | None = unit
    while place is not None:
        if place in seen:
            circle = " below ".join([*seen[seen.index(place) :], place])
            raise _unfit(f"lie above each other in a circle: {circle}")
        if place not in parents:
            raise _unfit(f"name {place!r} above {seen[-1]!r}, which is no unit; add {place!r}: None to the top")
        seen.append(place)
        yield place
        place = parents[place]


ALONE = Units()
"""No unit lies below another."""
