"""Help in order of priority with a floor; matters of the grid that pass upward with what was missing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from volunteering.community import ANN, BEN, CLARA, UNIT, Community, code

from casework import Actor, Case
from casework.volunteering import for_employers, honours, years
from casework.volunteering.yearly import Standard

_DAY = timedelta(days=1)
CORRIDOR, ESTATE = f"{UNIT}/estate-2/corridor-5", f"{UNIT}/estate-2"


@pytest.fixture
def community() -> Community:
    return Community()


def ask(community: Community, number: str, need: str = "ordinary") -> Case:
    case = community.coordinator.open(
        "help_request", unit=UNIT, subjects={"volunteer": number}, what="陪诊", minutes=60, asker_is=number
    )
    return community.coordinator.fire(case, "verify", need=need)


def order(community: Community) -> list[object]:
    return [case.data["asker_is"] for case in community.coordinator.worklist("help_request", "to_match").cases]


def test_a_record_and_need_come_first_and_the_reason_is_told(community: Community) -> None:
    community.earned(community.file(ANN), 300)
    cases = [ask(community, CLARA), ask(community, ANN), ask(community, BEN, "urgent")]

    assert [BEN, ANN, CLARA] == order(community)
    assert ["order", "record", "urgent"] == [case.data["priority"] for case in cases]


def test_nobody_is_overtaken_by_what_was_asked_more_than_five_days_later(community: Community) -> None:
    community.earned(community.file(ANN), 300)
    ask(community, CLARA)
    community.wait(4 * _DAY)
    ask(community, ANN)
    near = order(community)
    community.wait(2 * _DAY)
    ask(community, ANN)

    assert [ANN, CLARA] == near
    assert [ANN, CLARA, ANN] == order(community)


def test_who_has_no_minutes_is_helped_all_the_same_after_three_days(community: Community) -> None:
    case = ask(community, CLARA)
    desk = community.coordinator
    poor = code(lambda: desk.fire(case.id, "match", helper_is=BEN))
    empty = code(lambda: desk.fire(case.id, "match_from_donated", helper_is=BEN))
    early = code(lambda: desk.fire(case.id, "match_in_need", helper_is=BEN))
    community.wait(3 * _DAY)

    assert ("limit-reached", "limit-reached", "unmet") == (poor, empty, early)
    assert "free" == desk.fire(case.id, "match_in_need", helper_is=BEN).data["paid_from"]


def test_whose_helper_falls_out_comes_first_again(community: Community) -> None:
    case = community.coordinator.fire(ask(community, CLARA, "urgent"), "match_in_need", helper_is=BEN)
    community.person(BEN).fire(case.id, "release", reason="生病")
    case = community.coordinator.get(case.id)

    assert ("urgent", "let_down") == (case.state, case.data["priority"])
    assert "not-found" == code(lambda: community.person(BEN).fire(case.id, "begin"))


def matter(community: Community) -> Case:
    desk = community.app.desk(Actor("grid", {"grid_worker"}, unit=CORRIDOR))
    return desk.open("grid_matter", what="飞线充电", category="safety", level="corridor")


def test_what_a_corridor_cannot_solve_its_estate_gets_with_what_was_missing(community: Community) -> None:
    case = matter(community)
    desk = community.app.desk(Actor("grid", {"grid_worker"}, unit=CORRIDOR))
    desk.fire(case.id, "pass_up", missing="money")
    above = community.app.desk(Actor("above", {"grid_worker"}, unit=ESTATE)).find("grid_matter").cases

    assert [(ESTATE, "estate", "money", case.id)] == [
        (one.unit, one.data["level"], one.data["missing_below"], one.parent) for one in above
    ]
    assert "not-found" == code(lambda: desk.get(above[0].id))


def test_the_clock_passes_a_matter_upward_level_by_level_and_no_further(community: Community) -> None:
    matter(community)
    for _ in range(4):
        community.wait(5 * _DAY)
    found = community.coordinator.find("grid_matter").cases

    assert [(UNIT, "late"), (ESTATE, "passed_up"), (CORRIDOR, "passed_up")] == [(one.unit, one.state) for one in found]
    assert [None, "time", "time"] == [one.data.get("missing") for one in found]


def test_nothing_is_passed_above_the_community_and_only_from_there_out_of_it(community: Community) -> None:
    desk = community.coordinator
    case = matter(community)
    top = desk.open("grid_matter", unit=UNIT, what="占道", category="environment", level="community")
    odd = desk.open("grid_matter", unit="elsewhere", what="占道", category="environment", level="estate")

    assert "unmet" == code(lambda: desk.fire(case.id, "refer_out", missing="authority"))
    assert "unmet" == code(lambda: desk.fire(top.id, "pass_up", missing="authority"))
    assert "unmet" == code(lambda: desk.fire(odd.id, "pass_up", missing="authority"))
    assert "out_of_community" == desk.fire(top.id, "refer_out", missing="authority").state


def test_a_year_counts_what_was_credited_and_honours_by_rule(community: Community) -> None:
    ann, ben = community.file(ANN), community.file(BEN)
    for file, minutes in ((ann, 120), (ann, 60), (ben, 60)):
        case = community.done(file, community.task(1, planned_minutes=minutes))
        community.certify(case, minutes)
        told = {**community.statement("confirmed", minutes, case), "rating": "5" if file is ann else "3"}
        community.person("res-1").fire(case.id, "attest", told)
        community.wait(timedelta(minutes=1))
    found = years(community.coordinator, 2026)
    standard = Standard(minutes=100)

    assert [(ANN, 180, 2, 5.0), (BEN, 60, 1, 3.0)] == [
        (year.volunteer, year.minutes, year.services, year.rating) for year in found
    ]
    assert [ANN] == [year.volunteer for year in honours(found, standard)]
    assert () == years(community.coordinator, 2025)
    assert {"某单位": (ANN,)} == {
        employer: tuple(year.volunteer for year in told)
        for employer, told in for_employers(community.coordinator, found).items()
    }
