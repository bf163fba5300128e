"""A town with a station and a partner's wards; and a village that has wards and no station."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import casework_hospital
import casework_hospital.rescue as binding
import pytest
from stores import fresh

import casework.rescue as rescue_plugin
from casework import (
    ALWAYS,
    Actor,
    Case,
    CaseType,
    Casework,
    Desk,
    Field,
    FrozenClock,
    Refusal,
    Refused,
    State,
    StoreOptions,
    Transition,
    Workflow,
    attach,
    seeded_entropy,
    state,
)
from casework.testing import assert_inv

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
PEOPLE: dict[str, tuple[set[str], str | None]] = {
    "li": ({"caseworker"}, "anlu"),
    "fang": ({"caseworker"}, "anlu"),
    "wu": ({"tracer"}, "anlu"),
    "he": ({"director"}, "anlu"),
    "nurse": ({"nurse"}, "anlu"),
    "auditor": ({"auditor"}, None),
    "sun": ({"ward_nurse"}, None),
    "gateway": ({"ward_nurse"}, None),
    "zhao": ({"ward_manager"}, None),
    "liaison": ({"ward_liaison", "ward_nurse"}, None),
    "ana": ({"clerk"}, "hill"),
    "doc": ({"doctor"}, "hill"),
}
ALL = (rescue_plugin, casework_hospital, binding)
ASK = {"ward": "ward_a", "priority": "urgent", "diagnosis": "a stroke"}
PLAN = {"planned_for": date(2026, 3, 20), "needs": "a stick", "medication": "for seven days"}
VISIT = {"services": "clothes", "condition": "walks again"}
PAPER = {"certificate": "C-17", "disposition": "station"}

village = CaseType(
    "errand",
    chain=[
        Workflow(
            "errand",
            initial="open",
            states=[State("open"), State("over", final=True)],
            transitions=[Transition("finish", "open", "over", roles="clerk")],
        )
    ],
    data=[Field("word", field_class="identity")],
    subjects="villager",
    roles=["clerk", "doctor"],
    opens="clerk",
    grants={"view": ("clerk", "doctor"), "correct": "clerk"},
    readers={"identity": "clerk"},
)
on_village = attach(
    casework_hospital.referral,
    "errand",
    patient="villager",
    desk="clerk",
    visitor="clerk",
    carer="doctor",
    clue="word",
    in_care=ALWAYS,
    closed=state("errand") == "over",
)


class Town:
    """Apps on one store, and a desk for everybody in them."""

    ask, plan, visit, paper = ASK, PLAN, VISIT, PAPER
    village, on_village, plugins = village, on_village, ALL

    def __init__(self) -> None:
        self.url, self.clock, self.apps = fresh(), FrozenClock(NOW), []

    def start(self, plugins: tuple[Any, ...] = ALL, **more: Any) -> Casework:
        """Another application on the same store, from now on the one that is used."""
        self.app = Casework(
            self.url,
            plugins=plugins,
            clock=self.clock,
            entropy=seeded_entropy(f"{len(self.apps)}"),
            options=StoreOptions(synchronous="NORMAL"),
            **more,
        )
        self.apps.append(self.app)
        self.app.create_tables()
        return self.app

    def in_the_village(self) -> Town:
        """The same without rescue: only the plugin, and a host that knows of no hospital."""
        self.start((casework_hospital,), case_types=[village], attachments=[on_village])
        return self

    def desk(self, name: str) -> Desk:
        """The desk of one of the people."""
        roles, unit = PEOPLE[name]
        return self.app.desk(Actor(name, roles=roles, unit=unit))

    def fire(self, name: str, case: Case | str, trigger: str, /, **values: Any) -> Case:
        """Fire as somebody on the case as it is now."""
        return self.desk(name).fire(case if isinstance(case, str) else case.id, trigger, **values)

    def refused(self, call: Callable[[], object]) -> Refusal:
        """The refusal that a call must raise."""
        try:
            call()
        except Refused as no:
            return no.refusal
        raise AssertionError("nothing was refused")

    def no(self, name: str, case: Case | str, trigger: str, /, **values: Any) -> Refusal:
        """The refusal of a firing."""
        return self.refused(lambda: self.fire(name, case, trigger, **values))

    def beds(self, count: int, ward: str = "ward_a") -> Case:
        """An office of wards with that many beds."""
        office = self.desk("zhao").open("ward_office", name="the partner hospital")
        return self.fire("zhao", office, "add_beds", ward=ward, count=count)

    def free(self, ward: str = "ward_a") -> int:
        """The free beds of a ward."""
        office = self.desk("zhao").find("ward_office").cases[0]
        return self.desk("zhao").balances(office)["ward_beds", ward]

    def person(self) -> Case:
        """Somebody who was found and assessed."""
        case = self.desk("li").open("rescue", found_at="Jiefang Road", found_by="street patrol", alias="the old man")
        return self.fire("li", case, "assess", urgent=False, can_state_identity=False)

    def requested(self, **more: Any) -> Case:
        """Somebody for whom a bed was asked."""
        return self.fire("li", self.person(), "referral.request", **{**ASK, **more})

    def accepted(self) -> Case:
        """Somebody for whom a bed is kept."""
        return self.fire("sun", self.requested(), "referral.accept")

    def admitted(self) -> Case:
        """Somebody in the ward."""
        case = self.fire("li", self.accepted(), "admit", hospital="First Hospital", diagnosis="a stroke")
        return self.fire("sun", case, "referral.admit")

    def states(self, case: Case | str) -> dict[str, str]:
        """Where a case stands."""
        roles = frozenset({"auditor", "clerk", "director"})
        return dict(self.app.desk(Actor("looker", roles=roles)).get(case if isinstance(case, str) else case.id).states)


@pytest.fixture
def empty_town(on_each_database: None) -> Iterator[Town]:
    """A store with nothing in it and no application yet; whatever is done to it, it has to be whole in the end."""
    town = Town()
    yield town
    assert_inv(town.apps[-1])
    for app in town.apps:
        app.dispose()


@pytest.fixture
def town(empty_town: Town) -> Town:
    """The town with the station, and two beds in the first ward."""
    empty_town.start()
    empty_town.beds(2)
    return empty_town
