"""The least that is missing, who is enough, when to the microsecond: each on the smallest case type that shows it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from stores import quick

from casework import (
    Account,
    Actor,
    CaseType,
    Casework,
    Condition,
    Deadline,
    Desk,
    Field,
    FrozenClock,
    Post,
    Role,
    Set,
    State,
    Transition,
    Workflow,
    elapsed_since,
    field,
    given,
    hours,
    overdue,
    state,
)
from casework.advising import Advice
from casework.advising.lacking import missing
from casework.condition.evaluate import Facts
from casework.condition.tree import All, Not
from casework.condition.tree import Any as Either
from casework.exploring import Proving

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
YES, AGE, KNOWN = field("ready") == True, field("age") >= 18, field("phone").known  # noqa: E712


def facts(**data: Any) -> Facts:
    return Facts(
        now=NOW,
        data=data,
        states={"main": "a"},
        marks={},
        dues={},
        balances={},
        acts={},
        form={},
        person="li",
        roles=frozenset(),
    )


@pytest.mark.sqlite("conditions and facts alone")
@pytest.mark.parametrize(
    ("condition", "data", "wanted"),
    [
        (YES, {"ready": True}, [set()]),
        (YES, {"ready": False}, [{YES}]),
        (YES, {}, [{YES}]),
        (YES & AGE, {"ready": True, "age": 3}, [{AGE}]),
        (YES | AGE, {}, [{YES}, {AGE}]),
        (YES | (YES & AGE), {}, [{YES}]),
        ((YES & AGE) | (YES & KNOWN), {"ready": True}, [{AGE}, {KNOWN}]),
        ((YES | AGE) & (YES | KNOWN), {}, [{YES}, {AGE, KNOWN}]),
        (~(YES & AGE), {"ready": True, "age": 20}, [{Not(YES)}, {Not(AGE)}]),
        (~(YES | AGE), {"ready": True, "age": 3}, [{Not(YES)}]),
        (given("why").known & AGE, {}, [{AGE}]),
        (Either(()), {}, []),
        (All(()), {}, [set()]),
        (state("main").in_("b", "c"), {}, [{state("main").in_("b", "c")}]),
    ],
)
def test_what_is_missing_is_the_least_that_would_do(
    condition: Condition, data: dict[str, Any], wanted: list[set[Condition]]
) -> None:
    assert wanted == [set(way) for way in missing(condition, facts(**data))]


class Office:
    """An app with one small workflow, and a case of it."""

    def __init__(self, transitions: Iterable[Transition], **more: Any) -> None:
        steps = tuple(transitions)
        names = dict.fromkeys(name for step in steps for name in (*step.source, step.target) if name)
        states = [State(name, final=name == "end") for name in names]
        deadlines = more.pop("deadlines", ())
        flow = Workflow("main", initial=next(iter(names)), states=states, transitions=steps, deadlines=deadlines)
        roles = [Role("clerk"), Role("chief")]
        told = {"roles": roles, "opens": "clerk", "grants": {"view": ["clerk", "chief"]}, **more}
        self.clock = FrozenClock(NOW)
        self.app = Casework(
            quick(), case_types=[CaseType("office", chain=[flow], **told)], clock=self.clock, proving=Proving(limit=0)
        )
        self.app.create_tables()
        self.case = self.desk().open("office").id

    def desk(self, *roles: str) -> Desk:
        return self.app.desk(Actor("li", roles or ("clerk",), unit="u"))

    def asked(self, trigger: str, *roles: str) -> Advice:
        return self.desk(*roles).what_helps(self.case, trigger)


def test_only_a_role_whose_step_leads_on_is_named() -> None:
    office = Office(
        [
            Transition("go", "a", "b", roles="clerk"),
            Transition("go", "a", "c", roles="chief"),
            Transition("finish", "b", "end", roles=["clerk", "chief"]),
            Transition("stop", "c", "end", roles="chief"),
        ]
    )

    assert [("go", ("clerk",))] == [(step.name, step.roles) for step in office.asked("finish").steps]
    assert [("go", ("chief",))] == [(step.name, step.roles) for step in office.asked("stop").steps]


@pytest.mark.parametrize(
    ("condition", "after"),
    [
        (elapsed_since("a") >= hours(1), timedelta(hours=1)),
        (elapsed_since("a") > hours(1), timedelta(hours=1, microseconds=1)),
        (overdue("late"), timedelta(hours=2)),
        ((elapsed_since("a") >= hours(3)) | overdue("late"), timedelta(hours=2)),
        ((elapsed_since("a") >= hours(3)) & overdue("late"), timedelta(hours=3)),
    ],
)
def test_time_alone_allows_it_to_the_microsecond(condition: Condition, after: timedelta) -> None:
    late = Deadline("late", "a", hours(2))
    office = Office([Transition("finish", "a", "end", roles="clerk", condition=condition)], deadlines=[late])
    advice = office.asked("finish")

    assert (NOW + after, after) == (advice.at, advice.wait)
    assert NOW + after == max(lack.until for lack in advice.lacks if lack.until is not None)
    office.clock.set(NOW + after - timedelta.resolution)
    assert "now" != office.asked("finish").answer
    office.clock.set(NOW + after)
    assert "now" == office.asked("finish").answer


def test_the_alternative_with_the_fewest_steps_is_told() -> None:
    ready, twice = Field("ready", "boolean", managed=True), Field("twice", "boolean", managed=True)
    office = Office(
        [
            Transition("prepare", "a", "b", roles="clerk"),
            Transition("double", "a", "a", roles="chief", effects=Set("twice", True)),
            Transition("slow", "b", "b", roles="clerk", effects=Set("ready", True)),
            Transition("finish", ("a", "b"), "end", roles="clerk", condition=YES | (field("twice") == True)),  # noqa: E712
        ],
        data=[ready, twice],
    )
    advice = office.asked("finish")

    assert ["twice is yes"] == [lack.text.en for lack in advice.lacks]
    assert ["double"] == [step.name for step in advice.steps]


def test_what_is_short_by_more_than_one_is_no_proof() -> None:
    office = Office(
        [
            Transition("fill", "a", "b", roles="clerk", effects=Post("elsewhere", "stock", 1)),
            Transition("take", "b", "end", roles="clerk", effects=Post("stock", "elsewhere", 2)),
        ],
        accounts=[Account("stock", commodity="box", minimum=0), Account("elsewhere", commodity="box")],
    )
    advice = office.asked("take")

    assert "not found" == advice.answer
    assert "stock: 1 left, 2 asked for" == advice.lacks[-1].text.en


def test_where_all_was_tried_there_is_no_way() -> None:
    office = Office(
        [
            Transition("left", "a", "b", roles="clerk", effects=Set("ready", True)),
            Transition("right", "a", "c", roles="clerk", effects=Set("twice", True)),
            Transition("back", ("b", "c"), "a", roles="clerk", effects=[Set("ready", None), Set("twice", None)]),
            Transition("finish", "a", "end", roles="clerk", condition=YES & (field("twice") == True)),  # noqa: E712
        ],
        data=[Field("ready", "boolean", managed=True), Field("twice", "boolean", managed=True)],
    )
    advice = office.asked("finish")

    assert ("no way", True) == (advice.answer, advice.looked > 0)
