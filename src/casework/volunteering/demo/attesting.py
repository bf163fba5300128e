"""Two people attest a service, each at their own time; most agree, some do not, a few never speak."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from casework import Case
from casework.volunteering.demo.plan import Occasion
from casework.volunteering.demo.slips import (
    CERTIFIED_ALONE,
    LOOKED_INTO,
    MORE_THAN_CONTESTED,
    TIMES_DO_NOT_FIT,
    TWICE,
)
from casework.volunteering.demo.stage import Course, Stage
from casework.volunteering.demo.words import CONTENTS
from casework.volunteering.rules import USUAL
from casework.volunteering.taking_part_data import UNRATED

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


def attesting(
    stage: Stage, case_id: str, number: str, one: Occasion, rng: Random, *, certifier: str, recipient: str
) -> Course:
    """Both statements, the comparison, and a decision where they lie too far apart."""
    case = stage.coordinator.get(case_id)
    if rng.random() < 0.008:
        stage.fire(stage.coordinator, case_id, "reject", reason="有偿服务，不属于志愿服务")
        return
    ended = one.ends
    certified, confirmed = _said(min(one.minutes, _there(case)), rng)
    waits = [(rng.uniform(0.05, 5) * _DAY, "certified"), (_wait(rng), "confirmed")]
    silent = rng.random() < 0.01
    for wait, side in sorted(waits):
        yield max(stage.now, ended + wait)
        if side == "certified":
            _certify(stage, case, number, certified, rng, certifier=certifier, recipient=recipient)
        elif silent:
            yield ended + 30 * _DAY
            stage.fire(stage.coordinator, case_id, "reject", reason="服务对象长期未确认")
            return
        else:
            _attest(stage, case, confirmed, rng, certifier=certifier, recipient=recipient)
    yield stage.now + 3 * _HOUR
    yield from _decided(stage, case_id, one.minutes, certified, confirmed, rng)


def _wait(rng: Random) -> timedelta:
    return rng.uniform(15, 24) * _DAY if rng.random() < 0.04 else rng.uniform(0.05, 8) * _DAY


def _there(case: Case) -> int:
    """The minutes between check-in and check-out."""
    came, left = case.data["came_at"], case.data["left_at"]
    assert isinstance(came, datetime) and isinstance(left, datetime)
    return (left - came) // timedelta(minutes=1)


def _said(longest: int, rng: Random) -> tuple[int, int]:
    """What each says: most the same, some nearly, some not at all; nobody more than there can have been."""
    certified = longest - 5 * rng.choice((0, 0, 0, 1, 1, 2, 3))
    luck = rng.random()
    if luck < 0.72:
        return certified, certified
    if luck < 0.90:
        return certified, min(longest, certified + 5 * rng.choice((-2, -1, 1, 2)))
    if luck < 0.995:
        return certified, max(0, certified - 5 * rng.choice((12, 9, 6, 5)))
    return certified, 0


def _statement(stage: Stage, side: str, minutes: int, rng: Random, case: Case) -> dict[str, Any]:
    start = case.data["came_at"]
    assert isinstance(start, datetime)
    return {
        f"{side}_minutes": minutes,
        f"{side}_content": rng.choice(CONTENTS),
        f"{side}_start": start,
        f"{side}_end": start + timedelta(minutes=minutes),
    }


def _certify(
    stage: Stage, case: Case, number: str, minutes: int, rng: Random, *, certifier: str, recipient: str
) -> None:
    desk = stage.person(certifier)
    told = _statement(stage, "certified", minutes, rng, case)
    if stage.slips(rng, "own hours", 0.01):
        stage.slip(CERTIFIED_ALONE, lambda: stage.person(number).fire(case.id, "certify", told), "not-permitted")
    if stage.slips(rng, "do not fit", 0.01):
        wrong = {**told, "certified_minutes": minutes + 240}
        stage.slip(TIMES_DO_NOT_FIT, lambda: desk.fire(case.id, "certify", wrong), "unmet")
    stage.fire(desk, case, "certify", **told)
    if stage.slips(rng, "twice", 0.01):
        stage.slip(TWICE, lambda: desk.fire(case.id, "certify", told), "wrong-state")


def _attest(stage: Stage, case: Case, minutes: int, rng: Random, *, certifier: str, recipient: str) -> None:
    desk = stage.person(recipient)
    told = _statement(stage, "confirmed", minutes, rng, case)
    stranger = f"{recipient}-neighbour"
    if stage.slips(rng, "stranger", 0.005):
        stage.slip(LOOKED_INTO, lambda: stage.person(stranger).fire(case.id, "attest", told), "not-found")
    stars = rng.choice((3, 4, 4, 5, 5, 5, 5)) if minutes else 1
    told["rating"] = str(stars) if rng.random() < 0.8 else UNRATED
    stage.fire(desk, case, "attest", **told)


def _decided(stage: Stage, case_id: str, planned: int, certified: int, confirmed: int, rng: Random) -> Course:
    """The arbiter decides in time, or the difference lapses."""
    ceiling = planned * USUAL.over_length // 100
    agreed = min(certified, confirmed, ceiling)
    contested = min(max(certified, confirmed), ceiling) - agreed
    stage.tally.minutes += agreed
    if contested <= USUAL.tolerance:
        return
    if stage.tally.followed is None and agreed:
        stage.tally.followed = case_id
    elif rng.random() < 0.15:
        return  # nobody decides; the clock does
    yield stage.now + rng.uniform(1, 8) * _DAY
    if stage.slips(rng, "more than contested", 0.05):
        told = {"granted_minutes": contested + 5, "decision": "?"}
        stage.slip(MORE_THAN_CONTESTED, lambda: stage.arbiter.fire(case_id, "decide", told), "unmet")
    granted = rng.choice((0, contested // 10 * 5, contested))
    stage.fire(stage.arbiter, case_id, "decide", granted_minutes=granted, decision="经核对签到记录认定")
    stage.tally.minutes += granted
