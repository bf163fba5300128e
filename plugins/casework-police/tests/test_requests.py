"""Requests to the police as cases of their own: identity query, notice, DNA sample with its chain of custody."""

from __future__ import annotations

from typing import Any

import pytest

from casework import days, hours

SAMPLE = {"sample": "blood", "taken_at": "Anlu station", "taken_by": "Chen", "witness": "Li"}
ANSWER = {"answer": "Zhang San of Xiaogan", "result": "hit"}


def test_an_identity_query_goes_out_and_is_answered(town: Any) -> None:
    case = town.request("identity_query")
    case = town.fire("chen", case, "answer", **ANSWER)

    assert ("answered", True, "over", "over") == (
        case.state,
        case.closed,
        case.states["publication"],
        case.states["sample"],
    )
    assert ANSWER == {name: town.desk("wang").get(case.id).data[name] for name in ANSWER}


def test_the_police_see_a_request_from_when_it_is_sent_until_it_ends(town: Any) -> None:
    case = town.desk("wang").open("police_request", kind="identity_query", **town.sharing)
    before = town.refused(lambda: town.desk("chen").get(case.id))
    town.fire("wang", case, "send")
    seen = town.desk("chen").get(case.id)
    town.fire("wang", case, "withdraw", reason="identified")

    assert "not-found" == before.code
    assert town.sharing == {name: seen.data[name] for name in town.sharing}
    assert "not-found" == town.refused(lambda: town.desk("chen").get(case.id)).code


def test_what_was_sent_cannot_be_rewritten(town: Any) -> None:
    case = town.desk("wang").open("police_request", kind="identity_query", **town.sharing)
    town.desk("wang").amend(case.id, shared="man of about 70, limps")
    town.fire("wang", case, "send")

    assert "not-permitted" == town.refused(lambda: town.desk("wang").amend(case.id, shared="nothing")).code


def test_a_consent_without_its_paper_is_not_sent(town: Any) -> None:
    told = {**town.sharing, "basis": "separate_consent"}
    case = town.desk("wang").open("police_request", kind="identity_query", **told)

    assert "unmet" == town.no("wang", case, "send").code
    town.desk("wang").amend(case.id, consent_paper="C-2")
    assert "sent" == town.fire("wang", case, "send").state


def test_a_notice_that_is_still_up_blocks_every_ending(town: Any) -> None:
    case = town.request("notice")
    town.fire("wang", case, "publish", channel="newspaper", notice_text="Who knows this man?")
    town.clock.advance(days(31))

    ways = {"withdraw": "wang", "refuse": "chen", "expire": "wang"}
    assert {"unmet"} == {town.no(who, case, way, reason="over").code for way, who in ways.items()}
    assert "unmet" == town.no("chen", case, "answer", **ANSWER).code
    case = town.fire("wang", case, "take_down", reason="identified")
    assert town.clock.now() == case.data["taken_down_at"]
    assert "withdrawn" == town.fire("wang", case, "withdraw", reason="identified").state


def test_a_notice_is_late_after_a_day(town: Any) -> None:
    case = town.desk("wang").open("police_request", kind="notice", **town.sharing)

    assert town.clock.now() + hours(24) == case.dues["notice"]


def test_a_sample_goes_from_hand_to_hand_and_somebody_has_it_at_every_moment(town: Any) -> None:
    case = town.request("dna_sample")
    hands = []

    def step(name: str, trigger: str, **values: Any) -> None:
        seen = town.fire(name, case, trigger, **values)
        told = town.desk("wang").get(seen.id)
        hands.append((told.states["sample"], told.data.get("custodian")))

    step("chen", "take_sample", **SAMPLE)
    step("chen", "seal", seal_number="S-1")
    step("chen", "offer_sample", offered_to="Guo", seal_intact=True)
    step("guo", "receive_sample", seal_intact=True, destination="carrier")
    step("guo", "offer_sample", offered_to="laboratory, Ms Hu", seal_intact=True)
    step("lab", "receive_sample", seal_intact=True, destination="laboratory")
    step("lab", "compare", report_number="R-9")

    assert [
        ("taken", "chen"),
        ("sealed", "chen"),
        ("offered", "chen"),
        ("sealed", "guo"),
        ("offered", "guo"),
        ("at_laboratory", "lab"),
        ("compared", None),
    ] == hands
    assert "answered" == town.fire("chen", case, "answer", **ANSWER).state
    chain = [(e.trigger, e.person) for e in town.desk("wang").history(case) if e.trigger.endswith("_sample")]
    assert [
        ("take_sample", "chen"),
        ("offer_sample", "chen"),
        ("receive_sample", "guo"),
        ("offer_sample", "guo"),
        ("receive_sample", "lab"),
    ] == chain


def test_the_custodian_is_who_received_the_sample_and_not_whom_it_was_meant_for(town: Any) -> None:
    case = town.fire("lab", under_way(town), "receive_sample", seal_intact=True, destination="laboratory")

    assert "lab" == case.data["custodian"]
    assert "offered_to" not in case.data
    offers = [e.form["offered_to"] for e in town.desk("wang").history(case) if e.trigger == "offer_sample"]
    assert ["Guo"] == offers


