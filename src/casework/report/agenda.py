"""Events as an iCalendar feed (RFC 5545), for the calendars that people look at anyway."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from importlib import import_module
from typing import Any

import attrs

from casework.errors import SetupError


@attrs.frozen(kw_only=True)
class Event:
    """One entry of a calendar. *uid* stays the same when it moves, so that calendars move it too.

    *ends* is None for a moment. *sequence* grows with every change. *busy* says that it takes somebody's time.
    """

    uid: str
    title: str
    starts: datetime
    ends: datetime | None = None
    sequence: int = 0
    category: str = ""
    description: str = ""
    busy: bool = False
    cancelled: bool = False


def agenda(events: Iterable[Event], *, now: datetime, name: str, origin: str) -> bytes:
    """The bytes of a calendar called *name*; *origin* says which feed of casework made it.

    Raises SetupError where the package icalendar is not installed.
    """
    try:
        library: Any = import_module("icalendar")
    except ImportError:
        raise SetupError("an iCalendar feed needs the package icalendar; install casework[ical]") from None
    calendar = library.Calendar()
    calendar.add("prodid", f"-//casework//{origin}//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for item in events:
        calendar.add_component(_component(library, item, now))
    content: bytes = calendar.to_ical()
    return content


def _component(library: Any, item: Event, now: datetime) -> Any:
    event = library.Event()
    event.add("uid", item.uid)
    event.add("dtstamp", now)
    event.add("dtstart", item.starts)
    if item.ends is not None:
        event.add("dtend", item.ends)
    event.add("sequence", item.sequence)
    event.add("summary", item.title)
    if item.description:
        event.add("description", item.description)
    if item.category:
        event.add("categories", [item.category])
    if item.cancelled:
        event.add("status", "CANCELLED")
    event.add("transp", "OPAQUE" if item.busy else "TRANSPARENT")
    return event
