"""When somebody was born, between PFIF's date or age and the range of days that a report keeps.

An age holds on one day only, a range of birth days for ever: a child of twelve who went missing in 1998 is no
child of twelve today.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from casework_police.pfif.kinds import AGE_LIMIT, Age, PartialDate


def born_by_date(told: PartialDate) -> tuple[date, date]:
    """The first and the last day that a partial date allows."""
    least, most = told.month or 1, told.month or 12
    last = calendar.monthrange(told.year, most)[1]
    return date(told.year, least, told.day or 1), date(told.year, most, told.day or last)


def born_by_age(age: Age, on: date) -> tuple[date, date] | None:
    """The first and the last day of birth of somebody of that age *on* a day; None where years run out."""
    if on.year - age.maximum - 1 < 1:
        return None
    return _years_before(on, age.maximum + 1) + timedelta(days=1), _years_before(on, age.minimum)


def born(first: date, last: date, on: date) -> PartialDate | Age | None:
    """The date as far as it is one day, month or year, else the age *on* a day; None where it has neither."""
    if first == last:
        return PartialDate(first.year, first.month, first.day)
    for told in (PartialDate(first.year, first.month), PartialDate(first.year)):
        if (first, last) == born_by_date(told):
            return told
    return age_between(first, last, on)


def age_between(first: date, last: date, on: date) -> Age | None:
    """The age *on* a day of somebody born between two days; None for whoever was not born then."""
    least, most = age_on(last, on), age_on(first, on)
    return Age(least, most) if 0 <= least <= most <= AGE_LIMIT else None


def age_on(birth: date, on: date) -> int:
    """Full years from a day of birth to another day."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
