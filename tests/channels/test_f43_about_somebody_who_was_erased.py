"""F43: what comes in about somebody who was erased meanwhile is not done, not kept, and brings nothing back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import attrs
import pytest
from oracle import assert_inv, tables
from shelter import LI, SMS, START, erased, left, shelter, told

from casework import Actor, Casework, Desk, FrozenClock
from casework.channels import Incoming, Park, inbound, signatures
from casework.desk.receiving import Received

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WARD = Actor("ward", {"clerk"}, unit="anlu")
CANARY = "brought in again with a fever"


def noted(desk: Desk, message: Incoming) -> None:
    """Something is known of somebody who is here; before they are, it waits."""
    if message.data.get("early") and desk.get(str(message.data["case"])).state == "here":
        raise Park("they are still here")
    desk.note(str(message.data["case"]), str(message.data["said"]))


def brought(desk: Desk, message: Incoming) -> None:
    """Somebody whom others know of is brought here."""
    desk.open("stay", {"name": message.data["said"]}, subjects={"person": str(message.data["person"])})


def moved(desk: Desk, message: Incoming) -> None:
    """Where they are is open."""
    desk.amend(str(message.data["case"]), place="hall")


@attrs.frozen
class Ward:
    """A shelter that is told of people by a ward, signed."""

    app: Casework
    clock: FrozenClock

    def send(self, message_id: str, kind: str, **data: object) -> Received:
        """Deliver one message."""
        body = json.dumps({"type": kind, "data": {"said": CANARY, **data}}).encode()
        at = int(self.clock.now().timestamp())
        told = signatures([SECRET], message_id, at, body)
        return self.app.receive(
            "ward", {"Webhook-Id": message_id, "Webhook-Timestamp": str(at), "Webhook-Signature": told}, body
        )

    def inbox(self) -> list[tuple[str, str, str]]:
        """What is known of the messages."""
        return [(row.id, row.state, row.problem) for row in self.app.inbox()]

    def everything(self) -> bytes:
        """Every value of every row."""
        rows = [value for found in tables(self.app).values() for row in found for value in row.values()]
        return b"\n".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in rows)


@pytest.fixture
def ward(on_each_database: None) -> Iterator[Ward]:
    """Without keys, so that what is kept can be read."""
    clock = FrozenClock(START)
    takes: Any = {"noted": noted, "brought": brought, "moved": moved}
    app = shelter(clock=clock, parts=[SMS, inbound("ward", secret=lambda: SECRET, actor=WARD, takes=takes)])
    yield Ward(app, clock)
    app.dispose()


def test_f43_what_is_told_of_somebody_who_was_erased_is_dropped_at_once(ward: Ward) -> None:
    case = left(ward.app.desk(LI))
    erased(ward.app, person := case.subjects["person"])
    count = len(ward.app.desk(LI).find("stay").cases)

    received = [ward.send("m1", "noted", case=case.id), ward.send("m2", "brought", person=person)]

    assert [("dropped", 202)] * 2 == [(one.state, one.status) for one in received]
    assert [(name, "dropped", "refused: erased") for name in ("m1", "m2")] == ward.inbox()
    assert count == len(ward.app.desk(LI).find("stay").cases)
    assert CANARY.encode() not in ward.everything()
    assert_inv(ward.app)


def test_f43_what_waited_when_they_were_erased_goes_with_the_next_look(ward: Ward) -> None:
    case = told(ward.app.desk(LI))
    assert "parked" == ward.send("m1", "noted", case=case.id, early=True).state
    assert CANARY.encode() in ward.everything()
    ward.app.desk(LI).fire(case, "leave")
    erased(ward.app, case.subjects["person"])
    ward.clock.advance(timedelta(minutes=1))

    assert (0, 0) == ((done := ward.app.reconsider()).applied, done.failed)
    assert [("m1", "dropped", "refused: erased")] == ward.inbox()
    assert CANARY.encode() not in ward.everything()
    assert "repeated" == ward.send("m1", "noted", case=case.id, early=True).state
    assert CANARY.encode() not in ward.everything()


def test_f43_what_is_open_goes_on(ward: Ward) -> None:
    case = left(ward.app.desk(LI))
    erased(ward.app, case.subjects["person"])

    received = ward.send("m1", "moved", case=case.id)

    assert received.state in ("applied", "parked")
    assert "erased" not in received.problem
