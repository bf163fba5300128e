"""The police workflow on rescue cases: asking, answering, proposing, confirming, rejecting, undoing."""

from __future__ import annotations

from typing import Any

import pytest

from casework import days

DERIVED = (
    "candidate_case",
    "candidate_score",
    "candidate_reasons",
    "compared",
    "found_through",
    "paper_number",
    "asked",
    "stood",
    "confirmed_case",
)


def derived(case: Any) -> list[str]:
    """What a candidate left behind in the case, seen or hidden."""
    known = {*case.data, *case.hidden}
    return [name for name in DERIVED if f"police.{name}" in known]


def test_the_police_answer_a_request_step_by_step(town: Any) -> None:
    case = town.searching()

    assert "searching" == case.states["police"]
    assert "A-1" == case.data["police.police_reference"]
    assert town.clock.now() + days(30) == case.dues["police.answer"]


def test_what_was_shared_with_whom_and_why_is_kept_of_every_request(town: Any) -> None:
    case = town.searching()
    town.fire("chen", case, "police.refuse", reason="not our district")
    again = {**town.sharing, "asked_of": "Beicheng police station"}
    case = town.fire("wang", case, "police.request", **again)

    forms = [dict(e.form) for e in town.desk("wang").history(case) if e.trigger == "police.request"]
    assert [town.sharing, again] == forms
    assert "police.declined_because" not in case.data
    assert "Beicheng police station" == case.data["police.asked_of"]


@pytest.mark.parametrize("basis", ["separate_consent", "guardian_consent"])
def test_a_consent_without_its_paper_is_no_basis(town: Any, basis: str) -> None:
    case = town.rescue()
    no = town.no("li", case, "police.request", **{**town.sharing, "basis": basis})

    assert "unmet" == no.code
    assert "同意书编号" in no.sentence("zh")
    assert (
        "requested"
        == town.fire("li", case, "police.request", **{**town.sharing, "basis": basis}, consent_paper="1").states[
            "police"
        ]
    )


def test_nothing_is_shared_without_a_basis(town: Any) -> None:
    no = town.no("li", town.rescue(), "police.request", asked_of="Nancheng", shared="a man")

    assert "invalid-form" == no.code
    assert ["basis"] == [problem.field for problem in no.problems]


@pytest.mark.parametrize(
    ("way", "by", "state"),
    [
        ("police.refuse", "chen", "refused"),
        ("police.find_nobody", "chen", "not_found"),
        ("police.withdraw", "li", "withdrawn"),
    ],
)
def test_a_request_that_came_to_nothing_can_be_made_again(town: Any, way: str, by: str, state: str) -> None:
    case = town.searching()
    town.fire(by, case, way, reason="told by telephone")
    case = town.desk("li").get(case.id)

    assert state == case.states["police"]
    assert "requested" == town.fire("li", case, "police.request", **town.sharing).states["police"]


def test_one_person_does_not_confirm_what_they_proposed(town: Any) -> None:
    case = town.searching()
    town.proposed(case, town.report(), by="wang")
    town.identified(case)
    no = town.no("wang", case, "police.confirm", **town.proof)

    assert "unmet" == no.code
    assert "confirmed" == town.fire("zhao", case, "police.confirm", **town.proof).states["police"]


def test_the_link_is_confirmed_only_after_the_case_confirmed_the_identity_itself(town: Any) -> None:
    case = town.searching()
    town.proposed(case, town.report())

    assert "unmet" == town.no("wang", case, "police.confirm", **town.proof).code
    town.identified(case)
    assert "confirmed" == town.fire("wang", case, "police.confirm", **town.proof).states["police"]


def test_a_score_confirms_nobody(town: Any) -> None:
    case = town.searching()
    town.proposed(case, town.report())
    town.identified(case)

    no = town.no("wang", case, "police.confirm", **{**town.proof, "found_through": "record_match"})
    assert ("invalid-form", ["found_through"]) == (no.code, [problem.field for problem in no.problems])


