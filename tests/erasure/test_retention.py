"""The time of keeping: when it is over the system asks, and a person confirms."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest
from oracle import assert_inv
from shelter import HAN, LI, START, WU, Shelter, left, meeting, stay, told

from casework import CaseType, Casework, FrozenClock, InvalidValue, UnsoundDefinition, days, dump, hours, load
from casework.loader import from_document, to_document
from casework.model.retention import Retention

KEPT = Retention(after=days(730))


def _clocked(shelter: Shelter, retention: Retention = KEPT) -> tuple[Casework, FrozenClock]:
    clock = FrozenClock(START)
    return shelter(case_types=[stay(retention), meeting()], clock=clock), clock


def test_when_the_time_is_over_the_system_asks_and_one_person_confirms(shelter: Shelter) -> None:
    app, clock = _clocked(shelter)
    case = left(app.desk(LI))
    clock.advance(timedelta(days=730, seconds=-1))
    early = app.run_due()
    before = app.desk(LI).erasures()
    clock.advance(timedelta(seconds=1))
    ran = app.run_due()
    (asked,) = app.desk(LI).erasures()
    done = app.desk(LI).confirm_erasure(case.subjects["person"])

    assert (0, (), 1) == (early.fired, before, ran.fired)
    assert ("system", "retention") == (asked.asked_by, asked.because)
    assert ("erased", "li") == (done.state, done.confirmed_by)
    assert_inv(app)


def test_who_has_another_case_is_asked_for_when_the_last_one_is_over(shelter: Shelter) -> None:
    app, clock = _clocked(shelter)
    first = left(app.desk(LI))
    clock.advance(timedelta(days=100))
    second = told(app.desk(LI), subjects=first.subjects)
    clock.advance(timedelta(days=631))
    app.run_due()
    while_open = app.desk(LI).erasures()
    app.desk(LI).fire(second.id, "leave")
    clock.advance(timedelta(days=729))
    app.run_due()
    too_early = app.desk(LI).erasures()
    clock.advance(timedelta(days=1))
    app.run_due()

    assert ((), ()) == (while_open, too_early)
    assert [first.subjects["person"]] == [item.subject for item in app.desk(LI).erasures()]


def test_a_case_that_opens_again_is_kept_and_its_time_begins_anew(shelter: Shelter) -> None:
    app, clock = _clocked(shelter)
    case = left(app.desk(LI))
    clock.advance(timedelta(days=729))
    app.desk(HAN).fire(case.id, "back")
    clock.advance(timedelta(days=2))
    app.run_due()
    app.desk(LI).fire(case.id, "leave")
    before = app.desk(LI).erasures()
    clock.advance(timedelta(days=730))
    app.run_due()

    assert () == before
    assert 1 == len(app.desk(LI).erasures())
    assert_inv(app)


def test_a_legal_hold_pauses_it_and_lifting_it_asks(shelter: Shelter) -> None:
    app, clock = _clocked(shelter)
    case = left(app.desk(LI))
    subject = case.subjects["person"]
    app.desk(HAN).place_legal_hold(subject, because="investigation")
    clock.advance(timedelta(days=731))
    app.run_due()
    held = app.desk(LI).erasures()
    (lifted,) = app.desk(HAN).lift_legal_hold(subject)
    app.run_due()

    assert () == held
    assert "investigation" == lifted.because
    assert ["retention"] == [item.because for item in app.desk(LI).erasures()]
    assert () == app.verify().faults


def test_a_person_who_was_asked_for_already_is_not_asked_for_twice(shelter: Shelter) -> None:
    app, clock = _clocked(shelter)
    case = left(app.desk(LI))
    app.desk(LI).erase(case.subjects["person"], because="request")
    clock.advance(timedelta(days=731))
    ran = app.run_due()
    app.desk(WU).confirm_erasure(case.subjects["person"])

    assert (0, 1) == (ran.fired, ran.stale)
    assert 0 == app.run_due().fired


@pytest.mark.parametrize("after", [days(0), -days(1)])
def test_a_time_of_keeping_is_more_than_none(shelter: Shelter, after: timedelta) -> None:
    with pytest.raises(UnsoundDefinition, match="CW313"):
        shelter(case_types=[stay(Retention(after=after))])


def test_a_time_of_keeping_is_whole_seconds() -> None:
    with pytest.raises(InvalidValue, match="whole seconds"):
        Retention(after=timedelta(microseconds=5))


def test_a_time_of_keeping_that_nobody_may_end_is_a_mistake(shelter: Shelter) -> None:
    nobody = attrs.evolve(stay(KEPT), grants={"view": "clerk"})
    with pytest.raises(UnsoundDefinition, match="CW407"):
        shelter(case_types=[nobody])


@pytest.mark.parametrize("rule", [KEPT, Retention(while_open=True), Retention(after=hours(1), shared="each")])
def test_it_is_data_of_the_definition_and_comes_back_from_yaml(rule: Retention) -> None:
    definition = stay(rule)
    back = load(dump(definition))

    assert isinstance(back, CaseType)
    assert (definition, rule) == (back, back.retention)
    assert definition == from_document(to_document(definition))


def test_a_definition_that_says_nothing_of_it_has_the_document_that_it_had() -> None:
    assert "retention" not in to_document(stay())


def test_it_is_told_as_a_sentence_in_both_languages() -> None:
    text = Retention(after=days(730), while_open=True, shared="each").text

    assert "730 days after the case was closed" in text.in_("en")
    assert "结案730日后" in text.in_("zh")
