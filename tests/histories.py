"""Random histories through the desk: cases that post, reserve, send, open others, wait, are amended and corrected."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from casework import (
    Account,
    Actor,
    Assign,
    Case,
    CaseType,
    Casework,
    Choice,
    Deadline,
    Field,
    FrozenClock,
    Given,
    Held,
    Open,
    Post,
    Refused,
    Role,
    Send,
    Settle,
    State,
    Transition,
    Void,
    Workflow,
    actor,
    days,
    elapsed_since,
    hours,
    keep,
    seeded_entropy,
)
from casework.desk import Desk
from casework.parts import Channel

START = datetime(2026, 3, 1, 8, 0, 0, 5, tzinfo=UTC)
STAFF = ("clerk", "nurse")
GRANTS = dict.fromkeys(("view", "edit", "note", "assign", "correct"), STAFF)

DATA = (
    Field("place", "text"),
    Field("count", "integer"),
    Field("room", "choice", choices=(Choice("east"), Choice("west"))),
    Field("minor", "boolean", derived_from="age"),
    Field("phone", "text", field_class="personal"),
    Field("age", "integer", field_class="personal"),
    Field("diagnosis", "text", field_class="health"),
    Field("shelter", "text", field_class="whereabouts"),
    Field("passport", "text", field_class="identity"),
)
SUM = Field("sum", "integer", required=True)
NAMES = tuple(field.name for field in DATA)


def _staff(name: str, source: Any, target: str | None = None, **more: Any) -> Transition:
    return Transition(name, source, target, roles=STAFF, **more)


VISITING = Workflow(
    "visit",
    initial="asked",
    states=(
        State("asked", grants=GRANTS),
        State("running", grants=GRANTS),
        State("resting", grants=GRANTS),
        State("ended", final=True, grants=GRANTS),
    ),
    transitions=(
        _staff("start", "asked", "running", form=DATA, effects=keep(*NAMES)),
        _staff("again", "running", "running"),
        _staff("reserve", "running", effects=[Post("stock", "used", 1, hold="seat")]),
        _staff("confirm", "running", effects=[Settle("seat")]),
        _staff("cancel", "running", effects=[Void("seat")]),
        _staff("use", "running", form=[SUM], effects=[Post("stock", "used", Given("sum"))]),
        _staff("stock_up", ("asked", "running"), form=[SUM], effects=[Post("source", "stock", Given("sum"))]),
        _staff("tell", "running", effects=[Send("sms", "li", {"place": Held("place"), "phone": Held("phone")})]),
        _staff("delegate", "running", effects=[Open("task", {"what": Held("place")})]),
        _staff("take", "running", effects=[Assign("owner")]),
        _staff("rest", "running", "resting"),
        Transition("wake", "resting", "running", condition=elapsed_since("visit.resting") >= hours(5), automatic=True),
        _staff("sign", "running", condition=~actor.has_role("owner") | actor.has_role("owner")),
        _staff("end", ("running", "resting"), "ended", four_eyes=("sign",)),
    ),
    deadlines=(Deadline("answer", "asked", days(1)), Deadline("stay", "running", days(3), trigger="rest")),
)
VISIT = CaseType(
    "visit",
    chain=(VISITING,),
    data=DATA,
    roles=(Role("clerk"), Role("nurse"), Role("owner", local=True)),
    opens=STAFF,
    readers=dict.fromkeys(("personal", "health", "whereabouts", "identity"), STAFF),
    accounts=(
        Account("stock", "thing", minimum=0, maximum=50),
        Account("used", "thing"),
        Account("source", "thing"),
    ),
)
TASK = CaseType(
    "task",
    chain=(
        Workflow(
            "task",
            initial="open",
            states=(State("open", grants=GRANTS), State("done", final=True, grants=GRANTS)),
            transitions=(_staff("finish", "open", "done"),),
        ),
    ),
    data=(Field("what", "text"),),
    subjects=(),
    roles=(Role("clerk"), Role("nurse")),
    opens=STAFF,
)

PEOPLE = ("li", "wang")
SMS = Channel("sms", lambda message, key: None, delivery="at_least_once")


def opened(url: str, clock: FrozenClock | None = None, seed: int = 1) -> Casework:
    """An app for these case types, whose messages arrive nowhere."""
    return Casework(
        url, case_types=[VISIT, TASK], parts=[SMS], clock=clock or FrozenClock(START), entropy=seeded_entropy(seed)
    )


def some_values(luck: random.Random) -> dict[str, object]:
    """Values for a form, some left out."""
    every: dict[str, object] = {
        "place": luck.choice(["street", "park", "桥下"]),
        "count": luck.randint(-5, 5),
        "room": luck.choice(["east", "west"]),
        "minor": luck.random() < 0.5,
        "phone": f"138{luck.randint(0, 99_999_999):08}",
        "age": luck.randint(0, 99),
        "diagnosis": luck.choice(["fever", "骨折"]),
        "shelter": f"room {luck.randint(1, 99)}",
        "passport": f"E{luck.randint(0, 9_999_999):07}",
    }
    return {name: value for name, value in every.items() if luck.random() < 0.7}


_Act = Callable[[Desk, Case, random.Random], object]
_TRIGGERS = (
    "again",
    "reserve",
    "reserve",
    "confirm",
    "cancel",
    "tell",
    "delegate",
    "take",
    "rest",
    "sign",
    "end",
    "finish",
)
_ACTS: tuple[_Act, ...] = (
    *(lambda desk, case, luck, name=name: desk.fire(case.id, name) for name in _TRIGGERS),  # type: ignore[misc]
    *(lambda desk, case, luck: desk.fire(case.id, "start", some_values(luck)),) * 3,
    lambda desk, case, luck: desk.fire(case.id, "stock_up", sum=luck.randint(1, 9)),
    lambda desk, case, luck: desk.fire(case.id, "use", sum=luck.randint(1, 5)),
    lambda desk, case, luck: desk.amend(case.id, **some_values(luck)),
    lambda desk, case, luck: desk.amend(case.id, **{luck.choice(NAMES): None}),
    lambda desk, case, luck: desk.note(case.id, luck.choice(["called", "来电 13800000000"])),
    lambda desk, case, luck: desk.assign(case.id, "owner", luck.choice([*PEOPLE, None])),
    lambda desk, case, luck: desk.correct(case.id, case.revision, because="a slip"),
    lambda desk, case, luck: desk.fire(case.id, "again", request_id=f"r{luck.randint(0, 10**9)}"),
)


def happen(app: Casework, clock: FrozenClock, luck: random.Random, steps: int) -> list[str]:
    """Let things happen; answers the ids of the cases, those that others opened not among them."""
    desks = [app.desk(Actor(name, STAFF, unit="anlu")) for name in PEOPLE]
    ids = [desks[0].open("visit", request_id=f"o{i}", **some_values(luck)).id for i in range(6)]
    tasks: list[str] = []
    for _ in range(steps):
        clock.advance(timedelta(minutes=luck.randint(0, 300)))
        desk, act = luck.choice(desks), luck.choice(_ACTS)
        try:
            case = desk.get(luck.choice(ids + tasks))
            act(desk, case, luck)
        except Refused:
            continue
        if luck.random() < 0.2:
            app.run_due(clock.now())
            app.send_waiting(clock.now())
        tasks = [case.id for case in desk.find("task").cases]
    return ids
