"""The rescue station as a plugin: cases of people found in the street, and the house that lodges them.

It uses the public face of casework only, like any plugin from outside.
"""

from __future__ import annotations

from casework import CaseType, hookimpl
from casework.rescue.casetype import rescue
from casework.rescue.station import station

__all__ = ["casework_case_types", "rescue", "station"]


@hookimpl
def casework_case_types() -> list[CaseType]:
    """Rescue cases and stations."""
    return [rescue, station]
