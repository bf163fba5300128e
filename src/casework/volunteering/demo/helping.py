"""Requests for help: verified, taken in order of priority each day, given, accepted, paid for."""

from __future__ import annotations

from datetime import datetime, timedelta

from casework import Case
from casework.volunteering.demo.people import Community
from casework.volunteering.demo.plan import SEASON
from casework.volunteering.demo.slips import HELPER_ACCEPTS, TOO_LITTLE
from casework.volunteering.demo.stage import Course, Stage
from casework.volunteering.demo.words import COMMUNITY, HELP
from casework.volunteering.yearly import CHINA

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def asking(stage: Stage, community: Community, index: int) -> Course:
    """Somebody asks for help: a volunteer with a record, or a resident without one."""
    rng = stage.chance(f"help {index}")
    first, last = SEASON
    yield datetime(first.year, first.month, first.day, 8, tzinfo=CHINA) + rng.random() * (last - first)
    keen_first = sorted(
        (number for numbers in community.teams.values() for number in numbers), key=lambda number: int(number[-4:])
    )
    number = (
        keen_first[int(len(keen_first) * rng.random() ** 2)]
        if rng.random() < 0.45
        else f"jm-{rng.randint(500, 899):04}"
    )
    case = stage.open(
        stage.coordinator,
        "help_request",
        unit=COMMUNITY,
        subjects={"volunteer": number},
        what=rng.choice(HELP),
        minutes=30 * rng.randint(1, 4),
        asker_is=number,
    )
    yield stage.now + rng.uniform(1, 20) * _HOUR
    if rng.random() < 0.03:
        stage.fire(stage.coordinator, case, "decline", reason="已由物业解决")
        return
    stage.fire(stage.coordinator, case, "verify", need="urgent" if rng.random() < 0.18 else "ordinary")


def matching(stage: Stage, community: Community, a_day: int) -> Course:
    """Each day as many requests as there are helpers for, in the order of the worklist."""
    rng = stage.chance("matching")
    day = datetime(SEASON[0].year, SEASON[0].month, SEASON[0].day, 10, tzinfo=CHINA)
    numbers = [number for numbers in community.teams.values() for number in numbers]
    until, tried = datetime(2026, 8, 1, tzinfo=CHINA), set[str]()
    while day < until:
        yield day
        left = a_day
        for case in stage.coordinator.worklist("help_request", "to_match", limit=50).cases:
            if left and _match(stage, case, rng.choice(numbers), tried):
                left -= 1
        day += _DAY


def _match(stage: Stage, case: Case, helper: str, tried: set[str]) -> bool:
    """Paid with the asker's own minutes, else with donated ones, else with none where need or patience allow."""
    desk, asker = stage.coordinator, str(case.data["asker_is"])
    if helper == asker:
        return False
    if case.id not in tried:
        tried.add(case.id)
        matched = stage.attempt(TOO_LITTLE, lambda: desk.fire(case.id, "match", helper_is=helper), "limit-reached")
        if matched is not None:
            stage.begin(_helping(stage, matched, helper, asker))
            return True
    for trigger in ("match", "match_from_donated", "match_in_need"):
        if desk.why_not(case.id, trigger, helper_is=helper) is None:
            matched = stage.fire(desk, case, trigger, helper_is=helper)
            stage.begin(_helping(stage, matched, helper, asker))
            return True
    return False


def _helping(stage: Stage, case: Case, helper: str, asker: str) -> Course:
    rng = stage.chance(f"helping {case.id} {case.revision}")
    yield stage.now + rng.uniform(4, 40) * _HOUR
    if rng.random() < 0.05:
        stage.fire(stage.person(helper), case, "release", reason="临时生病")
        return
    stage.fire(stage.person(helper), case, "begin")
    yield stage.now + timedelta(minutes=int(str(case.data["minutes"])))
    stage.fire(stage.person(helper), case, "report")
    if stage.slips(rng, "helper accepts", 0.05):
        stage.slip(HELPER_ACCEPTS, lambda: stage.person(helper).fire(case.id, "accept"), "not-permitted")
    luck = rng.random()
    if luck < 0.02:
        stage.fire(stage.person(asker), case, "deny", reason="约定时间未到")
        return
    if case.data.get("paid_from") != "free":
        stage.tally.spent += int(str(case.data["minutes"]))
    if luck < 0.9:
        yield stage.now + rng.uniform(0.2, 60) * _HOUR
        stage.fire(stage.person(asker), case, "accept")
