"""Guards decide by what they declared to read; requirements of plugins are clauses like any other."""

from __future__ import annotations

import pytest
from errands import ANA, BEN, Bench, act, errand, offering, plugin, refused

from casework import Require, SetupError, Text, Transition, UnsoundDefinition, View, field, guard, state


@guard("round_number", reads="count")
def round_number(view: View) -> bool:
    """The count is round

    Nobody can say that in a condition.
    """
    return view.data.get("count", 1) % 10 == 0


GUARDED = Transition("ship", "new", "doing", roles="clerk", guards="round_number")


def test_a_guard_lets_through_what_it_finds_right_and_says_what_it_wants(bench: Bench) -> None:
    desk = bench.app(errand(GUARDED), parts=[round_number]).desk(ANA)

    refusal = refused(desk.fire, desk.open("errand", count=7), "ship")
    assert ("unmet", ["The count is round"], ["round_number"]) == (
        refusal.code,
        [clause.text.en for clause in refusal.unmet],
        [clause.source for clause in refusal.unmet],
    )
    assert "doing" == desk.fire(desk.open("errand", count=20), "ship").state


def test_a_guard_decides_which_of_two_transitions_is_taken(bench: Bench) -> None:
    other = Transition("ship", "new", "done", roles="clerk")
    desk = bench.app(errand(GUARDED, other), parts=[round_number]).desk(ANA)

    assert "done" == desk.fire(desk.open("errand", count=7), "ship").state


def test_available_and_why_not_ask_the_guard_too(bench: Bench) -> None:
    desk = bench.app(errand(GUARDED), parts=[round_number]).desk(ANA)
    case = desk.open("errand", count=7)

    assert "ship" not in desk.available(case)
    assert "unmet" == desk.why_not(case, "ship").code


WEIGHED = Require("errand.start", field("count") >= 1, because=Text("something must be carried", "须有物品"))


def test_a_refusal_says_which_plugin_asks_for_more_and_why(bench: Bench) -> None:
    desk = bench.app(errand(), plugins=[offering("scales", requirements=[WEIGHED])]).desk(ANA)
    refusal = refused(desk.fire, desk.open("errand", count=0), "start")

    assert ("unmet", ["scales"]) == (refusal.code, [clause.source for clause in refusal.unmet])
    assert "something must be carried" in refusal.sentence("en")
    assert "须有物品" in refusal.sentence("zh")


def test_a_requirement_holds_where_its_condition_does_and_only_on_its_trigger(bench: Bench) -> None:
    desk = bench.app(errand(act()), plugins=[offering("scales", requirements=[WEIGHED])]).desk(ANA)

    assert "doing" == desk.fire(desk.open("errand", count=1), "start").state
    assert "new" == desk.fire(desk.open("errand", count=0), "act").state


def test_requirements_of_several_plugins_are_told_together(bench: Bench) -> None:
    marked = Require("errand.start", field("ready").in_(True))
    app = bench.app(
        errand(), plugins=[offering("scales", requirements=[WEIGHED]), offering("marks", requirements=[marked])]
    )
    desk = app.desk(ANA)

    clauses = refused(desk.fire, desk.open("errand"), "start").unmet
    assert [("scales", True), ("marks", True)] == [(clause.source, clause.unknown) for clause in clauses]


def test_a_clause_about_what_the_asker_may_not_see_tells_only_who_asks(bench: Bench) -> None:
    healthy = Require("errand.start", field("diagnosis").known, because="the doctor has spoken")
    app = bench.app(errand(), plugins=[offering("ward", requirements=[healthy])])
    ben = app.desk(BEN)

    (clause,) = refused(ben.fire, ben.open("errand"), "start").unmet
    assert (True, None, "ward") == (clause.hidden, clause.condition, clause.source)
    assert "doctor" not in clause.text.en


@pytest.mark.parametrize(
    ("requirement", "code"),
    [
        (Require("errand.no_such", field("count") >= 1), "CW504"),
        (Require("nothing.start", field("count") >= 1), "CW504"),
        (Require("errand.start", field("no_such") >= 1), "CW106"),
        (Require("errand.start", field("count") >= "many"), "CW301"),
        (Require("errand.start", state("no_such") == "x"), "CW108"),
    ],
)
def test_an_unsound_requirement_stops_the_building(bench: Bench, requirement: Require, code: str) -> None:
    with pytest.raises(UnsoundDefinition, match=code):
        bench.app(errand(), requirements=[requirement])


def test_a_plugin_that_fails_while_contributing_is_named(bench: Bench) -> None:
    def parts() -> list[object]:
        raise RuntimeError("no licence")

    with pytest.raises(SetupError, match=r"broken.*casework_parts.*no licence"):
        bench.app(errand(), plugins=[plugin("broken", parts=parts)])
