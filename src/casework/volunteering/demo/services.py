"""How an activity goes, from its announcement to its books, and what each volunteer's part in it comes to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

import attrs

from casework import Case, InvalidValue, field, state
from casework.volunteering.demo.attesting import attesting
from casework.volunteering.demo.people import Community
from casework.volunteering.demo.plan import Occasion
from casework.volunteering.demo.slips import (
    CALLED_OFF_TOO_SOON,
    CONCLUDED_TOO_SOON,
    ELSEWHERE,
    NO_RISKS,
    OLD_SCREEN,
    ONE_PERSON_TWICE,
    REUSED,
    UNINSURED,
)
from casework.volunteering.demo.stage import Course, Stage
from casework.volunteering.signing_up import fill_places, sign_up, waiting_for

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
CERTIFIERS = tuple(f"rz-{number:02}" for number in range(1, 9))


@attrs.frozen
class Announced:
    """An occasion that is announced: its activity, and its task by id and by the number that services name."""

    occasion: Occasion
    activity: str
    task: str
    number: str


def occasion(stage: Stage, community: Community, one: Occasion) -> Course:
    """The whole course of one activity."""
    rng = stage.chance(f"{one.name} {one.begins:%Y%m%d} {one.team}")
    yield one.begins - rng.uniform(8, 11) * _DAY
    announced = _announce(stage, community, one, rng)
    _recruit(stage, community, announced, rng)
    if one.rained_off:
        yield one.begins - _HOUR
        yield from _call_off(stage, announced, rng)
        return
    yield one.begins - _HOUR
    yield from _hold(stage, announced, rng)


def _eve(one: Occasion) -> datetime:
    """The afternoon before; whoever cannot come says so until then."""
    return (one.begins - _DAY).replace(hour=17)


def _announce(stage: Stage, community: Community, one: Occasion, rng: Random) -> Announced:
    leader = stage.leader(one.team)
    project = stage.fire(leader, community.projects[one.team], "add_activity", name=one.name, place="昌和社区")
    activity = stage.child(project)
    if stage.slips(rng, "no risks", 0.04):
        told = {"content": one.what, "starts_at": one.begins}
        stage.slip(NO_RISKS, lambda: leader.fire(activity, "announce", told), "invalid-form")
    stage.fire(leader, activity, "announce", content=one.what, risks=one.risks, starts_at=one.begins)
    asked = {"risky": one.risky, "needs_licence": one.needs_licence, "team": one.team}
    task = stage.child(stage.fire(leader, activity, "add_task", what=one.what, planned_minutes=one.minutes, **asked))
    stage.fire(leader, task, "publish", count=one.places)
    return Announced(one, activity, task, leader.get(task).subjects["task"])


def _recruit(stage: Stage, community: Community, announced: Announced, rng: Random) -> None:
    wanted = max(1, round(announced.occasion.places * rng.uniform(0.75, 1.5)))
    for number in community.candidates(announced.occasion.team, rng)[:wanted]:
        stage.begin(_service(stage, announced, number, community.files[number]))


def _hold(stage: Stage, announced: Announced, rng: Random) -> Course:
    """From an hour before it begins until everything is in the books."""
    one, leader, desk = announced.occasion, stage.leader(announced.occasion.team), stage.coordinator
    # Nobody may have signed up, or all may have withdrawn.
    if any(True for _ in _of_task(stage, announced, "placed", "confirmed")):
        stage.fire(leader, announced.task, "staff")
    else:
        yield from _call_off(stage, announced, rng)
        return
    yield one.begins
    stage.fire(leader, announced.task, "begin")
    yield one.ends + 2 * _HOUR
    for case in tuple(waiting_for(leader, leader.get(announced.task))):
        stage.fire(leader, case, "let_go")
    came = any(True for _ in _of_task(stage, announced, "present", "done"))
    stage.fire(leader, announced.task, "finish" if came else "record_nobody")
    stage.fire(leader, announced.activity, "hold")
    yield stage.now + rng.uniform(1, 17 if rng.random() < 0.1 else 9) * _DAY
    told = {"people_served": one.served, "result": "按计划完成"}
    stage.fire(leader, announced.activity, "record", **told)
    stage.fire(desk, announced.activity, "close")
    if came:
        yield from _books(stage, announced, rng)


def _books(stage: Stage, announced: Announced, rng: Random) -> Course:
    """Close the task once everybody is settled; somebody may try before."""
    desk, leader = stage.coordinator, stage.leader(announced.occasion.team)
    while any(True for _ in _of_task(stage, announced, "present", "done")):
        if stage.slips(rng, "too soon", 0.1):
            stage.slip(CONCLUDED_TOO_SOON, lambda: leader.fire(announced.task, "close_attesting"), "unmet")
        yield stage.now + 4 * _DAY
    stage.fire(leader, announced.task, "close_attesting")
    stage.fire(desk, announced.task, "conclude")


def _call_off(stage: Stage, announced: Announced, rng: Random) -> Course:
    """Everybody is told first; the task asks its own accounts whether they were."""
    desk, told = stage.coordinator, {"reason": "天气原因取消" if announced.occasion.rained_off else "报名人数不足"}
    standing = tuple(_of_task(stage, announced, "signed_up", "waiting", "placed", "confirmed"))
    if any(case.state != "signed_up" for case in standing):
        stage.slip(CALLED_OFF_TOO_SOON, lambda: desk.fire(announced.task, "call_off", told), "unmet")
    for case in standing:
        stage.fire(desk, case, "call_off", **told)
    yield stage.now + timedelta(minutes=20)
    stage.fire(desk, announced.task, "call_off", **told)
    stage.fire(desk, announced.activity, "call_off", **told)


def _of_task(stage: Stage, announced: Announced, *states: str) -> Iterator[Case]:
    """The open services of the task that are in one of the states."""
    condition = (field("task") == announced.number) & state("service").in_(*states)
    after = None
    while True:
        page = stage.coordinator.find("service", condition, open_only=True, after=after, limit=200)
        yield from page.cases
        if not page.more:
            return
        after = page.after


def _service(stage: Stage, announced: Announced, number: str, file: str) -> Course:
    """One volunteer signs up and, where there is a place, comes."""
    one, desk, leader = announced.occasion, stage.coordinator, stage.leader(announced.occasion.team)
    rng = stage.chance(f"{announced.task} {number}")
    yield stage.now + rng.uniform(0.1, 6.2) * _DAY
    try:
        case = sign_up(desk, desk.get(announced.task), desk.get(file), request_id=f"{announced.task} {number}")
    except InvalidValue:
        return  # has left, or the sign-up is over
    stage.tally.firings += 1
    if stage.slips(rng, "reused", 0.004):
        key = f"{announced.task} {number}"
        stage.slip(REUSED, lambda: desk.fire(case.id, "place", request_id=key), "request-reused")
    placed = stage.attempt(UNINSURED, lambda: leader.fire(case.id, "place"), "unmet")
    if placed is None:
        stage.fire(desk, case, "withdraw", reason="不符合保险或资格要求")
        return
    if placed.state == "waiting":
        yield _eve(one) + 3 * _HOUR
    elif rng.random() < 0.2:
        yield from _withdraw(stage, announced, placed, number, rng)
        return
    yield from _come(stage, announced, case.id, number, rng)


def _withdraw(stage: Stage, announced: Announced, case: Case, number: str, rng: Random) -> Course:
    """Somebody cannot come after all, and whoever waits first moves up."""
    yield min(stage.now + rng.uniform(0.2, 3) * _DAY, _eve(announced.occasion))
    now = stage.coordinator.get(case.id)
    if now.state not in ("placed", "confirmed"):
        return
    stage.fire(stage.person(number), case, "withdraw", reason="临时有事")
    if stage.slips(rng, "old screen", 0.02):
        stage.slip(OLD_SCREEN, lambda: stage.coordinator.fire(now, "confirm"), "stale")
    moved = fill_places(stage.leader(announced.occasion.team), stage.coordinator.get(announced.task))
    stage.tally.firings += len(moved)


def _come(stage: Stage, announced: Announced, case_id: str, number: str, rng: Random) -> Course:
    """Confirm, come or stay away, be checked in and out; then two people attest it."""
    one, leader, desk = announced.occasion, stage.leader(announced.occasion.team), stage.coordinator
    if desk.get(case_id).state != "placed":
        return  # still waiting, or called off
    if rng.random() < 0.9:
        stage.fire(stage.person(number), case_id, "confirm")
    certifier, recipient = rng.choice(CERTIFIERS), f"jm-{rng.randint(1, 400):04}"
    stage.fire(desk, case_id, "name_certifier", certifier_is=certifier)
    if stage.slips(rng, "one twice", 0.01):
        stage.slip(ONE_PERSON_TWICE, lambda: desk.fire(case_id, "name_recipient", recipient_is=certifier), "unmet")
    stage.fire(desk, case_id, "name_recipient", recipient_is=recipient)
    yield one.begins
    if desk.get(case_id).state not in ("placed", "confirmed"):
        return
    if rng.random() < 0.05:
        stage.fire(leader, case_id, "record_absence")
        return
    if stage.attempt(ELSEWHERE, lambda: leader.fire(case_id, "check_in"), "unmet") is None:
        stage.fire(leader, case_id, "record_absence")
        return
    yield one.ends + timedelta(minutes=rng.randint(-10, 10))
    if rng.random() < 0.03:
        yield stage.now + 25 * _HOUR  # nobody checked them out; the clock does
        yield stage.now + 2 * _HOUR
    else:
        stage.fire(leader, case_id, "check_out")
    yield from attesting(stage, case_id, number, one, rng, certifier=certifier, recipient=recipient)
