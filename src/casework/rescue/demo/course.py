"""From a line of the register to everything that happens to one person, in order."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from casework.rescue.demo.acts import Beat, Course
from casework.rescue.demo.care import care_beats
from casework.rescue.demo.chance import Chance
from casework.rescue.demo.endings import ending, preparing_beats
from casework.rescue.demo.register import Row
from casework.rescue.demo.relay import is_relay, relay
from casework.rescue.demo.search import search_beats
from casework.rescue.demo.staff import ANLU
from casework.rescue.demo.times import times_of

_ASKED = ("found_at", "found_by", "brought_by", "alias", "sex", "age")


def arrival_of(row: Row) -> dict[str, Any]:
    """What is written down at the door."""
    return {name: value for name in _ASKED if (value := getattr(row, name)) is not None}


def course_of(row: Row, seed: int, made: Counter[str]) -> Course:
    """The course of one person; the same row and seed give the same one."""
    chance = Chance(seed, row.number, made)
    if is_relay(row):
        return relay(row, chance)
    times = times_of(row, chance)
    beats = [
        *care_beats(row, times, chance),
        *search_beats(row, times, chance),
        *preparing_beats(row, times, chance),
    ]
    beats.sort(key=lambda beat: beat.at)
    ends = max(times.ends, beats[-1].at + timedelta(minutes=30))
    beats.append(Beat(ends, lambda: ending(row, times, chance)))
    return Course(
        number=row.number, begins_in=ANLU, arrival=arrival_of(row), beats=tuple(beats), unit=ANLU, outcome=row.outcome
    )
