"""Figures count what happened and nothing else; calendars name routes and never the places where people sleep."""

from __future__ import annotations

from datetime import timedelta

import icalendar
from hypothesis import given
from hypothesis import strategies as st
from outreach.night import EVENING, HEAD, Night

from casework import Case
from casework.outreach import figures, meet
from casework.outreach.roster import roster_calendar, turn_calendar

AT = {"found_at": "解放路桥下", "found_by": "li", "looks_minor": False, "needs_doctor": False}


def place(night: Night, where: str = "解放路桥下") -> Case:
    return night.planner.open("sleeping_place", where=where, kind="bridge", route="north loop", hazards=False)  # type: ignore[no-any-return]


def test_coverage_is_of_known_places_and_names_those_longest_unseen_first() -> None:
    night = Night()
    never, long_ago, gone, lately = (place(night, name) for name in ("a", "b", "c", "d"))
    night.worker.fire(long_ago, "look", sleepers=2)
    night.worker.fire(gone, "give_up")
    night.wait(timedelta(days=8))
    night.worker.fire(lately.id, "look", sleepers=0)
    told = figures.coverage(figures.read_all(night.planner, "sleeping_place", page=2), now=night.clock.now())

    assert (3, 1, 1 / 3) == (told.known, told.seen, told.share)
    assert (never.id, long_ago.id) == told.unseen
    assert {never.id, long_ago.id} == {
        case.id for case in night.worker.worklist("sleeping_place", "to_look_at").cases
    }, "the list and the figure agree"
    assert None is figures.coverage((), now=EVENING).share


@given(st.lists(st.integers(0, 20), max_size=8), st.integers(0, 20))
def test_more_days_never_cover_less(ages: list[int], within: int) -> None:
    places = [
        Case(
            id=str(number),
            case_type="sleeping_place",
            revision=1,
            unit="",
            main="sleeping_place",
            states={"sleeping_place": "known"},
            data={"seen_at": EVENING - timedelta(days=age)},
            opened_at=EVENING,
        )
        for number, age in enumerate(ages)
    ]
    less, more = (figures.coverage(places, now=EVENING, within=timedelta(days=n)) for n in (within, within + 1))

    assert sum(age <= within for age in ages) == less.seen <= more.seen
    assert less.known - less.seen == len(less.unseen)


def test_the_time_from_alert_to_first_contact_is_of_the_first_contact_on_any_of_its_patrols() -> None:
    night = Night()
    alert = {"alert": HEAD["identifier"], "alerted_at": EVENING - timedelta(hours=2)}
    patrol = night.out(**alert)
    other = night.planned(route="south loop", alert="nobody-met", alerted_at=EVENING)
    night.wait(timedelta(minutes=50))
    meet(night.worker, patrol, **AT)
    meet(night.worker, patrol, **AT, met_when=EVENING + timedelta(minutes=20))
    told = figures.responses(figures.read_all(night.planner, "patrol"), figures.read_all(night.planner, "contact"))

    assert [(HEAD["identifier"], timedelta(hours=2, minutes=20)), ("nobody-met", None)] == [
        (item.alert, item.wait) for item in told
    ]
    assert timedelta(hours=2, minutes=20) == figures.median_wait(told)
    assert None is figures.median_wait(told[1:])
    assert other.id


def test_hours_answers_and_goods() -> None:
    night = Night()
    patrol = night.out(24)
    first, second = (meet(night.worker, patrol, **AT) for _ in range(2))
    night.worker.fire(first.id, "hand_out", item="water", count=3)
    wrong = night.worker.fire(second.id, "hand_out", item="water", count=5)
    night.director.correct(wrong.id, wrong.revision, because="误登记")
    night.worker.fire(first.id, "accept")
    night.wait(timedelta(hours=2))
    night.worker.fire(patrol.id, "come_back")
    for turn in night.crew:
        night.worker.fire(turn, "check_out")
    contacts = tuple(figures.read_all(night.worker, "contact"))

    assert {"accepted": 1, "met": 1} == figures.answers(contacts)
    assert {"water": 3} == figures.handed_out(night.worker.history(case) for case in contacts)
    assert [("li", 1, timedelta(hours=2)), ("wu", 1, timedelta(hours=2))] == [
        (item.person, item.turns, item.out) for item in figures.hours(figures.read_all(night.planner, "patrol_turn"))
    ]
    assert () == figures.hours(figures.read_all(night._desk("audit", "auditor"), "patrol_turn")), "numbers are personal"


def test_the_roster_is_a_calendar_that_other_software_reads() -> None:
    night = Night()
    out = night.out(0)
    off = night.planner.fire(night.planned(route="south loop"), "call_off", reason="降雨")
    night.planner.open(
        "patrol", occasion="cold", route="unconfirmed", hazards=False, starts_at=EVENING, ends_at=EVENING
    )
    meet(night.worker, out, **AT)
    place(night)
    patrols, turns = (tuple(figures.read_all(night.planner, name)) for name in ("patrol", "patrol_turn"))
    content = roster_calendar(patrols, turns, now=EVENING, language="en")
    events = {str(event["uid"]): event for event in icalendar.Calendar.from_ical(content).walk("VEVENT")}

    assert {f"{out.id}@casework", f"{off.id}@casework"} == set(events)
    event = events[f"{out.id}@casework"]
    assert ("north loop · heat", EVENING, EVENING + timedelta(hours=3)) == (
        str(event["summary"]),
        event.start,
        event.end,
    )
    assert "can lead: li\nmedic: wu" == str(event["description"])
    assert "CANCELLED" == str(events[f"{off.id}@casework"]["status"])
    assert "解放路" not in content.decode()


def test_a_person_has_a_calendar_of_their_own_turns() -> None:
    night = Night()
    patrol = night.planned()
    turn = night.turn(patrol, "li", "leader")
    content = turn_calendar([turn], now=EVENING, language="zh")

    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert ("north loop · 可带队", f"{turn.id}@casework") == (str(event["summary"]), str(event["uid"]))
