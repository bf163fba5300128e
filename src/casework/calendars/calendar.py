"""A calendar: which days are worked on, and which years are not published yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

import attrs

from casework.model.term import Day
from casework.text import Text, as_text

Days = Mapping[date, Day]

WORKING_WEEK = frozenset(range(5))
"""Monday to Friday."""


@attrs.frozen(kw_only=True)
class Calendar:
    """Which days are worked on, by *name*.

    *exceptions* gives the days of a year that are not as their weekday says, or None where the year is not published.
    *advice* says what to do then. One that is not *installed* knows no year.
    """

    name: str
    exceptions: Callable[[int], Days | None] = attrs.field(eq=False)
    week: frozenset[int] = WORKING_WEEK
    title: Text = attrs.field(default=Text(), converter=as_text)
    advice: Text = attrs.field(default=Text(), converter=as_text)
    installed: bool = True

    def look_up(self, day: date) -> Day | None:
        """What is said of *day*; an ordinary one where nothing is. None where its year is not published."""
        days = self.exceptions(day.year)
        if days is None:
            return None
        return days.get(day) or Day(day, day.weekday() in self.week)

    def works(self, day: date) -> bool | None:
        """Whether *day* is worked on; None where its year is not published."""
        found = self.look_up(day)
        return None if found is None else found.works


def of_days(name: str, days: Iterable[Day]) -> Calendar:
    """A calendar that knows every year and no exceptions but *days*."""
    by_day = {item.day: item for item in days}
    return Calendar(name=name, exceptions=lambda _: by_day)
