"""F22: a case and those that it opens name each other in both logs, whatever happens to them at once."""

from __future__ import annotations

import random

import pytest
from faults.town import CLERK, TYPES, at_once, founded, insistent
from oracle import assert_inv, entries_of, refused
from stores import fresh, quick

from casework import (
    Account,
    CaseType,
    Casework,
    Desk,
    Open,
    Post,
    State,
    Transition,
    Workflow,
    state,
)

FAMILY = ("bear", "bear", "call_home", "call_home", "grow_up", "retire")


def test_both_logs_name_each_other() -> None:
    app = founded()
    desk = app.desk(CLERK)
    mother = desk.fire(desk.open("parent"), "bear", name="Li")

    opened = entries_of(app, mother.id)[1][1]["opens"]
    born = entries_of(app, opened[0][1])[0][1]

    assert [["child", opened[0][1], "anlu"]] == opened
    assert mother.id == desk.get(opened[0][1]).parent == born["case"]["parent"] == born["cause"][2]
    assert_inv(app)


@pytest.mark.parametrize("seed", range(3))
def test_parents_and_children_that_move_at_once_stay_linked(seed: int, long: bool) -> None:
    app = founded(fresh())
    desk = app.desk(CLERK)
    mothers = [desk.open("parent").id for _ in range(4)]

    at_once(
        [*[lambda n=n: _live(desk, mothers, n, 300 if long else 25) for n in range(seed, seed + 6)], lambda: _run(app)]
    )  # type: ignore[misc]

    app.run_due()
    assert 0 == app.run_due().fired, "what was asked for is done"
    assert_inv(app)
    app.dispose()


def _live(desk: Desk, mothers: list[str], seed: int, count: int) -> None:
    luck = random.Random(seed)
    for _ in range(count):
        children = [case.id for case in desk.find("child", limit=200).cases]
        trigger = luck.choice(FAMILY)
        if trigger == "bear":
            insistent(lambda: desk.fire(luck.choice(mothers), "bear", name=luck.choice(["Li", "Wu", "last"])))
        elif trigger == "retire":
            insistent(lambda: desk.fire(luck.choice(mothers), "retire") if luck.random() < 0.05 else None)
        elif children:
            child = luck.choice(children)
            insistent(lambda child=child, trigger=trigger: desk.fire(child, trigger))  # type: ignore[misc]


def _run(app: Casework) -> None:
    for _ in range(10):
        app.run_due()


def nested(bed: bool) -> tuple[CaseType, ...]:
    """Three generations that are born in one firing; the last two each take the one bed."""
    take = [Post("free", "taken")] if bed else []

    def born(name: str, child: str | None) -> CaseType:
        opens = [Open(child)] if child else []
        return CaseType(
            name,
            chain=[
                Workflow(
                    name,
                    initial="new",
                    states=[State("new"), State("settled"), State("gone", final=True)],
                    transitions=[
                        Transition(
                            "settle",
                            "new",
                            "settled",
                            automatic=True,
                            condition=state(name) == "new",
                            effects=[*take, *opens],
                        ),
                        Transition("go", ("new", "settled"), "gone", roles="clerk"),
                    ],
                )
            ],
            data=TYPES[2].data,
            subjects=(),
            roles=["clerk"],
            opens="clerk",
            grants={"view": "clerk"},
            accounts=[Account("free", "bed", minimum=0), Account("taken", "bed")],
        )

    return born("elder", "middle"), born("middle", "younger"), born("younger", None)


def village(bed: bool) -> Casework:
    """The root case of it, and a house with one bed."""
    root = CaseType(
        "root",
        chain=[
            Workflow(
                "root",
                initial="new",
                states=[State("new"), State("gone", final=True)],
                transitions=[
                    Transition("begin", "new", roles="clerk", effects=Open("middle")),
                    Transition("set_up", "new", roles="clerk", effects=Post("stock", "free")),
                    Transition("go", "new", "gone", roles="clerk"),
                ],
            )
        ],
        subjects=(),
        roles=["clerk"],
        opens="clerk",
        grants={"view": "clerk"},
        accounts=[Account("free", "bed", minimum=0), Account("stock", "bed")],
    )
    app = Casework(quick(), case_types=[root, *nested(bed)])
    app.create_tables()
    return app


def test_three_generations_are_born_in_one_firing() -> None:
    app = village(bed=False)
    desk = app.desk(CLERK)

    desk.fire(desk.open("root"), "begin")

    assert [1, 1] == [len(desk.find(name).cases) for name in ("middle", "younger")]
    assert_inv(app)


@pytest.mark.parametrize("beds", [0, 1, 2])
def test_a_grandchild_for_whom_there_is_no_bed_refuses_it_all_before_anything_is_written(beds: int) -> None:
    """Each of the two takes a bed; what the first took is not there for the second, though nothing is written yet."""
    app = village(bed=True)
    desk = app.desk(CLERK)
    case = desk.open("root")
    for _ in range(beds):
        case = desk.fire(case, "set_up")

    if beds == 2:
        assert desk.why_not(case, "begin", {}) is None
        desk.fire(case, "begin")
    else:
        no = refused(app, lambda: desk.fire(case, "begin"))
        assert "limit-reached" == no.code == getattr(desk.why_not(case, "begin", {}), "code", "")
        # Whoever catches a refusal within a larger piece of work finds nothing of it written either.
        refused(
            app,
            lambda: app.atomically(
                CLERK, lambda inner: [insistent(lambda: inner.fire(case, "begin")), inner.fire(case, "begin")]
            ),
        )
        assert "limit-reached" == app.atomically(CLERK, lambda inner: insistent(lambda: inner.fire(case, "begin")))
    assert_inv(app)
