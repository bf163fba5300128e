"""Count the term of a rule: from its start, over pauses and days off, to the instant at which it is over.

Conventions, with the articles of the Civil Code of China (民法典) that they follow: hours count from the instant itself
and days from the day after (§201); a term of months ends on the corresponding day of the last month, or on the month's
last day (§202); a last day off rolls to the next working day where the rule says so, and the last day ends at 24:00 or
when business closes (§203). A day counts where the term runs when that day ends, so that a pause takes out the nights
that it lasts over; a pause in hours takes out exactly as long as it lasts.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs

from casework.calendars.calendar import WORKING_WEEK, Calendar
from casework.calendars.zones import closing, local_day, zone_of
from casework.model.rule import Rule
from casework.model.term import Day, Pause

_DAY = timedelta(days=1)
FURTHEST = 3_660
"""Days looked at for one working day: a calendar that knows none for ten years is at fault."""


@attrs.frozen
class Stretch:
    """Days that were looked at without a pause between, both inclusive, and how many of them counted."""

    first: date
    last: date
    counted: int


@attrs.frozen(kw_only=True)
class Counted:
    """What counting came to. *due* is None while the term stands still, and where *missing*, a year, is not published.

    *nominal* is the last day that was counted, *last* the one that the term ends with. *days* are those that the
    calendar told of, *left* how many are to be counted yet of a term that stands still.
    """

    due: datetime | None
    earliest: datetime | None = None
    missing: int | None = None
    first: date | None = None
    nominal: date | None = None
    last: date | None = None
    left: int | None = None
    stretches: tuple[Stretch, ...] = ()
    days: tuple[Day, ...] = ()


def counted(
    rule: Rule, started: datetime, *, pauses: Sequence[Pause] = (), longer: int = 0, calendar: Calendar
) -> Counted:
    """When the term of *rule* is over that *started* then, *longer* by so many of its units."""
    if rule.unit == "hours":
        return _hours(started, timedelta(hours=rule.value + longer), pauses)
    return _Count(rule, started, longer, calendar).through(pauses)


def _hours(started: datetime, span: timedelta, pauses: Sequence[Pause]) -> Counted:
    due = started + span
    for since, until in pauses:
        if since >= due:
            break
        if until is None:
            return Counted(due=None)
        due += until - since
    return Counted(due=due)


def months_later(day: date, months: int) -> date:
    """The corresponding day so many months later, or the last day of that month (民法典 §202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class _Count:
    """One count of days, stretch by stretch."""

    def __init__(self, rule: Rule, started: datetime, longer: int, calendar: Calendar) -> None:
        self._rule, self._calendar = rule, calendar
        self._zone: ZoneInfo = zone_of(rule.zone)
        self._first = self._day = local_day(started, self._zone)
        amount = rule.value + longer
        self._left = (months_later(self._first, amount) - self._first).days if rule.unit == "months" else amount
        self._working = rule.unit == "working days"
        self._stretches: list[Stretch] = []
        self._days: dict[date, Day] = {}

    def through(self, pauses: Sequence[Pause]) -> Counted:
        """Count to the end, past every pause that began before it."""
        for since, until in pauses:
            ahead = self._end()
            if ahead.nominal is not None and closing(ahead.nominal, self._rule.closes, self._zone) <= since:
                return ahead  # it was counted out; a pause changes nothing any more
            stop = local_day(since, self._zone) - _DAY
            if stop > self._day:
                missing = self._step(stop)
                if missing is not None:
                    return self._unknown(missing)
            if until is None:
                return self._told(None, left=self._left)
            self._day = max(self._day, local_day(until, self._zone) - _DAY)
        return self._end()

    def _step(self, stop: date) -> date | None:
        """Count up to *stop*; answers with the first day that nobody knows of."""
        begun, before = self._day, self._left
        if not self._working:
            self._left -= (stop - begun).days
        else:
            while self._day < stop:
                works = self._works(self._day + _DAY)
                if works is None:
                    return self._day + _DAY
                self._day += _DAY
                self._left -= works
        self._day = stop
        self._stretches.append(Stretch(begun + _DAY, stop, before - self._left))
        return None

    def _end(self) -> Counted:
        """Where the term ends if it does not stand still any more."""
        day, left = self._day, max(self._left, 0)
        if not self._working:
            day += left * _DAY
        else:
            for _ in range(FURTHEST * max(left, 1)):
                if not left:
                    break
                works = self._works(day + _DAY)
                if works is None:
                    return self._unknown(day + _DAY, left)
                day += _DAY
                left -= works
        return self._rolled(day)

    def _rolled(self, nominal: date) -> Counted:
        last = nominal
        while self._rule.last_day == "rolls" and not (works := self._works(last)):
            if works is None:
                return self._unknown(last, nominal=nominal)
            last += _DAY
        due = closing(last, self._rule.closes, self._zone)
        stretches = self._stretches
        if nominal > self._day:
            stretches = [*stretches, Stretch(self._day + _DAY, nominal, self._left)]
        return self._told(due, nominal=nominal, last=last, stretches=tuple(stretches))

    def _works(self, day: date) -> bool | None:
        found = self._calendar.look_up(day)
        if found is None:
            return None
        if found.title or found.works != (day.weekday() in WORKING_WEEK):
            self._days[day] = found
        return found.works

    def _unknown(self, day: date, left: int = 1, nominal: date | None = None) -> Counted:
        """Nobody knows of *day*; the term ends no earlier than if that and all that follow were worked on."""
        last = day + max(left - 1, 0) * _DAY
        earliest = closing(last, self._rule.closes, self._zone)
        return self._told(None, earliest=earliest, missing=day.year, nominal=nominal)

    def _told(self, due: datetime | None, **more: object) -> Counted:
        known: dict[str, object] = {"stretches": tuple(self._stretches), **more}
        days = tuple(self._days[day] for day in sorted(self._days))
        return Counted(due=due, first=self._first, days=days, **known)  # type: ignore[arg-type]
