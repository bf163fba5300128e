"""Hospital partners as a plugin of casework: referrals, weekly visits, beds of partner wards.

The plugin provides the offices of wards, the messages that are parked, and what the referral counts with.
The referral itself is a workflow to attach (``referral_workflow``); ``casework_hospital.rescue`` attaches it
to rescue cases.
"""

from __future__ import annotations

from typing import Any

from casework import CaseType, Part, hookimpl
from casework_hospital.parts import PARTS
from casework_hospital.referral import referral, referral_workflow
from casework_hospital.ward_message import ward_message
from casework_hospital.ward_office import office, ward_office
from casework_hospital.wards import WARDS

__all__ = [
    "PARTS",
    "WARDS",
    "casework_case_types",
    "casework_commands",
    "casework_parts",
    "office",
    "referral",
    "referral_workflow",
    "ward_message",
    "ward_office",
]


@hookimpl
def casework_case_types() -> list[CaseType]:
    """Offices of wards, and messages of wards."""
    return [office, ward_message]


@hookimpl
def casework_parts() -> list[Part]:
    """What the referral counts with."""
    return list(PARTS)


@hookimpl
def casework_commands(cli: Any) -> None:
    """``casework hospital``."""
    # Loaded when a command line asks: an application without one needs no click.
    from casework_hospital.commands import hospital

    cli.add_command(hospital)
