"""Whoever is met decides for themselves, except where that would leave a child or somebody in danger behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from outreach.night import BOUND, Night

from casework import Case, InvalidValue, SetupError
from casework.outreach import earlier, meet, rescue_case_of

AT = {"found_at": "解放路桥下", "found_by": "li"}
DECLINE = {"declined_because": "wants_to_stay", "leaflet_left": True}


def met(night: Night, *, minor: bool = False, urgent: bool = False, **more: object) -> Case:
    return meet(night.worker, night.out(), **{**AT, "looks_minor": minor, "needs_doctor": urgent, **more})


def code(night: Night, case: Case, trigger: str, **form: object) -> str:
    refusal: Any = night.worker.why_not(case, trigger, form or None)
    return "" if refusal is None else str(refusal.code)


def test_help_may_be_declined_and_the_person_is_looked_for_again() -> None:
    night = Night()
    contact = night.worker.fire(met(night), "decline", **DECLINE)

    assert "declined" == contact.state
    assert 0 == night.worker.waiting("contact", "look_again_due")
    night.wait(timedelta(hours=25))
    assert [contact.id] == [case.id for case in night.worker.worklist("contact", "look_again_due").cases]
    assert "accepted" == night.worker.fire(contact.id, "accept").state


def test_whoever_needs_a_doctor_is_helped_by_one_first() -> None:
    night = Night()
    contact = met(night, urgent=True)

    assert ("unmet", "unmet", "") == (
        code(night, contact, "accept"),
        code(night, contact, "decline", **DECLINE),
        code(night, contact, "call_ambulance"),
    )
    called = night.worker.fire(contact, "call_ambulance")
    night.wait(timedelta(minutes=61))
    assert 1 == night.worker.waiting("contact", "ambulance_late")
    assert "in_hospital" == night.worker.fire(called.id, "take_to_hospital", brought_to="市医院").state


def test_that_somebody_needs_no_doctor_after_all_is_for_a_nurse_to_say() -> None:
    night = Night()
    contact = met(night, urgent=True)

    assert "not-permitted" == code(night, contact, "judge", urgent=False)
    amended = night.worker.amend(contact, needs_doctor=False, looks_minor=False)
    assert "unmet" == code(night, amended, "accept"), "amending an answer lets nobody off"
    judged = night._desk("mei", "nurse").fire(amended, "judge", urgent=False)
    assert "" == code(night, judged, "accept")


def test_a_child_is_not_left_in_the_street() -> None:
    night = Night()
    contact = met(night, minor=True)

    assert "unmet" == code(night, contact, "decline", **DECLINE)
    accepted = night.worker.fire(contact, "accept")
    assert "unmet" == code(night, accepted, "conclude", ended_because="已联系")
    assert "" == code(night, accepted, "bring_in", brought_to="救助站")
    hospital = night.worker.fire(accepted, "take_to_hospital", brought_to="市医院")
    assert "unmet" == code(night, hospital, "leave_to_hospital", ended_because="住院")


def test_a_contact_becomes_a_rescue_case_about_the_same_person_with_all_that_was_known() -> None:
    night = Night(BOUND)
    first = met(night, alias="老王", sex="male", age=61, apparent_condition="消瘦", says_who_they_are=False)
    night.worker.fire(first.id, "hand_out", item="water", count=2)
    declined = night.worker.fire(first.id, "decline", **DECLINE)
    patrol = night.worker.find("patrol").cases[0]
    second = meet(
        night.worker, patrol, again=declined, **{**AT, "alias": "老王"}, looks_minor=False, needs_doctor=False
    )
    accepted = night.worker.fire(second, "accept")
    brought = night.worker.fire(accepted, "bring_in", brought_to="安陆市救助站")

    case_id = rescue_case_of(night.worker, brought)
    assert case_id is not None
    rescue = night.caseworker.get(case_id)
    assert ("found", "brought_in", "opened") == (rescue.state, brought.states["contact"], brought.states["intake"])
    assert brought.id == rescue.parent, "the case leads back to the contact"
    assert rescue.subjects["person"] == brought.subjects["person"] == declined.subjects["person"]
    assert ("street_patrol", "老王", AT["found_at"]) == tuple(
        rescue.data[name] for name in ("brought_by", "alias", "found_at")
    )
    assert [first.id] == [case.id for case in earlier(night.caseworker, night.caseworker.get(brought.id))]
    told = [entry.trigger for entry in night.caseworker.history(first.id)]
    assert ["open", "hand_out", "decline", "meet_again"] == [trigger or "open" for trigger in told]
    assert () == night.app.verify().faults


def test_what_was_known_goes_along_field_by_field() -> None:
    night = Night(BOUND)
    known = {"alias": "老王", "sex": "male", "age": 61, "apparent_condition": "消瘦", "says_who_they_are": False}
    accepted = night.worker.fire(met(night, **known), "accept")
    brought = night.worker.fire(accepted, "bring_in", brought_to="救助站")
    rescue = night.director.get(str(rescue_case_of(night.worker, brought)))

    assert {**known, **AT} == {name: rescue.data[name] for name in (*known, *AT)}


def test_without_rescue_cases_a_contact_says_where_to_and_that_there_is_no_case() -> None:
    night = Night()
    accepted = night.worker.fire(met(night), "accept")
    brought = night.worker.fire(accepted, "bring_in", brought_to="邻市救助站")

    assert ("brought_in", "邻市救助站") == (brought.state, brought.data["brought_to"])
    with pytest.raises(SetupError, match=r"casework\.outreach\.rescue"):
        rescue_case_of(night.worker, brought)


def test_a_contact_that_ends_otherwise_opens_no_case() -> None:
    night = Night(BOUND)
    accepted = night.worker.fire(met(night), "accept")
    helped = night.worker.fire(accepted, "conclude", ended_because="已由亲属接回")

    assert "dropped" == helped.states["intake"]
    assert None is rescue_case_of(night.worker, helped)


def test_meeting_again_takes_an_earlier_contact() -> None:
    night = Night()
    patrol = night.out()

    with pytest.raises(InvalidValue, match="again"):
        meet(night.worker, patrol, again=patrol, **AT, looks_minor=False, needs_doctor=False)


def test_planners_and_auditors_learn_nothing_about_the_person() -> None:
    night = Night()
    contact = met(night, sex="male", age=61, apparent_condition="消瘦")

    for desk in (night.planner, night._desk("audit", "auditor")):
        seen = desk.get(contact.id)
        assert {"minor", "urgent", "looks_minor", "needs_doctor", "patrol_id"} == seen.data.keys()
        assert {} == dict(seen.subjects)
