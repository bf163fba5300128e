"""A clinic whose cases hold something of every class, and in every place where something can be held."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

import attrs

from casework import (
    Actor,
    BlobMemory,
    Case,
    CaseType,
    Casework,
    Channel,
    Desk,
    Field,
    FrozenClock,
    Given,
    Held,
    Message,
    Send,
    State,
    Transition,
    Workflow,
    keep,
    seeded_entropy,
)
from casework.storage.rows import every_row

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
WU = Actor("wu", {"doctor"}, unit="north")
DATA = (
    Field("ward"),
    Field("name", field_class="personal"),
    Field("diagnosis", field_class="health"),
    Field("shelter", field_class="whereabouts"),
    Field("passport", field_class="identity"),
)
SECRETS = {"diagnosis": "canary-cholera", "shelter": "canary-bridge", "passport": "canary-E123"}
NAME, REMARK, TOLD = "canary-wang", "canary-remark", "canary-told"
HIDDEN = (*SECRETS.values(), REMARK, TOLD, "canary-file", "canary-bytes", "canary-phone")
"""What lies open nowhere once there are keys. A name is plain in the current row, and nowhere else."""
FILE = b"canary-bytes " * 9_000
_seeds = itertools.count()


def clinic(*subjects: str) -> CaseType:
    """The case type; its cases are about *subjects*."""
    told = Field("word", field_class="health"), Field("phone", field_class="personal")
    return CaseType(
        "visit",
        chain=[
            Workflow(
                "visit",
                initial="open",
                states=[State("open", grants={"edit": "doctor", "note": "doctor"}), State("over", final=True)],
                transitions=[
                    Transition("ask", "open", roles="doctor", form=[told[0]]),
                    Transition(
                        "tell",
                        "open",
                        roles="doctor",
                        form=told,
                        effects=Send("post", Given("phone"), {"what": Given("word"), "ill": Held("diagnosis")}),
                    ),
                    Transition("treat", "open", roles="doctor", form=[DATA[2]], effects=keep("diagnosis")),
                    Transition("leave", "open", "over", roles="doctor"),
                ],
            )
        ],
        data=DATA,
        subjects=subjects,
        roles=["doctor"],
        opens="doctor",
        grants={"view": "doctor", "correct": "doctor"},
        readers=dict.fromkeys(("personal", "health", "whereabouts", "identity"), "doctor"),
    )


@attrs.define(eq=False)
class Post:
    """A channel that remembers what it was given."""

    given: list[Message] = attrs.field(factory=list)

    def __call__(self, message: Message, key: str) -> None:
        self.given.append(message)


def build(
    url: str, keys: Any = None, *, subjects: tuple[str, ...] = ("person",), post: Post | None = None, **more: Any
) -> Casework:
    """An app on that store, its tables made."""
    told: dict[str, Any] = {"clock": FrozenClock(START), "entropy": seeded_entropy(f"clinic {next(_seeds)}"), **more}
    channel = Channel("post", post or Post(), delivery="at_least_once")
    told.setdefault("blobs", BlobMemory(clock=FrozenClock(START)))
    app = Casework(url, case_types=[clinic(*subjects)], parts=[channel], keys=keys, **told)
    app.create_tables()
    return app


def lived(desk: Desk) -> Case:
    """A case in which something was put wherever something can be put."""
    case = desk.open("visit", ward="three", name=NAME, request_id="opened", **SECRETS)
    case = desk.note(case, REMARK, request_id="noted")
    case = desk.fire(case, "ask", word=TOLD, request_id="asked")
    case = desk.fire(case, "tell", word=TOLD, phone="canary-phone", request_id="told")
    return desk.enclose(case, FILE, name="canary-file.txt", media_type="text/plain", request_id="enclosed")


def everything(app: Casework) -> str:
    """Every row of every table, binary columns decoded as far as they are text."""
    with app.reading() as transaction:
        tables = every_row(transaction)
    return "\n".join(_text(value) for rows in tables.values() for row in rows for value in row.values())


def _text(value: Any) -> str:
    return bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)
