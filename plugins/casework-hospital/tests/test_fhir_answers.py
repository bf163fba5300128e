"""What a ward's own system sends is done once and in order; what cannot be done is parked, and never lost."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from casework_hospital.fhir import Exchange, Meaning, UnreadableMessage, apply, meanings, receive, retry
from casework_hospital.fhir.meaning import from_text, to_text

from casework import Actor

FILES = Path(__file__).parent / "fhir_files"
BASE = Exchange(base="https://station.example/fhir")


def sent(name: str, case: Any, **replaced: str) -> str:
    """A file as the ward would send it about *case*."""
    text = (FILES / f"{name}.json").read_text(encoding="utf-8").replace("CASE", case.id)
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text


def results(outcomes: Any) -> list[tuple[str, str]]:
    return [(one.meaning.trigger, one.result) for one in outcomes]


def brought(town: Any, case: Any) -> None:
    town.fire("li", case, "admit", hospital="First Hospital", diagnosis="a stroke")


def at(town: Any, *instant: int) -> None:
    town.clock.set(datetime(*instant, tzinfo=UTC))


def test_a_whole_stay_is_told_by_messages_alone(town: Any) -> None:
    case, desk = town.requested(), town.desk("gateway")
    at(town, 2026, 3, 2, 12)
    told = results(receive(desk, sent("01_received", case), BASE) + receive(desk, sent("02_accepted", case), BASE))
    brought(town, case)
    told += results(receive(desk, sent("03_admitted", case), BASE))
    at(town, 2026, 3, 21)
    told += results(receive(desk, sent("04_discharge_planned", case), BASE))
    told += results(receive(desk, sent("05_discharged", case), BASE))

    steps = ["receive", "accept", "admit", "plan_discharge", "discharge"]
    assert [(step, "done") for step in steps] == told
    data = town.desk("he").get(case.id).data
    assert datetime(2026, 3, 2, 10, 30, tzinfo=UTC) == data["referral.admitted_at"]
    assert datetime(2026, 3, 20, 2, tzinfo=UTC) == data["referral.discharged_at"]
    assert ("2026-0317", "station", date(2026, 3, 20)) == (
        data["referral.certificate"],
        data["referral.disposition"],
        data["referral.planned_for"],
    )


def test_a_message_that_comes_again_does_nothing_again(town: Any) -> None:
    case, desk = town.requested(), town.desk("gateway")
    for name in ("01_received", "02_accepted"):
        receive(desk, sent(name, case), BASE)
    brought(town, case)
    at(town, 2026, 3, 21)
    for name in ("03_admitted", "05_discharged"):
        receive(desk, sent(name, case), BASE)
    entries = len(town.desk("he").history(case.id))
    again = [results(receive(desk, sent(name, case), BASE)) for name in ("01_received", "03_admitted", "05_discharged")]

    assert [[("receive", "already")], [("admit", "already")], [("discharge", "already")]] == again
    assert entries == len(town.desk("he").history(case.id))


def test_a_later_version_that_says_the_same_changes_nothing(town: Any) -> None:
    case, desk = town.admitted(), town.desk("gateway")
    since = town.desk("li").get(case.id).data["referral.admitted_at"]
    meaning = Meaning(case=case.id, round=1, trigger="admit", source="Encounter/e", version=7, form={"since": since})

    assert "already" == apply(desk, meaning).result
    assert "already" == apply(desk, Meaning(case=case.id, round=1, trigger="accept", source="Task/t", version=9)).result


def test_a_rejection_is_read_with_its_reason(town: Any) -> None:
    case = town.requested()
    receive(town.desk("gateway"), sent("rejected", case), BASE)
    data = town.desk("he").get(case.id).data

    assert ("other_ward", "surgery first") == (data["referral.rejection"], data["referral.rejection_note"])


def test_what_comes_too_early_is_parked_with_its_reason_and_done_later(town: Any) -> None:
    case, desk = town.accepted(), town.desk("gateway")
    at(town, 2026, 3, 2, 12)
    [early] = receive(desk, sent("03_admitted", case), BASE)
    assert ("parked", "unmet") == (early.result, early.code)
    assert "须先办理送医住院" in early.reason.zh
    assert [early.parked] == [one.id for one in town.desk("liaison").worklist("ward_message", "parked_messages").cases]

    brought(town, case)

    assert "done" == retry(town.desk("liaison"), early.parked)
    assert "admitted" == town.states(case)["referral"]
    assert "applied" == town.desk("liaison").get(early.parked).state


def test_a_parked_message_that_still_cannot_be_done_stays_parked(town: Any) -> None:
    case, desk = town.requested(), town.desk("gateway")
    at(town, 2026, 3, 21)
    [early] = receive(desk, sent("05_discharged", case), BASE)
    refusal = town.refused(lambda: retry(town.desk("liaison"), early.parked))

    assert ("wrong-state", "wrong-state") == (early.code, refusal.code)
    assert "parked" == town.desk("liaison").get(early.parked).state


def test_the_same_message_is_parked_once(town: Any) -> None:
    case, desk = town.requested(), town.desk("gateway")
    at(town, 2026, 3, 2, 12)
    parked = {receive(desk, sent("03_admitted", case), BASE)[0].parked for _ in range(3)}

    assert 1 == len(parked) == len(town.desk("liaison").find("ward_message").cases)


def test_a_parked_message_belongs_to_the_unit_of_the_case_and_to_the_person_where_the_login_may_know(town: Any) -> None:
    case = town.desk("li").get(town.requested().id)
    at(town, 2026, 3, 2, 12)
    knows = town.app.desk(Actor("clerk", roles={"ward_liaison", "ward_nurse", "caseworker"}))
    parked = [receive(desk, sent("03_admitted", case), BASE)[0].parked for desk in (town.desk("gateway"), knows)]
    messages = [town.desk("liaison").get(one) for one in parked]

    assert [case.unit] * 2 == [one.unit for one in messages]
    assert [False, True] == [case.subjects["person"] == one.subjects["patient"] for one in messages]


def test_a_message_that_contradicts_what_is_known_is_parked(town: Any) -> None:
    case, desk = town.requested(), town.desk("gateway")
    receive(desk, sent("02_accepted", case), BASE)
    brought(town, case)
    at(town, 2026, 3, 2, 12)
    receive(desk, sent("03_admitted", case), BASE)
    other = sent("03_admitted", case, **{"18:30:00": "19:00:00"})
    [reused] = receive(desk, other, BASE)
    [differs] = receive(desk, other.replace('"versionId": "2"', '"versionId": "3"'), BASE)

    assert ("parked", "request-reused") == (reused.result, reused.code)
    assert ("parked", "contradicts") == (differs.result, differs.code)
    assert datetime(2026, 3, 2, 10, 30, tzinfo=UTC) == town.desk("li").get(case.id).data["referral.admitted_at"]


def test_an_answer_to_an_earlier_request_is_not_taken_for_one_to_this(town: Any) -> None:
    case = town.requested()
    town.fire("li", case, "referral.withdraw", withdrawn_because="wrong ward")
    town.fire("li", case, "referral.request", **town.ask)
    [old] = receive(town.desk("gateway"), sent("02_accepted", case), BASE)

    assert ("parked", "another-round", "requested") == (old.result, old.code, town.states(case)["referral"])


def test_a_rejection_after_the_admission_is_parked(town: Any) -> None:
    [late] = receive(town.desk("gateway"), sent("rejected", town.admitted()), BASE)

    assert ("parked", "wrong-state") == (late.result, late.code)


def test_a_full_ward_cannot_accept_by_message_either(town: Any) -> None:
    town.accepted()
    town.accepted()
    [full] = receive(town.desk("gateway"), sent("02_accepted", town.requested()), BASE)

    assert ("parked", "limit-reached") == (full.result, full.code)


def test_a_message_about_no_case_is_parked(town: Any) -> None:
    text = (FILES / "01_received.json").read_text(encoding="utf-8")
    [lost] = receive(town.desk("gateway"), text, BASE)

    assert ("parked", "not-found") == (lost.result, lost.code)


def test_whoever_is_no_ward_does_nothing_by_message(town: Any) -> None:
    refusal = town.refused(lambda: receive(town.desk("li"), sent("01_received", town.requested()), BASE))

    assert "not-permitted" == refusal.code


def test_a_parked_message_is_dismissed_by_a_person_with_a_reason(town: Any) -> None:
    [lost] = receive(town.desk("gateway"), (FILES / "01_received.json").read_text(encoding="utf-8"), BASE)

    assert "not-found" == town.no("gateway", lost.parked, "dismiss", dismissed_because="x").code
    assert "dismissed" == town.fire("liaison", lost.parked, "dismiss", dismissed_because="meant for others").state


def test_what_a_parked_message_holds_is_read_by_those_who_handle_it(town: Any) -> None:
    case = town.requested()
    at(town, 2026, 3, 21)
    [early] = receive(town.desk("gateway"), sent("05_discharged", case), BASE)

    assert "2026-0317" in town.desk("liaison").get(early.parked).data["form"]
    assert "not-found" == town.refused(lambda: town.desk("he").get(early.parked)).code


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("01_received", '"received"', '"on-hold"', "status: takes one of requested"),
        ("01_received", '"received"', '"completed"', "asks for an Encounter that is finished"),
        ("02_accepted", '"accepted"', '"rejected"', "contradicts itself"),
        ("02_accepted", '"planned"', '"cancelled"', "status: takes one of planned"),
        ("03_admitted", '"start"', '"end"', "which asks for since"),
        ("05_discharged", "2026-0317", " ", "takes a text"),
        ("05_discharged", '"alt-home"', '"moon"', "takes one of alt-home"),
        ("05_discharged", "/certificate", "/other", "which asks for certificate"),
        ("04_discharge_planned", "2026-03-20", "2026-03-40", "valueDate"),
        ("04_discharge_planned", '"medication"', '"meals"', "takes one of planned_for"),
        ("rejected", '"other_ward"', '"mood"', "takes one of no_bed"),
        ("02_accepted", "/event", "/gossip", "is about no referral"),
        ("01_received", '"versionId": "1"', '"versionId": "one"', "counts the versions"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused_as_a_whole(
    town: Any, name: str, old: str, new: str, says: str
) -> None:
    case = town.requested()
    text = sent(name, case).replace(old, new)
    with pytest.raises(UnreadableMessage) as caught:
        receive(town.desk("gateway"), text, BASE)

    assert [True] == [any(says in str(one) for one in caught.value.violations)]
    assert "requested" == town.states(case)["referral"]


def test_task_and_encounter_are_about_one_referral(town: Any) -> None:
    text = sent("02_accepted", town.requested())
    value = json.loads(text)
    value["entry"][2]["resource"]["basedOn"][0]["identifier"]["value"] = "other.1"

    with pytest.raises(UnreadableMessage, match="two referrals"):
        meanings(json.dumps(value), BASE)


def test_a_message_that_only_confirms_means_nothing() -> None:
    text = (FILES / "01_received.json").read_text(encoding="utf-8").replace('"received"', '"requested"')

    assert () == meanings(text, BASE)


def test_a_form_is_kept_as_text_and_comes_back_as_it_was() -> None:
    form = {
        "since": datetime(2026, 3, 2, 10, 30, 0, 5, tzinfo=UTC),
        "planned_for": date(2026, 3, 20),
        "certificate": "编号 7",
        "until": datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=1),
    }

    assert form == from_text(to_text(form))


def test_the_codes_of_other_systems_are_read_as_the_nearest_of_ours(town: Any) -> None:
    text = sent("05_discharged", town.requested()).replace('"alt-home"', '"snf"')

    assert "long_term" == meanings(text, BASE)[0].form["disposition"]
