"""Signing up: places are never overfilled, who waits first moves up first, a task knows how its services stand."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from faults.town import at_once
from oracle import balances
from stores import fresh
from volunteering.community import ANN, BEN, CLARA, LEADER, Community, code

from casework import Case, InvalidValue
from casework.volunteering import fill_places, sign_up, waiting_for


@pytest.fixture
def community() -> Community:
    return Community()


def placed(community: Community, task: Case, *numbers: str) -> list[Case]:
    """Services of new volunteers, asked to be placed one after the other, a minute apart."""
    found = []
    for number in numbers:
        file = community.file(number)
        found.append(community.leader.fire(sign_up(community.leader, task, file), "place"))
        community.clock.set(community.clock.now() + timedelta(minutes=1))
    return found


def test_who_comes_when_all_places_are_taken_waits(community: Community) -> None:
    task = community.task(2)

    assert ["placed", "placed", "waiting"] == [case.state for case in placed(community, task, ANN, BEN, CLARA)]


def test_the_first_to_wait_moves_up_when_somebody_withdraws(community: Community) -> None:
    task = community.task(1)
    first, second, third = placed(community, task, ANN, BEN, CLARA)
    waiting = [case.data["volunteer"] for case in waiting_for(community.leader, task)]
    community.person(ANN).fire(first.id, "withdraw", reason="临时有事")
    moved = fill_places(community.leader, task)

    assert [BEN, CLARA] == waiting
    assert [second.id] == [case.id for case in moved]
    assert "waiting" == community.leader.get(third.id).state
    assert () == fill_places(community.leader, task)


def test_a_newcomer_does_not_overtake_who_waits(community: Community) -> None:
    task = community.task(1)
    first, _ = placed(community, task, ANN, BEN)
    community.person(ANN).fire(first.id, "withdraw", reason="临时有事")
    (newcomer,) = placed(community, task, CLARA)

    assert "waiting" == newcomer.state


def test_waiting_ends_after_a_month(community: Community) -> None:
    task = community.task(1)
    _, second = placed(community, task, ANN, BEN)
    community.wait(timedelta(days=30))

    assert "not_placed" == community.leader.get(second.id).state
    assert 0 == balances(community.app)[f"queue|{task.subjects['task']}|"]


@pytest.mark.parametrize(("asked", "step"), [("risky", "insure"), ("needs_licence", "verify_licence")])
def test_risks_are_insured_and_licences_held_beforehand(community: Community, asked: str, step: str) -> None:
    task, file = community.task(3, **{asked: True}), community.file(ANN)
    form = {"policy": "P-1"} if step == "insure" else {"licence": "护士执业证"}
    case = sign_up(community.leader, task, file)
    without = code(lambda: community.leader.fire(case, "place"))
    community.coordinator.fire(file, step, form)
    community.wait(timedelta(days=365))
    expired = code(lambda: community.leader.fire(case.id, "place"))
    community.coordinator.fire(file.id, step, form)

    assert ["unmet", "unmet", ""] == [without, expired, code(lambda: community.leader.fire(case.id, "place"))]


def test_only_registered_volunteers_sign_up_and_only_for_tasks_that_recruit(community: Community) -> None:
    file, task = community.file(ANN), community.task()
    left = community.person(ANN).fire(file.id, "leave", reason="迁居")
    drafted = community.coordinator.open(
        "task", unit="changhe", what="?", planned_minutes=60, risky=False, needs_licence=False
    )

    for one, other in ((task, left), (drafted, file), (file, file)):
        with pytest.raises(InvalidValue):
            sign_up(community.leader, one, other)


def test_a_task_is_called_off_only_when_everybody_is_told(community: Community) -> None:
    task = community.task(1)
    cases = placed(community, task, ANN, BEN)
    early = code(lambda: community.coordinator.fire(task.id, "call_off", reason="下雨"))
    for case in cases:
        community.coordinator.fire(case.id, "call_off", reason="下雨")

    assert "unmet" == early
    assert "called_off" == community.coordinator.fire(task.id, "call_off", reason="下雨").state


def test_a_task_is_done_attested_and_credited_when_its_services_are(community: Community) -> None:
    task = community.task(2)
    first, second = placed(community, task, ANN, BEN)
    desk = community.coordinator
    for case in (first, second):
        desk.fire(case.id, "name_certifier", certifier_is="cert-1")
        desk.fire(case.id, "name_recipient", recipient_is="res-1")
    for step in ("staff", "begin"):
        desk.fire(task.id, step)
    desk.fire(first.id, "check_in")
    too_early = code(lambda: desk.fire(task.id, "finish"))
    desk.fire(second.id, "record_absence")
    desk.fire(task.id, "finish")
    community.wait(timedelta(minutes=120))
    desk.fire(first.id, "check_out")
    unsettled = code(lambda: desk.fire(task.id, "close_attesting"))
    community.settled(first, 120, 120)
    desk.fire(task.id, "close_attesting")

    assert ("unmet", "unmet") == (too_early, unsettled)
    assert "credited" == desk.fire(task.id, "conclude").state
    assert {"places": 0, "taken": 0, "came": 0, "counted": 1} == {
        name: balances(community.app)[f"{name}|{task.subjects['task']}|"]
        for name in ("places", "taken", "came", "counted")
    }


def test_a_task_to_which_nobody_came_says_so(community: Community) -> None:
    task = community.task(1)
    (case,) = placed(community, task, ANN)
    for step in ("staff", "begin"):
        community.leader.fire(task.id, step)
    community.leader.fire(case.id, "record_absence")

    assert "unmet" == code(lambda: community.leader.fire(task.id, "finish"))
    assert "nobody_came" == community.leader.fire(task.id, "record_nobody").state


def test_a_minor_is_registered_with_the_guardian_alone(community: Community) -> None:
    told = {"name": "小明", "sex": "male", "born": community.clock.now().date(), "phone": "0", "area": "昌和"}
    told |= {"skill": "hands", "intention": "culture", "consent": True, "minor": True}
    case = community.coordinator.open("volunteer", told, unit="changhe", subjects={"volunteer": "vol-7"})
    refused = code(lambda: community.coordinator.fire(case.id, "register", login="vol-7"))
    community.coordinator.amend(case.id, guardian_agrees=True)

    assert "unmet" == refused
    assert "registered" == community.coordinator.fire(case.id, "register", login="vol-7").state


def test_ten_who_ask_at_once_for_three_places_get_three() -> None:
    community = Community(fresh())
    task = community.task(3)
    cases = [sign_up(community.leader, task, community.file(f"vol-{number}")) for number in range(10)]
    told = at_once([lambda c=case: community.app.desk(LEADER).fire(c.id, "place").state for case in cases])  # type: ignore[misc]
    for case in cases:
        if community.leader.get(case.id).state == "placed":
            community.leader.fire(case.id, "withdraw", reason="临时有事")
    moved = at_once([lambda: fill_places(community.app.desk(LEADER), task)] * 4)
    states = Counter(community.leader.get(case.id).state for case in cases)

    assert Counter(placed=3, waiting=7) == Counter(told)
    assert 3 == len({case.id for part in moved for case in part}) == sum(map(len, moved))
    assert Counter(placed=3, waiting=4, withdrawn=3) == states
    community.app.dispose()
