"""A parcel that is waited for: a small case type that sends messages and has a deadline; receivers of its messages."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from stores import fresh

from casework import (
    Actor,
    Case,
    CaseType,
    Casework,
    Channel,
    Deadline,
    FrozenClock,
    Message,
    Send,
    State,
    Transition,
    Workflow,
    hours,
)

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
ANA = Actor("ana", roles={"clerk"})
HOUR = timedelta(hours=1)


def _step(trigger: str, *effects: Send) -> Transition:
    return Transition(trigger, "waiting", roles="clerk", effects=list(effects))


def parcel(*channels: str) -> CaseType:
    """The case type; what it tells goes by post, and by text where there is such a channel."""
    letter, text = Send("post", "li", {"word": "hello"}), Send("sms", "li", {"word": "hello"})
    twice = [_step("tell_twice", letter, text)] if "sms" in channels else []
    return CaseType(
        "parcel",
        opens="clerk",
        grants={"view": "clerk"},
        chain=[
            Workflow(
                "parcel",
                initial="waiting",
                states=[State("waiting"), State("away"), State("sent_back", final=True)],
                transitions=[
                    _step("tell", letter),
                    *twice,
                    Transition("lend", "waiting", "away", roles="clerk"),
                    Transition("bring", "away", "waiting", roles="clerk"),
                    Transition("send_back", "waiting", "sent_back", roles="clerk", effects=Send("post", "depot")),
                ],
                deadlines=[Deadline("pick_up", "waiting", hours(1), trigger="send_back")],
            )
        ],
    )


class Sink:
    """A receiver that keeps the keys of what arrives, and fails for the cases that it is told to fail for."""

    def __init__(self, error: Callable[[], BaseException] = ConnectionError) -> None:
        self.keys: list[str] = []
        self.failing: set[str] = set()
        self.error = error
        self._lock = threading.Lock()

    def __call__(self, message: Message, key: str) -> None:
        if key.split("/")[1] in self.failing:
            raise self.error()
        with self._lock:
            self.keys.append(key)


class FileSink:
    """A receiver that outlives whoever sends: one line for each message that arrives."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, message: Message, key: str) -> None:
        out = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(out, f"{key}\n".encode())
        finally:
            os.close(out)

    @property
    def keys(self) -> list[str]:
        """What has arrived so far, in order."""
        return self.path.read_text().split() if self.path.exists() else []


def post(deliver: Callable[[Message, str], None], **more: Any) -> Channel:
    """The channel post over a receiver."""
    return Channel("post", deliver, **{"delivery": "at_least_once", **more})


def app_on(*channels: Channel, url: str | None = None, **more: Any) -> Casework:
    """An app with parcels on an empty store, or on the one that is named; its clock stands still unless it is given."""
    case_type = parcel(*(channel.name for channel in channels))
    app = Casework(url or fresh(), case_types=[case_type], parts=channels, **{"clock": FrozenClock(START), **more})
    app.create_tables()
    return app


def told(app: Casework, count: int, times: int = 1) -> list[Case]:
    """So many parcels, about each of which so many messages wait."""
    desk = app.desk(ANA)
    cases = [desk.open("parcel") for _ in range(count)]
    for _ in range(times):
        cases = [desk.fire(case, "tell") for case in cases]
    return cases


def clock_of(app: Casework) -> FrozenClock:
    """The clock that stands still."""
    clock = app._engine.clock
    assert isinstance(clock, FrozenClock)
    return clock


def numbers(keys: list[str], case: Case) -> list[int]:
    """The entries of a case whose messages arrived, in that order."""
    return [int(key.split("/")[2]) for key in keys if key.split("/")[1] == case.id]
