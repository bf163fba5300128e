"""A message that cannot be done is neither lost nor laid open: parked where it is found, and read by few."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casework_hospital.fhir import Exchange, Meaning, UnreadableMessage, apply, receive

from casework import Actor, Desk

DIED = {"certificate": "C-9 stroke", "disposition": "died"}


FILES = Path(__file__).parent / "fhir_files"
BASE = "https://station.example/fhir"


def sent(name: str, case: Any) -> str:
    """A file as the ward would send it about *case*."""
    return (FILES / f"{name}.json").read_text(encoding="utf-8").replace("CASE", case.id)


def with_stay(case: Any) -> str:
    """A plan and an admission in one message."""
    planned, admitted = (json.loads(sent(name, case)) for name in ("04_discharge_planned", "03_admitted"))
    planned["entry"] += [one for one in admitted["entry"] if one["resource"]["resourceType"] == "Encounter"]
    return json.dumps(planned)


def nurse(town: Any, unit: str | None, name: str = "qiu") -> Desk:
    return town.app.desk(Actor(name, roles={"ward_nurse"}, unit=unit))


def liaison(town: Any, unit: str | None) -> Desk:
    return town.app.desk(Actor(f"liaison of {unit}", roles={"ward_liaison"}, unit=unit))


def closed(town: Any) -> Any:
    """A case that the ward sees no more."""
    return town.fire("li", town.accepted(), "lose_contact", closing_note="gone", police_told=True)


def death(case: Any, **form: str) -> Meaning:
    told = {**DIED, **form}
    return Meaning(case=case.id, round=1, trigger="discharge", source="Encounter/7", version=1, form=told)


def parked_in(desk: Desk) -> list[str]:
    return [case.id for case in desk.worklist("ward_message", "parked_messages").cases]


def test_a_nurse_of_a_unit_loses_no_message_about_a_case_that_she_sees_no_more(town: Any) -> None:
    outcome = apply(nurse(town, "anlu"), death(closed(town)))

    assert ("parked", "not-found") == (outcome.result, outcome.code)
    assert [outcome.parked] == parked_in(liaison(town, "anlu"))


def test_a_login_without_a_unit_parks_what_it_does_not_see_where_the_exchange_says(town: Any) -> None:
    case = closed(town)
    here, nowhere = Exchange(base=BASE, unit="anlu"), Exchange(base=BASE)
    [found] = receive(nurse(town, None), sent("05_discharged", case), here)
    [other] = receive(nurse(town, None, "another"), sent("05_discharged", case), nowhere)

    assert [found.parked] == parked_in(liaison(town, "anlu"))
    assert {found.parked, other.parked} == set(parked_in(liaison(town, None)))


def test_what_is_parked_does_not_keep_the_rest_of_a_bundle_from_being_done(town: Any) -> None:
    """The Encounter says otherwise of the admission than is known; the plan of the Task beside it is carried out."""
    treated, gone, desk = town.admitted(), closed(town), nurse(town, "anlu")
    town.clock.set(datetime(2026, 3, 2, 12, tzinfo=UTC))
    done = receive(desk, with_stay(treated), Exchange(base=BASE))
    parked = receive(desk, with_stay(gone), Exchange(base=BASE))

    assert [("admit", "parked"), ("plan_discharge", "done")] == [(one.meaning.trigger, one.result) for one in done]
    assert [("admit", "parked"), ("plan_discharge", "parked")] == [(one.meaning.trigger, one.result) for one in parked]
    assert {done[0].parked, *(one.parked for one in parked)} == set(parked_in(liaison(town, "anlu")))


def test_what_says_otherwise_under_the_same_version_is_parked_beside_the_first(town: Any) -> None:
    case, desk = closed(town), nurse(town, "anlu")
    first, again, other = (apply(desk, death(case, certificate=name)) for name in ("C-1", "C-1", "C-2"))

    assert first.parked == again.parked != other.parked
    assert "C-2" in liaison(town, "anlu").get(other.parked).data["form"]


def test_the_longest_text_that_is_read_can_be_parked(town: Any) -> None:
    form = {"needs": '"' * 2_000, "medication": "\n" * 1_999 + "x"}
    meaning = Meaning(case=closed(town).id, round=1, trigger="plan_discharge", source="Task/1", version=1, form=form)

    assert "parked" == apply(nurse(town, "anlu"), meaning).result


def test_signs_for_control_are_refused_before_anything_is_done(town: Any) -> None:
    text = sent("04_discharge_planned", town.admitted()).replace('"valueString": "', '"valueString": "\\u0007', 1)
    refused = ""
    try:
        receive(nurse(town, "anlu"), text, Exchange(base=BASE))
    except UnreadableMessage as error:
        refused = str(error)

    assert "signs for control" in refused


def test_no_nurse_reads_a_parked_message_not_even_the_one_who_handed_it_in(town: Any) -> None:
    handed_in, elsewhere = nurse(town, "anlu"), nurse(town, None, "of-another-ward")
    message = apply(handed_in, death(closed(town))).parked
    unseen = [town.refused(lambda desk=desk: desk.get(message)).code for desk in (handed_in, elsewhere)]
    unseen += [town.refused(lambda desk=desk: desk.history(message)).code for desk in (handed_in, elsewhere)]

    assert {"not-found"} == set(unseen)
    assert [(), ()] == [desk.find("ward_message").cases for desk in (handed_in, elsewhere)]
    assert "stroke" in liaison(town, "anlu").get(message).data["form"]


def test_a_message_that_is_settled_is_read_by_the_liaison_alone(town: Any) -> None:
    message = apply(nurse(town, "anlu"), death(closed(town))).parked
    liaison(town, "anlu").fire(message, "settle")

    assert "not-found" == town.refused(lambda: nurse(town, None).get(message)).code
    assert "applied" == liaison(town, "anlu").get(message).state


def test_a_liaison_of_another_unit_sees_none_of_it(town: Any) -> None:
    message = apply(nurse(town, "anlu"), death(closed(town))).parked

    assert "not-found" == town.refused(lambda: liaison(town, "changhe").get(message)).code