def under_way(town: Any) -> Any:
    case = town.request("dna_sample")
    town.fire("chen", case, "take_sample", **SAMPLE)
    town.fire("chen", case, "seal", seal_number="S-1")
    return town.fire("chen", case, "offer_sample", offered_to="Guo", seal_intact=True)


def test_giver_and_receiver_are_two_persons(town: Any) -> None:
    case = under_way(town)

    assert "unmet" == town.no("chen", case, "receive_sample", seal_intact=True, destination="carrier").code


def test_a_broken_seal_spoils_the_sample_and_a_new_one_is_taken(town: Any) -> None:
    case = town.fire("guo", under_way(town), "receive_sample", seal_intact=False, destination="laboratory")

    assert ("spoiled", None) == (case.states["sample"], case.data.get("custodian"))
    assert "unmet" == town.no("chen", case, "answer", **ANSWER).code
    case = town.fire("chen", case, "take_sample", **SAMPLE)
    assert ("taken", None) == (case.states["sample"], case.data.get("seal_number"))


def test_a_sample_whose_seal_is_broken_is_not_handed_on(town: Any) -> None:
    case = town.fire("chen", under_way(town), "take_back", reason="wrong courier")

    assert "unmet" == town.no("chen", case, "offer_sample", offered_to="Guo", seal_intact=False).code


def test_a_request_does_not_end_while_somebody_has_the_sample(town: Any) -> None:
    case = under_way(town)

    assert "unmet" == town.no("wang", case, "withdraw", reason="identified").code
    town.fire("guo", case, "take_back", reason="identified")
    town.fire("guo", case, "discard_sample", reason="no longer needed")
    assert "withdrawn" == town.fire("wang", case, "withdraw", reason="identified").state


def test_the_laboratory_knows_the_seal_and_not_the_person(town: Any) -> None:
    case = under_way(town)
    seen = town.desk("lab").get(case.id)

    assert {"seal_number", "custodian", "offered_to"} <= seen.data.keys()
    assert {"shared", "police_reference", "sample", "witness"} <= set(seen.hidden)
    town.fire("guo", case, "take_back", reason="wrong courier")
    assert "not-found" == town.refused(lambda: town.desk("lab").get(case.id)).code


@pytest.mark.parametrize(("after", "late"), [(6, 0), (8, 1)])
def test_a_dna_request_is_late_after_seven_days(town: Any, after: int, late: int) -> None:
    town.desk("wang").open("police_request", kind="dna_sample", **town.sharing)
    town.clock.advance(days(after))

    assert late == town.desk("wang").waiting("police_request", "samples_late")


@pytest.mark.parametrize(("after", "late"), [(29, 0), (31, 1)])
def test_sampling_is_late_after_a_month(town: Any, after: int, late: int) -> None:
    town.request("dna_sample")
    town.clock.advance(days(after))

    assert late == town.desk("wang").waiting("police_request", "samples_late")


def test_waiting_is_given_up_only_after_the_agreed_time(town: Any) -> None:
    case = town.request("identity_query")

    assert "unmet" == town.no("wang", case, "expire", reason="no answer").code
    town.clock.advance(days(31))
    assert "expired" == town.fire("wang", case, "expire", reason="no answer").state


def record(**more: Any) -> dict[str, Any]:
    """A request about p-9 whose notice is up, as another store wrote it down."""
    notice = {"channel": "newspaper", "notice_text": "Who knows him?"}
    return {
        "format": "casework-case-1",
        "id": "elsewhere-1",
        "case_type": "police_request",
        "unit": "anlu",
        "subjects": {"person": "p-9"},
        "data": {"kind": "notice", "asked_of": "N", "shared": "man", "basis": "statutory_duty", **notice},
        "states": {"police_request": "received", "publication": "up", "sample": "not_needed", **more},
    }


def test_a_notice_that_is_up_elsewhere_is_counted_when_it_is_imported_and_can_be_taken_down(town: Any) -> None:
    case = town.desk("director").import_(record()).case
    other = town.desk("wang").open("police_request", kind="notice", subjects={"person": "p-9"}, **town.sharing)
    town.fire("wang", other, "send")
    town.fire("wang", other, "publish", channel="broadcast", notice_text="Who knows him?")
    counted = town.desk("wang").balances(case.id)
    town.fire("wang", case, "take_down", reason="found")
    ended = town.fire("wang", case, "withdraw", reason="found")
    town.fire("wang", other, "take_down", reason="found")

    assert "counted_up" == case.states["counting"]
    assert {("notices_up", ""): 2, ("requests_open", ""): 2} == counted
    assert ("withdrawn", True) == (ended.state, ended.closed)
    assert "down" == town.desk("wang").get(other.id).states["publication"]


@pytest.mark.parametrize("claimed", ["counted", "counted_up"])
def test_a_request_that_says_it_was_counted_in_another_store_is_not_placed(town: Any, claimed: str) -> None:
    no = town.refused(lambda: town.desk("director").import_(record(counting=claimed)))

    assert "not-permitted" == no.code


def test_a_request_that_ended_elsewhere_is_imported_and_not_counted(town: Any) -> None:
    over = {"police_request": "withdrawn", "publication": "over", "sample": "over", "counting": "over"}
    case = town.desk("director").import_(record(**over)).case

    assert (True, 0) == (case.closed, town.desk("wang").balances(case.id)["requests_open", ""])
