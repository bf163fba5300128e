"""What each side reads: the ward its referral, the tracer the clue, and nobody a diagnosis who need not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from casework import Actor, field

SECRET = "a stroke of the left side"
HEARD = "his mother sells noodles in Yunmeng"


@pytest.fixture
def story(town: Any) -> Any:
    """Somebody who was treated, visited, and is about to leave; in all of it the diagnosis was written down."""
    case = town.requested(diagnosis=SECRET)
    town.fire("sun", case, "referral.accept")
    town.fire("li", case, "admit", hospital="First Hospital", diagnosis=SECRET)
    town.fire("sun", case, "referral.admit")
    visit = {"services": "shoes", "condition": f"recovers from {SECRET}", "enquiries": "his village"}
    town.fire("wu", case, "referral.visit", **visit, clue=HEARD)
    plan = {**town.plan, "needs": f"care after {SECRET}", "medication": f"against {SECRET}"}
    town.fire("sun", case, "referral.plan_discharge", **plan)
    return case


def outlets(town: Any, who: str, case: Any) -> Iterator[object]:
    """Everything that somebody can be told about a case."""
    desk = town.desk(who)
    yield desk.get(case.id)
    yield from desk.history(case.id)
    yield desk.find("rescue").cases
    for listed in town.app.manifests["rescue"].case_type.worklists:
        if not listed.roles or set(listed.roles) & set(desk.actor.roles):
            yield desk.worklist("rescue", listed.name).cases
    for trigger in ("referral.discharge", "referral.admit", "referral.visit", "reunite", "discharge", "nonsense"):
        yield desk.why_not(case.id, trigger)
    yield desk.available(case.id)
    yield from desk.export([case.id])
    yield town.refused(lambda: desk.find("rescue", field("referral.diagnosis").known))


@pytest.mark.parametrize("who", ["wu", "fang", "auditor"])
def test_whoever_reads_no_health_never_meets_the_diagnosis(town: Any, story: Any, who: str) -> None:
    assert [] == [told for told in map(repr, outlets(town, who, story)) if "stroke" in told]


def test_the_tracer_reads_the_clue(town: Any, story: Any) -> None:
    assert HEARD == town.desk("wu").get(story.id).data["clue"]


def test_the_station_nurse_and_the_ward_read_the_condition(town: Any, story: Any) -> None:
    for who in ("nurse", "he", "sun"):
        assert "stroke" in town.desk(who).get(story.id).data["referral.condition"]


def test_the_wards_nurse_reads_none_of_the_hosts_sealed_or_personal_fields(town: Any, story: Any) -> None:
    shown = town.desk("sun").get(story.id)

    assert set() == {"found_at", "found_by", "hospital", "diagnosis", "clue", "name", "home"} & set(shown.data)
    assert {"clue", "diagnosis", "found_at", "found_by", "hospital"} == set(shown.hidden)
    told = [repr(shown), repr(town.desk("sun").history(story.id)), repr([*town.desk("sun").export([story.id])])]
    assert [] == [one for one in told if HEARD in one or "Jiefang" in one or "his village" in one]


def test_the_wards_nurse_sees_that_the_host_searches_and_what_of_it_is_open(town: Any, story: Any) -> None:
    """What is not hidden is told on the plugin's page; this test keeps the page honest."""
    shown = town.desk("sun").get(story.id)

    assert {"rescue", "care", "tracing", "referral"} == set(shown.states)
    assert {"alias", "urgent", "can_state_identity", "fit_to_travel"} <= set(shown.data)
    log = town.desk("sun").history(story.id)
    lent = next(entry.number for entry in log if entry.trigger == "referral.request")
    assert [entry.number < lent for entry in log] == [entry.withheld for entry in log]
    assert "admit" in [entry.trigger for entry in log]


def test_the_ward_sees_a_case_from_the_request_until_the_referral_ends(town: Any) -> None:
    before = town.person()
    unseen = town.refused(lambda: town.desk("sun").get(before.id)).code
    case = town.fire("li", before, "referral.request", **town.ask)
    assert case.id == town.desk("sun").get(case.id).id
    town.fire("sun", case, "referral.reject", rejection="no_bed")

    assert {"not-found"} == {unseen, town.refused(lambda: town.desk("sun").get(case.id)).code}
    assert () == town.desk("sun").find("rescue").cases
    assert "not-found" == town.refused(lambda: town.desk("sun").history(case.id)).code


def test_a_ward_reads_nothing_of_an_earlier_round_at_another_ward(town: Any) -> None:
    case = town.requested(diagnosis="schizophrenia")
    town.fire("sun", case, "referral.reject", rejection="other_ward", rejection_note="known alcoholic")
    again = town.fire("li", case, "referral.request", **{**town.ask, "diagnosis": "broken wrist"})
    told = repr(town.desk("sun").history(again.id))

    assert [] == [word for word in ("schizophrenia", "alcoholic") if word in told]
    assert "broken wrist" in told


def test_a_ward_reads_its_own_remarks_and_none_of_the_stations(town: Any) -> None:
    case = town.requested()
    town.fire("sun", case, "referral.receive")
    town.desk("li").note(case.id, "his daughter is Zhang Mei")
    town.desk("sun").note(case.id, "which floor?")

    assert ["which floor?"] == [entry.note for entry in town.desk("sun").history(case.id) if entry.note]
    written = [entry.note for entry in town.desk("wu").history(case.id) if entry.note]
    assert ["his daughter is Zhang Mei", "which floor?"] == written


def test_the_desk_reads_the_certificate_and_not_the_needs(town: Any, story: Any) -> None:
    town.fire("sun", story, "referral.discharge", **town.paper)
    shown = town.desk("fang").get(story.id)

    assert "C-17" == shown.data["referral.certificate"]
    assert {"referral.needs", "referral.medication", "referral.diagnosis"} <= set(shown.hidden)


def test_the_ward_may_write_remarks_from_when_it_has_the_referral(town: Any) -> None:
    case = town.requested()
    early = town.refused(lambda: town.desk("sun").note(case.id, "which floor?"))
    town.fire("sun", case, "referral.receive")
    town.desk("sun").note(case.id, "which floor?")

    assert "not-permitted" == early.code


def test_a_nurse_of_another_unit_sees_nothing(town: Any) -> None:
    case = town.requested()
    elsewhere = town.app.desk(Actor("qi", roles={"ward_nurse"}, unit="elsewhere"))

    assert "not-found" == town.refused(lambda: elsewhere.get(case.id)).code


ACCESS = {
    "request": {"caseworker", "director", "owner"},
    "receive": {"ward_nurse"},
    "accept": {"ward_nurse"},
    "reject": {"ward_nurse"},
    "withdraw": {"caseworker", "director", "owner"},
    "admit": {"ward_nurse", "caseworker", "director", "owner"},
    "visit": {"caseworker", "tracer", "nurse", "director", "owner"},
    "miss_visit": set(),
    "tell_clue": {"ward_nurse", "caseworker", "tracer", "nurse", "director", "owner"},
    "plan_discharge": {"ward_nurse"},
    "cancel_plan": {"ward_nurse"},
    "discharge": {"ward_nurse"},
    "end": set(),
}


def test_the_access_table_says_who_may_do_what(town: Any) -> None:
    workflow = town.app.manifests["rescue"].case_type.chain[-1]
    found: dict[str, set[str]] = {}
    for step in workflow.transitions:
        found.setdefault(step.trigger.removeprefix("referral."), set()).update(step.roles)

    assert ACCESS == found
