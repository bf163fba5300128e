"""Which days are worked on where, where a day ends, and how the terms of rules are counted by that."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casework.calendars.calendar import Calendar, of_days
    from casework.calendars.counting import Counted, Stretch, counted
    from casework.calendars.derivation import DerivationStep, steps
    from casework.calendars.sources import calendar_of, china, country, known_calendar, weekdays
    from casework.calendars.zones import day_end, local_day, zone_of
else:
    # Whoever only names a calendar does not wait for the zones of the world.
    _ON_DEMAND = {
        "calendar": ("Calendar", "of_days"),
        "counting": ("Counted", "Stretch", "counted"),
        "derivation": ("DerivationStep", "steps"),
        "sources": ("calendar_of", "china", "country", "known_calendar", "weekdays"),
        "zones": ("day_end", "local_day", "zone_of"),
    }
    _ROOMS = {name: room for room, names in _ON_DEMAND.items() for name in names}

    def __getattr__(name: str) -> object:
        """A name of this room that was not needed so far."""
        if name not in _ROOMS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
        return found


__all__ = [
    "Calendar",
    "Counted",
    "DerivationStep",
    "Stretch",
    "calendar_of",
    "china",
    "counted",
    "country",
    "day_end",
    "known_calendar",
    "local_day",
    "of_days",
    "steps",
    "weekdays",
    "zone_of",
]
