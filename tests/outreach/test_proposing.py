"""What alerts and days call for is proposed once, for the right nights and places, and decided on by people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from outreach.night import AREA, EVENING, HEAD, Night, cap, info

from casework import DocumentError
from casework.calendars import china, weekdays
from casework.outreach.alert import Alert, cancelled, standing
from casework.outreach.cap import read_alert
from casework.outreach.proposing import called_for_no_more, for_alerts, for_days, propose
from casework.outreach.table import Table, table_from, usual_table

TABLE = """
table = "anlu"
zone = "Asia/Shanghai"
calendar = "cn"
areas = ["420982", "安陆"]
[[alert]]
id = "heat"
occasion = "heat"
events = ["高温", "11B09"]
at_least = "yellow"
rules = {orange = "patrol.heat_orange"}
routes = ["north loop", "station"]
starts = "19:00"
ends = "21:30"
kit = {water = 48}
[[day]]
id = "weekend"
occasion = "weekend"
rule = "patrol.calendar"
routes = ["north loop"]
starts = "22:00"
ends = "00:30"
[[day]]
id = "holiday"
occasion = "holiday"
routes = ["station"]
starts = "19:00"
ends = "21:00"
"""
RAISED = {"identifier": "2", "references": f"{HEAD['sender']},{HEAD['identifier']},{HEAD['sent']}"}


def table(text: str = TABLE) -> Table:
    return table_from(text)


def alert(*infos: str, **changes: str) -> Alert:
    return read_alert(cap(*infos, **changes))


def test_an_alert_calls_for_each_route_on_each_night_until_it_expires() -> None:
    found = for_alerts([alert()], table(), now=EVENING, days=5)

    assert [("north loop", 11), ("station", 11), ("north loop", 12), ("station", 12)] == [
        (item.route, item.starts_at.day) for item in sorted(found, key=lambda item: (item.starts_at, item.route))
    ]
    assert {(11, 0), (13, 30)} == {(at.hour, at.minute) for item in found for at in (item.starts_at, item.ends_at)}
    assert {("heat", "orange", "patrol.heat_orange", (("water", 48),))} == {
        (item.occasion, item.level, item.rule, item.kit) for item in found
    }
    assert "气象灾害预警信号" in found[0].because.zh and "高温橙色预警" in found[0].because.zh


@pytest.mark.parametrize(
    "changed",
    [
        alert(info(event="大雾")),
        alert(info(severity="Minor", headline="蓝色预警")),
        alert(info(AREA.replace("420982", "421182"))),
        alert(info(urgency="Past")),
        alert(info(expires="2026-07-11T18:00:00+08:00")),
        alert(status="Exercise"),
        alert(status="Test"),
        alert(msgType="Ack"),
        alert(sent="2026-07-12T16:05:00+08:00"),
    ],
    ids=["event", "level", "area", "past", "expired", "exercise", "test", "acknowledgement", "future"],
)
def test_what_is_not_meant_calls_for_nothing(changed: Alert) -> None:
    assert () == for_alerts([changed], table(), now=EVENING)


@pytest.mark.parametrize("code", ["420000", "420900", "420982", "420982001"])
def test_a_division_above_or_within_ours_concerns_us(code: str) -> None:
    assert 2 == len(for_alerts([alert(info(AREA.replace("420982", code)))], table(), now=EVENING, days=1))


def test_what_is_told_in_several_languages_is_one_alert() -> None:
    both = alert(info(), info(language="en-GB", event="heat", headline="Orange heat warning"))

    assert 2 == len(for_alerts([both], table(), now=EVENING, days=1))


def test_an_update_takes_the_place_of_what_it_updates_and_a_cancellation_ends_it_in_any_order() -> None:
    first = alert()
    update = alert(info(headline="高温红色预警", severity="Extreme"), msgType="Update", **RAISED)
    end = alert(msgType="Cancel", **RAISED)
    foreign = alert(msgType="Cancel", **{**RAISED, "sender": "somebody@else.example"})

    for told in ([first, update], [update, first]):
        assert ["2"] == [item.identifier for item in standing(told, now=EVENING)]
        assert {"red"} == {item.level for item in for_alerts(told, table(), now=EVENING)}
    assert () == standing([end, first], now=EVENING)
    assert [first] == list(standing([foreign, first], now=EVENING)), "nobody cancels what another has sent"
    assert {HEAD["identifier"]} == cancelled([end, first])


def test_a_proposal_is_opened_once_whoever_reads_the_alert_and_a_person_confirms_it() -> None:
    night = Night()
    found = for_alerts([alert()], table(), now=EVENING, days=1)
    first, again = propose(night.planner, found), propose(night.director, found)

    assert ([True, True], [False, False]) == ([item.new for item in first], [item.new for item in again])
    assert [item.case.id for item in first] == [item.case.id for item in again]
    assert {"proposed"} == {item.case.state for item in first}
    assert 2 == night.planner.waiting("patrol", "to_confirm")
    assert HEAD["identifier"] == first[0].case.data["alert"]
    night.planner.fire(first[0].case, "dismiss", reason="已有安排")
    assert [False, False] == [item.new for item in propose(night.planner, found)], "what was dismissed stays so"


def test_when_its_alert_is_cancelled_a_patrol_ahead_is_told_to_people() -> None:
    night = Night()
    first, second = propose(night.planner, for_alerts([alert()], table(), now=EVENING, days=1))
    night.planner.fire(first.case, "confirm")
    night.planner.fire(second.case, "dismiss", reason="已有安排")

    assert [first.case.id] == [case.id for case in called_for_no_more(night.planner, [HEAD["identifier"]])]


def test_weekends_holidays_and_days_worked_in_lieu() -> None:
    """National Day 2026: the holiday runs from Thursday on, and 10 October, a Saturday, is worked."""
    found = for_days(table(), china(), first=date(2026, 9, 28), days=14).proposals
    local = [(item.occasion, (item.starts_at + timedelta(hours=8)).date().isoformat()) for item in found]

    assert ("holiday", "2026-10-01") in local
    assert "2026-10-10" not in [day for _, day in local]
    assert ("weekend", "2026-10-11") in local
    assert "国庆" in next(item.because.zh for item in found if item.occasion == "holiday")


def test_a_patrol_past_midnight_ends_on_the_next_day() -> None:
    (saturday, _) = for_days(table(), weekdays(), first=date(2026, 7, 11), days=2).proposals

    assert (datetime(2026, 7, 11, 14, tzinfo=UTC), timedelta(hours=2, minutes=30)) == (
        saturday.starts_at,
        saturday.ends_at - saturday.starts_at,
    )


def test_a_large_event_is_on_its_dates_whatever_the_calendar_knows() -> None:
    fair = '[[day]]\nid = "fair"\noccasion = "event"\ndates = [2040-05-03]\nroutes = ["station"]\n'
    held = table(f'{TABLE}{fair}starts = "17:00"\nends = "22:00"\n')
    found = for_days(held, china(), first=date(2040, 5, 1), days=7)

    assert [("event", "station")] == [(item.occasion, item.route) for item in found.proposals]
    assert (2040,) == found.unpublished


def test_a_year_that_is_not_published_is_told_and_nothing_is_guessed() -> None:
    found = for_days(table(), china(), first=date(2040, 1, 1), days=30)

    assert ((), (2040,)) == (found.proposals, found.unpublished)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('zone = "Asia/Shanghai"', 'zone = "Mars"', "zone"),
        ('starts = "19:00"', 'starts = "7 pm"', "alert[0].starts"),
        ('occasion = "heat"', 'occasion = "fog"', "alert[0].occasion"),
        ("patrol.heat_orange", "patrol.heat_pink", "alert[0].rules"),
        ("water = 48", "water = 0", "alert[0].kit"),
        ("water = 48", "whisky = 1", "alert[0].kit"),
        ('["高温", "11B09"]', "[]", "alert[0].events"),
        ('id = "holiday"', 'id = "weekend"', "id"),
        ('at_least = "yellow"', 'at_last = "yellow"', "alert[0].at_last"),
        ('occasion = "weekend"', 'occasion = "event"', "day[0].dates"),
        ('occasion = "weekend"', 'dates = ["soon"]\noccasion = "weekend"', "day[0].dates"),
        ('table = "anlu"', "", "table"),
        ('table = "anlu"', "table =", "document"),
    ],
)
def test_a_mistake_in_the_table_is_told_with_its_place(old: str, new: str, where: str) -> None:
    with pytest.raises(DocumentError) as wrong:
        table(TABLE.replace(old, new, 1))

    assert [("CW823", where)] == [(finding.code, finding.path) for finding in wrong.value.findings]


def test_the_table_that_ships_proposes_patrols_that_can_be_opened() -> None:
    night = Night()
    found = (
        *for_alerts([alert(), alert(info(event="寒潮"), identifier="c")], usual_table(), now=EVENING),
        *for_days(usual_table(), china(), first=date(2026, 2, 10), days=20).proposals,
    )

    assert {"heat", "cold", "weekend", "holiday"} == {item.occasion for item in found}
    assert all(item.new for item in propose(night.planner, found))
