"""Referrals as FHIR R4B: told to a ward as a message, and a ward's answer read back as steps of the case.

Writing and reading ask for ``casework-hospital[fhir]``; without it they say so, and everything else of this
package works.
"""

from __future__ import annotations

from casework_hospital.fhir.applying import Outcome, apply, receive, retry
from casework_hospital.fhir.exchange import Exchange
from casework_hospital.fhir.meaning import Meaning, meanings
from casework_hospital.fhir.reading import from_json
from casework_hospital.fhir.value import Basis, Patient, Referral, referral_of
from casework_hospital.fhir.violation import UnreadableMessage, Violation
from casework_hospital.fhir.writing import to_bundle, to_json

__all__ = [
    "Basis",
    "Exchange",
    "Meaning",
    "Outcome",
    "Patient",
    "Referral",
    "UnreadableMessage",
    "Violation",
    "apply",
    "from_json",
    "meanings",
    "receive",
    "referral_of",
    "retry",
    "to_bundle",
    "to_json",
]
