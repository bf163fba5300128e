"""A referral without a rescue station: a community clinic keeps files on people and refers them to partner wards.

Run it: ``python hospital_alone.py``. It needs casework and casework-hospital[fhir], and writes nothing but to memory.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta

import attrs
import casework_hospital
from casework_hospital.fhir import Exchange, Patient, referral_of, to_bundle

from casework import (
    ALWAYS,
    Actor,
    CaseType,
    Casework,
    FrozenClock,
    Refused,
    SetupError,
    State,
    Text,
    Transition,
    Workflow,
    attach,
    fact,
    state,
)

WARDS = ("north", "south")


@attrs.frozen(kw_only=True)
class File:
    """What the clinic keeps of somebody."""

    remark: str | None = fact(default=None, en="what was heard", zh="所闻", field_class="identity", max_length=1000)


clinic = CaseType(
    "file",
    title=Text("file of the clinic", "社区诊所档案"),
    chain=[
        Workflow(
            "file",
            initial="open",
            states=[State("open"), State("put_away", final=True)],
            transitions=[Transition("put_away", "open", "put_away", roles="clerk")],
        )
    ],
    data=File,
    roles=["clerk", "doctor"],
    opens="clerk",
    grants={"view": ("clerk", "doctor")},
    readers={"identity": "clerk"},
)

# The clinic has no hospital of its own that a case could be in, so nothing has to come before the admission.
attached = attach(
    casework_hospital.referral_workflow(WARDS),
    "file",
    patient="person",
    desk="clerk",
    visitor="clerk",
    carer="doctor",
    clue="remark",
    in_care=ALWAYS,
    closed=state("file") == "put_away",
)


def main() -> None:
    """Refer somebody, fill the ward, forget a visit, and tell the ward in its own language."""
    clock = FrozenClock(datetime(2026, 3, 2, 8, tzinfo=UTC))
    app = Casework(
        case_types=[clinic, casework_hospital.ward_office(WARDS)],
        attachments=[attached],
        parts=casework_hospital.PARTS,
        clock=clock,
    )
    app.create_tables()
    clerk = app.desk(Actor("ana", roles={"clerk"}))
    doctor = app.desk(Actor("doc", roles={"doctor"}))
    nurse = app.desk(Actor("sun", roles={"ward_nurse"}))
    manager = app.desk(Actor("zhao", roles={"ward_manager"}))
    manager.fire(manager.open("ward_office", name="the hospital"), "add_beds", ward="north", count=1)

    asked = {"ward": "north", "priority": "urgent", "diagnosis": "a broken hip"}
    first, second = (clerk.fire(clerk.open("file"), "referral.request", **asked) for _ in range(2))
    nurse.fire(nurse.fire(first.id, "referral.accept"), "referral.admit")
    try:
        nurse.fire(second.id, "referral.accept")
    except Refused as no:
        print(no.refusal.code)

    clock.advance(timedelta(days=7))
    app.run_due()
    missed = clerk.worklist("file", "referral.visits_missed").cases
    print(len(missed), "not visited for", missed[0].data["referral.missed_in_a_row"], "week")
    clerk.fire(first.id, "referral.visit", services="a blanket", condition="sits up")
    plan = {"planned_for": date(2026, 3, 20), "needs": "crutches", "medication": "for a week"}
    nurse.fire(first.id, "referral.plan_discharge", **plan)

    told = referral_of(doctor.get(first.id), Patient(alias="Grandfather"))
    bundle = to_bundle(told, Exchange(base="https://clinic.example/fhir", station="clinic"), clock.now())
    print([entry["resource"]["resourceType"] for entry in bundle["entry"]])


if __name__ == "__main__":
    try:
        main()
    except SetupError as missing:
        sys.exit(f"hospital_alone: {missing}")
