"""The conventions by which terms are counted, one by one, and calendars that do not know yet."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from casework.calendars import Counted, china, counted, country, known_calendar, steps, weekdays
from casework.errors import InvalidValue, SetupError
from casework.model.rule import Rule
from casework.model.term import Pause, Term

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), SHANGHAI).replace(hour=hour)


def rule(value: int, unit: Any, **more: Any) -> Rule:
    return Rule(id="a.rule", value=value, unit=unit, zone="Asia/Shanghai", **more)


def last(found: Counted) -> str:
    assert found.due is not None
    return f"{(found.due - timedelta(microseconds=1)).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("term", "started", "ended"),
    [
        (rule(24, "hours"), at("2026-09-28"), "2026-09-29 09:59"),
        (rule(1, "days"), at("2026-09-28"), "2026-09-29 23:59"),
        (rule(1, "days"), at("2026-09-28", 0), "2026-09-29 23:59"),
        (rule(7, "working days"), at("2026-09-28"), "2026-10-13 23:59"),
        (rule(1, "working days"), at("2026-10-09"), "2026-10-10 23:59"),
        (rule(3, "months"), at("2025-11-30"), "2026-02-28 23:59"),
        (rule(1, "months"), at("2024-01-31"), "2024-02-29 23:59"),
        (rule(12, "months"), at("2024-02-29"), "2025-02-28 23:59"),
        (rule(3, "days", last_day="rolls"), at("2026-09-30"), "2026-10-08 23:59"),
        (rule(3, "days"), at("2026-09-30"), "2026-10-03 23:59"),
        (rule(1, "days", closes="17:30"), at("2026-09-28"), "2026-09-29 17:29"),
    ],
    ids=lambda value: f"{value.value} {value.unit} {value.last_day} {value.closes}" if isinstance(value, Rule) else "",
)
def test_a_term_ends_with_its_last_day(term: Rule, started: datetime, ended: str) -> None:
    assert ended == last(counted(term, started, calendar=china()))


@pytest.mark.parametrize(
    ("pause", "ended"),
    [
        ((at("2026-09-03"), at("2026-09-05")), "2026-09-13 23:59"),
        ((at("2026-09-03"), at("2026-09-03", 23)), "2026-09-11 23:59"),
        ((at("2026-09-11", 23), at("2026-09-12", 1)), "2026-09-12 23:59"),
        ((at("2026-09-12", 1), at("2026-09-20")), "2026-09-11 23:59"),
        ((at("2026-09-01", 11), at("2026-09-02")), "2026-09-11 23:59"),
    ],
    ids=[
        "two nights",
        "no night",
        "the last night",
        "after its end",
        "the night of the start, which does not count anyway",
    ],
)
def test_a_pause_takes_out_the_nights_that_it_lasts_over(pause: Pause, ended: str) -> None:
    assert ended == last(counted(rule(10, "days"), at("2026-09-01"), pauses=(pause,), calendar=china()))


def test_a_term_that_stands_still_is_not_due() -> None:
    for unit in ("hours", "days", "working days", "months"):
        paused = counted(rule(3, unit), at("2026-09-01"), pauses=((at("2026-09-01", 12), None),), calendar=china())

        assert (None, None) == (paused.due, paused.earliest)


def test_a_pause_in_the_days_that_the_end_rolled_over_changes_nothing() -> None:
    rolled = rule(3, "days", last_day="rolls")
    pause = (at("2026-10-04"), None)

    assert "2026-10-08 23:59" == last(counted(rolled, at("2026-09-30"), pauses=(pause,), calendar=china()))


def test_more_time_is_counted_in_the_unit_of_the_rule() -> None:
    longer = counted(rule(1, "months"), at("2026-01-31"), longer=1, calendar=china())

    assert "2026-03-31 23:59" == last(longer)


def test_a_year_that_is_not_published_is_said_and_never_guessed() -> None:
    term = rule(7, "working days")
    found = counted(term, at("2026-12-29"), calendar=china())
    said = steps(term, Term(started=at("2026-12-29")), found, china())[-1]

    assert (None, 2027) == (found.due, found.missing)
    assert found.earliest is not None and "2027-01-05" == f"{found.earliest - timedelta(hours=1):%Y-%m-%d}"
    assert "unknown" == said.kind
    assert "the calendar of 2027 (working days in China) is not published" in said.text.en
    assert "2027年日历（中国工作日）尚未公布" in said.text.zh


def test_what_needs_no_calendar_is_known_in_every_year() -> None:
    assert "2041-02-28 23:59" == last(counted(rule(2, "months"), at("2040-12-31"), calendar=china()))


def test_a_derivation_tells_every_step_in_both_languages() -> None:
    term, pauses = rule(7, "working days"), ((at("2026-09-29"), at("2026-09-30")),)
    found = counted(term, at("2026-09-28"), pauses=pauses, calendar=china())
    told = steps(term, Term(started=at("2026-09-28"), pauses=pauses), found, china())

    assert ["rule", "start", "pause", "days", "days", "last", "due"] == [step.kind for step in told]
    assert "2026-10-01/2026-10-07 is not counted: National Day" == told[3].text.en
    assert "2026-10-10上班（国庆节调休上班）" == told[4].text.zh
    assert "due at 2026-10-14 24:00 (Asia/Shanghai), which is 2026-10-14T16:00:00Z" == told[-1].text.en


def test_a_term_that_stands_still_says_how_much_of_it_is_left() -> None:
    term, pauses = rule(10, "days"), ((at("2026-09-04"), None),)
    found = counted(term, at("2026-09-01"), pauses=pauses, calendar=china())
    told = steps(term, Term(started=at("2026-09-01"), pauses=pauses), found, china())

    assert (8, None) == (found.left, found.due)
    assert ("8 days left to be counted", "尚余8日") == (told[-1].text.en, told[-1].text.zh)


def test_calendars_of_other_countries_are_known_by_their_codes() -> None:
    bavaria = known_calendar("DE-BY")

    assert bavaria is not None and bavaria.works(date(2026, 11, 1)) is False
    assert bavaria.works(date(2026, 11, 2)) is True
    assert bavaria.works(date(9990, 1, 1)) is None
    assert known_calendar("nowhere") is None
    assert weekdays() == known_calendar("")


def test_a_country_that_nobody_knows_is_a_fault_of_the_setup() -> None:
    with pytest.raises(SetupError, match="knows no calendar 'QQ'"):
        country("QQ")


def test_a_zone_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InvalidValue, match="there is no time zone 'Asia/Nowhere'"):
        counted(Rule(id="a.rule", value=1, unit="days", zone="Asia/Nowhere"), at("2026-09-28"), calendar=china())
