"""Anybody asks for anything in any order: on the case types of the plugin, and on rescue cases with it."""

from __future__ import annotations

from collections.abc import Callable

import casework_police
import casework_police.rescue as binding
from casework_police import missing_person, police_handover, police_request
from casework_police.custody import IN_HANDS
from casework_police.requesting import UNLINKED
from hypothesis import settings

import casework.rescue as rescue_plugin
from casework import Case, actor, field, given, state
from casework.testing import never, whenever, workflow_machine

WALK = settings(max_examples=6, stateful_step_count=25, deadline=None)
LINKED = ("candidate", "suggested", "to_confirm", "outdated", "confirmed", "closed")


def _left_behind(namespace: str) -> Callable[[Case], set[str]]:
    names = {f"{namespace}{step.field}" for step in UNLINKED}
    return lambda case: names & case.data.keys()


of_police = _left_behind("police.")

OnRequests = workflow_machine(
    police_request,
    claims=(
        never(
            lambda case: (case.states["sample"] in IN_HANDS) != ("custodian" in case.data),
            because="a sample is in somebody's hands from the moment it is taken until it has ended",
        ),
        never(
            lambda case: case.closed and ("published_at" in case.data) and ("taken_down_at" not in case.data),
            because="no notice stays up behind a closed request",
        ),
        never(
            lambda case: (case.states["publication"] == "up") != (case.states["counting"] == "counted_up"),
            because="a notice counts from when it is up until it is down",
        ),
        never(
            lambda case: case.closed != (case.states["counting"] == "over"),
            because="a request counts from when it is prepared until it ends",
        ),
        never(
            lambda case: (
                case.state != "prepared"
                and case.data["basis"] in ("separate_consent", "guardian_consent")
                and "consent_paper" not in case.data
                and case.state != "withdrawn"
            ),
            because="nothing was sent on a consent without its paper",
        ),
        whenever(
            "receive_sample",
            before=actor.differs_from("offer_sample"),
            because="giver and receiver are two persons",
        ),
        whenever(
            "receive_sample",
            before=given("seal_intact").in_(True) | (state("sample") == "offered"),
            after=given("seal_intact").in_(True) | (state("sample") == "spoiled"),
            because="a broken seal spoils the sample",
        ),
    ),
).TestCase
OnRequests.settings = WALK

OnReports = workflow_machine(
    missing_person,
    claims=(
        never(
            lambda case: (
                case.state in ("reported", "searching", "withdrawn", "died", "expired", "found_elsewhere")
                and bool({"candidate_case", "candidate_reasons", "found_case", "compared"} & case.data.keys())
            ),
            because="whoever is not found has no candidate left",
        ),
        never((state("missing_person") == "searching") & ~field("consent").known, because="the family was asked"),
        whenever("confirm", before=actor.differs_from("propose"), because="two persons find somebody"),
    ),
).TestCase
OnReports.settings = WALK

OnHandovers = workflow_machine(
    police_handover,
    claims=(
        never(
            lambda case: case.state == "received" and not {"signed_by", "countersigned_by"} <= case.data.keys(),
            because="nobody is received on one signature",
        ),
        whenever(
            "countersign",
            before=actor.differs_from("sign") & ~actor.has_role("opener") & ~actor.has_role("signatory"),
            because="nobody receives whom they brought",
        ),
    ),
).TestCase
OnHandovers.settings = WALK

OnRescue = workflow_machine(
    "rescue",
    plugins=(rescue_plugin, casework_police, binding),
    claims=(
        never(
            lambda case: case.states["police"] not in LINKED and bool(of_police(case)),
            because="a candidate that was rejected or undone leaves nothing",
        ),
        never(
            lambda case: "police.confirmed_case" in case.data and case.states["tracing"] != "confirmed",
            because="no link outlives the identity",
        ),
        whenever(
            "reunite",
            before=~state("police").in_(
                "requested", "acknowledged", "searching", "candidate", "suggested", "to_confirm", "outdated"
            ),
            because="nobody goes home while the police search or a candidate waits",
        ),
        whenever(
            "police.confirm",
            before=(state("tracing") == "confirmed") & actor.differs_from("police.propose"),
            because="the case itself confirms first, and another person the link",
        ),
    ),
).TestCase
OnRescue.settings = settings(WALK, max_examples=3)
