"""Police coordination as a plugin of casework: requests, reports of missing persons, proposals of who somebody may be.

This plugin needs no rescue case: its case types stand alone, and ``police`` attaches to any case type.
``casework_police.rescue`` is a plugin of its own that binds both to rescue cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework import CaseType, hookimpl
from casework_police.handover import police_handover
from casework_police.police import police
from casework_police.reports import missing_person
from casework_police.request import police_request

if TYPE_CHECKING:
    import click

__all__ = ["casework_case_types", "casework_commands", "missing_person", "police", "police_handover", "police_request"]


@hookimpl
def casework_case_types() -> list[CaseType]:
    """Reports of missing persons, requests to the police, hand-overs by them."""
    return [missing_person, police_request, police_handover]


@hookimpl
def casework_commands(cli: click.Group) -> None:
    """``casework police``."""
    # Loaded when the command line starts: an application needs neither click nor what the commands compare with.
    from casework_police.cli import police_commands

    cli.add_command(police_commands())
