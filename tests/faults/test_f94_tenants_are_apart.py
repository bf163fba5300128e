"""Two organisations in one store, with the same ids for everything: neither changes, reads or sends for the other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from oracle import tables
from shelter import START, shelter
from stores import fresh
from working import case_types, day

from casework import Actor, Casework, Channel, FrozenClock, Refused, seeded_entropy

pytestmark = pytest.mark.both

TENANTS = ("north", "south")
DAYS = 3


class Organisation:
    """One tenant with an app of its own, whose ids come from a seed that the other one has too."""

    def __init__(self, url: str, tenant: str) -> None:
        self.tenant, self.clock = tenant, FrozenClock(START)
        self.sent: list[tuple[str, str]] = []
        post = Channel("sms", lambda message, key: self.sent.append((key, message.to)), delivery="at_least_once")
        self.app = shelter(url, case_types=case_types(), clock=self.clock, entropy=seeded_entropy("both"), parts=[post])

    def works(self, mark: int) -> None:
        """A day, and the night in which timers run out; the worker of one may do what is due for both."""
        day(self.app, self.tenant, mark=str(mark), erasing=mark == DAYS)
        self.clock.advance(timedelta(hours=30))


def _rows(app: Casework, tenant: str) -> dict[str, list[Any]]:
    """What the store holds of one tenant, without what depends on chance or on who came first."""
    passed_by = {"casework_manifest", "casework_unlogged", "casework_entry", "casework_message"}
    return {
        name: sorted(
            (repr(sorted((key, value) for key, value in row.items() if key not in ("head", "hash", "case__sealed"))))
            for row in rows
            if row.get("tenant", row.get("case__tenant")) == tenant
        )
        for name, rows in tables(app).items()
        if name not in passed_by
    }


def test_f94_each_tenant_is_as_if_it_were_alone() -> None:
    shared = fresh()
    both = [Organisation(shared, tenant) for tenant in TENANTS]
    for mark in range(1, DAYS + 1):
        for one in both:
            one.works(mark)
    for tenant, one in zip(TENANTS, both, strict=True):
        alone = Organisation(fresh(), tenant)
        for mark in range(1, DAYS + 1):
            alone.works(mark)

        assert _rows(alone.app, tenant) == _rows(one.app, tenant)
    ids = [{row["id"] for row in tables(both[0].app)["casework_case"] if row["tenant"] == name} for name in TENANTS]
    assert ids[0] == ids[1] and ids[0]
    assert both[0].app.verify().whole


def test_f94_nobody_reaches_the_case_of_the_same_name_next_door() -> None:
    both = [Organisation(url, tenant) for url in [fresh()] for tenant in TENANTS]
    north = both[0].app.desk(Actor("li", {"clerk"}, unit="anlu", tenant="north"))
    south = both[0].app.desk(Actor("li", {"clerk"}, unit="anlu", tenant="south"))
    case = north.open("stay", place="hall", name="Xu Mei")
    calls = [
        lambda: south.get(case),
        lambda: south.history(case.id),
        lambda: south.fire(case, "earn"),
        lambda: south.note(case.id, "mine"),
        lambda: south.adopt(case.id),
        lambda: list(south.export([case.id])),
    ]
    codes = []
    for call in calls:
        with pytest.raises(Refused) as no:
            call()
        codes.append(no.value.refusal.code)

    assert ["not-found"] * len(calls) == codes
    assert () == south.find("stay").cases
    assert {"place": "hall", "name": "Xu Mei"} == dict(north.get(case.id).data)


def test_f94_the_worker_acts_in_the_tenant_of_each_timer_and_message() -> None:
    url = fresh()
    both = [Organisation(url, tenant) for tenant in TENANTS]
    cases = []
    for one in both:
        desk = one.app.desk(Actor("li", {"clerk"}, unit="anlu", tenant=one.tenant))
        case = desk.open("stay", place=one.tenant, name="Xu Mei")
        cases.append(desk.fire(case, "tell", name="Xu Mei", age=9, illness="", said=f"to-{one.tenant}"))
    both[0].clock.advance(timedelta(hours=30))
    ran, sent = both[0].app.run_due(), both[0].app.send_waiting()
    desks = [both[0].app.desk(Actor("li", {"clerk"}, unit="anlu", tenant=tenant)) for tenant in TENANTS]

    assert (2, 2) == (ran.fired, sent.sent)
    assert cases[0].id == cases[1].id
    assert ["reminded", "reminded"] == [desk.get(cases[0].id).data["place"] for desk in desks]
    assert {"to-north", "to-south"} == {to for _, to in both[0].sent}
    assert 2 == len({key for key, _ in both[0].sent})
