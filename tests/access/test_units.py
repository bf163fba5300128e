"""Units are a tree: a role in a unit holds in every unit below it, and nowhere else."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from access.ward import CLERK, MOVER, NURSE, ROLES, TREE, VALUES, code, made

from casework import Actor, Casework, InvalidValue, Refused, SetupError, Units, field
from casework.storage import search


@pytest.mark.parametrize(
    ("unit", "sees"),
    [
        (None, {"city", "north", "south", "team", "elsewhere"}),
        ("city", {"city", "north", "south", "team"}),
        ("north", {"north", "team"}),
        ("team", {"team"}),
        ("elsewhere", {"elsewhere"}),
        ("nort", set()),
    ],
)
def test_a_role_holds_in_its_unit_and_all_below(unit: Any, sees: set[str]) -> None:
    there = made()
    cases = {name: there.opened(name) for name in (*TREE, "elsewhere")}
    desk = there.desk(Actor("x", {"nurse"}, unit=unit))

    assert sees == {name for name, case in cases.items() if code(lambda case=case: desk.get(case.id)) == ""}  # type: ignore[misc]
    assert sees == {case.unit for case in desk.find("ward").cases}
    assert sees == {case.unit for case in desk.worklist("ward", "arrived").cases}
    assert len(sees) == desk.waiting("ward", "arrived")


def test_roles_by_unit_add_up_and_do_not_mix() -> None:
    there = made()
    cases = {name: there.opened(name) for name in TREE}
    desk = there.desk(Actor("x", {"clerk"}, unit="south", roles_in={"north": {"nurse"}, "team": {"chief"}}))

    assert {"south": {"bed", "name", "age"}, "north": {"bed", "name", "age", "illness"}} == {
        name: set(desk.get(cases[name].id).data) for name in ("south", "north")
    }
    assert "secret" in desk.get(cases["team"].id).data
    assert "not-found" == code(lambda: desk.get(cases["city"].id))
    assert {"north", "team"} == {case.unit for case in desk.find("ward", field("illness").known).cases}
    assert {"north", "south", "team"} == {case.unit for case in desk.worklist("ward", "grown_up").cases}
    assert "not-permitted" == code(lambda: desk.fire(cases["south"].id, "move"))
    assert "moved" == desk.fire(cases["team"].id, "move").state


def test_a_worklist_of_more_units_than_ranges_reads_them_together(monkeypatch: pytest.MonkeyPatch) -> None:
    units = Units({"city": None, **{f"street-{n:03}": "city" for n in range(8)}})
    there = made(units=units)
    for n in range(8):
        there.opened(f"street-{n:03}")
    desk = there.desk(attrs.evolve(NURSE, unit="city"))
    apart = desk.worklist("ward", "arrived", limit=5)
    monkeypatch.setattr(search, "RANGE_LIMIT", 4)
    together = desk.worklist("ward", "arrived", limit=5)

    assert apart == together
    assert 5 == len(together.cases) and together.more
    assert 8 == desk.waiting("ward", "arrived")


def test_a_case_is_opened_where_the_role_reaches() -> None:
    desk = made().desk(Actor("x", {"mover"}, unit="north"))

    assert "team" == desk.open("ward", unit="team", **VALUES).unit
    assert "not-permitted" == code(lambda: desk.open("ward", unit="south", **VALUES))


def test_f83_a_tree_that_is_reloaded_counts_at_once() -> None:
    trees = [Units(TREE)]
    there = made(units=lambda: trees[-1])
    case, desk = there.opened("team"), there.desk(NURSE)
    before = desk.get(case.id)
    trees.append(Units({**TREE, "team": "south"}))

    assert "influenza" == before.data["illness"]
    assert "not-found" == code(lambda: desk.fire(before, "move"))
    assert () == desk.find("ward").cases


def test_f83_a_role_that_is_taken_away_is_gone_in_the_middle_of_an_export() -> None:
    trees = [Units(TREE)]
    there = made(units=lambda: trees[-1])
    cases = [there.opened("team") for _ in range(101)]
    records = there.desk(NURSE).export(case.id for case in cases)
    first = next(records)
    trees.append(Units({}))

    assert "influenza" == first["data"]["illness"]
    with pytest.raises(Refused, match="not-found"):
        list(records)


def test_f83_a_view_that_a_state_lent_ends_with_it() -> None:
    there = made()
    case = there.opened()
    clerk = there.desk(CLERK)
    seen = clerk.get(case.id)
    there.desk(MOVER).fire(case.id, "move")

    assert {"bed", "name", "age"} == set(seen.data)
    assert {"not-found"} == {
        code(call)
        for call in (
            lambda: clerk.get(seen),
            lambda: clerk.history(seen),
            lambda: list(clerk.export([seen])),
            lambda: clerk.fire(seen, "tell"),
            lambda: clerk.available(seen),
        )
    }


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        ({"north": "city"}, "name 'city' above 'north', which is no unit"),
        ({"a": "b", "b": "c", "c": "a"}, "in a circle: a below b below c below a"),
        ({"a": "a"}, "in a circle: a below a"),
        ((("a", None), ("a", None)), "'a' twice"),
        ({"": None}, "printable texts"),
        ({"a\n": None}, "printable texts"),
        ("ab", "takes units with the one above each"),
        (7, "takes units with the one above each"),
    ],
    ids=str,
)
def test_a_tree_that_is_none_is_refused_and_says_why(tree: Any, told: str) -> None:
    with pytest.raises(InvalidValue, match=told):
        Units(tree)


def test_units_are_a_value() -> None:
    units = Units(TREE)

    assert (units, hash(units)) == (Units(tuple(TREE.items())), hash(Units(dict(TREE))))
    assert ("north", "team") == units.within("north")
    assert ("team", "north", "city") == units.way_up("team")
    assert (("unknown",), ("unknown",)) == (units.within("unknown"), units.way_up("unknown"))


@pytest.mark.parametrize("units", [7, "city", Units, {"a": None}], ids=str)
def test_what_gives_no_tree_is_refused_when_the_app_is_built(units: Any) -> None:
    with pytest.raises(SetupError, match="units takes"):
        Casework("sqlite://", units=units)


@pytest.mark.parametrize("roles_in", [{"north": "nurse"}, {"": {"nurse"}}], ids=str)
def test_roles_by_unit_are_held_to_their_form(roles_in: Any) -> None:
    with pytest.raises(InvalidValue):
        Actor("x", roles_in=roles_in)


def test_a_local_role_or_a_broken_glass_is_not_brought_along() -> None:
    there = made()
    case = there.opened()
    boasting = Actor("x", {"owner", "break glass"}, roles_in={"north": {"owner", "break glass"}})
    desk = there.desk(boasting)

    assert "not-found" == code(lambda: desk.get(case.id))
    assert () == desk.find("ward").cases
    assert set(ROLES).isdisjoint(boasting.all_roles)
