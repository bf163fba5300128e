"""Due dates equal those of a day-stepping oracle, over clock changes, holidays, months and pauses."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from calendars.daysteps import Asked, Pauses, due

from casework.calendars import china, counted, of_days
from casework.model.rule import UNITS, Rule

ZONES = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "America/Adak",
    "America/Asuncion",
    "America/Bogota",
    "America/Chicago",
    "America/Godthab",
    "America/Havana",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Phoenix",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/Scoresbysund",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Amman",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Pyongyang",
    "Asia/Shanghai",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Asia/Urumqi",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Eucla",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Volgograd",
    "Pacific/Apia",
    "Pacific/Chatham",
)
MINUTES_OF_NINE_YEARS = 9 * 365 * 24 * 60


def drawn(dice: random.Random) -> Asked:
    """Any start from 2018 to 2026, any rule, up to three pauses, any zone."""
    unit = dice.choice(UNITS)
    started = datetime(2018, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(MINUTES_OF_NINE_YEARS))
    most = {"hours": 96, "days": 60, "working days": 20, "months": 6}[unit]
    return Asked(
        value=dice.randint(1, most),
        unit=unit,
        started=started,
        pauses=_pauses(dice, started),
        zone=dice.choice(ZONES),
        rolls=unit != "hours" and dice.random() < 0.5,
    )


def _pauses(dice: random.Random, at: datetime) -> Pauses:
    pauses = []
    for _ in range(dice.choice((0, 0, 1, 2, 3))):
        since = at + timedelta(minutes=dice.randrange(10 * 24 * 60))
        at = since + timedelta(minutes=dice.choice((1, 90, dice.randrange(12 * 24 * 60))))
        pauses.append((since, at))
    return tuple(pauses)


def same(asked: Asked) -> bool:
    """Whether both come to the same; and whether the days that were told of are enough to come to it again."""
    rule = Rule(
        id="a.rule",
        value=asked.value,
        unit=asked.unit,  # type: ignore[arg-type]
        zone=asked.zone,
        last_day="rolls" if asked.rolls else "stands",
    )
    found = counted(rule, asked.started, pauses=asked.pauses, calendar=china())
    again = counted(rule, asked.started, pauses=asked.pauses, calendar=of_days("told", found.days))
    wanted = due(asked)
    if wanted is None:
        return found.due is None and found.missing == 2027 and found.earliest is not None
    return wanted == found.due == again.due and (found.earliest, found.missing) == (None, None)


def test_due_dates_equal_those_of_the_oracle() -> None:
    dice = random.Random(7)

    assert [] == [asked for asked in (drawn(dice) for _ in range(250)) if not same(asked)]


@pytest.mark.long
def test_a_hundred_thousand_due_dates_equal_those_of_the_oracle() -> None:
    dice = random.Random(2026)

    assert [] == [asked for asked in (drawn(dice) for _ in range(100_000)) if not same(asked)]
