"""A ward in a city of units: its case type, its people, an app; what the tests of access have in common."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import attrs
from stores import quick

from casework import (
    Actor,
    BlobMemory,
    BreakGlass,
    Case,
    CaseType,
    Casework,
    Channel,
    Desk,
    Field,
    FrozenClock,
    Message,
    Refused,
    Role,
    State,
    Transition,
    Units,
    Workflow,
    Worklist,
    field,
    keep,
    seeded_entropy,
)
from casework.exploring import Proving

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
TREE = {"city": None, "north": "city", "south": "city", "team": "north"}
ROLES = ("nurse", "clerk", "chief", "medic", "auditor", "mover")

ward = CaseType(
    "ward",
    data=[
        Field("bed"),
        Field("name", field_class="personal"),
        Field("age", "integer", field_class="personal"),
        Field("illness", field_class="health"),
        Field("shelter", field_class="whereabouts"),
        Field("secret", field_class="personal", readers="chief"),
    ],
    roles=[*ROLES, Role("owner", local=True)],
    opens="mover",
    grants={
        "view": ["nurse", "mover", "owner"],
        "edit": ["nurse", "mover"],
        "note": "nurse",
        "assign": ["mover", "chief"],
        "break_glass": "medic",
        "review": ["chief", "medic"],
        "audit": "auditor",
    },
    readers={"personal": ["nurse", "clerk", "mover"], "health": ["nurse", "owner"], "whereabouts": "owner"},
    worklists=[
        Worklist("arrived", "in", roles=["nurse", "clerk", "chief"]),
        Worklist("grown_up", "in", roles=["nurse", "clerk"], condition=field("age") >= 18),
    ],
    break_glass=BreakGlass(classes=["health", "whereabouts"], channel="pager", to="duty"),
    chain=[
        Workflow(
            "ward",
            initial="in",
            states=[
                State("in", grants={"view": ["clerk", "chief"]}),
                State("moved", grants={"view": "chief", "correct": "chief"}),
                State("out", final=True),
            ],
            transitions=[
                Transition("move", "in", "moved", roles=["nurse", "mover"]),
                Transition("back", "moved", "in", roles=["nurse", "mover"]),
                Transition("leave", ("in", "moved"), "out", roles=["nurse", "mover"]),
                Transition(
                    "tell", "in", roles="nurse", form=[Field("illness", field_class="health")], effects=keep("illness")
                ),
            ],
        )
    ],
)

MOVER = Actor("mover", {"mover"})
NURSE = Actor("nurse", {"nurse"}, unit="north")
CLERK = Actor("clerk", {"clerk"}, unit="north")
CHIEF = Actor("chief", {"chief"}, unit="city")
MEDIC = Actor("medic", {"medic"}, unit="north")
AUDITOR = Actor("auditor", {"auditor"})
VALUES: dict[str, Any] = {
    "bed": "3",
    "name": "Li Na",
    "age": 40,
    "illness": "influenza",
    "shelter": "hall",
    "secret": "s",
}


@attrs.frozen(eq=False)
class Ward:
    """An app with its clock and what its pager was told."""

    app: Casework
    clock: FrozenClock
    paged: list[Message]

    def desk(self, actor: Actor, **more: Any) -> Desk:
        """The desk of *actor*."""
        return self.app.desk(actor, **more)

    def opened(self, unit: str = "north", **values: Any) -> Case:
        """A case of that unit."""
        return self.desk(MOVER).open("ward", unit=unit, **(values or VALUES))


def made(url: str | None = None, case_type: CaseType = ward, units: Units | Callable[[], Units] | None = None) -> Ward:
    """An app on an empty store."""
    clock, paged = FrozenClock(NOW), list[Message]()
    pager = Channel("pager", lambda message, key: paged.append(message), delivery="at_least_once")
    app = Casework(
        url or quick(),
        case_types=[case_type],
        parts=[pager],
        clock=clock,
        units=units or Units(TREE),
        blobs=BlobMemory(),
        entropy=seeded_entropy("ward"),
        # What is drawn here is about access, and need not lead anywhere.
        proving=Proving(limit=0),
    )
    app.create_tables()
    return Ward(app, clock, paged)


def code(call: Callable[[], object]) -> str:
    """How a call was refused; empty where it was not."""
    try:
        call()
    except Refused as no:
        return no.refusal.code
    return ""
