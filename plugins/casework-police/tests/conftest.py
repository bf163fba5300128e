"""A town with a relief station and a police station, on a store in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import casework_police
import casework_police.rescue as binding
import pytest
from stores import fresh

import casework.rescue as rescue_plugin
from casework import Actor, Case, CaseType, Casework, Desk, FrozenClock, Refusal, Refused, StoreOptions, seeded_entropy

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
PEOPLE = {
    "li": ("caseworker", "anlu"),
    "fang": ("caseworker", "anlu"),
    "wang": ("tracer", "anlu"),
    "zhao": ("tracer", "anlu"),
    "director": ("director", "anlu"),
    "nurse": ("nurse", "anlu"),
    "auditor": ("auditor", None),
    "chen": ("police_officer", None),
    "guo": ("police_officer", None),
    "city": ("city_management", None),
    "lab": ("laboratory", None),
}
ALL = (rescue_plugin, casework_police, binding)


class Town:
    """Apps on one store, and a desk for everybody in them."""

    sharing: ClassVar[dict[str, Any]] = {
        "asked_of": "Nancheng police station",
        "shared": "man of about 70",
        "basis": "statutory_duty",
    }
    evidence: ClassVar[dict[str, Any]] = {
        "compared": "dialect, village",
        "found_through": "record_match",
        "asked": "the man himself",
    }
    proof: ClassVar[dict[str, Any]] = {
        "compared": "face and scar",
        "found_through": "kin",
        "paper_number": "K-7",
        "asked": "his daughter",
    }
    form: ClassVar[dict[str, Any]] = {
        "referred_by": "police",
        "office": "Nancheng police station",
        "brought_by": "Chen",
        "found_at": "Jiefang Road",
        "found_when": NOW - timedelta(hours=1),
        "apparent_condition": "weak",
        "dangerous_goods": False,
        "sex": "male",
        "age": 70,
    }

    def __init__(self) -> None:
        self.url, self.clock = fresh(), FrozenClock(NOW)
        self.apps: list[Casework] = []
        self.start(ALL)

    def start(self, plugins: tuple[Any, ...], **more: Any) -> Casework:
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

    def composed(self, name: str) -> CaseType:
        """The case type of that name with everything attached."""
        return self.app.manifests[name].case_type

    def desk(self, name: str) -> Desk:
        """The desk of one of the people."""
        role, unit = PEOPLE[name]
        return self.app.desk(Actor(name, roles={role}, unit=unit))

    def fire(self, name: str, case: Case | str, trigger: str, /, **values: Any) -> Case:
        """Fire as somebody on the case as it is now."""
        return self.desk(name).fire(case if isinstance(case, str) else case.id, trigger, **values)

    def no(self, name: str, case: Case | str, trigger: str, /, **values: Any) -> Refusal:
        """The refusal that firing as somebody must raise."""
        return self.refused(lambda: self.fire(name, case, trigger, **values))

    @staticmethod
    def refused(call: Callable[[], object]) -> Refusal:
        """The refusal that a call must raise."""
        try:
            call()
        except Refused as no:
            return no.refusal
        raise AssertionError("nothing was refused")

    def rescue(self) -> Case:
        """Somebody found who cannot say who they are."""
        case = self.desk("li").open("rescue", found_at="Jiefang Road", found_by="patrol", age=70)
        return self.fire("li", case, "assess", urgent=False, can_state_identity=False)

    def searching(self) -> Case:
        """The police search for who that is."""
        case = self.fire("li", self.rescue(), "police.request", **self.sharing)
        self.fire("chen", case, "police.acknowledge", police_reference="A-1")
        return self.fire("chen", case, "police.search")

    def report(self) -> Case:
        """A family misses somebody, and the station searches."""
        case = self.desk("li").open("missing_person", reporter="Zhang Mei", relation="child", name="Zhang San")
        self.fire("li", case, "record_consent", consent="agencies", consent_paper="C-1")
        return self.fire("li", case, "accept")

    def proposed(self, case: Case, report: Case, by: str = "chen") -> Case:
        """Somebody proposes the report for the case."""
        found = {"candidate_case": report.id, "candidate_score": 812, "candidate_reasons": "same sounds"}
        return self.fire(by, case, "police.propose", **found, **self.evidence)

    def identified(self, case: Case) -> Case:
        """The station confirms the identity by its own rules."""
        self.fire("li", case, "propose_candidate", candidate_name="Zhang San", identified_by="police")
        return self.fire("director", case, "confirm_candidate", home="Xiaogan")

    def confirmed(self) -> tuple[Case, Case]:
        """A case with a confirmed link, and the report that it leads to."""
        case, report = self.searching(), self.report()
        self.proposed(case, report)
        self.identified(case)
        return self.fire("wang", case, "police.confirm", **self.proof), report

    def request(self, kind: str) -> Case:
        """A request of that kind, received by the police."""
        case = self.desk("wang").open("police_request", kind=kind, **self.sharing)
        self.fire("wang", case, "send")
        return self.fire("chen", case, "receive", police_reference="B-1")


@pytest.fixture
def town(on_each_database: None) -> Iterator[Town]:
    """A town; whatever was done in it, its store must verify in the end."""
    town = Town()
    yield town
    faults = [str(fault) for fault in town.app.verify().faults]
    for app in town.apps:
        app.dispose()
    assert [] == faults
