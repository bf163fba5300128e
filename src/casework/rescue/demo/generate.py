"""Make up a month of arrivals: the same seed gives the same register, line by line and in flat memory.

The mix follows published national figures; nobody in it exists. Sources (see the README beside the
example): Ministry of Civil Affairs 2019 for age, illness and the share helped in a station; its first half
of 2016 for what led home.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import attrs

from casework.rescue.demo import words
from casework.rescue.demo.register import STATION_TIME, Row

JULY_2026 = date(2026, 7, 1)

# 2019: 1,026 thousand person-times helped, of them 783 thousand in a station, 169 thousand aged 60 or more,
# 156 thousand mentally ill or disabled.
_IN_STATION = 0.76
_AGED_60 = 0.165
_CONDITIONS = {"well": 71, "ill": 9, "injured": 5, "mental": 9, "intellectual": 4, "disabled": 2}
VULNERABLE = ("mental", "intellectual", "disabled")

# First half of 2016: 1,570 reunited = national site 456, DNA 253, other notices 203, talks and clues 658.
_WAYS = {"interview": 42, "national_site": 29, "dna": 16, "notice": 13}

# From here on the weights are plausible, not published.
_BRINGERS = {
    "street_patrol": 28,
    "police": 30,
    "city_management": 8,
    "citizen": 12,
    "self": 17,
    "hospital": 3,
    "other_station": 2,
}
_CANNOT_STATE = {"well": 0.03, "ill": 0.06, "injured": 0.06, "mental": 0.6, "intellectual": 0.6, "disabled": 0.1}
_TO_HOSPITAL = {"well": 0.01, "ill": 0.4, "injured": 0.7, "mental": 0.5, "intellectual": 0.05, "disabled": 0.05}
_NAMED = {"reunited": 52, "left": 40, "transferred": 4, "lost_contact": 3, "died": 1}
_ESCORTED = {"reunited": 86, "transferred": 8, "lost_contact": 4, "died": 2}
_NAMELESS = {"reunited": 72, "transferred": 8, "staying": 11, "settled": 4, "lost_contact": 4, "died": 1}

# Station, patrol and police bring people in by day; the evening patrol of hot months shows after supper.
_HOURS = (2, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 8, 6, 5, 7, 8, 8, 8, 7, 9, 9, 6, 4, 3)
_WEEKEND = 4, 3
"""Patrols go out more at weekends: four to three."""

_RELAY_DAY = 25


def _pick(rng: Random, weights: Mapping[str, int]) -> str:
    return rng.choices(tuple(weights), tuple(weights.values()))[0]


def generate(cases: int, seed: int, month: date = JULY_2026) -> Iterator[Row]:
    """*cases* arrivals in order over the month that *month* lies in.

    The first who arrives on the 25th or later is the relay that the local press told of in April 2024; its
    days are kept, its month is not.
    """
    rng, relayed = Random(seed), False
    for place, arrived in enumerate(_arrivals(rng, cases, month), start=1):
        row = _row(rng, f"AL{arrived:%Y%m}-{place:04d}", arrived)
        if arrived.day >= _RELAY_DAY and not relayed:
            row, relayed = _relay(row), True
        yield row


def _arrivals(rng: Random, cases: int, month: date) -> Iterator[datetime]:
    """Instants in order: each case has its share of the month's busy hours, and a place at random within it."""
    hours = list(_weighted_hours(month))
    total, reached, place = sum(weight for _, weight in hours), 0, 0
    for number in range(cases):
        at = (number + rng.random()) / cases * total
        while reached + hours[place][1] <= at:
            reached, place = reached + hours[place][1], place + 1
        start, weight = hours[place]
        yield start + timedelta(minutes=int((at - reached) / weight * 60))


def _weighted_hours(month: date) -> Iterator[tuple[datetime, int]]:
    for day in range(1, calendar.monthrange(month.year, month.month)[1] + 1):
        for hour, weight in enumerate(_HOURS):
            start = datetime(month.year, month.month, day, hour, tzinfo=STATION_TIME)
            yield start, weight * _WEEKEND[0 if start.weekday() >= 5 else 1]


