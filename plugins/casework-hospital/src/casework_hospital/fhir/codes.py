"""Our tables against the code systems of FHIR R4B: every code that is written or read stands here, and no other.

The library that checks the shape of resources does not check codes, so these tables do.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import attrs

ADMIT_SOURCE = "http://terminology.hl7.org/CodeSystem/admit-source"
DISCHARGE_DISPOSITION = "http://terminology.hl7.org/CodeSystem/discharge-disposition"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

TASK_STATUS = (
    "draft",
    "requested",
    "received",
    "accepted",
    "rejected",
    "ready",
    "cancelled",
    "in-progress",
    "on-hold",
    "failed",
    "completed",
    "entered-in-error",
)
REQUEST_STATUS = ("draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown")
ENCOUNTER_STATUS = (
    "planned",
    "arrived",
    "triaged",
    "in-progress",
    "onleave",
    "finished",
    "cancelled",
    "entered-in-error",
    "unknown",
)


@attrs.frozen
class Told:
    """How one of our states is told: the status of ServiceRequest, Task and Encounter; no Encounter where empty."""

    request: str
    task: str
    encounter: str = ""


STATES: Mapping[str, Told] = MappingProxyType(
    {
        "requested": Told("active", "requested"),
        "received": Told("active", "received"),
        "accepted": Told("active", "accepted", "planned"),
        "rejected": Told("revoked", "rejected"),
        "admitted": Told("active", "in-progress", "in-progress"),
        "discharge_planned": Told("active", "in-progress", "in-progress"),
        "discharged": Told("completed", "completed", "finished"),
        "withdrawn": Told("revoked", "cancelled"),
        "ended": Told("revoked", "cancelled", "unknown"),
    }
)

DISPOSITION: Mapping[str, str] = MappingProxyType(
    {
        "station": "alt-home",
        "home": "home",
        "other_facility": "other-hcf",
        "long_term": "long",
        "against_advice": "aadvice",
        "died": "exp",
        "other": "oth",
    }
)
DISPOSITION_READ: Mapping[str, str] = MappingProxyType(
    {
        **{code: name for name, code in DISPOSITION.items()},
        "hosp": "long_term",
        "psy": "other_facility",
        "rehab": "other_facility",
        "snf": "long_term",
    }
)
"""Codes that a ward may send and that we do not write are read as the nearest of ours."""

ABSENT: Mapping[str, str] = MappingProxyType({"unknown": "unknown", "withheld": "masked"})
"""Why there is no name: nobody knows it, or it is known and not told."""

NAME_USE: Mapping[str, str] = MappingProxyType({"unknown": "temp", "withheld": "anonymous", "shared": "official"})
"""An alias stands in until the name is found; beside a name that is withheld it is a pseudonym."""

PARTS = (
    "message",
    "event",
    "referral",
    "state",
    "output",
    "rejection",
    "certificate",
    "person",
    "ground",
    "station",
    "ward",
)
"""What we name ourselves, below the base address that the host gives."""

OUTPUTS = ("planned_for", "needs", "medication")
"""What the ward hands back in Task.output."""


@attrs.frozen
class Systems:
    """The systems of our own codes and numbers, below *base*."""

    base: str

    def of(self, part: str) -> str:
        """The address of one of PARTS."""
        assert part in PARTS, part
        return f"{self.base.rstrip('/')}/{part}"


ANSWERS: Mapping[str, str] = MappingProxyType({"received": "receive", "accepted": "accept", "rejected": "reject"})
"""Which trigger a Task of the ward means by its status alone."""

STAYS: Mapping[str, str] = MappingProxyType({"in-progress": "admit", "finished": "discharge"})
"""Which trigger an Encounter of the ward means."""

HEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "requested": (),
        "received": (),
        "accepted": ("planned", "in-progress"),
        "rejected": (),
        "in-progress": ("in-progress", "finished"),
        "completed": ("finished",),
    }
)
"""The statuses of a ward's Task that are acted on, each with those of an Encounter that may stand beside it."""
