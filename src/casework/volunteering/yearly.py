"""The figures of a year: who served how long and how well, who is honoured by rule, and what an employer is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta, timezone

import attrs

from casework import Case, Desk
from casework.volunteering.taking_part_data import UNRATED

# China has kept one time without summer time since 1991; a fixed offset needs no zone database.
CHINA = timezone(timedelta(hours=8))
_PAGE = 200


@attrs.frozen(kw_only=True)
class Year:
    """One volunteer's year. *ratings* are stars from 1 to 5, one for each service that was rated."""

    volunteer: str
    minutes: int = 0
    services: int = 0
    absences: int = 0
    ratings: tuple[int, ...] = ()

    @property
    def rating(self) -> float | None:
        """The mean of the ratings; None where there is none."""
        return sum(self.ratings) / len(self.ratings) if self.ratings else None


@attrs.frozen(kw_only=True)
class Standard:
    """What a community honours: enough minutes, few absences for a hundred services, good ratings."""

    minutes: int = 40 * 60
    absences: float = 5.0
    rating: float = 4.0

    def met(self, year: Year) -> bool:
        """Whether the year meets all of it; an unrated year does not."""
        expected = year.services + year.absences
        return (
            year.minutes >= self.minutes
            and 100 * year.absences <= self.absences * expected
            and year.rating is not None
            and year.rating >= self.rating
        )


def every(desk: Desk, case_type: str) -> Iterator[Case]:
    """Every case of the type that the desk may view, page by page, the newest first."""
    after = None
    while True:
        page = desk.find(case_type, after=after, limit=_PAGE)
        yield from page.cases
        if not page.more:
            return
        after = page.after


def years(desk: Desk, year: int) -> tuple[Year, ...]:
    """The year of everybody who took part, the longest service first; services count when they closed.

    *desk* reads ratings and numbers, as a coordinator's does.
    """
    found: dict[str, Year] = {}
    for case in every(desk, "service"):
        if case.closed_at is not None and case.closed_at.astimezone(CHINA).year == year:
            number = str(case.data["volunteer"])
            found[number] = _with(found.get(number, Year(volunteer=number)), case)
    return tuple(sorted(found.values(), key=lambda one: (-one.minutes, one.volunteer)))


def _with(year: Year, case: Case) -> Year:
    if case.state == "absent":
        return attrs.evolve(year, absences=year.absences + 1)
    if case.state != "credited":
        return year
    rating = case.data.get("rating")
    ratings = year.ratings if rating in (None, UNRATED) else (*year.ratings, int(str(rating)))
    minutes = case.data["credited_minutes"]
    assert isinstance(minutes, int)
    return attrs.evolve(year, minutes=year.minutes + minutes, services=year.services + 1, ratings=ratings)


def honours(found: Iterable[Year], standard: Standard | None = None) -> tuple[Year, ...]:
    """Those who meet the *standard*, in the order given."""
    held = standard or Standard()
    return tuple(year for year in found if held.met(year))


def for_employers(desk: Desk, found: Iterable[Year]) -> Mapping[str, tuple[Year, ...]]:
    """What each employer is told: the years of those who agreed that it is told (Regulation 685, art. 20)."""
    employers = {
        str(case.data["login"]): str(case.data["employer"])
        for case in every(desk, "volunteer")
        if case.data.get("employer_told") and "employer" in case.data and "login" in case.data
    }
    told: dict[str, list[Year]] = {}
    for year in found:
        if year.volunteer in employers:
            told.setdefault(employers[year.volunteer], []).append(year)
    return {employer: tuple(told[employer]) for employer in sorted(told)}
