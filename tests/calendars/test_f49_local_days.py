"""Local days end where they end, whatever the clocks do that night, and none is counted twice or left out (F49)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from calendars.daysteps import end_of
from calendars.test_due_dates_equal_an_oracle import ZONES

from casework.calendars import counted, day_end, weekdays, zone_of
from casework.model.rule import Rule

NIGHTS = {
    "the clocks jump over midnight": ("Africa/Cairo", date(2023, 4, 27)),
    "and over midnight elsewhere": ("America/Santiago", date(2022, 9, 10)),
    "they go back over midnight, into the day": ("America/Asuncion", date(2023, 3, 25)),
    "they go back to midnight": ("America/Havana", date(2023, 11, 4)),
    "they jump before midnight": ("America/Scoresbysund", date(2024, 3, 30)),
    "the day before the one that was skipped": ("Pacific/Apia", date(2011, 12, 29)),
    "the day that was skipped": ("Pacific/Apia", date(2011, 12, 30)),
    "half an hour": ("Australia/Lord_Howe", date(2024, 4, 6)),
    "nothing": ("Asia/Shanghai", date(2024, 4, 6)),
}


@pytest.mark.parametrize("night", NIGHTS)
def test_f49_a_day_ends_with_its_last_instant(night: str) -> None:
    name, day = NIGHTS[night]
    end = day_end(day, zone_of(name))

    assert end_of(day, zone_of(name)) == end
    assert (end - timedelta(microseconds=1)).astimezone(zone_of(name)).date() <= day
    assert end.astimezone(zone_of(name)).date() > day


def test_f49_a_term_over_a_clock_change_is_over_at_the_end_of_its_day() -> None:
    rule = Rule(id="a.rule", value=1, unit="days", zone="Europe/Berlin")
    hours = Rule(id="a.rule", value=24, unit="hours", zone="Europe/Berlin")
    started = datetime(2026, 3, 28, 12, tzinfo=UTC)

    assert datetime(2026, 3, 29, 22, tzinfo=UTC) == counted(rule, started, calendar=weekdays()).due
    assert datetime(2026, 3, 29, 12, tzinfo=UTC) == counted(hours, started, calendar=weekdays()).due


def test_f49_the_days_of_forty_zones_follow_each_other(long: bool) -> None:
    days = [date(2024, 3, 1) + timedelta(days=i) for i in range(3 * 366 if long else 62)]

    wrong = []
    for name in ZONES:
        zone = zone_of(name)
        ends = [day_end(day, zone) for day in days]
        lengths = {end - before for before, end in pairwise(ends)}
        wrong += [(name, length) for length in lengths if not timedelta(hours=22) <= length <= timedelta(hours=26)]
        wrong += [(name, day) for day, end in zip(days, ends, strict=True) if long and end != end_of(day, zone)]

    assert 40 == len(ZONES)
    assert [] == wrong
