"""One night: an app with a store room and a patrol, desks for everybody, and alerts as documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from stores import quick

import casework.outreach
import casework.outreach.rescue
import casework.rescue
from casework import Actor, Case, Casework, FrozenClock, seeded_entropy
from casework.outreach import put_on_roster

ALONE = (casework.outreach,)
BOUND = (casework.outreach, casework.outreach.rescue, casework.rescue)
EVENING = datetime(2026, 7, 11, 10, 30, tzinfo=UTC)
"""A Saturday, half past six in the evening in China."""
NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

INFO: dict[str, str] = {
    "language": "zh-CN",
    "category": "Met",
    "event": "高温",
    "urgency": "Expected",
    "severity": "Severe",
    "certainty": "Likely",
    "expires": "2026-07-13T08:00:00+08:00",
    "headline": "某市气象台发布高温橙色预警信号",
}
HEAD: dict[str, str] = {
    "identifier": "42098241600000_20260711",
    "sender": "warning@weather.example",
    "sent": "2026-07-11T16:05:00+08:00",
    "status": "Actual",
    "msgType": "Alert",
    "scope": "Public",
}
AREA = "<area><areaDesc>某市</areaDesc><geocode><valueName>GB/T 2260</valueName><value>420982</value></geocode></area>"


def elements(values: dict[str, str]) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in values.items())


def info(area: str = AREA, **changes: str) -> str:
    """One info; what is empty is left out."""
    return f"<info>{elements({k: v for k, v in {**INFO, **changes}.items() if v})}{area}</info>"


def cap(*infos: str, encoding: str = "UTF-8", **changes: str) -> bytes:
    """An alert with those infos, by default with one."""
    head = {name: value for name, value in {**HEAD, **changes}.items() if value}
    body = "".join(infos or (info(),))
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<alert xmlns="{NAMESPACE}">{elements(head)}{body}</alert>'
    return text.encode("gb18030" if encoding != "UTF-8" else "utf-8")


class Night:
    """An app whose clock stands still, and who works there."""

    def __init__(self, plugins: tuple[Any, ...] = ALONE) -> None:
        self.clock = FrozenClock(EVENING)
        self.app = Casework(quick(), plugins=plugins, clock=self.clock, entropy=seeded_entropy(5))
        self.app.create_tables()
        self.director = self._desk("fang", "director")
        self.planner = self._desk("zhou", "planner")
        self.worker = self._desk("li", "outreach_worker")
        self.caseworker = self._desk("tang", "caseworker")

    def _desk(self, name: str, role: str) -> Any:
        return self.app.desk(Actor(name, {role}, unit="anlu"))

    def wait(self, length: timedelta) -> None:
        """Let time pass, and what is due then happen."""
        self.clock.set(self.clock.now() + length)
        self.app.run_due()

    def stocked(self, item: str = "water", count: int = 100) -> Case:
        """A store room with so many pieces in it."""
        room: Case = self.director.open("store_room", name="库房")
        return self.planner.fire(room, "take_in", item=item, count=count)  # type: ignore[no-any-return]

    def planned(self, **values: object) -> Case:
        """A patrol that somebody has confirmed."""
        told = {"occasion": "heat", "route": "north loop", "hazards": False, "starts_at": EVENING}
        told |= {"ends_at": EVENING + timedelta(hours=3), **values}
        return self.planner.fire(self.planner.open("patrol", **told), "confirm")  # type: ignore[no-any-return]

    def turn(self, patrol: Case, login: str, duty: str = "worker", *, minor: bool = False) -> Case:
        """A turn of somebody who is checked in."""
        turn = put_on_roster(self.planner, patrol, login, duty=duty, minor=minor)
        return self.worker.fire(turn, "check_in")  # type: ignore[no-any-return]

    def out(self, pieces: int = 24, **values: object) -> Case:
        """A patrol of two that is out with so many bottles of water."""
        self.stocked()
        patrol = self.planned(**values)
        self.crew = (self.turn(patrol, "li", "leader"), self.turn(patrol, "wu", "medic"))
        if pieces:
            self.worker.fire(patrol.id, "pack", item="water", count=pieces)
        return self.worker.fire(patrol.id, "set_out")  # type: ignore[no-any-return]
