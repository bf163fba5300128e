"""The rescue station as a plugin: cases of people found in the street, and the house that lodges them.

It uses the public face of casework only, like any plugin from outside.
"""

from __future__ import annotations

from casework import CaseType, Demo, DemoRun, Text, hookimpl
from casework.rescue.casetype import rescue
from casework.rescue.station import station

__all__ = ["casework_case_types", "casework_demos", "rescue", "station"]


@hookimpl
def casework_case_types() -> list[CaseType]:
    """Rescue cases and stations."""
    return [rescue, station]


@hookimpl
def casework_demos() -> list[Demo]:
    """A month of the station of Anlu."""
    return [Demo("rescue", Text("a month of Anlu rescue station", "安陆市救助站一个月"), _run, takes_register=True)]


def _run(asked: DemoRun) -> int:
    # Loaded when it is asked for: an application with rescue cases needs no stories.
    from casework.rescue.demo.run import run

    return run(asked)
