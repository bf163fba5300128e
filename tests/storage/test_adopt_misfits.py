"""What keeps a case from being adopted: each has its place and says what would be right; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from errands import ANA, DATA, Bench, act
from oracle import refused
from storage.adopting import PLUGIN, changed, kind, problems, whole

from casework import (
    Account,
    Actor,
    Choice,
    Field,
    Invariant,
    Post,
    Settle,
    State,
    Transition,
    field,
)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A store of one test, whole in the end."""
    with whole() as made:
        yield made


def test_a_workflow_under_way_is_not_left_behind(bench: Bench) -> None:
    desk = bench.app(kind(), plugins=[PLUGIN]).desk(ANA)
    case = desk.fire(desk.open("errand"), "side.work")

    told = problems(bench.app(kind()), case)
    assert {"states.side": "side is no longer part of the definition and stands in busy; end it first"} == told


def test_a_known_field_is_not_left_behind(bench: Bench) -> None:
    desk = bench.app(kind(), plugins=[PLUGIN]).desk(ANA)
    case = desk.fire(desk.open("errand"), "side.write", word="said")

    told = problems(bench.app(kind()), case)
    assert ["data.side.word"] == [*told]
    assert "said" not in repr(told)


CLOSED = [attrs.evolve(item, field_class="health") if item.name == "remark" else item for item in DATA]
NARROW = [attrs.evolve(item, maximum=5) if item.name == "count" else item for item in DATA]
FEWER = [attrs.evolve(item, choices=(Choice("small"),)) if item.name == "size" else item for item in DATA]
OPENED = [attrs.evolve(item, field_class="open") if item.name == "diagnosis" else item for item in DATA]


@pytest.mark.parametrize(
    ("data", "values", "where"),
    [
        (CLOSED, {"remark": "r"}, "data.remark"),
        (OPENED, {"diagnosis": "d"}, "data.diagnosis"),
        (NARROW, {"count": 6}, "data.count"),
        (FEWER, {"size": "large"}, "data.size"),
        (DATA[1:], {"count": 6}, "data.count"),
    ],
    ids=["closed", "opened", "narrowed", "fewer choices", "gone"],
)
def test_a_value_that_the_new_field_does_not_hold_is_refused(
    bench: Bench, data: list[Field], values: dict[str, Any], where: str
) -> None:
    case = bench.app(kind()).desk(ANA).open("errand", **values)
    free = bench._apps[0].desk(ANA).open("errand")
    app = bench.app(kind(data=data))

    assert [where] == [*problems(app, case)]
    assert 2 == app.desk(ANA).adopt(free).revision


def test_of_a_value_that_one_may_not_read_no_bounds_are_told(bench: Bench) -> None:
    case = bench.app(kind()).desk(ANA).open("errand", diagnosis="pneumonia")
    short = [attrs.evolve(item, max_length=4) if item.name == "diagnosis" else item for item in DATA]
    app = bench.app(kind(data=short))

    assert "4 characters" in problems(app, case)["data.diagnosis"]
    assert "4" not in problems(app, case.id, Actor("ben", roles={"clerk"}))["data.diagnosis"]


def test_a_state_that_is_gone_is_refused_with_those_that_are_there(bench: Bench) -> None:
    case = bench.app(kind()).desk(ANA).open("errand")
    started = bench._apps[0].desk(ANA).fire(bench._apps[0].desk(ANA).open("errand"), "start")
    states = [State("fresh"), State("doing", phases="open"), State("done", final=True)]
    made = changed(states=states)
    begin = Transition("start", "fresh", "doing", roles="clerk")
    main = attrs.evolve(made.chain[0], initial="fresh", transitions=(begin, made.chain[0].transitions[-1]))
    app = bench.app(attrs.evolve(made, chain=(main,)))

    assert "fresh, doing, done" in problems(app, case)["states.errand"]
    assert "doing" == app.desk(ANA).adopt(started).state


def test_a_state_does_not_become_final_under_a_case(bench: Bench) -> None:
    case = bench.app(kind()).desk(ANA).open("errand")
    case = bench._apps[0].desk(ANA).fire(case, "start")
    made = kind()
    through = Transition("start", "new", "doing", roles="clerk")
    main = attrs.evolve(made.chain[0], states=[State("new"), State("doing", final=True)], transitions=(through,))

    assert ["states.errand"] == [*problems(bench.app(attrs.evolve(made, chain=(main,))), case)]


def test_subjects_have_to_stay(bench: Bench) -> None:
    case = bench.app(kind()).desk(ANA).open("errand")

    told = problems(bench.app(kind(subjects=("person", "helper"))), case)
    assert ["subjects.helper"] == [*told]


def test_a_role_that_somebody_holds_has_to_stay_one_of_single_cases(bench: Bench) -> None:
    desk = bench.app(kind()).desk(ANA)
    case = desk.assign(desk.open("errand"), "minder", "ben")
    app = bench.app(kind(roles=("clerk", "chief", "minder")))

    assert ["roles.minder"] == [*problems(app, case)]


BOOK = act(Post("outside", "stock", 3, hold="boxes"), trigger="book", form=())
GIVE = act(Post("outside", "stock", 2), trigger="give", form=())


def test_what_is_reserved_has_to_be_ended_by_somebody(bench: Bench) -> None:
    desk = bench.app(kind(BOOK, act(Settle("boxes"), trigger="take", form=()))).desk(ANA)
    case = desk.fire(desk.open("errand"), "book")
    app = bench.app(kind(BOOK))

    assert ["holds.boxes"] == [*problems(app, case)]
    again = bench.app(kind(BOOK, act(Settle("boxes"), trigger="fetch", form=()))).desk(ANA)
    assert 4 == again.fire(again.adopt(case), "fetch").revision


def test_accounts_that_the_case_moved_have_to_stay_whose_they_are(bench: Bench) -> None:
    desk = bench.app(kind(GIVE)).desk(ANA)
    case, idle = desk.fire(desk.open("errand"), "give"), desk.open("errand")
    moved = (Account("stock", "box", owner="case", minimum=0), Account("outside", "box"), Account("shelf", "box"))
    app = bench.app(kind(GIVE, accounts=moved))

    assert ["accounts.stock"] == [*problems(app, case)]
    assert 2 == app.desk(ANA).adopt(idle).revision


def test_limits_may_change_under_a_case_that_has_moved_amounts(bench: Bench) -> None:
    desk = bench.app(kind(GIVE)).desk(ANA)
    case = desk.fire(desk.open("errand"), "give")
    wider = (Account("stock", "box", minimum=0, maximum=9), Account("outside", "box"))
    app = bench.app(kind(GIVE, accounts=wider, version=2))
    adopted = app.desk(ANA).adopt(case)

    assert () == app.verify().faults
    assert 4 == app.desk(ANA).fire(adopted, "give").revision


def test_the_invariants_of_the_new_manifest_hold(bench: Bench) -> None:
    case = bench.app(kind()).desk(ANA).open("errand", count=9)
    few = Invariant("few", ~(field("count") > 5))
    app = bench.app(kind(invariants=[few]))

    assert "invariant-broken" == refused(app, lambda: app.desk(ANA).adopt(case)).code
