"""The course of a referral: asked, answered, in the ward, discharged; and what may not be."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import casework_hospital
import pytest

from casework import (
    ALWAYS,
    CaseType,
    Casework,
    Field,
    InvalidValue,
    State,
    Transition,
    UnsoundDefinition,
    Workflow,
    attach,
    state,
)


def test_a_referral_runs_from_the_request_to_the_discharge(town: Any) -> None:
    case = town.requested()
    assert ("requested", 1, "ward_a") == (
        case.states["referral"],
        case.data["referral.round"],
        case.data["referral.ward"],
    )
    assert "received" == town.fire("sun", case, "referral.receive").states["referral"]
    assert "reserved" == town.fire("sun", case, "referral.accept").data["referral.bed"]
    town.fire("li", case, "admit", hospital="First Hospital", diagnosis="a stroke")
    assert "occupied" == town.fire("sun", case, "referral.admit").data["referral.bed"]
    assert "discharge_planned" == town.fire("sun", case, "referral.plan_discharge", **town.plan).states["referral"]
    town.fire("sun", case, "referral.discharge", **town.paper)
    case = town.desk("li").get(case.id)

    assert ("discharged", None) == (case.states["referral"], case.data.get("referral.bed"))
    assert ("C-17", town.clock.now()) == (case.data["referral.certificate"], case.data["referral.discharged_at"])


def test_the_ward_rejects_with_a_reason_and_another_may_be_asked(town: Any) -> None:
    case = town.requested()
    town.fire("sun", case, "referral.reject", rejection="other_ward", rejection_note="needs surgery")
    told = town.desk("nurse").get(case.id).data
    case = town.fire("li", case, "referral.request", **{**town.ask, "ward": "ward_b"})

    assert ("other_ward", "needs surgery") == (told["referral.rejection"], told["referral.rejection_note"])
    assert ("requested", 2, "ward_b") == (
        case.states["referral"],
        case.data["referral.round"],
        case.data["referral.ward"],
    )
    assert "referral.rejection" not in case.data


def test_a_rejection_asks_for_a_reason(town: Any) -> None:
    refusal = town.no("sun", town.requested(), "referral.reject")

    assert ("invalid-form", ["rejection"]) == (refusal.code, [problem.field for problem in refusal.problems])


def test_a_request_that_is_withdrawn_gives_the_bed_back(town: Any) -> None:
    case = town.accepted()
    assert 1 == town.free()

    town.fire("li", case, "referral.withdraw", withdrawn_because="found his son")

    assert (2, "withdrawn") == (town.free(), town.states(case)["referral"])


def test_a_ward_that_cannot_keep_its_word_takes_the_acceptance_back(town: Any) -> None:
    case = town.accepted()
    town.fire("sun", case, "referral.reject", rejection="no_bed")

    assert (2, "rejected") == (town.free(), town.states(case)["referral"])


def test_whoever_comes_back_to_hospital_is_asked_for_anew(town: Any) -> None:
    case = town.admitted()
    town.fire("sun", case, "referral.plan_discharge", **town.plan)
    town.fire("sun", case, "referral.discharge", **town.paper)
    case = town.fire("li", case, "referral.request", **town.ask)

    left = {"certificate", "disposition", "discharged_at", "needs", "medication", "planned_for", "admitted_at"}
    assert (2, set()) == (case.data["referral.round"], left & {name.removeprefix("referral.") for name in case.data})


def test_a_discharge_without_a_plan_is_recorded_for_what_it_is(town: Any) -> None:
    case = town.admitted()
    town.fire("sun", case, "referral.discharge", certificate="C-1", disposition="against_advice")

    data = town.desk("li").get(case.id).data
    assert ("against_advice", None) == (data["referral.disposition"], data.get("referral.planned_for"))


def test_a_plan_can_be_changed_and_taken_back(town: Any) -> None:
    case = town.fire("sun", town.admitted(), "referral.plan_discharge", **town.plan)
    week = case.dues["referral.visit"]
    town.clock.advance(timedelta(days=1))
    case = town.fire("sun", case, "referral.plan_discharge", **{**town.plan, "needs": "a wheelchair"})
    back = town.fire("sun", case, "referral.cancel_plan")

    assert ("a wheelchair", week) == (case.data["referral.needs"], case.dues["referral.visit"])
    assert ("admitted", None, week) == (
        back.states["referral"],
        back.data.get("referral.needs"),
        back.dues["referral.visit"],
    )


@pytest.mark.parametrize("hours", [1, -200])
def test_a_stay_begins_between_its_request_and_now(town: Any, hours: int) -> None:
    case = town.fire("li", town.accepted(), "admit", hospital="First Hospital", diagnosis="a stroke")
    refusal = town.no("sun", case, "referral.admit", since=town.clock.now() + timedelta(hours=hours))

    assert ("unmet", "referral.stay_began") == (refusal.code, refusal.unmet[0].source)


def test_a_stay_ends_after_it_began(town: Any) -> None:
    case = town.admitted()
    refusal = town.no("sun", case, "referral.discharge", **town.paper, until=town.clock.now() - timedelta(hours=1))

    assert ("unmet", "referral.stay_ended") == (refusal.code, refusal.unmet[0].source)


@pytest.mark.parametrize("trigger", ["referral.receive", "referral.accept", "referral.reject"])
def test_only_the_ward_answers(town: Any, trigger: str) -> None:
    assert "not-permitted" == town.no("he", town.requested(), trigger).code


def test_only_the_desk_asks_and_withdraws(town: Any) -> None:
    case = town.requested()

    assert "not-permitted" == town.no("sun", case, "referral.withdraw", withdrawn_because="x").code
    assert "not-permitted" == town.no("wu", town.person(), "referral.request", **town.ask).code


@pytest.mark.parametrize(
    ("reach", "ends", "beds"), [("requested", "withdrawn", 2), ("accepted", "withdrawn", 2), ("admitted", "ended", 2)]
)
def test_a_case_that_closes_ends_the_referral_and_frees_the_bed(town: Any, reach: str, ends: str, beds: int) -> None:
    case = getattr(town, reach)()
    case = town.fire("li", case, "lose_contact", closing_note="gone at night", police_told=True)

    assert (ends, beds, True) == (case.states["referral"], town.free(), case.closed)
    assert "unmet" == town.no("li", case, "referral.request", **town.ask).code


def test_a_reopened_case_may_be_referred_again(town: Any) -> None:
    case = town.fire("li", town.admitted(), "lose_contact", closing_note="gone", police_told=True)
    town.fire("he", case, "reopen", reason="found again")

    assert "requested" == town.fire("li", case, "referral.request", **town.ask).states["referral"]


def test_a_host_without_a_hospital_of_its_own_uses_the_referral_alone(empty_town: Any) -> None:
    town = empty_town.in_the_village()
    town.beds(1)
    case = town.fire("ana", town.desk("ana").open("errand"), "referral.request", **town.ask)
    case = town.fire("sun", case, "referral.accept")
    case = town.fire("sun", case, "referral.admit")
    town.fire("ana", case, "referral.visit", **town.visit, clue="comes from Yunmeng")
    closed = town.fire("ana", case, "finish")

    assert ("ended", 1) == (closed.states["referral"], town.free())
    assert "comes from Yunmeng" == closed.data["word"]
    assert () == town.app.warnings


def test_a_host_of_other_wards_names_them() -> None:
    other = casework_hospital.referral_workflow(["north", "south"])
    host = CaseType(
        "stay",
        chain=[
            Workflow(
                "stay",
                initial="on",
                states=[State("on"), State("off", final=True)],
                transitions=[Transition("end", "on", "off", roles="clerk")],
            )
        ],
        data=[Field("word", field_class="identity")],
        opens="clerk",
        grants={"view": "clerk"},
        readers={"identity": "clerk"},
    )
    bound = {"patient": "person", "desk": "clerk", "visitor": "clerk", "carer": "clerk", "clue": "word"}
    bound |= {"in_care": ALWAYS, "closed": state("stay") == "off"}
    app = Casework(case_types=[host], attachments=[attach(other, "stay", **bound)], parts=casework_hospital.PARTS)

    ward = next(item for item in app.manifests["stay"].case_type.chain[1].fields if item.name == "referral.ward")
    assert ["north", "south"] == [choice.name for choice in ward.choices]


@pytest.mark.parametrize("slot", ["patient", "desk", "visitor", "carer", "clue", "in_care", "closed"])
def test_every_slot_has_to_be_bound(town: Any, slot: str) -> None:
    bound = {name: value for name, value in town.on_village.bindings if name != slot}

    with pytest.raises(UnsoundDefinition, match="CW502"):
        Casework(
            case_types=[town.village],
            attachments=[attach(casework_hospital.referral, "errand", **bound)],
            parts=casework_hospital.PARTS,
        )


def test_a_host_that_would_lay_the_clues_open_is_unsound(town: Any) -> None:
    leaky = attrs.evolve(town.village, data=[Field("word")])

    with pytest.raises(UnsoundDefinition, match="CW304"):
        Casework(case_types=[leaky], attachments=[town.on_village], parts=casework_hospital.PARTS)


def test_the_example_runs_without_rescue() -> None:
    example = Path(__file__).parent.parent / "examples" / "hospital_alone.py"
    done = subprocess.run([sys.executable, example], capture_output=True, text=True, check=True, timeout=60)

    assert ["limit-reached", "1 not visited for 1 week"] == done.stdout.splitlines()[:2]


def test_the_example_without_the_library_of_fhir_ends_with_its_sentence(tmp_path: Path) -> None:
    example = Path(__file__).parent.parent / "examples" / "hospital_alone.py"
    script = f"import runpy, sys\nsys.modules['fhir'] = None\nrunpy.run_path({str(example)!r}, run_name='__main__')"
    run = [sys.executable, "-c", script]
    done = subprocess.run(run, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)

    needs = "hospital_alone: reading and writing FHIR needs fhir.resources; install casework-hospital[fhir]\n"
    assert (1, needs) == (done.returncode, done.stderr)
    assert ["limit-reached", "1 not visited for 1 week"] == done.stdout.splitlines()


@pytest.mark.parametrize("named", ["ward_office", "referral_workflow"])
@pytest.mark.parametrize(
    ("wards", "says"),
    [
        ("w1", "takes a list of wards"),
        (b"w1", "takes a list of wards"),
        (None, "takes a list of wards"),
        ([], "at least one ward"),
        (["w1", "w2", "w1"], "names twice: w1"),
        (["w1", 2], "takes names of wards"),
        ([" "], "takes names of wards"),
    ],
)
def test_what_is_no_list_of_wards_is_refused_with_what_would_be_right(named: str, wards: Any, says: str) -> None:
    with pytest.raises(InvalidValue, match=says) as caught:
        getattr(casework_hospital, named)(wards)

    assert "wards" == caught.value.where


@pytest.mark.parametrize("field", ["bed", "ward", "round", "admitted_at", "visits_missed", "certificate"])
def test_f69_what_a_step_answers_for_is_set_by_no_other_way(town: Any, field: str) -> None:
    value = {f"referral.{field}": "reserved"}
    opened = town.refused(lambda: town.desk("li").open("rescue", found_at="x", found_by="y", **value))
    amended = town.refused(lambda: town.desk("li").amend(town.person().id, **value))
    forged = town.no("sun", town.requested(), "referral.accept", **value)

    assert {"invalid-form"} == {opened.code, amended.code, forged.code}
