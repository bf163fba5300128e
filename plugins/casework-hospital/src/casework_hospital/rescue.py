"""The referral bound to rescue cases, and what the station asks more of its own steps while a ward is involved."""

from __future__ import annotations

from collections.abc import Iterable

from casework import Attachment, CaseType, Choice, Part, Require, Text, attach, hookimpl, state
from casework.rescue import rescue
from casework_hospital.outfit import STAY
from casework_hospital.parts import PARTS
from casework_hospital.referral import referral_workflow
from casework_hospital.ward_message import ward_message
from casework_hospital.ward_office import office
from casework_hospital.wards import WARDS

_CLOSED = tuple(one.name for one in rescue.main.states if one.final)
_HOLDING_A_BED = ("accepted", *STAY)

_IN_WARD = Text("who is in a partner ward is discharged there first", "在合作病区住院的，须先由病区办理出院")
_BED_HELD = Text(
    "a ward still treats the person or keeps a bed; discharge or withdraw the referral first",
    "病区仍在治疗或为其保留床位，须先办理出院或撤回转诊",
)

# Leaving, walking out, dying and losing contact are left alone: nobody is kept, and the bed is freed with the case.
_SETTLED_FIRST = ("reunite", "transfer", "settle")

# Recorded in the station's own way, a visit would still count as missed in the ward.
_VISITED_THERE = Text(
    "visits to somebody in a partner ward are recorded by 'referral.visit'", "在合作病区住院的，请以“到病区探视”登记"
)

REQUIREMENTS = (
    Require("rescue.discharge", ~state("referral").in_(*STAY), because=_IN_WARD),
    Require("rescue.visit", ~state("referral").in_(*STAY), because=_VISITED_THERE),
    *(
        Require(f"rescue.{trigger}", ~state("referral").in_(*_HOLDING_A_BED), because=_BED_HELD)
        for trigger in _SETTLED_FIRST
    ),
)


def attach_to_rescue(wards: Iterable[str | Choice] = WARDS) -> Attachment:
    """The referral to *wards* with the slots bound as a rescue station works."""
    return attach(
        referral_workflow(wards),
        "rescue",
        patient="person",
        desk=("caseworker", "director", "owner"),
        visitor=("caseworker", "tracer", "nurse", "director", "owner"),
        carer=("nurse", "director", "owner"),
        clue="clue",
        in_care=state("care") == "admitted",
        closed=state("rescue").in_(*_CLOSED),
    )


@hookimpl
def casework_attachments() -> list[Attachment]:
    """The referral on rescue cases."""
    return [attach_to_rescue()]


@hookimpl
def casework_requirements() -> list[Require]:
    """Nobody is sent home or onwards, and nobody is discharged on paper, while a ward still holds them."""
    return list(REQUIREMENTS)


# Whoever gives the binding alone could set up no bed and park no message; given twice, the same values are one.
@hookimpl
def casework_case_types() -> list[CaseType]:
    """Offices of wards, and messages of wards."""
    return [office, ward_message]


@hookimpl
def casework_parts() -> list[Part]:
    """What the referral counts with."""
    return list(PARTS)
