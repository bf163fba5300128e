"""Street outreach as a plugin: patrols and who goes along, people who are met, places where people sleep, the kit.

It uses the public face of casework only, like any plugin from outside. What reads alerts and counts is imported from
its own room: ``casework.outreach.cap``, ``table``, ``proposing``, ``roster``, ``figures``.
"""

from __future__ import annotations

from typing import Any

from casework import CaseType, Demo, DemoRun, Text, hookimpl
from casework.outreach.contact import contact
from casework.outreach.going import earlier, meet, put_on_roster, rescue_case_of
from casework.outreach.patrol import patrol
from casework.outreach.place import place
from casework.outreach.store_room import store_room
from casework.outreach.turn import turn

__all__ = [
    "casework_case_types",
    "casework_commands",
    "casework_demos",
    "contact",
    "earlier",
    "meet",
    "patrol",
    "place",
    "put_on_roster",
    "rescue_case_of",
    "store_room",
    "turn",
]


@hookimpl
def casework_case_types() -> list[CaseType]:
    """Patrols, turns on them, contacts, sleeping places, store rooms."""
    return [patrol, turn, contact, place, store_room]


@hookimpl
def casework_commands(cli: Any) -> None:
    """``casework patrol``."""
    # Loaded when the command line asks: an application with patrols needs no click.
    from casework.outreach.commands import patrol_commands

    cli.add_command(patrol_commands())


@hookimpl
def casework_demos() -> list[Demo]:
    """A week of heat in Anlu."""
    return [Demo("outreach", Text("a week of heat in the streets of Anlu", "安陆街面高温一周"), _run)]


def _run(asked: DemoRun) -> int:
    # Loaded when it is asked for: an application with patrols needs no stories.
    from casework.outreach.demo import run

    return run(asked)
