"""Migrations of all cases that are behind: versions beside each other, refusals counted, plans that move none."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import pytest
from migrating.versions import ANA, GRANTS, NEW, OLD, URGENT_FIRST, Town, town

from casework import Actor, InvalidValue, Refused, UnsoundDefinition
from casework.migrating import Migration

BO = Actor("bo", roles={"guest"}, unit="anlu")


@pytest.fixture
def place() -> Iterator[Town]:
    """A store of one test, whole in the end."""
    with town() as made:
        yield made


def several(place: Town) -> list[str]:
    """Six cases under the older version: new, then assessed with urgent true, false, unknown, and so on."""
    desk = place.app(OLD).desk(ANA)
    told = [{}, {"urgent": True}, {"urgent": False}, {}, {"urgent": True}]
    cases = [desk.open("visit", street=f"House {number}", **known) for number, known in enumerate(told)]
    return [cases[0].id, *(desk.fire(case, "assess").id for case in cases[1:])]


def test_f102_cases_under_both_versions_run_beside_each_other(place: Town) -> None:
    ids = several(place)
    desk = place.app(NEW).desk(ANA)
    newer = desk.open("visit", address="Renmin Road")

    assert "done" == desk.fire(ids[1], "finish").state
    assert "judged" == desk.fire(newer, "assess").state
    assert "assessed" == desk.fire(ids[0], "assess").state
    assert {"House 0", None} == {desk.get(case).data.get("street") for case in (ids[0], newer.id)}
    assert set(ids[:1] + ids[2:]) | {newer.id} == {case.id for case in desk.find("visit", open_only=True).cases}


def test_those_that_fit_are_moved_and_the_others_stay_with_their_reason(place: Town) -> None:
    ids = several(place)
    desk = place.app(NEW).desk(ANA)
    told = desk.migrate_all(URGENT_FIRST, chunk=2)

    assert (4, 0) == (told.moved, told.unseen)
    assert [(ids[3], "not-adoptable")] == [(case_id, no.code) for case_id, no in told.refused]
    assert ["new", "judged", "waiting", "assessed", "judged"] == [desk.get(case_id).state for case_id in ids]
    assert (0, 1) == (desk.migrate_all(URGENT_FIRST).moved, len(desk.migrate_all(URGENT_FIRST).refused))


def test_a_case_whose_fact_was_filled_in_meanwhile_moves_with_the_next_run(place: Town) -> None:
    ids = several(place)
    desk = place.app(NEW).desk(ANA)
    desk.migrate_all(URGENT_FIRST)
    desk.amend(ids[3], urgent=False)

    assert 1 == desk.migrate_all(URGENT_FIRST).moved
    assert "waiting" == desk.get(ids[3]).state


def test_a_dry_run_says_the_same_and_writes_nothing(place: Town) -> None:
    ids = several(place)
    desk = place.app(NEW).desk(ANA)
    dry = desk.migrate_all(URGENT_FIRST, dry_run=True)

    assert ["new", *["assessed"] * 4] == [desk.get(case_id).state for case_id in ids]
    assert dry == desk.migrate_all(URGENT_FIRST)


def test_what_the_actor_may_not_view_is_counted_and_not_named(place: Town) -> None:
    seen = place.app(attrs.evolve(OLD, grants={**GRANTS, "view": ["clerk"]})).desk(ANA).open("visit").id
    app = place.app(attrs.evolve(NEW, grants={**GRANTS, "adopt": ["clerk", "guest"]}, roles=["clerk", "guest"]))
    told = app.desk(BO).migrate_all(URGENT_FIRST)

    assert (0, (), 1) == (told.moved, told.refused, told.unseen)
    assert 1 == app.desk(ANA).get(seen).revision


def test_a_migration_that_does_not_fit_moves_nothing(place: Town) -> None:
    several(place)
    desk = place.app(NEW).desk(ANA)
    wrong = attrs.evolve(URGENT_FIRST, states=[attrs.evolve(URGENT_FIRST.states[0], target="nowhere")])

    with pytest.raises(UnsoundDefinition, match="CW901"):
        desk.migrate_all(wrong)
    with pytest.raises(InvalidValue, match="chunk"):
        desk.migrate_all(URGENT_FIRST, chunk=0)
    with pytest.raises(Refused, match="not-found"):
        desk.migrate_all(Migration(name="x", case_type="errand"))
    assert 0 == desk.migrate_all(attrs.evolve(URGENT_FIRST, from_version=7)).moved


def test_a_plan_counts_the_cases_that_are_there_and_moves_none(place: Town) -> None:
    several(place)
    app = place.app(NEW)
    (plan,) = app.plan_cases(URGENT_FIRST)
    (bare,) = app.plan_cases("visit")

    assert {"safe": 1, "mapped": 0, "depends": 4, "impossible": 0} == dict(plan.totals)
    assert ({}, "") == (dict(plan.holding), plan.yaml)
    assert {"safe": 1, "mapped": 0, "depends": 0, "impossible": 4} == dict(bare.totals)
    assert {"street": 5} == dict(bare.holding)
    assert '{workflow: visit, from: assessed, to: ""}' in bare.yaml
    assert [5, 0] == [item.open for item in app.versions("visit")][:2] or [5] == [
        item.open for item in app.versions("visit")
    ]


def test_messages_and_other_cases_are_left_alone(place: Town) -> None:
    ids = several(place)
    app = place.app(NEW)
    other = app.desk(ANA).open("visit", address="Renmin Road")
    app.desk(ANA).migrate_all(URGENT_FIRST)

    assert other == app.desk(ANA).get(other.id)
    assert {2, 3} == {app.desk(ANA).get(case_id).revision for case_id in ids}
