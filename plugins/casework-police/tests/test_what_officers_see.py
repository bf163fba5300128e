"""What a police officer learns of the host's case: nothing before and after, no closed value in between."""

from __future__ import annotations

from typing import Any

import pytest

from casework import field

SICK = {"hospital": "First Hospital", "diagnosis": "tuberculosis"}
WORDS = ("tuberculosis", "First Hospital", "Jiefang", "patrol", "coughs", "D-77", "uncle", "Zhang San")


def treated(town: Any) -> Any:
    """A case full of things that are none of the police's business, while they search."""
    case = town.searching()
    town.fire("nurse", case, "admit", **SICK)
    town.fire("nurse", case, "visit", note="coughs at night")
    town.fire("wang", case, "record_clue", clue="speaks of an uncle")
    town.fire("wang", case, "publish_notice", notice_channel="newspaper")
    town.fire("wang", case, "request_dna", dna_reference="D-77")
    town.fire("wang", case, "propose_candidate", candidate_name="Zhang San", identified_by="interview")
    town.desk("nurse").note(case.id, "tuberculosis is likely")
    return case


def test_an_officer_sees_the_case_only_while_the_police_are_asked(town: Any) -> None:
    case = town.rescue()
    before = town.refused(lambda: town.desk("chen").get(case.id)).code
    town.fire("li", case, "police.request", **town.sharing)
    during = town.desk("chen").get(case.id).id
    town.fire("li", case, "police.withdraw", reason="identified")

    assert ("not-found", case.id, "not-found") == (
        before,
        during,
        town.refused(lambda: town.desk("chen").get(case.id)).code,
    )
    assert [] == list(town.desk("chen").find("rescue").cases)


def test_an_officer_reads_the_police_part_and_no_closed_field_of_the_host(town: Any) -> None:
    seen = town.desk("chen").get(treated(town).id)
    host = {name for name in seen.data if not name.startswith("police.")}

    assert {"police.asked_of", "police.shared", "police.basis", "police.police_reference"} == set(seen.data) - host
    assert {
        "can_state_identity",
        "urgent",
        "fit_to_travel",
        "visited_at",
        "notice_channel",
        "notice_published_at",
        "dna_requested_at",
        "identified_by",
    } == host
    assert {"diagnosis", "hospital", "found_at", "found_by", "clue", "dna_reference", "candidate_name", "age"} == set(
        seen.hidden
    )


def test_no_outlet_tells_an_officer_a_sealed_word(town: Any) -> None:
    case, desk = treated(town), town.desk("chen")
    told = [
        repr(desk.get(case.id)),
        *map(repr, desk.history(case.id)),
        repr(desk.worklist("rescue", "police.to_answer")),
    ]
    told += [repr(desk.find("rescue")), repr(desk.available(case.id))]
    for trigger in ("reunite", "assess", "discharge", "confirm_candidate", "police.confirm", "police.search"):
        no = desk.why_not(case.id, trigger)
        told.append("" if no is None else repr(no) + no.sentence("en") + no.sentence("zh"))

    assert [] == [word for word in WORDS if any(word in text for text in told)]


def test_an_officer_learns_of_a_hospital_by_the_state_and_of_the_course_by_the_history(town: Any) -> None:
    case = treated(town)
    seen, history = town.desk("chen").get(case.id), town.desk("chen").history(case.id)

    assert ("hospitalized", "admitted") == (seen.state, seen.states["care"])
    assert {"admit", "visit", "record_clue", "propose_candidate"} <= {entry.trigger for entry in history}
    assert {"nurse", "wang", "li"} <= {entry.person for entry in history}
    assert {""} == {entry.note for entry in history}


@pytest.mark.parametrize("name", ["diagnosis", "found_at", "age", "candidate_name"])
def test_an_officer_cannot_search_by_what_they_may_not_read(town: Any, name: str) -> None:
    treated(town)

    assert "not-permitted" == town.refused(lambda: town.desk("chen").find("rescue", field(name).known)).code


def test_an_officer_changes_nothing_of_the_host(town: Any) -> None:
    case = treated(town)
    desk = town.desk("chen")

    assert [] == [name for name in desk.available(case.id) if not name.startswith("police.")]
    assert "not-permitted" == town.refused(lambda: desk.amend(case.id, alias="Old Zhang")).code
    assert "not-permitted" == town.refused(lambda: desk.note(case.id, "seen")).code


def test_whoever_is_not_of_the_police_part_reads_nothing_of_it(town: Any) -> None:
    case, _ = town.confirmed()
    told = {name: set(town.desk(name).get(case.id).data) for name in ("nurse", "auditor")}
    closed = {"police.shared", "police.police_reference", "police.candidate_case", "police.confirmed_case"}

    assert {"nurse": set(), "auditor": set()} == {name: seen & closed for name, seen in told.items()}


@pytest.mark.parametrize("by", ["wang", "chen"])
def test_an_officer_learns_nothing_of_a_report_that_the_family_shares_with_nobody(town: Any, by: str) -> None:
    report = town.desk("li").open("missing_person", reporter="Zhang Mei", relation="child", name="Zhang San")
    town.fire("li", report, "record_consent", consent="none")
    town.fire("li", report, "accept")
    case = town.searching()
    town.proposed(case, report, by=by)
    desk = town.desk("chen")
    seen = desk.get(case.id)
    told = [repr(seen), *map(repr, desk.history(case.id)), repr(desk.find("rescue"))]

    assert "not-found" == town.refused(lambda: desk.get(report.id)).code
    assert {"police.candidate_case", "police.candidate_reasons", "police.compared", "police.asked"} <= set(seen.hidden)
    assert [] == [text for text in told if report.id in text or "same sounds" in text or "dialect" in text]
