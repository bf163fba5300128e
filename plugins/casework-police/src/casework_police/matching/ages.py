"""Ages: the days on which somebody may have been born, and what two such ranges say."""

from __future__ import annotations

from datetime import date
from math import log2

import attrs

from casework_police.matching import weights
from casework_police.matching.description import Age, Description

_YEAR = 365.2425


@attrs.frozen
class Births:
    """A range of days as ordinals, both ends included, and by how many years they may be wrong."""

    first: int
    last: int
    tolerance: float


def births(description: Description) -> Births | None:
    """When the described person may have been born; by the birth date where there is one, else by the age."""
    if description.born is not None:
        return Births(
            description.born.earliest.toordinal(), description.born.latest.toordinal(), weights.TOLERANCE_BORN
        )
    return None if description.age is None else _by_age(description.age)


def _by_age(age: Age) -> Births:
    last = _years_before(age.at, age.low)
    first = _years_before(age.at, age.high + 1) + 1
    if not age.estimated:
        return Births(first, last, weights.TOLERANCE_STATED)
    share = weights.TOLERANCE_SHARE * (age.low + age.high) / 2
    return Births(first, last, max(weights.TOLERANCE_ESTIMATED, share))


def _years_before(day: date, years: int) -> int:
    year = max(1, day.year - years)
    return (day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)).toordinal()


def gap(one: Births, other: Births) -> float:
    """The years between two ranges; 0 where they overlap."""
    return max(0, one.first - other.last, other.first - one.last) / _YEAR


def weight(one: Births, other: Births) -> float:
    """What two ranges say, in bits: the closer both are held together, the more; against, beyond the tolerance."""
    apart = gap(one, other) - (one.tolerance + other.tolerance)
    if apart > 0:
        return max(weights.AGE_AGAINST, weights.AGE_AGAINST_FIRST + weights.AGE_AGAINST_YEAR * apart)
    hull = (max(one.last, other.last) - min(one.first, other.first) + 1) / _YEAR
    return min(weights.AGE_MOST, max(0.0, weights.AGE_SHARE * log2(weights.AGE_SPAN / hull)))


def agree(one: Births, other: Births) -> bool:
    """Whether the ranges overlap, rather than only lie within the tolerance."""
    return gap(one, other) == 0


def told(description: Description) -> str:
    """The birth date or the age as it is shown."""
    born, age = description.born, description.age
    if born is not None:
        return f"{born.earliest}" if born.earliest == born.latest else f"{born.earliest} – {born.latest}"
    if age is None:
        return ""
    return f"{age.low}" if age.low == age.high else f"{age.low}–{age.high}"


def days(description: Description) -> tuple[date, ...]:
    """The days on which the person was seen: last by kin, first by whoever found them."""
    return tuple(day for day in (description.last_seen_on, description.found_on) if day is not None)


def days_told(description: Description) -> str:
    """These days as they are shown."""
    return " – ".join(str(day) for day in days(description))
