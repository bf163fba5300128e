"""An answer of another ward, or about somebody else, is carried out for nobody: it is parked, and a person looks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from casework_hospital.fhir import Exchange, Outcome, Patient, UnreadableMessage, receive, referral_of, retry, to_json

EXCHANGE = Exchange(base="https://station.example/fhir", station="anlu")
WARD, PERSON, NUMBER, STATE = (f"{EXCHANGE.base}/{part}" for part in ("ward", "person", "referral", "state"))


def answered(town: Any, case: Any, status: str = "accepted", state: str | None = None) -> dict[str, Any]:
    """Our own message as a ward sends it back, with its answer in the Task."""
    told = referral_of(town.desk("li").get(case.id), Patient(alias="the old man"))
    message: dict[str, Any] = json.loads(to_json(told, EXCHANGE, town.clock.now()))
    task = resource(message, "Task")
    task["status"] = status
    task["businessStatus"] = {"coding": [{"system": STATE, "code": state or status}]}
    return message


def resource(message: dict[str, Any], kind: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [one["resource"] for one in message["entry"]]
    return next(one for one in found if one["resourceType"] == kind)


def renamed(value: Any, system: str, name: str) -> None:
    """Every Identifier of *system* says *name*."""
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        renamed(item, system, name)
    if isinstance(value, dict) and value.get("system") == system:
        value["value"] = name


def received(town: Any, message: dict[str, Any], name: str = "gateway") -> Outcome:
    [outcome] = receive(town.desk(name), json.dumps(message), EXCHANGE)
    return outcome


def test_an_answer_of_the_ward_about_the_person_who_was_referred_is_carried_out(town: Any) -> None:
    case = town.requested()

    assert "done" == received(town, answered(town, case)).result
    assert "accepted" == town.states(case)["referral"]


@pytest.mark.parametrize(
    ("system", "name"), [(WARD, "ward_b"), (WARD, "ward_zz"), (PERSON, "P-999"), (PERSON, "\ufb2c")]
)
def test_an_answer_of_another_ward_or_about_another_person_is_parked(town: Any, system: str, name: str) -> None:
    case = town.requested()
    message = answered(town, case)
    renamed(message, system, name)
    outcome = received(town, message)

    assert ("parked", "contradicts") == (outcome.result, outcome.code)
    assert ("requested", 2) == (town.states(case)["referral"], town.free())


def test_an_answer_with_the_number_of_somebody_else_who_was_referred_is_parked(town: Any) -> None:
    mine, other = town.requested(), town.requested()
    message = answered(town, mine)
    renamed(message, PERSON, resource(answered(town, other), "Patient")["identifier"][0]["value"])

    assert "contradicts" == received(town, message).code
    assert {"requested"} == {town.states(case)["referral"] for case in (mine, other)}


def test_a_logical_reference_to_another_ward_says_so_as_well(town: Any) -> None:
    case = town.requested()
    message = answered(town, case)
    message["entry"] = [one for one in message["entry"] if one["resource"]["resourceType"] in ("MessageHeader", "Task")]
    resource(message, "MessageHeader").pop("sender")
    task = resource(message, "Task")
    for name in ("focus", "for", "requester"):
        task.pop(name)
    task["owner"] = {"identifier": {"system": WARD, "value": "ward_b"}}

    assert "contradicts" == received(town, message).code


def test_what_a_message_about_somebody_else_says_is_not_done_by_trying_again(town: Any) -> None:
    case = town.requested()
    message = answered(town, case)
    renamed(message, PERSON, "P-999")
    parked = received(town, message).parked
    refusal = town.refused(lambda: retry(town.desk("liaison"), parked))

    assert ("unmet", "the message names another person than the referral") == (refusal.code, refusal.text.en)
    assert ("parked", "requested") == (town.desk("liaison").get(parked).state, town.states(case)["referral"])


def test_a_message_that_was_done_and_comes_again_about_somebody_else_is_parked(town: Any) -> None:
    message = answered(town, town.requested())
    first = received(town, message)
    renamed(message, PERSON, "P-999")
    other = received(town, message)

    assert [("done", ""), ("parked", "contradicts")] == [(one.result, one.code) for one in (first, other)]


def test_the_number_of_whom_a_parked_message_names_is_read_by_the_liaison_alone(town: Any) -> None:
    message = answered(town, town.requested())
    renamed(message, PERSON, "P-999")
    parked = received(town, message).parked

    assert "P-999" == town.desk("liaison").get(parked).data["told_patient"]
    assert "P-999" not in repr(town.app.desk(town.desk("auditor").actor).find("ward_message"))


def with_other_request(message: dict[str, Any]) -> None:
    resource(message, "ServiceRequest")["identifier"][0]["value"] = "other.1"


def with_another_request_beside_its_own(message: dict[str, Any]) -> None:
    resource(message, "Task")["identifier"].append({"system": NUMBER, "value": "other.1"})


def with_two_states(message: dict[str, Any]) -> None:
    resource(message, "Task")["businessStatus"]["coding"].append({"system": STATE, "code": "rejected"})


def with_other_ward(message: dict[str, Any]) -> None:
    resource(message, "Task")["owner"]["identifier"] = {"system": WARD, "value": "ward_b"}


def with_other_person(message: dict[str, Any]) -> None:
    resource(message, "Task")["for"]["identifier"] = {"system": PERSON, "value": "P-999"}


def with_a_long_number(message: dict[str, Any]) -> None:
    renamed(message, PERSON, "P" * 201)


def with_another_state(message: dict[str, Any]) -> None:
    resource(message, "Task")["businessStatus"]["coding"][0]["code"] = "rejected"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (with_other_request, "is about two referrals"),
        (with_another_request_beside_its_own, "is about two referrals"),
        (with_two_states, "contradicts the status: rejected is not accepted"),
        (with_other_ward, "is about two wards"),
        (with_other_person, "is about two persons"),
        (with_a_long_number, "takes a text of 1 to 200 characters"),
        (with_another_state, "businessStatus: contradicts the status: rejected is not accepted"),
    ],
)
def test_a_message_that_says_two_things_is_refused_as_a_whole(town: Any, change: Any, says: str) -> None:
    case = town.requested()
    message = answered(town, case)
    change(message)
    with pytest.raises(UnreadableMessage, match=says):
        received(town, message)

    assert "requested" == town.states(case)["referral"]
