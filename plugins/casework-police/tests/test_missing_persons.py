"""A family's report: taken on with a consent, searched for, found by two persons' judgement, undone when wrong."""

from __future__ import annotations

from typing import Any

import pytest

from casework import days

LINK = {"candidate_case": "case-of-an-unknown-man", "candidate_score": 700, "candidate_reasons": "same sounds"}
LEFT_BEHIND = {*LINK, "compared", "found_through", "paper_number", "asked", "found_case"}


def judged(town: Any) -> Any:
    return town.fire("wang", town.report(), "propose", **LINK, **town.evidence)


def known(case: Any) -> set[str]:
    return {*case.data, *case.hidden}


def opened(town: Any) -> Any:
    return town.desk("li").open("missing_person", reporter="Zhang Mei", relation="child", name="Zhang San")


def test_nobody_is_searched_for_before_the_family_was_asked_what_may_be_shared(town: Any) -> None:
    case = opened(town)
    no = town.no("li", case, "accept")

    assert "须先征询家属共享意愿" in no.sentence("zh")
    town.fire("li", case, "record_consent", consent="none")
    case = town.fire("li", case, "accept")
    assert ("searching", "none", "withheld") == (case.state, case.data["consent"], case.states["sharing"])


def test_a_consent_is_set_by_its_step_alone_and_stands_on_paper(town: Any) -> None:
    case = town.report()

    assert "invalid-form" == town.refused(lambda: town.desk("li").amend(case.id, consent="public")).code
    assert "unmet" == town.no("li", case, "record_consent", consent="public").code
    case = town.fire("li", case, "record_consent", consent="public", consent_paper="C-9")
    assert ("public", "C-9", "public") == (case.data["consent"], case.data["consent_paper"], case.states["sharing"])


def test_an_officer_sees_a_report_as_long_as_the_family_lets_it_be_shared(town: Any) -> None:
    case = opened(town)
    before = town.refused(lambda: town.desk("chen").get(case.id)).code
    town.fire("li", case, "record_consent", consent="agencies", consent_paper="C-1")
    during = town.desk("chen").get(case.id).data["name"]
    town.fire("li", case, "record_consent", consent="none")

    assert ("not-found", "Zhang San", "not-found") == (
        before,
        during,
        town.refused(lambda: town.desk("chen").get(case.id)).code,
    )


def test_who_it_may_be_is_read_by_those_who_judge(town: Any) -> None:
    case = judged(town)
    told = {name: set(town.desk(name).get(case.id).data) & set(LINK) for name in ("wang", "director", "li", "chen")}

    assert {"wang": set(LINK), "director": set(LINK), "li": {"candidate_score"}, "chen": {"candidate_score"}} == told


def test_two_persons_find_somebody(town: Any) -> None:
    case = judged(town)

    assert "unmet" == town.no("wang", case, "confirm", **town.proof).code
    case = town.fire("zhao", case, "confirm", **town.proof)
    assert ("found", True, LINK["candidate_case"]) == (case.state, case.closed, case.data["found_case"])


def test_a_score_finds_nobody(town: Any) -> None:
    no = town.no("zhao", judged(town), "confirm", **{**town.proof, "found_through": "record_match"})

    assert ("invalid-form", ["found_through"]) == (no.code, [problem.field for problem in no.problems])


@pytest.mark.parametrize("way", ["reject", "undo"])
def test_a_wrong_candidate_leaves_nothing_but_its_history(town: Any, way: str) -> None:
    case = judged(town)
    if way == "undo":
        town.fire("zhao", case, "confirm", **town.proof)
    case = town.fire("zhao", case, way, reason="another man", **town.proof)

    assert ("searching", False, set()) == (case.state, case.closed, known(case) & LEFT_BEHIND)
    assert way == town.desk("zhao").history(case)[-1].trigger
    assert "another man" == town.desk("zhao").history(case)[-1].form["reason"]


@pytest.mark.parametrize(
    ("way", "values", "state"),
    [
        ("record_found", {"found_at": "at his brother's", "told_by": "Zhang Mei"}, "found_elsewhere"),
        ("withdraw", {"reason": "the family asked for it"}, "withdrawn"),
    ],
)
def test_a_report_that_ended_otherwise_needs_a_new_consent_to_be_searched_again(
    town: Any, way: str, values: dict[str, str], state: str
) -> None:
    case = town.fire("li", judged(town), way, **values)

    assert (state, set()) == (case.state, known(case) & LEFT_BEHIND)
    case = town.fire("wang", case, "resume", reason="gone again")
    assert ("reported", False) == (case.state, "consent" in case.data)
    assert "unmet" == town.no("li", case, "accept").code


def test_a_death_is_recorded_with_its_paper(town: Any) -> None:
    case = town.report()

    assert "invalid-form" == town.no("li", case, "record_death", died_on=town.clock.now().date()).code
    ended = town.fire("li", case, "record_death", died_on=town.clock.now().date(), paper_number="D-1")
    assert ("died", True) == (ended.state, ended.closed)


def test_the_family_is_asked_again_every_half_year(town: Any) -> None:
    case = town.report()
    town.clock.advance(days(181))
    late = town.desk("li").waiting("missing_person", "reports_to_renew")
    town.fire("li", case, "renew", reason="they still search")

    assert (1, 0) == (late, town.desk("li").waiting("missing_person", "reports_to_renew"))


def test_the_auditor_sees_the_course_and_nobody(town: Any) -> None:
    case = judged(town)
    seen = town.desk("auditor").get(case.id)

    assert {"relation", "consent", "candidate_score", "found_through"} == set(seen.data)
    assert {"name", "reporter", "candidate_case"} <= set(seen.hidden)
