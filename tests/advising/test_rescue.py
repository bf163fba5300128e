"""Why a rescue case is not there yet, and what would help: the clauses, the steps, the people, the moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from advising.following import Followed
from stores import Stores

from casework import Actor, Case, Casework, Desk, FrozenClock, Refused, Units
from casework.advising import Advice
from casework.rescue import rescue

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
LI = Actor("li", {"caseworker"}, unit="anlu")
AUDITOR = Actor("wu", {"auditor"}, unit="anlu")


class Station:
    """A case that was just found, in a station of a city."""

    def __init__(self, app: Casework, clock: FrozenClock) -> None:
        self.app, self.clock = app, clock
        clock.set(NOW)
        self.case = self.desk(LI).open("rescue", found_at="market", found_by="patrol")

    def desk(self, actor: Actor) -> Desk:
        return self.app.desk(actor)

    def fire(self, role: str, trigger: str, **values: Any) -> Case:
        return self.desk(Actor(f"a {role}", {role}, unit="anlu")).fire(self.case.id, trigger, **values)

    def asked(self, trigger: str = "", *, by: Actor = LI, **more: Any) -> Advice:
        return self.desk(by).what_helps(self.case.id, trigger, **more)

    def follow(self, advice: Advice) -> None:
        Followed(self.app, self.clock, self.case.id, "anlu").all(advice)


@pytest.fixture(scope="module")
def city(stores: Stores) -> Iterator[tuple[Casework, FrozenClock]]:
    """One app for all tests here; each opens a case of its own."""
    clock = FrozenClock(NOW)
    with stores.quick() as url:
        app = Casework(url, case_types=[rescue], clock=clock, units=Units({"city": None, "anlu": "city"}))
        app.create_tables()
        yield app, clock


@pytest.fixture
def station(city: tuple[Casework, FrozenClock]) -> Station:
    return Station(*city)


def names(advice: Advice) -> list[str]:
    return [step.name for step in advice.steps]


def test_the_way_home_is_told_from_the_market_on(station: Station) -> None:
    advice = station.asked("reunite")

    assert ("steps", True, True, True) == (advice.answer, advice.shortest, advice.sure, advice.yours)
    assert {"assess", "verify_identity", "examine", "sign_handover", "countersign_handover"} == set(names(advice))
    assert 5 == len(advice.steps)
    assert {"can_state_identity": True} == {n: advice.steps[0].form[n] for n in advice.steps[0].matters}
    assert ("sign_handover",) == advice.steps[-1].others_than
    assert ("caseworker", "director", "owner") == advice.roles
    assert ("anlu", "city") == advice.units


def test_the_way_home_leads_home(station: Station) -> None:
    station.follow(station.asked("reunite"))

    assert "now" == station.asked("reunite").answer
    assert "reunited" == station.desk(LI).fire(station.case.id, "reunite").state


def test_only_what_is_missing_is_lacking(station: Station) -> None:
    station.fire("caseworker", "assess", urgent=False, can_state_identity=False)
    station.fire("tracer", "propose_candidate", candidate_name="Zhang", identified_by="police")
    station.fire("director", "confirm_candidate", home="Anlu")
    station.fire("nurse", "examine", fit_to_travel=True)
    advice = station.asked("reunite")

    assert ["handed over by is known", "received by is known"] == [lack.text.en for lack in advice.lacks]
    assert ["sign_handover", "countersign_handover"] == names(advice)


def test_whoever_cannot_say_who_they_are_is_traced(station: Station) -> None:
    station.fire("caseworker", "assess", urgent=False, can_state_identity=False)
    advice = station.asked(reach="identity_traced")
    station.follow(advice)

    assert ["propose_candidate", "confirm_candidate"] == names(advice)
    assert ("propose_candidate",) == advice.steps[1].others_than
    assert "identity_traced" == station.desk(LI).get(station.case.id).state


def test_a_clock_says_from_when(station: Station) -> None:
    station.fire("caseworker", "assess", urgent=False, can_state_identity=False)
    due = station.desk(LI).get(station.case.id).dues["settlement"]
    advice = station.asked("request_settlement")

    assert (due, due - NOW) == (advice.at, advice.wait)
    assert [due] == [lack.until for lack in advice.lacks]
    assert [("wait", "settlement")] == [(step.kind, step.name) for step in advice.steps]


def test_a_way_through_time_and_two_persons_leads_there(station: Station) -> None:
    advice = station.asked(reach="settled")
    station.follow(advice)

    assert ["fire", "wait", "fire", "fire", "fire"] == [step.kind for step in advice.steps]
    assert ("director",) == advice.steps[3].roles
    assert "settled" == station.desk(LI).get(station.case.id).state


def test_whoever_did_it_learns_that_somebody_else_can(station: Station) -> None:
    station.fire("caseworker", "assess", urgent=False, can_state_identity=False)
    station.clock.set(station.desk(LI).get(station.case.id).dues["settlement"])
    chief = Actor("chief", {"director"}, unit="anlu")
    station.desk(chief).fire(station.case.id, "request_settlement", settlement_plan="a room")

    assert ("now", False) == (station.asked("approve_settlement", by=chief).answer, False)
    assert not station.asked("approve_settlement", by=chief).yours
    assert station.asked("approve_settlement", by=Actor("other", {"director"}, unit="anlu")).yours


def test_a_closed_case_is_told_as_closed(station: Station) -> None:
    station.fire("nurse", "record_death", died_on=NOW.date(), death_certificate="1")
    advice = station.asked("reunite")

    assert ("no way", ()) == (advice.answer, advice.steps)
    assert "no steps lead there" in advice.sentence("en")
    assert "没有步骤可以做到" in advice.sentence("zh")


def test_a_full_house_is_named(station: Station) -> None:
    advice = station.asked("shelter")

    assert ("barred", 0) == (advice.answer, advice.looked)
    assert "free beds: nothing is left" == advice.lacks[-1].text.en
    assert "this case alone cannot bring that about" in advice.sentence("en")
    assert "仅靠本案无法做到" in advice.sentence("zh")


def test_a_full_house_on_the_way_is_named_too(station: Station) -> None:
    advice = station.asked("check_out")

    assert "barred" == advice.answer
    assert ["care is sheltered", "free beds: nothing is left"] == [lack.text.en for lack in advice.lacks]


def test_a_small_limit_is_told(station: Station) -> None:
    advice = station.asked("reunite", limit=8)

    assert "not found" == advice.answer
    assert 0 < advice.looked <= advice.limit == 8
    assert f"no way was found among {advice.looked} configurations" in advice.sentence("en")


def test_somebody_else_may_do_it_now(station: Station) -> None:
    advice = station.asked("assess", by=AUDITOR)

    assert ("now", False, ("caseworker", "director", "owner")) == (advice.answer, advice.yours, advice.roles)
    assert "this is for caseworker or director or responsible caseworker" in advice.sentence("en")


def test_an_auditor_is_told_the_way_and_no_clause_about_persons(station: Station) -> None:
    advice = station.asked("reunite", by=AUDITOR)

    assert [False, False, True] == [lack.hidden for lack in advice.lacks]
    assert (5, True, False) == (len(advice.steps), advice.sure, advice.shortest)
    assert all("received_by" not in step.form for step in advice.steps)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"trigger": "fly"}, "not-found"),
        ({"reach": "nowhere"}, "not-found"),
        ({"reach": "nowhere.found"}, "not-found"),
        ({}, "invalid-form"),
        ({"trigger": "assess", "reach": "left"}, "invalid-form"),
        ({"trigger": "assess", "limit": 0}, "invalid-form"),
        ({"trigger": ["assess"]}, "not-found"),
    ],
    ids=str,
)
def test_what_is_not_there_is_refused(station: Station, told: dict[str, Any], code: str) -> None:
    trigger = told.pop("trigger", "")
    with pytest.raises(Refused) as no:
        station.asked(trigger, **told)

    assert code == no.value.refusal.code


def test_whoever_may_not_view_it_learns_nothing(station: Station) -> None:
    with pytest.raises(Refused) as no:
        station.asked("reunite", by=Actor("eve", {"caseworker"}, unit="elsewhere"))

    assert "not-found" == no.value.refusal.code


def test_nothing_is_written(station: Station) -> None:
    before = station.desk(LI).history(station.case.id)
    station.asked("reunite")

    assert before == station.desk(LI).history(station.case.id)
