"""Due dates as an iCalendar feed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from casework.deadlines.listing import Due
from casework.report import Event, agenda
from casework.text import Language


def feed(dues: Iterable[Due], *, now: datetime, name: str, language: Language) -> bytes:
    """The bytes of a calendar with an event for each due date: its title, the id of its case, and nothing of a person.

    Raises SetupError where the package icalendar is not installed.
    """
    return agenda((_event(item, language) for item in dues), now=now, name=name, origin="deadlines")


def _event(item: Due, language: Language) -> Event:
    return Event(
        # The same deadline of the same case keeps its name when it moves.
        uid=f"{item.case.id}.{item.deadline}@casework",
        title=f"{item.title.in_(language) or item.deadline} · {item.case.id}",
        starts=item.due,
        sequence=item.case.revision,
        category=item.case.case_type,
    )