def test_a_confirmed_link_names_the_report_and_changes_neither_record(town: Any) -> None:
    case, report = town.confirmed()

    assert report.id == case.data["police.confirmed_case"]
    assert report == town.desk("li").get(report.id)
    assert "Zhang San" == report.data["name"]


def test_a_rejected_candidate_leaves_nothing_but_its_history(town: Any) -> None:
    case = town.searching()
    town.proposed(case, town.report())
    case = town.fire("wang", case, "police.reject", reason="other scar", **town.proof)

    assert ("searching", []) == (case.states["police"], derived(case))
    forms = [dict(e.form) for e in town.desk("wang").history(case) if e.trigger in ("police.propose", "police.reject")]
    assert ["record_match", "kin"] == [form["found_through"] for form in forms]
    assert "other scar" == forms[1]["reason"]


@pytest.mark.parametrize("stood", ["not_asked", "requested", "acknowledged", "refused"])
def test_rejecting_leads_back_to_where_the_case_stood(town: Any, stood: str) -> None:
    case = town.rescue()
    if stood != "not_asked":
        town.fire("li", case, "police.request", **town.sharing)
    if stood == "acknowledged":
        town.fire("chen", case, "police.acknowledge", police_reference="A-1")
    if stood == "refused":
        town.fire("chen", case, "police.refuse", reason="not ours")
    proposed = town.proposed(case, town.report(), by="wang")
    asked = stood in ("requested", "acknowledged")

    assert ("candidate" if asked else "suggested") == proposed.states["police"]
    assert stood == town.fire("zhao", case, "police.reject", reason="no", **town.evidence).states["police"]


def test_a_wrong_match_undone_leaves_no_derived_value(town: Any) -> None:
    case, _ = town.confirmed()
    case = town.fire("zhao", case, "police.undo", reason="the daughter erred", **town.proof)

    assert ("searching", []) == (case.states["police"], derived(case))
    assert ["police.confirm", "police.undo"] == [e.trigger for e in town.desk("wang").history(case)][-2:]


def test_an_identity_that_the_case_revokes_takes_the_link_with_it(town: Any) -> None:
    case, _ = town.confirmed()
    case = town.fire("director", case, "revoke_identity", reason="another man")

    assert ("assessed", "searching", []) == (case.state, case.states["police"], derived(case))


def test_in_a_reopened_case_the_link_is_undone_before_the_identity(town: Any) -> None:
    case, _ = town.confirmed()
    town.fire("nurse", case, "examine", fit_to_travel=True)
    town.fire("li", case, "sign_handover", handed_over_by="Li")
    town.fire("fang", case, "countersign_handover", received_by="Zhang Mei", receiver_is="daughter")
    closed = town.fire("li", case, "reunite")
    town.fire("director", case, "reopen", reason="another family came")

    assert ("closed", True) == (closed.states["police"], closed.closed)
    no = town.no("director", case, "revoke_identity", reason="another man")
    assert "casework_police.rescue" == no.unmet[0].source
    town.fire("wang", case, "police.undo", reason="another man", **town.proof)
    case = town.fire("director", case, "revoke_identity", reason="another man")
    assert ("unidentified", []) == (case.states["tracing"], derived(case))


def test_a_case_that_ends_otherwise_ends_the_police_part_without_a_link(town: Any) -> None:
    case = town.searching()
    town.proposed(case, town.report())
    case = town.fire("li", case, "lose_contact", closing_note="gone in the night", police_told=True)

    assert (True, "closed", []) == (case.closed, case.states["police"], derived(case))


def ready_to_go(town: Any, case: Any) -> None:
    """All that the station itself asks for before somebody goes home."""
    town.identified(case)
    town.fire("nurse", case, "examine", fit_to_travel=True)
    town.fire("li", case, "sign_handover", handed_over_by="Li")
    town.fire("fang", case, "countersign_handover", received_by="Zhang Mei", receiver_is="daughter")