def _row(rng: Random, number: str, arrived: datetime) -> Row:
    condition, age = _pick(rng, _CONDITIONS), _age(rng)
    bringer = _pick(rng, _BRINGERS)
    sex = "female" if rng.random() < 0.27 else "male"
    named = rng.random() >= _CANNOT_STATE[condition] + (0.15 if age >= 75 or age < 10 else 0)
    hospital = rng.random() < _TO_HOSPITAL[condition]
    # Whoever is helpless is taken in; the rest fill up the published share (a little over a fifth is helpless).
    lodged = rng.random() < (_IN_STATION - 0.225) / 0.775 or not named or hospital or age < 18
    return Row(
        number=number,
        arrived_at=arrived,
        **_finding(rng, bringer, arrived),
        alias=None if named else f"无名氏{number[-4:]}",
        sex="unknown" if not named and rng.random() < 0.02 else sex,
        age=age,
        can_state_identity=named,
        condition=condition,
        needs_hospital=hospital,
        in_station=lodged,
        **_course(rng, sex, named, lodged, hospital, must_be_escorted(age, condition)),
        note=None,
    )


def _finding(rng: Random, bringer: str, arrived: datetime) -> dict[str, Any]:
    """Where, by whom, and how the person came to the station."""
    finder = rng.choice(words.FINDERS[bringer])
    if bringer == "street_patrol" and not 6 <= arrived.hour < 19:
        finder = words.NIGHT_PATROL
    return {"found_at": _place(rng, bringer, finder), "brought_by": bringer, "found_by": finder}


def _place(rng: Random, bringer: str, finder: str) -> str:
    if bringer == "self":
        return "本站大厅"
    if bringer == "other_station":
        return finder.removesuffix("救助管理站") + "市区"
    where = rng.random()
    if where < 0.15:
        return rng.choice(words.STATIONS)
    if where < 0.7:
        return rng.choice(words.STREETS) + rng.choice(words.STREET_SPOTS)
    return rng.choice(words.TOWNS) + rng.choice(words.TOWN_SPOTS)


def _age(rng: Random) -> int:
    if rng.random() < _AGED_60:
        return 60 + min(rng.randrange(30), rng.randrange(30))
    return rng.randrange(3, 18) if rng.random() < 0.04 else rng.randrange(18, 60)


def must_be_escorted(age: int | None, condition: str) -> bool:
    """Whether somebody may not leave alone: under age, very old, or not able to look after themselves."""
    return age is None or age < 18 or age >= 75 or condition in VULNERABLE


def _course(rng: Random, sex: str, named: bool, lodged: bool, hospital: bool, escorted: bool) -> dict[str, Any]:
    """How it ends, after how long, and what led home."""
    if not lodged:
        outcome = "refused" if rng.random() < 0.04 else ("reunited" if escorted else "left")
        return {"outcome": outcome, "days": 0, **_identity(rng, sex, outcome == "reunited", "stated")}
    outcome = _pick(rng, _NAMELESS if not named else _ESCORTED if escorted else _NAMED)
    way = "stated" if named else _pick(rng, _WAYS)
    known = outcome == "reunited" or (named and outcome != "lost_contact")
    return {"outcome": outcome, "days": _days(rng, outcome, named, hospital), **_identity(rng, sex, known, way)}


def _identity(rng: Random, sex: str, known: bool, way: str) -> dict[str, Any]:
    name = rng.choice(words.SURNAMES) + rng.choice(words.GIVEN[sex])
    home = rng.choice(words.HOMES)
    return (
        {"identified_by": way, "name": name, "home": home}
        if known
        else dict.fromkeys(("identified_by", "name", "home"))
    )


def _days(rng: Random, outcome: str, named: bool, hospital: bool) -> int:
    if outcome == "settled":
        return rng.randrange(95, 180)
    if outcome == "staying":
        return rng.randrange(12, 40)
    stay = rng.randrange(1, 4) if named else 2 + min(rng.randrange(28), rng.randrange(28))
    return stay + (rng.randrange(3, 15) if hospital else 0)


def _relay(row: Row) -> Row:
    """The relay of April 2024: Lianyungang, Xiaogan on the 24th, Anlu on the 25th, home, and then to hospital."""
    return attrs.evolve(
        row,
        found_at="江苏省连云港市",
        brought_by="other_station",
        found_by="孝感市救助管理站",
        alias=None,
        sex="male",
        age=58,
        can_state_identity=True,
        condition="ill",
        needs_hospital=False,
        in_station=True,
        outcome="reunited",
        days=0,
        identified_by="stated",
        name="周德明",
        home="湖北省孝感市安陆市",
        note="接力护送：连云港→孝感（24日）→本站（25日）→街道办事处→家中，回家后送安陆市中医院住院",
    )
