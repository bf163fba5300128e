"""Volunteering as a plugin: registration, teams, projects with activities and tasks, hours attested twice.

It uses the public face of casework only, like any plugin from outside.
"""

from __future__ import annotations

from casework import CaseType, Demo, DemoRun, Part, Text, hookimpl
from casework.volunteering.activity import activity
from casework.volunteering.attesting_parts import attesting_parts
from casework.volunteering.grid_matter import GRID_PARTS, grid_matter
from casework.volunteering.help_request import help_request
from casework.volunteering.identity import IDENTITY_PARTS
from casework.volunteering.marking import MARKING_PARTS
from casework.volunteering.project import project
from casework.volunteering.rules import Rules
from casework.volunteering.service import service
from casework.volunteering.signing_up import fill_places, sign_up, waiting_for
from casework.volunteering.task import task
from casework.volunteering.team import team
from casework.volunteering.volunteer import volunteer
from casework.volunteering.yearly import Standard, Year, for_employers, honours, years

__all__ = [
    "Rules",
    "Standard",
    "Year",
    "case_types",
    "casework_case_types",
    "casework_demos",
    "casework_parts",
    "fill_places",
    "for_employers",
    "honours",
    "parts",
    "sign_up",
    "waiting_for",
    "years",
]


def case_types(rules: Rules | None = None) -> list[CaseType]:
    """Every case type of volunteering, with a time bank that is run by *rules* (the usual ones by default)."""
    held = rules or Rules()
    return [volunteer(held), team, project, activity, task, service(held), help_request(held), grid_matter]


def parts(rules: Rules | None = None) -> list[Part]:
    """The guards and effects that those case types name; give the same *rules*."""
    return [*attesting_parts(rules or Rules()), *IDENTITY_PARTS, *MARKING_PARTS, *GRID_PARTS]


@hookimpl
def casework_case_types() -> list[CaseType]:
    """Every case type, by the usual rules."""
    return case_types()


@hookimpl
def casework_parts() -> list[Part]:
    """Their guards and effects, by the usual rules."""
    return parts()


@hookimpl
def casework_demos() -> list[Demo]:
    """A season of the community of Changhe."""
    return [Demo("volunteering", Text("a season of Changhe community", "昌和社区志愿服务一季"), _run)]


def _run(asked: DemoRun) -> int:
    # Loaded when it is asked for: an application with volunteers needs no stories.
    from casework.volunteering.demo.run import run

    return run(asked)
