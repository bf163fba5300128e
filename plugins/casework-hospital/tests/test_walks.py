"""Anybody asks for anything in any order: on a host of its own, with a bed in each ward, and on rescue cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import casework_hospital
import casework_hospital.rescue as binding
from hypothesis import settings

import casework.rescue as rescue_plugin
from casework import ALWAYS, Actor, Case, CaseType, Field, State, Transition, Workflow, attach, balance, state
from casework.testing import never, whenever, workflow_machine

STAY = ("admitted", "discharge_planned")

host = CaseType(
    "errand",
    chain=[
        Workflow(
            "errand",
            initial="open",
            states=[State("open"), State("over", final=True)],
            transitions=[
                Transition("finish", "open", "over", roles="chief"),
                Transition("reopen", "over", "open", roles="chief"),
            ],
        )
    ],
    data=[Field("word", field_class="identity")],
    roles=["clerk", "chief"],
    opens="clerk",
    grants={"view": ("clerk", "chief")},
    readers={"identity": "clerk"},
)
attached = attach(
    casework_hospital.referral,
    "errand",
    patient="person",
    desk="clerk",
    visitor="clerk",
    carer="clerk",
    clue="word",
    in_care=ALWAYS,
    closed=state("errand") == "over",
)


def one_bed_in_each_ward(desk: Callable[[Actor], Any]) -> None:
    """Without an office that sets beds up no ward can accept anybody."""
    manager = desk(Actor("zhao", roles={"ward_manager"}))
    office = manager.open("ward_office", name="office")
    for ward in ("ward_a", "ward_b", "ward_c"):
        office = manager.fire(office, "add_beds", ward=ward, count=1)


def _bed(case: Case) -> Any:
    return case.data.get("referral.bed")


CLAIMS = (
    never(
        lambda case: (_bed(case) == "reserved") != (case.states["referral"] == "accepted"),
        because="a bed is reserved exactly while the ward keeps one",
    ),
    never(
        lambda case: (_bed(case) == "occupied") != (case.states["referral"] in STAY),
        because="a bed is occupied exactly while somebody is in the ward",
    ),
    never(
        lambda case: case.closed and case.states["referral"] in ("requested", "received", "accepted", *STAY),
        because="a closed case holds no bed and waits for no ward",
    ),
    never(
        lambda case: case.data.get("referral.missed_in_a_row", 0) > case.data.get("referral.visits_missed", 0),
        because="what was missed since the last visit is part of what was missed",
    ),
)
BEDS = (whenever("referral.discharge", after=balance("ward_beds") >= 1, because="whoever goes leaves a bed behind"),)
CREW = {"clerk", "ward_nurse"}
# Those who have most roles act most; whoever finishes errands is another one, so that wards come first.
ACTORS = (
    Actor("chen", roles=CREW),
    Actor("sun", roles=CREW),
    Actor("zhao", roles={"ward_manager"}),
    Actor("li", roles={"chief"}),
    Actor("he", roles={"ward_nurse"}),
    Actor("nobody"),
)
WALK = settings(max_examples=20, stateful_step_count=35, deadline=None)

Alone = workflow_machine(
    host,
    plugins=[casework_hospital],
    attachments=[attached],
    claims=(*CLAIMS, *BEDS),
    actors=ACTORS,
    before=one_bed_in_each_ward,
    reached=(
        "finish",
        *(f"referral.{step}" for step in ("request", "reject", "accept", "admit", "visit", "discharge", "withdraw")),
    ),
).TestCase
# The same programs every time: whether a rare step comes up is no matter of luck.
Alone.settings = settings(WALK, derandomize=True, database=None)

OnRescue = workflow_machine(
    "rescue",
    plugins=(rescue_plugin, casework_hospital, binding),
    claims=(
        *CLAIMS,
        never(
            lambda case: case.states["referral"] in STAY and case.states["care"] != "admitted",
            because="who is in a ward is in hospital",
        ),
    ),
    before=one_bed_in_each_ward,
).TestCase
OnRescue.settings = settings(WALK, max_examples=4)
