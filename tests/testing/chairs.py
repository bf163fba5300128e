"""Chairs that are lent while there are some: none before the store of chairs has set some up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, settings

from casework import Account, Actor, CaseType, Deadline, Field, Given, Post, State, Transition, Workflow, hours
from casework.testing import workflow_machine

COUNT = Field("count", "integer", required=True, minimum=1, maximum=9)
CHAIRS = (Account("chairs", "chair", owner="tenant", minimum=0), Account("out", "chair", owner="tenant"))

lending = CaseType(
    "lending",
    roles=["clerk"],
    opens="clerk",
    grants={"view": "clerk"},
    accounts=CHAIRS,
    chain=[
        Workflow(
            "lending",
            initial="asked",
            states=[State("asked"), State("lent"), State("late"), State("back"), State("over", final=True)],
            transitions=[
                Transition("lend", "asked", "lent", roles="clerk", effects=Post("chairs", "out")),
                Transition("warn", "lent", "late"),
                Transition("give_back", ("lent", "late"), "back", roles="clerk", effects=Post("out", "chairs")),
                Transition("end", "back", "over", automatic=True),
            ],
            deadlines=[Deadline("period", "lent", hours(1), trigger="warn")],
        )
    ],
)
store = CaseType(
    "store",
    roles=["clerk"],
    opens="clerk",
    grants={"view": "clerk"},
    accounts=(*CHAIRS, Account("bought", "chair", owner="tenant")),
    chain=[
        Workflow(
            "store",
            initial="open",
            states=[State("open"), State("shut", final=True)],
            transitions=[
                Transition(
                    "buy", "open", roles="clerk", form=[COUNT], effects=Post("bought", "chairs", Given("count"))
                ),
                Transition("shut", "open", "shut", roles="clerk"),
            ],
        )
    ],
)
FEW = settings(
    max_examples=30,
    stateful_step_count=15,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def two_chairs(desk: Callable[[Actor], Any]) -> None:
    """The ground that a lending stands on."""
    clerk = desk(Actor("keeper", roles={"clerk"}))
    clerk.fire(clerk.open("store"), "buy", count=2)


def lendings(**more: Any) -> Any:
    """The machine of lendings beside a store."""
    return workflow_machine(lending, beside=[store], **more)
