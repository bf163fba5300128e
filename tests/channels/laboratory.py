"""A laboratory that tells of samples by signed webhooks, and the cases in which they are kept here."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import attrs

from casework import (
    Account,
    Actor,
    CaseType,
    Casework,
    Desk,
    Field,
    FrozenClock,
    Given,
    Post,
    State,
    StoreOptions,
    Transition,
    Workflow,
    field,
    seeded_entropy,
)
from casework.channels import Incoming, Park, inbound, signatures
from casework.desk.receiving import Received

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CLERK = Actor("clerk", {"clerk"})
LAB = Actor("lab", {"lab"})


def step(trigger: str, source: str, target: str | None = None, **more: Any) -> Transition:
    """A step that the laboratory tells of."""
    return Transition(trigger, source, target, roles="lab", **more)


SAMPLE = CaseType(
    "sample",
    chain=[
        Workflow(
            "sample",
            initial="ordered",
            states=[
                State("ordered", phases="open"),
                State("taken", phases="open"),
                State("analysed", phases="open"),
                State("closed", final=True),
            ],
            transitions=[
                step("take", "ordered", "taken"),
                step("analyse", "taken", "analysed"),
                step("close", "analysed", "closed"),
                Transition(
                    "count",
                    phase="open",
                    roles="lab",
                    form=[Field("cells", "integer", required=True, minimum=1)],
                    effects=Post("unseen", "seen", Given("cells")),
                ),
            ],
        )
    ],
    data=[Field("ref", required=True)],
    accounts=[Account("seen", "cell", minimum=0, owner="case"), Account("unseen", "cell", owner="case")],
    roles=["clerk", "lab"],
    opens=("clerk", "lab"),
    grants={"view": ("clerk", "lab"), "edit": "clerk"},
)


def of(desk: Desk, ref: object) -> str:
    """The id of the case about a sample; where there is none the message waits for it."""
    found = desk.find("sample", field("ref") == str(ref)).cases
    if not found:
        raise Park("there is no case about this sample yet")
    return found[0].id


def ordered(desk: Desk, message: Incoming) -> None:
    """A sample was ordered: a case begins."""
    desk.open("sample", {"ref": message.data["ref"]})


def moved(desk: Desk, message: Incoming) -> None:
    """A sample has gone on: the kind is the step."""
    desk.fire(of(desk, message.data["ref"]), message.kind)


def counted(desk: Desk, message: Incoming) -> None:
    """Cells were counted in a sample."""
    desk.fire(of(desk, message.data["ref"]), "count", {"cells": message.data["cells"]})


def confused(desk: Desk, message: Incoming) -> None:
    """What takes this kind is broken, and notices too late."""
    desk.open("sample", {"ref": "a ghost"})
    raise KeyError(message.data.get("secret", "?"))


TAKES = {
    "ordered": ordered,
    **dict.fromkeys(("take", "analyse", "close"), moved),
    "count": counted,
    "confused": confused,
}


@attrs.define
class Laboratory:
    """An app that listens to the laboratory, and what signs in its name."""

    app: Casework
    clock: FrozenClock

    def send(self, message_id: str, content: object, *, source: str = "lab", **more: Any) -> Received:
        """Deliver one message, signed at the present instant or as told."""
        headers, body = self.signed(message_id, content, **more)
        return self.app.receive(source, headers, body)

    def signed(
        self, message_id: str, content: object, *, secret: str = SECRET, at: datetime | None = None
    ) -> tuple[dict[str, str], bytes]:
        """Headers and body of one message."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        timestamp = int((at or self.clock.now()).timestamp())
        told = signatures([secret], message_id, timestamp, body)
        return {"Webhook-Id": message_id, "Webhook-Timestamp": str(timestamp), "Webhook-Signature": told}, body

    def states(self) -> dict[str, str]:
        """The state of every case, by its sample."""
        desk, found, after = self.app.desk(CLERK), dict[str, str](), None
        while True:
            page = desk.find("sample", after=after, limit=200)
            found |= {str(case.data["ref"]): case.state for case in page.cases}
            if not page.more:
                return found
            after = page.after


def listening(url: str, seed: int = 1, **more: Any) -> Laboratory:
    """An app on that store with its tables, and one source."""
    clock = FrozenClock(NOW)
    told: dict[str, Any] = {"secret": lambda: SECRET, "actor": LAB, "takes": TAKES, **more}
    app = Casework(
        url,
        case_types=[SAMPLE],
        parts=[inbound("lab", **told)],
        clock=clock,
        entropy=seeded_entropy(seed),
        options=StoreOptions(synchronous="NORMAL"),
    )
    app.create_tables()
    return Laboratory(app, clock)
