"""Hours are not stolen: what a task asks and a volunteer has is not taken from whoever signs somebody up."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from volunteering.community import ANN, BEN, CERTIFIER, RECIPIENT, UNIT, Community, code

from casework import Case, Desk, InvalidValue
from casework.testing import assert_inv
from casework.volunteering import fill_places, sign_up

_HOUR = timedelta(hours=1)


@pytest.fixture
def community() -> Community:
    return Community()


def by_hand(desk: Desk, task: Case, volunteer: str, /, **forged: object) -> Case:
    """The service as somebody opens it who does not use ``sign_up``."""
    number = task.subjects["task"]
    told = {"volunteer": volunteer, "task": number, "what": "?", **forged}
    return desk.open("service", told, unit=UNIT, subjects={"volunteer": volunteer, "task": number})


def ready(community: Community, service: Case) -> Case:
    """The service with both sides named, not checked in yet."""
    desk = community.coordinator
    case = desk.fire(service.id, "name_certifier", certifier_is=CERTIFIER)
    return desk.fire(case, "name_recipient", recipient_is=RECIPIENT)


@pytest.mark.parametrize("forged", [{"planned_minutes": 720}, {"risky": False}, {"insured": True}, {"qualified": True}])
def test_who_signs_somebody_up_is_not_asked_about_risks_insurance_or_length(
    community: Community, forged: dict[str, object]
) -> None:
    community.file(ANN)
    task = community.task(planned_minutes=60, risky=True)

    assert "invalid-form" == code(lambda: by_hand(community.leader, task, ANN, **forged))


@pytest.mark.parametrize(("asked", "step"), [("risky", "insure"), ("needs_licence", "verify_licence")])
def test_whoever_opens_the_service_the_file_and_the_task_decide(community: Community, asked: str, step: str) -> None:
    file, task = community.file(ANN), community.task(planned_minutes=60, **{asked: True})
    case = by_hand(community.leader, task, ANN)
    before = code(lambda: community.leader.fire(case.id, "place"))
    community.coordinator.fire(file.id, step, {"policy": "P-1"} if step == "insure" else {"licence": "A"})
    placed = community.leader.fire(case.id, "place")

    assert ("unmet", "placed", 60) == (before, placed.state, placed.data["planned_minutes"])


def test_a_service_names_the_task_whose_place_it_takes(community: Community) -> None:
    community.file(ANN)
    case = by_hand(community.leader, community.task(), ANN, task="another")

    assert "unmet" == code(lambda: community.leader.fire(case.id, "place"))


def test_nobody_is_placed_who_is_not_registered_at_this_time(community: Community) -> None:
    file, task, desk = community.file(ANN), community.task(), community.coordinator
    told = []
    for step in ("suspend", "resume", "leave"):
        desk.fire(file.id, step, {} if step == "resume" else {"reason": "?"})
        told.append(desk.why_not(by_hand(desk, task, ANN).id, "place") is None)
    stranger = by_hand(desk, task, "nobody")

    assert [False, True, False] == told
    assert "unmet" == code(lambda: desk.fire(stranger.id, "place"))


def test_who_left_and_comes_back_is_insured_anew(community: Community) -> None:
    desk, task = community.coordinator, community.task(risky=True)
    file = desk.fire(community.file(ANN), "insure", policy="P-1")
    desk.fire(file, "leave", reason="迁居")
    again = community.file(ANN)
    case = sign_up(desk, task, again)
    before = code(lambda: desk.fire(case.id, "place"))
    desk.fire(again.id, "insure", policy="P-2")

    assert ("unmet", "placed") == (before, desk.fire(case.id, "place").state)


def test_nobody_is_registered_in_two_files(community: Community) -> None:
    community.file(ANN)

    assert "unmet" == code(lambda: community.file(ANN))


def test_a_file_that_was_taken_over_counts_once_it_is_registered_here(community: Community) -> None:
    community.coordinator.fire(community.file(ANN), "insure", policy="P-1")
    there = Community()
    records = list(community.coordinator.export(community.coordinator.find("volunteer").cases))
    for record in records:
        there.coordinator.import_(record)
    (file,) = there.coordinator.find("volunteer").cases
    case = sign_up(there.coordinator, there.task(risky=True), file)
    told = []
    for step, form in (("register", {"login": ANN}), ("insure", {"policy": "P-1"})):
        told.append(code(lambda: there.coordinator.fire(case.id, "place")))
        there.coordinator.fire(file.id, step, form)

    assert ["unmet", "unmet"] == told
    assert "placed" == there.coordinator.fire(case.id, "place").state
    assert_inv(there.app)


def test_nobody_is_placed_in_a_task_that_is_not_announced_or_is_over(community: Community) -> None:
    community.file(ANN)
    desk = community.coordinator
    drafted = desk.open("task", unit=UNIT, what="?", planned_minutes=60, risky=False, needs_licence=False)
    over = desk.fire(community.task(), "call_off", reason="下雨")

    for task in (drafted, over):
        case = by_hand(desk, task, ANN)
        assert "unmet" == code(lambda: desk.fire(case.id, "place"))  # noqa: B023


def test_no_second_task_lends_its_terms_to_the_first(community: Community) -> None:
    task = community.task(planned_minutes=60, risky=True)
    asked = {"what": "?", "planned_minutes": 720, "risky": False, "needs_licence": False}
    second = community.leader.open("task", asked, unit=UNIT, subjects=dict(task.subjects))

    assert "unmet" == code(lambda: community.leader.fire(second.id, "publish", count=1))


@pytest.mark.parametrize(
    ("start", "end", "refused"), [(0, 2, ""), (-1, 1, "unmet"), (1, 3, "unmet"), (2.5, 3, "unmet"), (1, 0, "unmet")]
)
def test_the_time_attested_lies_between_check_in_and_check_out(
    community: Community, start: float, end: float, refused: str
) -> None:
    case = community.done(community.file(ANN), community.task(planned_minutes=120))
    came = case.data["came_at"]
    assert isinstance(came, datetime)
    community.wait(timedelta(hours=12))
    for side, who, trigger in (("certified", CERTIFIER, "certify"), ("confirmed", RECIPIENT, "attest")):
        form = community.statement(side, 0, case)
        form |= {f"{side}_start": came + start * _HOUR, f"{side}_end": came + end * _HOUR}
        assert refused == code(lambda: community.person(who).fire(case.id, trigger, form))  # noqa: B023


def test_what_the_clock_checked_out_ends_there(community: Community) -> None:
    case = ready(
        community, community.leader.fire(sign_up(community.leader, community.task(), community.file(ANN)), "place")
    )
    community.leader.fire(case, "check_in")
    community.wait(timedelta(hours=24))
    community.wait(timedelta(hours=5))
    end = community.clock.now()
    form = {"certified_start": end - _HOUR, "certified_end": end, "certified_content": "?", "certified_minutes": 60}

    assert "unmet" == code(lambda: community.person(CERTIFIER).fire(case.id, "certify", form))


def test_nobody_is_checked_in_twice_so_the_same_hours_count_once(community: Community) -> None:
    file, task = community.file(ANN), community.task(planned_minutes=120)
    desk = community.coordinator
    first, second = (ready(community, desk.fire(by_hand(desk, task, ANN), "place")) for _ in range(2))
    desk.fire(first, "check_in")
    at_once = desk.why_not(second.id, "check_in")
    community.wait(2 * _HOUR)
    desk.fire(first.id, "check_out")
    desk.fire(second.id, "check_in")
    desk.fire(second.id, "check_out")
    form = community.statement("certified", 120, first)
    again = code(lambda: community.person(CERTIFIER).fire(second.id, "certify", form))
    community.settled(first, 120, 120)

    assert at_once is not None and "checked out there first" in at_once.sentence("en")
    assert "unmet" == again
    assert 120 == desk.balances(file.id)["time_bank", ""]
    assert_inv(community.app)


@pytest.mark.parametrize("end", ["check_out", "call_off", "clock"])
def test_whoever_is_checked_out_can_be_checked_in_elsewhere(community: Community, end: str) -> None:
    file, desk = community.file(ANN), community.coordinator
    first, second = (desk.fire(sign_up(desk, community.task(), file), "place") for _ in range(2))
    desk.fire(first, "check_in")
    if end == "clock":
        community.wait(timedelta(hours=24))
    else:
        desk.fire(first.id, end, {"reason": "?"} if end == "call_off" else {})

    assert "present" == desk.fire(second.id, "check_in").state


def test_somebody_signs_up_for_a_task_once(community: Community) -> None:
    file, task, desk = community.file(ANN), community.task(), community.coordinator
    case = sign_up(desk, task, file, request_id="one")
    with pytest.raises(InvalidValue, match="signed up"):
        sign_up(desk, task, file)
    desk.fire(case, "withdraw", reason="?")

    assert case.id == sign_up(desk, task, file, request_id="one").id
    assert case.id != sign_up(desk, task, file).id


def test_whose_insurance_ran_out_while_waiting_is_passed_over(community: Community) -> None:
    desk = community.coordinator
    files = [desk.fire(community.file(number), "insure", policy="P") for number in (ANN, BEN)]
    community.wait(timedelta(days=350))
    third = desk.fire(community.file("vol-3"), "insure", policy="P")
    task = community.task(1, risky=True)
    first, second, last = (desk.fire(sign_up(desk, task, file), "place") for file in (*files, third))
    community.wait(timedelta(days=15))
    desk.fire(first.id, "withdraw", reason="临时有事")
    moved = fill_places(desk, task)

    assert ["waiting", "waiting"] == [second.state, last.state]
    assert [last.id] == [case.id for case in moved]
