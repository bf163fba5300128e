"""Matters of the grid: most are solved in the corridor, the others pass upward with what was missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from casework import Case, Desk
from casework.volunteering.demo.plan import SEASON
from casework.volunteering.demo.slips import ABOVE_THE_TOP, OTHER_ESTATE, UNDO_PASSING
from casework.volunteering.demo.stage import Course, Stage
from casework.volunteering.demo.words import COMMUNITY, CORRIDORS, ESTATES, MATTERS
from casework.volunteering.yearly import CHINA

_DAY = timedelta(days=1)
_SOLVED = {"corridor": 0.7, "estate": 0.62, "community": 0.85}
_MISSING = ("money", "authority", "skill", "hands", "agreement")


def matter(stage: Stage, index: int) -> Course:
    """One matter from where it comes up to where it is solved."""
    rng = stage.chance(f"matter {index}")
    first, last = SEASON
    yield datetime(first.year, first.month, first.day, tzinfo=CHINA) + rng.random() * (last - first)
    category = rng.choice(list(MATTERS))
    unit = f"{rng.choice(list(ESTATES))}/corridor-{rng.randint(1, CORRIDORS)}"
    told = {"what": rng.choice(MATTERS[category]), "category": category, "level": "corridor"}
    case = stage.open(stage.grid_worker(unit), "grid_matter", unit=unit, **told)
    while case.state not in ("solved", "out_of_community"):
        if case.state == "reported":
            if case.unit != COMMUNITY and stage.slips(rng, "other estate", 0.01):
                _from_elsewhere(stage, case)
            yield stage.now + rng.uniform(0.02, 1) * _DAY
        case = _latest(stage, case)
        if case.state == "reported":
            case = stage.fire(_desk(stage, case), case, "take_up")
        yield stage.now + rng.uniform(0.2, 3.8) * _DAY
        case = _latest(stage, case)
        if case.state != "reported":
            yield from _ended(stage, case, rng)
        case = _latest(stage, case)


def _ended(stage: Stage, case: Case, rng: Random) -> Course:
    """Solved here, or passed on by hand, or left to the clock."""
    desk, level = _desk(stage, case), str(case.data["level"])
    if rng.random() < _SOLVED[level]:
        stage.fire(desk, case, "solve", solution="已现场处理并回访")
    elif level == "community":
        if stage.slips(rng, "above the top", 0.1):
            _above(stage, case)
        stage.fire(desk, case, "refer_out", missing="authority")
    elif rng.random() < 0.25:
        yield stage.now + 5 * _DAY
    else:
        moved = stage.fire(desk, case, "pass_up", missing=rng.choice(_MISSING))
        if stage.slips(rng, "undo passing", 0.02):
            _undo(stage, moved)


def _desk(stage: Stage, case: Case) -> Desk:
    return stage.coordinator if case.unit == COMMUNITY else stage.grid_worker(case.unit)


def _latest(stage: Stage, case: Case) -> Case:
    """The case as it is, or the one that it was passed upward as, by hand or by the clock."""
    now = stage.coordinator.get(case.id)
    while now.state == "passed_up":
        now = stage.coordinator.get(stage.child(now))
    return now


def _from_elsewhere(stage: Stage, case: Case) -> None:
    other = stage.grid_worker(next(estate for estate in ESTATES if not case.unit.startswith(estate)))
    stage.slip(OTHER_ESTATE, lambda: other.fire(case.id, "take_up"), "not-found")


def _above(stage: Stage, case: Case) -> None:
    stage.slip(ABOVE_THE_TOP, lambda: stage.coordinator.fire(case.id, "pass_up", missing="authority"), "unmet")


def _undo(stage: Stage, case: Case) -> None:
    why = "误上报"
    stage.slip(UNDO_PASSING, lambda: stage.coordinator.correct(case.id, case.entry, because=why), "not-permitted")
