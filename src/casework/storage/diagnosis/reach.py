"""How far the calendars reach by which deadlines are counted: beyond it nobody can say when something is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from casework.calendars import Calendar
from casework.compiled import Compiled
from casework.storage.diagnosis.amiss import Amiss, note, problem

AHEAD = timedelta(days=60)
"""So long before the last known year ends it is told; the State Council publishes the next one in autumn."""
_YEARS = 20


def reaching(current: Iterable[Compiled], now: datetime) -> Iterator[Amiss]:
    """A finding for each calendar that is missing, ended, or ends before long."""
    for calendar in sorted(_used(current), key=lambda each: each.name):
        if not calendar.installed:
            en = f"{calendar.name!r} is not installed, so no deadline that is counted by it has a due date"
            zh = f"未安装工作日历“{calendar.name}”，按其计算的期限均无届满日；{calendar.advice.zh}"
            yield problem("calendar", f"{en}; {calendar.advice.en}", zh)
            continue
        last = _last(calendar, now.year)
        ends = date(now.year - 1 if last is None else last, 12, 31)
        if ends >= (now + AHEAD).date():
            continue
        en = f"{calendar.name!r} is known until {ends}: what is due later has no due date yet; {calendar.advice.en}"
        zh = f"工作日历“{calendar.name}”仅公布至{ends}，此后届满的期限尚无日期；{calendar.advice.zh}"
        yield (problem if last is None else note)("calendar", en, zh)


def _used(current: Iterable[Compiled]) -> set[Calendar]:
    """The calendars of rules that ask which days are worked on."""
    return {
        version.calendar
        for compiled in current
        for ruled in compiled.ruled.values()
        for version in ruled.versions
        if version.rule.unit == "working days" or version.rule.last_day == "rolls"
    }


def _last(calendar: Calendar, year: int) -> int | None:
    """The last of the years from *year* on that are published one after the other; None where that one is not."""
    last = None
    for number in range(year, min(year + _YEARS, date.max.year)):
        if calendar.look_up(date(number, 1, 1)) is None:
            return last
        last = number
    return last
