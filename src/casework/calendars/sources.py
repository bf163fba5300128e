"""Where calendars come from: published ones of China, those of other countries, the bare working week."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from typing import Any

from casework.calendars.calendar import WORKING_WEEK, Calendar, Days
from casework.errors import SetupError
from casework.model.term import Day
from casework.text import Text

_INSTALL = Text("install casework[calendars]", "请安装 casework[calendars]")


def known_calendar(name: str) -> Calendar | None:
    """The calendar of that name that needs no application: ``weekdays``, ``cn``, or a country's code such as ``DE``.

    A part of a country stands behind a stroke: ``DE-BY``. None where there is none of that name.
    """
    if name in ("", "weekdays"):
        return weekdays()
    if name == "cn":
        return china()
    land, _, part = name.partition("-")
    return country(land, part=part) if len(land) == 2 and land.isupper() and land.isalpha() else None


def calendar_of(name: str, own: Mapping[str, Calendar]) -> Calendar:
    """The calendar of that name, an application's *own* first; where there is none, one that knows no year."""
    if name in own:
        return own[name]
    try:
        found, advice = known_calendar(name), Text(f"there is no calendar {name!r}", f"没有日历“{name}”")
    except SetupError as error:
        found, advice = None, Text(str(error))
    return found or Calendar(name=name, exceptions=lambda _: None, advice=advice, installed=False)


@cache
def weekdays() -> Calendar:
    """Monday to Friday, without any holiday, for every year."""
    return Calendar(name="weekdays", exceptions=lambda _: {}, title=Text("Monday to Friday", "周一至周五"))


@cache
def china() -> Calendar:
    """The working days of China as the State Council publishes them, year by year, days worked in lieu included.

    From the package chinesecalendar. A year that it does not know is not published; where it is not installed none is.
    """
    found = _imported("chinese_calendar.constants")
    advice = _INSTALL if found is None else Text("install a newer chinesecalendar", "请更新 chinesecalendar")

    @cache
    def year(number: int) -> Days | None:
        return None if found is None else _chinese(found, number)

    return Calendar(
        name="cn",
        exceptions=year,
        title=Text("working days in China", "中国工作日"),
        advice=advice,
        installed=found is not None,
    )


def _chinese(constants: Any, year: int) -> Days | None:
    if not any(day.year == year for day in constants.holidays):
        return None
    titles = {holiday.value: Text(holiday.value, holiday.chinese) for holiday in constants.Holiday}
    told = {day: Day(day, False, titles[name]) for day, name in constants.holidays.items() if day.year == year}
    for day, name in constants.workdays.items():
        if day.year == year:
            title = titles[name]
            told[day] = Day(day, True, Text(f"working day in lieu, {title.en}", f"{title.zh}调休上班"))
    return told


@cache
def country(code: str, *, part: str = "") -> Calendar:
    """The working days of a country, or of a *part* of it, by the package holidays.

    Raises SetupError where it is not installed, or does not know the country.
    """
    found = _imported("holidays")
    name = f"{code}-{part}" if part else code
    if found is None:
        raise SetupError(f"the calendar {name!r} needs the package holidays; {_INSTALL.en}")
    try:
        known = found.country_holidays(code, subdiv=part or None)
    except NotImplementedError:
        raise SetupError(f"the package holidays knows no calendar {name!r}") from None

    @cache
    def year(number: int) -> Days | None:
        return _listed(known, number) if known.start_year <= number <= known.end_year else None

    return Calendar(name=name, exceptions=year, title=Text(f"working days of {name}", f"{name} 工作日"))


def _listed(known: Any, year: int) -> Days:
    days: dict[date, Day] = {}
    day = date(year, 1, 1)
    while day.year == year:
        works = bool(known.is_working_day(day))
        name = known.get(day)
        if works != (day.weekday() in WORKING_WEEK) or (name and not works):
            days[day] = Day(day, works, Text(name or ""))
        if day == date.max:
            break
        day += timedelta(days=1)
    return days


def _imported(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None
