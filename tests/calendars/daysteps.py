"""An oracle of due dates that shares no code with casework: it walks day by day, and looks at a clock for each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import attrs
import chinese_calendar

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
"""Every distance from UTC since 2018 is a whole number of these."""

Pauses = tuple[tuple[datetime, datetime], ...]


@attrs.frozen(kw_only=True)
class Asked:
    """A term to be counted: so many of a unit from *started* on, in a zone, by working days of China."""

    value: int
    unit: str
    started: datetime
    pauses: Pauses = ()
    zone: str = "Asia/Shanghai"
    rolls: bool = False


@cache
def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The first quarter of an hour from which on no clock there shows *day*, or an earlier one, again."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + 3 * DAY
    while (at - QUARTER).astimezone(zone).date() > day:
        at -= QUARTER
    return at


def works(day: date) -> bool | None:
    """Whether *day* is worked on in China; None where that is not published."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def due(asked: Asked) -> datetime | None:
    """When the term is over; None where a calendar that it needs is not published."""
    if asked.unit == "hours":
        return _minutes(asked)
    zone = ZoneInfo(asked.zone)
    first = day = asked.started.astimezone(zone).date()
    left = _days_of_months(first, asked.value) if asked.unit == "months" else asked.value
    while left:
        day += DAY
        counts: bool | None = True if asked.unit != "working days" else works(day)
        if counts is None:
            return None
        moment = end_of(day, zone) - timedelta(microseconds=1)
        if counts and not any(since <= moment < until for since, until in asked.pauses):
            left -= 1
    while asked.rolls and (counts := works(day)) is not True:
        if counts is None:
            return None
        day += DAY
    return end_of(day, zone)


def _minutes(asked: Asked) -> datetime:
    """Let every minute pass in which the clock does not stand still; everything begins on a whole one."""
    left, now, minute = asked.value * 60, asked.started, timedelta(minutes=1)
    while left:
        left -= not any(since <= now < until for since, until in asked.pauses)
        now += minute
    return now


def _days_of_months(first: date, months: int) -> int:
    """Walk until as many months have begun, then to the day of that number or the end of that month."""
    day, begun = first, 0
    while begun < months or (day.day < first.day and (day + DAY).day != 1):
        day += DAY
        begun += day.day == 1
    return (day - first).days
