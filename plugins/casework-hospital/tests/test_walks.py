"""Anybody asks for anything in any order: on a host of its own, where the ward has room, and on rescue cases."""

from __future__ import annotations

from typing import Any

import attrs
import casework_hospital
import casework_hospital.rescue as binding
from casework_hospital.outfit import OUTFIT
from hypothesis import settings

import casework.rescue as rescue_plugin
from casework import ALWAYS, Case, CaseType, Field, State, Transition, Workflow, attach, state
from casework.testing import never, workflow_machine

STAY = ("admitted", "discharge_planned")

host = CaseType(
    "errand",
    chain=[
        Workflow(
            "errand",
            initial="open",
            states=[State("open"), State("over", final=True)],
            transitions=[
                Transition("finish", "open", "over", roles="clerk"),
                Transition("reopen", "over", "open", roles="clerk"),
            ],
        )
    ],
    data=[Field("word", field_class="identity")],
    roles=["clerk"],
    opens="clerk",
    grants={"view": "clerk"},
    readers={"identity": "clerk"},
)
# Nobody sets beds up in these walks, so the ward has room without end; how it runs full is told elsewhere.
roomy = attrs.evolve(
    casework_hospital.referral,
    outfit=attrs.evolve(OUTFIT, accounts=tuple(attrs.evolve(item, minimum=None) for item in OUTFIT.accounts)),
)
attached = attach(
    roomy,
    "errand",
    patient="person",
    desk="clerk",
    visitor="clerk",
    carer="clerk",
    clue="word",
    in_care=ALWAYS,
    closed=state("errand") == "over",
)


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
WALK = settings(max_examples=10, stateful_step_count=30, deadline=None)

Alone = workflow_machine(
    host,
    attachments=[attached],
    parts=casework_hospital.PARTS,
    claims=CLAIMS,
).TestCase
Alone.settings = WALK

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
).TestCase
OnRescue.settings = settings(WALK, max_examples=4)
