"""Who goes where and when, for the calendars that people look at: routes by their names, never the places on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from casework import Case, Language
from casework.outreach.occasions import OCCASION_TITLES
from casework.outreach.turn import DUTIES
from casework.report import Event, agenda

_DUTIES = {choice.name: choice.title for choice in DUTIES}
_AWAY = ("withdrawn", "absent")


def roster_calendar(
    patrols: Iterable[Case],
    turns: Iterable[Case] = (),
    /,
    *,
    now: datetime,
    language: Language = "zh",
    name: str = "patrols",
) -> bytes:
    """An iCalendar feed with each patrol that is planned, out or over, and who is on it, where that may be read.

    Proposals are left out, for nobody has confirmed them; what was called off is cancelled in calendars too. Raises
    SetupError where the package icalendar is not installed.
    """
    by_patrol: dict[str, list[Case]] = {}
    for turn in turns:
        if turn.state not in _AWAY:
            by_patrol.setdefault(str(turn.data.get("patrol_id")), []).append(turn)
    events = (
        event
        for patrol in patrols
        if patrol.state not in ("proposed", "dismissed")
        for event in _patrol(patrol, by_patrol.get(patrol.id, []), language)
    )
    return agenda(events, now=now, name=name, origin="patrols")


def turn_calendar(
    turns: Iterable[Case], /, *, now: datetime, language: Language = "zh", name: str = "patrols"
) -> bytes:
    """An iCalendar feed of turns, such as one person's own: when and on which route."""
    events = (event for turn in turns for event in _turn(turn, language))
    return agenda(events, now=now, name=name, origin="patrols")


def _patrol(patrol: Case, turns: list[Case], language: Language) -> Iterator[Event]:
    starts, ends = patrol.data.get("starts_at"), patrol.data.get("ends_at")
    if not isinstance(starts, datetime) or not isinstance(ends, datetime):
        return
    occasion = OCCASION_TITLES[str(patrol.data["occasion"])].in_(language)
    crew = [f"{_duty(turn, language)}: {turn.data['login']}" for turn in turns if "login" in turn.data]
    lines = [*sorted(crew), str(patrol.data.get("kit_list") or "")]
    yield Event(
        uid=f"{patrol.id}@casework",
        title=f"{patrol.data['route']} · {occasion}",
        starts=starts,
        ends=ends if ends > starts else None,
        sequence=patrol.revision,
        category=patrol.case_type,
        description="\n".join(line for line in lines if line),
        busy=True,
        cancelled=patrol.state == "called_off",
    )


def _turn(turn: Case, language: Language) -> Iterator[Event]:
    starts, ends = turn.data.get("starts_at"), turn.data.get("ends_at")
    if not isinstance(starts, datetime) or not isinstance(ends, datetime):
        return
    yield Event(
        uid=f"{turn.id}@casework",
        title=f"{turn.data['route']} · {_duty(turn, language)}",
        starts=starts,
        ends=ends if ends > starts else None,
        sequence=turn.revision,
        category=turn.case_type,
        busy=True,
        cancelled=turn.state in _AWAY,
    )


def _duty(turn: Case, language: Language) -> str:
    return _DUTIES[str(turn.data["duty"])].in_(language)