def test_nobody_goes_home_while_the_police_still_search(town: Any) -> None:
    case = town.searching()
    ready_to_go(town, case)
    no = town.no("li", case, "reunite")

    assert ("unmet", "casework_police.rescue") == (no.code, no.unmet[0].source)
    assert "公安协查须已答复或撤回" in no.sentence("zh")
    assert "the police have answered" in no.sentence("en")
    town.fire("li", case, "police.withdraw", reason="found by talking to him")
    assert "reunited" == town.fire("li", case, "reunite").state


def test_nobody_goes_home_while_a_candidate_waits(town: Any) -> None:
    case = town.rescue()
    town.proposed(case, town.report(), by="wang")
    ready_to_go(town, case)

    assert "unmet" == town.no("li", case, "reunite").code
    town.fire("zhao", case, "police.confirm", **town.proof)
    assert "reunited" == town.fire("li", case, "reunite").state


def test_nobody_goes_home_while_a_notice_about_them_is_up(town: Any) -> None:
    case = town.rescue()
    case = town.fire("wang", case, "police.prepare_request", kind="notice", **town.sharing)
    notice = town.desk("wang").history(case)[-1].opened[0][1]
    town.fire("wang", notice, "send")
    town.fire("wang", notice, "publish", channel="newspaper", notice_text="Who knows this man?")
    ready_to_go(town, case)
    no = town.no("li", case, "reunite")

    assert "须先撤下有关该人员的公告" in no.sentence("zh")
    town.fire("li", notice, "take_down", reason="identified")
    town.fire("li", notice, "withdraw", reason="identified")
    assert "reunited" == town.fire("li", case, "reunite").state


def asked_for(town: Any, case: Any, kind: str) -> str:
    """The request that is prepared for a case."""
    case = town.fire("wang", case, "police.prepare_request", kind=kind, **town.sharing)
    return str(town.desk("wang").history(case)[-1].opened[0][1])


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize("kind", ["identity_query", "notice", "dna_sample"])
def test_nobody_goes_home_while_a_request_about_them_is_open(town: Any, kind: str, sent: bool) -> None:
    case = town.rescue()
    request = asked_for(town, case, kind)
    if sent:
        town.fire("wang", request, "send")
    ready_to_go(town, case)
    no = town.no("li", case, "reunite")

    assert "有关该人员的公安协查申请须全部办结或撤回" in no.sentence("zh")
    town.fire("li", request, "withdraw", reason="identified")
    assert "reunited" == town.fire("li", case, "reunite").state
    assert "wrong-state" == town.no("wang", request, "publish", channel="newspaper", notice_text="Who knows him?").code


@pytest.mark.parametrize("up", [False, True])
def test_nobody_is_passed_on_to_a_station_that_cannot_end_what_this_one_asked(town: Any, up: bool) -> None:
    case = town.rescue()
    request = asked_for(town, case, "notice")
    town.fire("wang", request, "send")
    if up:
        town.fire("wang", request, "publish", channel="newspaper", notice_text="Who knows this man?")
    town.fire("li", case, "sign_handover", handed_over_by="Li")
    town.fire("fang", case, "countersign_handover", received_by="Sun", receiver_is="station")

    assert "unmet" == town.no("li", case, "transfer", to_unit="changhe").code
    if up:
        town.fire("li", request, "take_down", reason="passed on")
    town.fire("li", request, "withdraw", reason="passed on")
    assert "transferred" == town.fire("li", case, "transfer", to_unit="changhe").state


def test_what_has_happened_is_recorded_whatever_is_open_and_the_notice_is_asked_for_again(town: Any) -> None:
    case = town.rescue()
    request = asked_for(town, case, "notice")
    town.fire("wang", request, "send")
    town.fire("wang", request, "publish", channel="newspaper", notice_text="Who knows this man?")
    died = town.fire("nurse", case, "record_death", died_on=town.clock.now().date(), death_certificate="D-1")
    before = town.desk("wang").waiting("police_request", "notices_to_check")
    town.clock.advance(days(31))
    after = town.desk("wang").waiting("police_request", "notices_to_check")
    town.fire("wang", request, "keep_up", reason="his kin are still to be found")

    assert ("died", 0, 1) == (died.state, before, after)
    assert 0 == town.desk("wang").waiting("police_request", "notices_to_check")


