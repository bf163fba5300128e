"""Hand-overs to the station: a form, two signatures, and a rescue case where there are any."""

from __future__ import annotations

from typing import Any

import casework_police
import pytest

from casework import Actor

RECEIPT = {"countersigned_by": "Li", "belongings_agree": True}


def brought(town: Any, by: str = "chen", **more: Any) -> Any:
    return town.desk(by).open("police_handover", unit="anlu", **{**town.form, **more})


def test_both_sides_sign_and_the_rescue_case_opens(town: Any) -> None:
    case = brought(town)
    town.fire("chen", case, "sign", signed_by="Chen")
    case = town.fire("li", case, "countersign", **RECEIPT)
    entry = town.desk("li").history(case)[-1]
    opened = town.desk("director").get(entry.opened[0][1])

    assert ("received", "opened", True) == (case.state, case.states["intake"], case.closed)
    assert ("found", "police", "Chen", "Jiefang Road", "male", 70, "anlu") == (
        opened.state,
        *(opened.data[name] for name in ("brought_by", "found_by", "found_at", "sex", "age")),
        opened.unit,
    )
    assert case.subjects == opened.subjects
    assert "apparent_condition" in {*opened.data, *opened.hidden}


def test_what_officers_heard_is_not_what_the_station_assessed(town: Any) -> None:
    case = brought(town, can_state_identity=True)
    town.fire("chen", case, "sign", signed_by="Chen")
    case = town.fire("li", case, "countersign", **RECEIPT)
    opened = town.desk("director").get(town.desk("li").history(case)[-1].opened[0][1])

    assert (True, False) == (opened.data["says_who_they_are"], "can_state_identity" in opened.data)
    assert "unmet" == town.no("li", opened, "verify_identity", name="Zhang San", home="Xiaogan").code


def test_nothing_is_received_on_one_signature(town: Any) -> None:
    case = brought(town)

    assert "wrong-state" == town.no("li", case, "countersign", **RECEIPT).code
    town.fire("chen", case, "sign", signed_by="Chen")
    assert "not-permitted" == town.no("guo", case, "countersign", **RECEIPT).code
    assert ("signed", "waiting") == tuple(town.desk("li").get(case.id).states.values())


def test_one_person_with_both_roles_does_not_sign_twice(town: Any) -> None:
    both = town.app.desk(Actor("both", roles={"police_officer", "caseworker"}, unit="anlu"))
    case = both.fire(both.open("police_handover", **town.form), "sign", signed_by="Both")

    assert "unmet" == town.refused(lambda: both.fire(case, "countersign", **RECEIPT)).code


def test_whoever_signed_first_does_not_receive_although_another_took_the_signature_back(town: Any) -> None:
    case = brought(town)
    town.fire("chen", case, "sign", signed_by="Chen")
    town.fire("city", case, "take_back", reason="wrong age")
    by_another = town.no("city", case, "sign", signed_by="Zhou")
    both = town.app.desk(Actor("chen", roles={"police_officer", "caseworker"}, unit="anlu"))
    town.fire("chen", case, "sign", signed_by="Chen")

    assert "撤回签字后须由原签字人重新签字" in by_another.sentence("zh")
    assert "unmet" == town.refused(lambda: both.fire(case.id, "countersign", **RECEIPT)).code
    assert "received" == town.fire("li", case, "countersign", **RECEIPT).state


@pytest.mark.parametrize("login", ["chen", "chen at the station"])
def test_whoever_filled_the_form_in_does_not_receive_although_another_signed_it(town: Any, login: str) -> None:
    case = town.fire("city", brought(town, "chen"), "sign", signed_by="Zhou")
    both = town.app.desk(Actor(login, roles={"caseworker"}, unit="anlu", person="chen"))

    assert "unmet" == town.refused(lambda: both.fire(case.id, "countersign", **RECEIPT)).code
    assert "unmet" == town.refused(lambda: both.fire(case.id, "decline", reason="full")).code
    assert "received" == town.fire("li", case, "countersign", **RECEIPT).state


def test_a_form_is_written_by_who_filled_it_in_and_who_signs_it(town: Any) -> None:
    case = brought(town, "chen")
    desk = town.desk("city")

    assert "not-permitted" == town.refused(lambda: desk.amend(case.id, age=60)).code
    desk.fire(case.id, "sign", signed_by="Zhou")
    desk.fire(case.id, "take_back", reason="wrong age")
    assert 60 == desk.amend(case.id, age=60).data["age"]


def test_city_management_brings_people_too(town: Any) -> None:
    case = brought(town, "city", referred_by="city_management", office="City management of Anlu")
    town.fire("city", case, "sign", signed_by="Zhou")
    case = town.fire("li", case, "countersign", **RECEIPT)
    opened = town.desk("li").get(town.desk("li").history(case)[-1].opened[0][1])

    assert "city_management" == opened.data["brought_by"]


def test_dangerous_goods_are_listed_and_stay_outside(town: Any) -> None:
    case = brought(town, dangerous_goods=True)
    unlisted = town.no("chen", case, "sign", signed_by="Chen")
    town.desk("chen").amend(case.id, dangerous_list="a knife")
    town.fire("chen", case, "sign", signed_by="Chen")

    assert "携带危险物品的须列明清单" in unlisted.sentence("zh")
    assert "unmet" == town.no("li", case, "countersign", **RECEIPT).code
    assert "received" == town.fire("li", case, "countersign", **RECEIPT, goods_kept_by="Chen, police").state


@pytest.mark.parametrize(("way", "by", "state"), [("decline", "li", "not_received"), ("withdraw", "chen", "withdrawn")])
def test_a_handover_that_fails_opens_nothing_and_says_why(town: Any, way: str, by: str, state: str) -> None:
    case = town.fire("chen", brought(town), "sign", signed_by="Chen")
    case = town.fire(by, case, way, reason="needs a hospital first")

    assert (state, "dropped", True) == (case.state, case.states["intake"], case.closed)
    assert () == tuple(town.desk("director").find("rescue").cases)
    assert "needs a hospital first" == town.desk("director").history(case)[-1].form["reason"]


def test_what_was_signed_is_not_changed(town: Any) -> None:
    case = town.fire("chen", brought(town), "sign", signed_by="Chen")

    assert "not-permitted" == town.refused(lambda: town.desk("chen").amend(case.id, age=60)).code
    case = town.fire("chen", case, "take_back", reason="wrong age")
    assert "signed_by" not in town.desk("chen").amend(case, age=60).data


def test_a_refused_opening_leaves_the_handover_as_it_was(town: Any) -> None:
    case = town.fire("chen", brought(town), "sign", signed_by="Chen")
    town.start((casework_police,))

    no = town.no("li", case, "countersign", **RECEIPT)
    assert ("part-absent", "rescue") == (no.code, no.part)
    assert "signed" == town.desk("li").get(case.id).state
