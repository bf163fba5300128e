"""Referral to FHIR to JSON text and back: the values are equal, whatever they are, and every message is R4B."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from casework_hospital.fhir import Basis, Exchange, Patient, Referral, from_json, referral_of, to_bundle, to_json
from casework_hospital.fhir.checked import shape_violations
from casework_hospital.fhir.value import GENDERS, GROUNDS, STATES
from casework_hospital.fields import DISPOSITIONS, PRIORITIES, REJECTIONS
from hypothesis import given
from hypothesis import strategies as st

from casework import InvalidValue

BASE = Exchange(base="https://station.example/fhir", station="anlu")
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60).filter(
    lambda text: bool(text.strip())
)
maybe = st.none() | texts
instants = st.datetimes(
    min_value=datetime(2000, 1, 1),
    max_value=datetime(2100, 1, 1),
    timezones=st.just(UTC),
)


def names(choices: Any) -> st.SearchStrategy[str]:
    return st.sampled_from([item.name for item in choices])


@st.composite
def patients(draw: Any) -> Patient:
    told = {"number": draw(texts), "alias": draw(maybe), "gender": draw(st.sampled_from(GENDERS))}
    identity = draw(st.sampled_from(["unknown", "withheld", "shared"]))
    if identity == "shared":
        told |= {"name": draw(texts), "basis": Basis(ground=draw(st.sampled_from(GROUNDS)), paper=draw(texts))}
    return Patient(identity=identity, **told)


@st.composite
def referrals(draw: Any) -> Referral:
    state = draw(st.sampled_from(STATES))
    told: dict[str, Any] = {"diagnosis": draw(maybe)}
    if state == "rejected":
        told |= {"rejection": draw(st.none() | names(REJECTIONS)), "rejection_note": draw(maybe)}
    if state in ("admitted", "discharge_planned", "discharged", "ended"):
        told["admitted_at"] = draw(instants)
    if state in ("discharge_planned", "discharged", "ended"):
        told |= {"planned_for": draw(st.none() | st.dates()), "needs": draw(maybe), "medication": draw(maybe)}
    if state == "discharged":
        told |= {"discharged_at": draw(instants), "certificate": draw(maybe)}
        told["disposition"] = draw(st.none() | names(DISPOSITIONS))
    return Referral(
        case=draw(st.uuids().map(str)),
        round=draw(st.integers(1, 99)),
        revision=draw(st.integers(1, 10_000)),
        state=state,
        patient=draw(patients()),
        ward=draw(st.sampled_from(["ward_a", "ward_b", "北楼三病区"])),
        priority=draw(names(PRIORITIES)),
        requested_at=draw(instants),
        **told,
    )


@given(referrals())
def test_what_is_written_is_read_back_as_it_was(referral: Referral) -> None:
    assert referral == from_json(to_json(referral, BASE, NOW), BASE)


@given(referrals())
def test_every_message_is_of_the_shape_that_r4b_asks_for(referral: Referral) -> None:
    bundle = to_bundle(referral, BASE, NOW)

    assert [] == [str(one) for entry in bundle["entry"] for one in shape_violations(entry["resource"], "resource")]


@given(referrals())
def test_a_diagnosis_stands_in_the_request_and_nowhere_else(referral: Referral) -> None:
    marked = attrs.evolve(referral, diagnosis="a diagnosis like no other word")
    entries = to_bundle(marked, BASE, NOW)["entry"]

    assert ["ServiceRequest"] == [
        entry["resource"]["resourceType"] for entry in entries if "like no other word" in json.dumps(entry)
    ]


@given(referrals(), st.timedeltas(timedelta(0), timedelta(days=400)))
def test_the_same_referral_is_told_in_the_same_words(referral: Referral, later: timedelta) -> None:
    first, second = to_bundle(referral, BASE, NOW), to_bundle(referral, BASE, NOW + later)

    assert {**first, "timestamp": ""} == {**second, "timestamp": ""}


@pytest.mark.parametrize("identity", ["unknown", "withheld"])
def test_a_name_is_not_told_without_a_basis(identity: Any) -> None:
    with pytest.raises(InvalidValue, match="on a basis"):
        Patient(number="1", identity=identity, name="Zhang San")
    with pytest.raises(InvalidValue, match="on a basis"):
        Patient(number="1", identity="shared", name="Zhang San")


def test_somebody_unknown_is_told_by_a_temporary_number_and_why_there_is_no_name(town: Any) -> None:
    case = town.desk("li").get(town.requested().id)
    patient = to_bundle(referral_of(case), BASE, NOW)["entry"][1]["resource"]
    absent = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}

    assert ("temp", case.data["referral.told_as"]) == (
        patient["identifier"][0]["use"],
        patient["identifier"][0]["value"],
    )
    assert case.subjects["person"] not in json.dumps(patient)
    assert [{"use": "temp", "extension": [absent]}] == patient["name"]
    assert {"extension": [absent]} == patient["_birthDate"]
    assert ("unknown", False) == (patient["gender"], "birthDate" in patient)


def test_nothing_of_the_host_leaves_the_house(town: Any) -> None:
    case = town.requested()
    town.fire("wu", case, "propose_candidate", candidate_name="Zhang San", identified_by="interview")
    town.fire("he", case, "confirm_candidate", home="Yunmeng")
    text = to_json(referral_of(town.desk("he").get(case.id)), BASE, NOW)

    assert [] == [word for word in ("Zhang", "Yunmeng", "Jiefang", "patrol", "the old man") if word in text]
    assert "a stroke" in text


def test_whoever_may_not_read_the_diagnosis_tells_none(town: Any) -> None:
    case = town.requested()

    assert "a stroke" not in to_json(referral_of(town.desk("fang").get(case.id)), BASE, NOW)


def test_each_request_tells_the_person_by_another_number(town: Any) -> None:
    """So that a ward links nobody to an earlier stay, and an answer to one request is none to another."""
    case = town.requested()
    first = referral_of(town.desk("li").get(case.id)).patient.number
    town.fire("sun", case, "referral.reject", rejection="no_bed")
    town.fire("li", case, "referral.request", **town.ask)

    assert first != referral_of(town.desk("li").get(case.id)).patient.number


def test_the_desk_chooses_the_number_in_the_request_and_no_message_tells_another(town: Any) -> None:
    case = town.desk("li").get(town.requested(told_as="P-1").id)

    assert "P-1" == referral_of(case, Patient(alias="the old man")).patient.number
    assert "P-1" == referral_of(case, Patient(number="P-1")).patient.number
    with pytest.raises(InvalidValue, match="is 'P-1' in this referral"):
        referral_of(case, Patient(number="P-2"))


def test_whoever_may_not_read_the_number_tells_no_referral(town: Any) -> None:
    case = town.desk("wu").get(town.requested(told_as="P-1").id)

    with pytest.raises(InvalidValue, match="this login does not read it") as caught:
        referral_of(case)
    assert "P-1" not in str(caught.value)


def test_before_the_first_request_there_is_nothing_to_tell(town: Any) -> None:
    with pytest.raises(InvalidValue, match="no ward has been asked"):
        referral_of(town.person())


@pytest.mark.parametrize(
    "base", ["", "station.example", "ftp://x.example", "https://x.example/a b", "https://x.example/?q"]
)
def test_a_base_is_an_address(base: str) -> None:
    with pytest.raises(InvalidValue, match=r"exchange\.base"):
        Exchange(base=base)


def test_values_that_fhir_could_not_carry_are_refused() -> None:
    told = {"case": "c", "round": 1, "revision": 1, "state": "requested", "ward": "w", "priority": "stat"}
    who = Patient(number="1")
    for wrong in (
        {"diagnosis": " "},
        {"diagnosis": "a\x07"},
        {"round": 0},
        {"admitted_at": NOW},
        {"certificate": "C"},
        {"rejection": "no_bed"},
        {"state": "lost"},
        {"requested_at": NOW.replace(tzinfo=None)},
        {"patient": Patient(alias="nobody's number")},
    ):
        with pytest.raises(InvalidValue):
            Referral(**{**told, "patient": who, "requested_at": NOW, **wrong})