def test_a_candidate_of_an_identity_that_was_revoked_is_not_confirmed_under_the_next_one(town: Any) -> None:
    case = town.searching()
    town.proposed(case, town.report())
    waiting = town.identified(case)
    revoked = town.fire("director", case, "revoke_identity", reason="another man")
    town.fire("li", case, "propose_candidate", candidate_name="Li Si", identified_by="interview")
    again = town.fire("director", case, "confirm_candidate", home="Wuhan")

    assert ["to_confirm", "outdated", "outdated"] == [seen.states["police"] for seen in (waiting, revoked, again)]
    assert "wrong-state" == town.no("wang", case, "police.confirm", **town.proof).code
    assert [case.id] == [found.id for found in town.desk("wang").worklist("rescue", "police.to_judge").cases]
    case = town.fire("wang", case, "police.reject", reason="was thought to be Zhang San", **town.evidence)
    assert ("searching", []) == (case.states["police"], derived(case))


def test_nobody_goes_home_while_the_candidate_of_a_revoked_identity_is_not_judged(town: Any) -> None:
    case = town.searching()
    town.proposed(case, town.report())
    town.identified(case)
    town.fire("director", case, "revoke_identity", reason="another man")
    ready_to_go(town, case)

    assert "公安协查须已答复或撤回" in town.no("li", case, "reunite").sentence("zh")


def test_a_notice_counts_for_the_person_whom_it_is_about_and_for_nobody_else(town: Any) -> None:
    case, other = town.rescue(), town.rescue()
    desk = town.desk("wang")
    notice = desk.open("police_request", kind="notice", subjects={"person": case.subjects["person"]}, **town.sharing)
    town.fire("wang", notice, "send")
    town.fire("wang", notice, "publish", channel="newspaper", notice_text="Who knows this man?")
    for found in (case, other):
        ready_to_go(town, found)

    assert "unmet" == town.no("li", case, "reunite").code
    assert "reunited" == town.fire("li", other, "reunite").state


def test_a_request_prepared_for_a_case_is_about_the_same_person(town: Any) -> None:
    case = town.fire("wang", town.rescue(), "police.prepare_request", kind="dna_sample", **town.sharing)
    opened = town.desk("wang").history(case)[-1].opened
    child = town.desk("wang").get(opened[0][1])

    assert ["police_request"] == [name for name, _, _ in opened]
    assert (case.id, case.subjects["person"]) == (child.parent, child.subjects["person"])
    assert town.sharing == {name: child.data[name] for name in town.sharing}


def test_worklists_show_who_waits_for_whom(town: Any) -> None:
    case = town.searching()
    waiting = [found.id for found in town.desk("chen").worklist("rescue", "police.to_answer").cases]
    late_before = town.desk("wang").waiting("rescue", "police.unanswered")
    town.clock.advance(days(31))

    assert [case.id] == waiting
    assert (0, 1) == (late_before, town.desk("wang").waiting("rescue", "police.unanswered"))
    town.proposed(case, town.report())
    assert [case.id] == [found.id for found in town.desk("zhao").worklist("rescue", "police.to_judge").cases]


def test_who_it_may_be_is_read_by_those_who_judge_and_by_no_other_who_asks(town: Any) -> None:
    case = town.searching()
    town.proposed(case, town.report())
    closed = {"police.candidate_case", "police.candidate_reasons", "police.compared", "police.asked"}
    told = {name: set(town.desk(name).get(case.id).data) & closed for name in ("fang", "nurse", "wang", "director")}

    assert {"fang": set(), "nurse": set(), "wang": closed, "director": closed} == told
