"""Where a case waits, somebody can move it on and a clock runs: asked on request, proven of what is shipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs
import casework_hospital
import casework_hospital.rescue
import casework_police
import casework_police.rescue
import pytest

import casework.outreach
import casework.outreach.rescue
import casework.rescue
from casework import (
    ALWAYS,
    CaseType,
    Casework,
    Condition,
    Deadline,
    Field,
    State,
    Transition,
    Workflow,
    field,
    hours,
    optional,
    state,
)
from casework.exploring import Proof, Proving
from casework.rulebook import rulebook_from
from casework.testing import assert_proven

HOUSE = rulebook_from(
    """
rulebook = "house"
zone = "Asia/Shanghai"

[[rule]]
id = "house.look"
title = {en = "look in", zh = "查看"}
value = 8
unit = "hours"
authority = "House Act"
confidence = "F"
source = "its text"
"""
)
STANDING_THINGS = {"patrol", "sleeping_place", "store_room", "ward_office"}
"""A plan, a place, a room, an office: they stand as long as they stand, and nobody in need waits behind them."""
EVERYTHING = (
    casework.rescue,
    casework.outreach,
    casework.outreach.rescue,
    casework_police,
    casework_police.rescue,
    casework_hospital,
    casework_hospital.rescue,
)


def waiting(*deadlines: Deadline, leaves: Condition = ALWAYS, fields: Iterable[Field] = ()) -> Proof:
    """A case that waits in one state beside another workflow, with these clocks, asked about its waiting."""
    main = Workflow(
        "main",
        initial="here",
        states=[State("here"), State("end", final=True)],
        transitions=[Transition("leave", "here", "end", roles="clerk", condition=leaves)],
        deadlines=deadlines,
    )
    side = Workflow(
        "side",
        initial="in",
        states=[State("in"), State("out"), State("over", final=True)],
        transitions=[
            Transition("go", "in", "out", roles="clerk"),
            Transition("end", ("in", "out"), "over", automatic=True, condition=state("main") == "end"),
        ],
    )
    case_type = CaseType(
        "visit",
        chain=[main, side],
        data=[Field("sick", "boolean"), *fields],
        roles=["clerk"],
        opens="clerk",
        grants={"view": "clerk", "edit": "clerk"},
    )
    app = Casework(case_types=[HOUSE.applied_to(case_type)], proving=Proving(limit=0))
    try:
        return app.proofs.prove("visit", waits=True)
    finally:
        app.dispose()


def codes(proof: Proof) -> list[str]:
    return [verdict.code for verdict in proof.verdicts if verdict.code in ("CW615", "CW616")]


def test_without_a_clock_the_way_to_where_nobody_looks_is_told() -> None:
    proof = waiting()

    (verdict,) = [verdict for verdict in proof.refuted if verdict.code == "CW616"]
    assert "refuted" == proof.answer
    assert ["open"] == [told.step.kind for told in verdict.path]
    assert "main：here，side：in" in verdict.text.zh


def test_a_clock_that_nothing_stops_is_enough() -> None:
    assert [] == codes(waiting(Deadline("look", "here", hours(8))))


def test_it_is_asked_only_on_request() -> None:
    app = Casework(plugins=[casework.rescue], proving=Proving(limit=0))
    shorn = attrs.evolve(app.manifests["station"].case_type.chain[0], deadlines=())
    again = Casework(case_types=[attrs.evolve(casework.rescue.station, chain=[shorn], worklists=())])

    assert [] == codes(again.proofs.prove("station"))
    assert ["CW616"] == codes(again.proofs.prove("station", waits=True))
    app.dispose()
    again.dispose()


STOPS = {
    "what somebody fills in": (field("sick") == True, ["CW616"]),  # noqa: E712
    "a state that comes later": (state("side") == "out", ["CW616"]),
    "a state of another ending": (state("side") == "over", []),
    "one of two, of which one never": ((state("side") == "over") & (field("sick") == True), []),  # noqa: E712
    "either of two": ((state("side") == "over") | field("sick").known, ["CW616"]),
    "a workflow that is not there": (~optional("guest", state("guest") == "in"), []),
    "not what stands": (~state("side").in_("in", "out"), []),
}


@pytest.mark.parametrize("stops", STOPS)
def test_a_clock_counts_only_where_nothing_but_states_could_stop_it(stops: str) -> None:
    condition, expected = STOPS[stops]

    assert expected == codes(waiting(Deadline("look", "here", rule="house.look", pauses=condition)))
    assert expected == codes(waiting(Deadline("look", "here", rule="house.look", applies=~condition)))


def test_two_clocks_of_which_one_runs_in_each_state_are_enough() -> None:
    inside, outside = state("side") == "in", state("side") == "out"
    first = Deadline("in", "here", rule="house.look", applies=inside)

    assert ["CW616"] == codes(waiting(first))
    assert [] == codes(waiting(first, Deadline("out", "here", rule="house.look", applies=outside)))


def test_whoever_could_move_on_only_with_a_fact_that_may_be_missing_is_not_enough() -> None:
    clock = Deadline("look", "here", hours(8))
    managed = Field("fit", "boolean", managed=True)

    assert ["CW615"] == codes(waiting(clock, leaves=field("fit").known, fields=[managed]))[:1]
    assert [] == codes(waiting(clock, leaves=~field("fit").known, fields=[managed]))


@pytest.fixture(scope="module")
def proofs() -> Mapping[str, Proof]:
    """Every case type of a rescue station alone, without the partners, asked about its waiting."""
    app = Casework(plugins=[casework.rescue, casework.outreach, casework.outreach.rescue], proving=Proving(limit=0))
    try:
        return {item.name: app.proofs.prove(item.name, waits=True) for item in app.case_types}
    finally:
        app.dispose()


def test_wherever_a_rescue_case_waits_there_are_owner_clock_and_exit(proofs: Mapping[str, Proof]) -> None:
    told = {
        name: [verdict.finding for verdict in proof.refuted]
        for name, proof in proofs.items()
        if proof.answer != "proven" and name not in STANDING_THINGS
    }

    assert {} == told


@pytest.mark.long
def test_so_it_is_with_the_partners_beside() -> None:
    app = Casework(plugins=EVERYTHING, proving=Proving(limit=0))
    names = [item.name for item in app.case_types if item.name not in STANDING_THINGS]

    assert len(names) == len(assert_proven(app, *names, waits=True))
    app.dispose()
