"""Due dates as an iCalendar feed (RFC 5545), for the calendars that people look at anyway."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from importlib import import_module
from typing import Any

from casework.deadlines.listing import Due
from casework.errors import SetupError
from casework.text import Language


def feed(dues: Iterable[Due], *, now: datetime, name: str, language: Language) -> bytes:
    """The bytes of a calendar with an event for each due date: its title, the id of its case, and nothing of a person.

    Raises SetupError where the package icalendar is not installed.
    """
    try:
        library: Any = import_module("icalendar")
    except ImportError:
        raise SetupError("an iCalendar feed needs the package icalendar; install casework[ical]") from None
    calendar = library.Calendar()
    calendar.add("prodid", "-//casework//deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for item in dues:
        calendar.add_component(_event(library, item, now, language))
    content: bytes = calendar.to_ical()
    return content


def _event(library: Any, item: Due, now: datetime, language: Language) -> Any:
    event = library.Event()
    # The same deadline of the same case keeps its name when it moves, so that calendars move it too.
    event.add("uid", f"{item.case.id}.{item.deadline}@casework")
    event.add("dtstamp", now)
    event.add("dtstart", item.due)
    event.add("sequence", item.case.revision)
    event.add("summary", f"{item.title.in_(language) or item.deadline} · {item.case.id}")
    event.add("categories", [item.case.case_type])
    event.add("transp", "TRANSPARENT")
    return event
