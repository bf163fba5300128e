"""People to be erased: a shelter that knows things of every class about them, and meetings of two of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from files import PDF
from stores import fresh

from casework import (
    Account,
    Actor,
    BlobMemory,
    Case,
    CaseType,
    Casework,
    Channel,
    Deadline,
    Desk,
    Field,
    FrozenClock,
    Given,
    Post,
    Role,
    Send,
    Set,
    State,
    Transition,
    Workflow,
    hours,
)
from casework.keys import ErasureMemory
from casework.model.retention import Retention

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
LI = Actor("li", {"clerk"}, unit="anlu")
WU = Actor("wu", {"clerk"}, unit="anlu")
HAN = Actor("han", {"head"}, unit="anlu")
GUEST = Actor("gu", {"guest"}, unit="anlu")

KNOWN = (
    Field("place"),
    Field("name", field_class="personal"),
    Field("age", "integer", field_class="personal"),
    Field("minor", "boolean", derived_from="age"),
    Field("ward", derived_from="minor"),
    Field("illness", field_class="health"),
    Field("slept_at", field_class="whereabouts"),
    Field("card", field_class="identity"),
)
FORM = (Field("name"), Field("age", "integer"), Field("illness"), Field("said", field_class="personal"))


def _stay() -> Workflow:
    return Workflow(
        "stay",
        initial="here",
        states=[State("here", grants={"edit": "clerk"}), State("gone", final=True)],
        transitions=[
            Transition(
                "tell",
                "here",
                roles="clerk",
                form=FORM,
                effects=[
                    *(Set(name, Given(name)) for name in ("name", "age", "illness")),
                    Set("minor", True),
                    Set("ward", "children"),
                    Send("sms", Given("said"), {"name": Given("name")}),
                ],
            ),
            Transition("earn", "here", roles="clerk", effects=Post("given", "hours", 3)),
            Transition("spend", "here", roles="clerk", effects=Post("hours", "given", 3)),
            Transition("leave", "here", "gone", roles="clerk"),
            Transition("remind", "here", effects=Set("place", "reminded")),
            Transition("back", "gone", "here", roles="head"),
        ],
        deadlines=[Deadline("reminder", "here", hours(24), trigger="remind")],
    )


def stay(retention: Retention | None = None, **more: Any) -> CaseType:
    """Stays of one person in the shelter."""
    return CaseType(
        "stay",
        chain=[_stay()],
        data=KNOWN,
        roles=["clerk", "head", "guest", Role("owner", local=True)],
        opens="clerk",
        grants={
            "view": ["clerk", "head", "owner"],
            "note": ["clerk"],
            "assign": "clerk",
            "correct": "clerk",
            "import": "clerk",
            "adopt": "clerk",
            "erase": "clerk",
            "hold": "head",
            "break_glass": "head",
            "review": "clerk",
            "audit": "head",
        },
        readers={name: ["clerk", "owner"] for name in ("personal", "health", "whereabouts", "identity")},
        accounts=[Account("hours", "hour", owner="person", minimum=0), Account("given", "hour", owner="tenant")],
        retention=retention,
        **more,
    )


def meeting(retention: Retention | None = None) -> CaseType:
    """Meetings of two persons."""
    return CaseType(
        "meeting",
        chain=[
            Workflow(
                "meeting",
                initial="planned",
                states=[State("planned"), State("held", final=True)],
                transitions=[Transition("meet", "planned", "held", roles="clerk")],
            )
        ],
        data=[Field("about", field_class="personal"), Field("room")],
        subjects=("host", "visitor"),
        roles=["clerk", "head", "guest"],
        opens="clerk",
        grants={"view": ["clerk", "head"], "note": "clerk", "erase": "clerk", "hold": "head"},
        readers={"personal": "clerk"},
        retention=retention,
    )


SMS = Channel("sms", lambda message, key: None, delivery="at_least_once")


def shelter(url: str | None = None, **more: Any) -> Casework:
    """An app with its tables; what is not given is in memory."""
    given = {
        "case_types": [stay(), meeting()],
        "parts": [SMS],
        "clock": FrozenClock(START),
        "blobs": BlobMemory(clock=FrozenClock(START)),
        "erasures": ErasureMemory(),
        **more,
    }
    app = Casework(fresh() if url is None else url, **given)
    app.create_tables()
    return app


Shelter = Callable[..., Casework]


def told(desk: Desk, **more: Any) -> Case:
    """A stay about which everything is known, still open."""
    case = desk.open(
        "stay",
        {"place": "canal", "name": "Xu Mei", "illness": "asthma", "slept_at": "bridge 4", "card": "4403-1999"},
        request_id=more.pop("request_id", None),
        **more,
    )
    case = desk.fire(
        case, "tell", name="Xu Mei", age=12, illness="asthma", said="13800001111", request_id=f"t-{case.id}"
    )
    case = desk.note(case, "Xu Mei cries at night")
    case = desk.assign(case, "owner", "li")
    return desk.enclose(case, PDF + b"\n% Xu Mei was here\n", name="Xu Mei.pdf")


def left(desk: Desk, **more: Any) -> Case:
    """The same once the person has left."""
    return desk.fire(told(desk, **more), "leave")


def erased(app: Casework, subject: str, **more: Any) -> None:
    """Asked for by one and confirmed by another."""
    app.desk(LI).erase(subject, because="request", **more)
    app.desk(WU).confirm_erasure(subject)
