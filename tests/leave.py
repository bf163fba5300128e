"""Requests for leave: short cases with a condition, a deadline, a guard and an account, to be replayed otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import attrs
from stores import quick

from casework import (
    Account,
    Actor,
    Case,
    CaseType,
    Casework,
    Condition,
    Deadline,
    Desk,
    Field,
    FrozenClock,
    Given,
    Post,
    Role,
    Run,
    Set,
    State,
    Transition,
    Workflow,
    balance,
    days,
    effect,
    field,
    guard,
    keep,
    seeded_entropy,
)

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
VIEW = {"view": ("clerk", "head", "owner", "staff"), "edit": ("clerk",), "note": ("clerk",)}
EI = Actor("ei", {"clerk"})
HO = Actor("ho", {"head"})
STAFF = Actor("audit", {"staff"})


@guard("stamped", reads=["days"], zh="已盖章")
def stamped(view: Any) -> bool:
    """The request is stamped."""
    return bool(view.data.get("days", 0) < 20)


@effect("marked", reads=["days"], writes=["mark"])
def marked(view: Any) -> list[Any]:
    """The request has a mark, which is worked out from how long it is."""
    return [Set("mark", "long" if view.data["days"] > 9 else "short")]


FLOW = Workflow(
    "leave",
    initial="asked",
    states=[
        State("asked", grants=VIEW),
        State("granted", grants=VIEW),
        State("late", grants=VIEW),
        State("over", final=True, grants=VIEW),
    ],
    transitions=[
        Transition("grant", "asked", "granted", roles=("clerk", "head"), condition=field("days") < 30),
        Transition("grant", "late", "granted", roles="head"),
        Transition("stamp", "granted", roles="clerk", guards="stamped"),
        Transition("spend", "granted", roles="clerk", form=[Field("sum", "integer", required=True)],
                   effects=[Post("pot", "spent", Given("sum"))], condition=balance("pot") >= 1),
        Transition("fill", ("asked", "granted"), roles="clerk", form=[Field("sum", "integer", required=True)],
                   effects=[Post("bank", "pot", Given("sum"))]),
        Transition("tell", ("asked", "granted"), roles="clerk",
                   form=[Field("illness", field_class="health")], effects=keep("illness")),
        Transition("mark", "granted", roles="clerk", effects=[Run("marked")]),
        Transition("frame", "granted", roles="clerk", condition=field("mark") == "short"),
        Transition("delay", "asked", "late"),
        Transition("end", ("granted", "late"), "over", roles=("clerk", "head")),
    ],
    deadlines=[Deadline("answer", "asked", days(5), trigger="delay"), Deadline("stay", "granted", days(10))],
)  # fmt: skip
LEAVE = CaseType(
    "leave",
    chain=[FLOW],
    data=[Field("days", "integer", required=True), Field("illness", field_class="health"), Field("mark", managed=True)],
    subjects=(),
    roles=["clerk", "head", "staff", Role("owner", local=True)],
    opens="clerk",
    grants={"correct": "clerk", "assign": "clerk", "adopt": "clerk", "import": "clerk"},
    readers={"health": ["clerk", "head"]},
    accounts=[Account("pot", "coin", minimum=0), Account("spent", "coin"), Account("bank", "coin")],
)


def opened(clock: FrozenClock, url: str | None = None, case_type: CaseType = LEAVE, **more: Any) -> Casework:
    """An application for requests for leave."""
    app = Casework(
        url or quick(), case_types=[case_type], parts=[stamped, marked], clock=clock, entropy=seeded_entropy(5), **more
    )
    app.create_tables()
    return app


def changed(trigger: str, *, place: int = 0, **more: Any) -> CaseType:
    """The case type with the transition of that trigger (the one at *place* among several) otherwise."""
    found = [step for step in FLOW.transitions if step.trigger == trigger][place]
    steps = tuple(attrs.evolve(step, **more) if step is found else step for step in FLOW.transitions)
    return attrs.evolve(LEAVE, chain=[attrs.evolve(FLOW, transitions=steps)])


def waiting(name: str, after: Any) -> CaseType:
    """The case type with another duration for that deadline."""
    return waiting_in(LEAVE, name, after)


def waiting_in(case_type: CaseType, name: str, after: Any) -> CaseType:
    """The same of another case type."""
    flow = case_type.main
    deadlines = tuple(attrs.evolve(item, after=after) if item.name == name else item for item in flow.deadlines)
    return attrs.evolve(case_type, chain=[attrs.evolve(flow, deadlines=deadlines)])


def granted(desk: Desk, wanted: int = 3) -> Case:
    """A request that was granted."""
    return desk.fire(desk.open("leave", days=wanted), "grant")


def stricter(condition: Condition) -> CaseType:
    """The case type that grants only what also fulfils *condition*."""
    return changed("grant", condition=(field("days") < 30) & condition)


def renamed(flow: Workflow, old: str, new: str) -> Workflow:
    """The workflow with another name for one of its states."""

    def named(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if name == old else name for name in names)

    return attrs.evolve(
        flow,
        initial=new if flow.initial == old else flow.initial,
        states=[attrs.evolve(state, name=new) if state.name == old else state for state in flow.states],
        transitions=[attrs.evolve(step, source=named(step.source)) for step in flow.transitions],
        deadlines=[attrs.evolve(item, during=named(item.during)) for item in flow.deadlines],
        version=flow.version + 1,
    )


def demanding(flow: Workflow) -> Workflow:
    """The workflow that grants to nobody who asks for a few days."""
    first, *others = flow.transitions
    return attrs.evolve(flow, transitions=[attrs.evolve(first, condition=field("days") > 25), *others])
