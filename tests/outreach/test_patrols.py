"""A patrol goes out safely, comes back whole, and everything that it carried is somewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from outreach.night import Night

from casework import Actor, InvalidValue, Refused
from casework.outreach import meet, put_on_roster


def test_an_alert_desk_proposes_and_decides_on_nothing() -> None:
    night = Night()
    proposed = night.planner.open(
        "patrol",
        occasion="heat",
        route="north loop",
        hazards=False,
        starts_at=night.clock.now(),
        ends_at=night.clock.now() + timedelta(hours=2),
    )

    assert "proposed" == proposed.state
    assert "wrong-state" == night.worker.why_not(proposed, "set_out").code
    assert [proposed.id] == [case.id for case in night.planner.worklist("patrol", "to_confirm").cases]


LEADER, MEDIC, DRIVER = ("leader", False), ("medic", False), ("driver", False)
VOLUNTEER, CHILD = ("volunteer", False), ("volunteer", True)
CREWS: dict[str, tuple[bool, list[tuple[str, bool]], str | None]] = {
    "nobody": (False, [], "unmet"),
    "alone": (False, [LEADER], "unmet"),
    "alone with a child": (False, [LEADER, CHILD], "unmet"),
    "nobody leads": (False, [("worker", False), MEDIC], "unmet"),
    "a volunteer in danger": (True, [LEADER, MEDIC, VOLUNTEER], "unmet"),
    "a child in danger": (True, [LEADER, MEDIC, CHILD], "unmet"),
    "two": (False, [LEADER, VOLUNTEER], None),
    "a child with two": (False, [LEADER, DRIVER, CHILD], None),
    "trained people in danger": (True, [LEADER, DRIVER], None),
}


def test_nobody_goes_out_alone_or_unled_and_no_volunteer_goes_into_danger() -> None:
    night = Night()
    found: dict[str, str | None] = {}
    for name, (hazards, crew, _) in CREWS.items():
        patrol = night.planned(hazards=hazards)
        for number, (duty, minor) in enumerate(crew):
            night.turn(patrol, f"{name} {number}", duty, minor=minor)
        refusal = night.worker.why_not(patrol.id, "set_out")
        found[name] = None if refusal is None else refusal.code

    assert {name: code for name, (_, _, code) in CREWS.items()} == found


def test_whoever_is_under_age_comes_along_as_a_volunteer_and_as_nothing_else() -> None:
    night = Night()
    turn = put_on_roster(night.planner, night.planned(), "xu", duty="leader", minor=True)

    assert "unmet" == night.worker.why_not(turn, "check_in").code


def test_nobody_is_on_two_patrols_at_once() -> None:
    night = Night()
    night.turn(night.planned(), "li", "leader")
    second = put_on_roster(night.planner, night.planned(route="south loop"), "li", duty="leader", minor=False)

    assert "unmet" == night.worker.why_not(second, "check_in").code


def test_nobody_is_left_behind_in_the_street() -> None:
    night = Night()
    patrol = night.out(0)
    third = night.turn(patrol, "qian")
    child = night.turn(patrol, "xu", "volunteer", minor=True)

    assert "unmet" == night.worker.why_not(child, "check_out").code, "a child does not go home alone"
    assert "unmet" == night.worker.why_not(night.crew[0], "check_out").code, "somebody has to lead"
    night.worker.fire(third, "check_out")
    assert "unmet" == night.worker.why_not(night.crew[1], "check_out").code, "two stay"
    night.worker.fire(patrol.id, "come_back")
    assert [None] * 3 == [night.worker.why_not(turn, "check_out") for turn in (*night.crew, child)]


def test_a_patrol_is_reported_when_everybody_is_home_and_the_kit_is_accounted_for() -> None:
    night = Night()
    patrol = night.out(24)
    contact = meet(night.worker, patrol, found_at="桥下", found_by="li", looks_minor=False, needs_doctor=False)
    night.worker.fire(contact, "hand_out", item="water", count=3)
    night.worker.fire(patrol.id, "come_back")

    def no() -> str:
        refusal = night.worker.why_not(patrol.id, "report", report="无异常")
        return "" if refusal is None else str(refusal.code)

    assert "unmet" == no()
    for turn in night.crew:
        night.worker.fire(turn, "check_out")
    assert "unmet" == no()
    night.worker.fire(patrol.id, "unpack", item="water", count=20)
    assert "unmet" == no(), "one bottle is missing"
    night.planner.fire(patrol.id, "write_off", item="water", count=1, reason="破损")
    assert "" == no()
    done = night.worker.fire(patrol.id, "report", report="无异常")
    assert ("reported", "li") == (done.state, done.data["led_by"])
    assert () == night.app.verify().faults


def test_no_more_is_handed_out_or_brought_back_than_is_in_the_kit() -> None:
    night = Night()
    patrol = night.out(2)
    contact = meet(night.worker, patrol, found_at="桥下", found_by="li", looks_minor=False, needs_doctor=False)
    night.worker.fire(contact.id, "hand_out", item="water", count=2)

    for call in (
        lambda: night.worker.fire(contact.id, "hand_out", item="water", count=1),
        lambda: night.worker.fire(contact.id, "hand_out", item="food", count=1),
        lambda: night.worker.fire(patrol.id, "unpack", item="water", count=1),
        lambda: night.worker.fire(patrol.id, "pack", item="water", count=99),
    ):
        with pytest.raises(Refused) as refused:
            call()
        assert "limit-reached" == refused.value.refusal.code


def test_a_patrol_that_is_not_back_in_twelve_hours_is_before_the_planner() -> None:
    night = Night()
    patrol = night.out(0)

    night.wait(timedelta(hours=11, minutes=59))
    assert 0 == night.planner.waiting("patrol", "not_back")
    night.wait(timedelta(minutes=2))
    assert [patrol.id] == [case.id for case in night.planner.worklist("patrol", "not_back").cases]
    assert 2 == night.planner.waiting("patrol_turn", "not_home")


def test_a_patrol_that_is_over_takes_nobody_on_and_meets_nobody() -> None:
    night = Night()
    patrol = night.planned()
    over = night.planner.fire(patrol, "call_off", reason="降雨")

    with pytest.raises(InvalidValue, match="patrol"):
        put_on_roster(night.planner, over, "li", duty="leader", minor=False)
    with pytest.raises(InvalidValue, match="patrol"):
        meet(night.worker, patrol, found_at="桥下", found_by="li", looks_minor=False, needs_doctor=False)


def test_whose_turn_it_is_sees_it_and_nobody_elses_once_they_are_told() -> None:
    night = Night()
    patrol = night.planned()
    mine, other = (put_on_roster(night.planner, patrol, login, duty="volunteer", minor=False) for login in ("xu", "he"))
    xu = night.app.desk(Actor("xu"))

    with pytest.raises(Refused):
        xu.get(mine.id)
    for turn in (mine, other):
        night.planner.fire(turn, "tell")
    assert ("north loop", ["withdraw"]) == (xu.get(mine.id).data["route"], list(xu.available(mine.id)))
    with pytest.raises(Refused):
        xu.get(other.id)
    assert "withdrawn" == xu.fire(mine.id, "withdraw").state


def test_two_workers_do_not_both_hand_out_the_last_bottle() -> None:
    night = Night()
    patrol = night.out(1)
    first, second = (
        meet(night.worker, patrol, found_at="桥下", found_by="li", looks_minor=False, needs_doctor=False) for _ in "ab"
    )
    night.worker.fire(first, "hand_out", item="water", count=1)

    assert "limit-reached" == night.worker.why_not(second, "hand_out", item="water", count=1).code
    assert 0 == night.worker.balances(second)["kit", "water"]
