"""The case types that casework and its plugins ship, with everything that they attach to each other."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import casework_hospital
import casework_hospital.rescue
import casework_police
import casework_police.rescue

import casework.outreach
import casework.outreach.rescue
import casework.rescue
import casework.volunteering
from casework import CaseType, Casework

TABLES = Path(__file__).parent / "tables"
ALL = (
    casework.outreach,
    casework.outreach.rescue,
    casework.rescue,
    casework.volunteering,
    casework_hospital,
    casework_hospital.rescue,
    casework_police,
    casework_police.rescue,
)


@cache
def shipped() -> dict[str, CaseType]:
    """Every case type by the name of its table: alone where it is attached to nothing, and composed."""
    alone = Casework("sqlite://", plugins=[casework.rescue]).case_types
    composed = Casework("sqlite://", plugins=ALL).case_types
    return {f"{item.name}_alone": item for item in alone if item.name == "rescue"} | {i.name: i for i in composed}
