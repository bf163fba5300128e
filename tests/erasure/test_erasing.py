"""Erasing a person: by two, refused while it may not be, gone from row and log, and nothing comes back."""

from __future__ import annotations

from typing import Any

import pytest
from oracle import assert_inv, tables
from shelter import GUEST, HAN, LI, WU, Shelter, erased, left, meeting, stay, told
from sqlalchemy import create_engine
from stores import fresh, quick

from casework import Case, Casework, Refused, field
from casework.keys import ErasureMemory
from casework.model.erasure import Erases
from casework.model.retention import Retention


def _no(call: Any, *given: Any, **named: Any) -> Any:
    with pytest.raises(Refused) as no:
        call(*given, **named)
    return no.value.refusal


def _subject(case: Case) -> str:
    return case.subjects["person"]


def _everything(app: Casework) -> bytes:
    rows = [value for found in tables(app).values() for row in found for value in row.values()]
    return b"\n".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in rows)


CANARIES = (b"Xu Mei", b"13800001111", b"bridge 4", b"4403-1999", b"asthma", b"Xu Mei.pdf")


def test_f64_what_two_persons_agree_on_is_gone_and_the_log_stays_whole(shelter: Shelter) -> None:
    app = shelter()
    case = left(app.desk(LI))
    before = app.verify()
    found = [canary for canary in CANARIES if canary in _everything(app)]
    erased(app, _subject(case))
    after, now = app.verify(), app.desk(LI).get(case.id)

    assert b"Xu Mei" in found
    assert [] == [canary for canary in CANARIES if canary in _everything(app)]
    assert () == after.faults
    assert (before.cases, before.entries + 2, 0, 4) == (after.cases, after.entries, before.erased, after.erased)
    assert ({"place": "canal"}, "gone") == (dict(now.data), now.state)
    assert_inv(app)


def test_history_says_what_was_erased_by_whom_and_why(shelter: Shelter) -> None:
    app = shelter()
    case = left(app.desk(LI))
    erased(app, _subject(case))
    history = app.desk(LI).history(case.id)
    steps = [entry.erases for entry in history if entry.kind == "erase"]

    assert [
        Erases(step="asked", because="request"),
        Erases(step="erased", because="request", persons=("li", "wu")),
    ] == steps
    assert [True, True, True, False, True, False, False, False] == [entry.erased for entry in history]
    assert ["li", "li", "li", "li", "li", "li", "li", "system"] == [entry.actor for entry in history]


def test_f65_whoever_asked_may_not_confirm_under_another_account_either(shelter: Shelter) -> None:
    app = shelter()
    case = left(app.desk(LI))
    app.desk(LI).erase(_subject(case), because="request")
    same = LI.__class__("li-at-home", {"clerk"}, unit="anlu", person="li")

    assert "not-permitted" == _no(app.desk(LI).confirm_erasure, _subject(case)).code
    assert "not-permitted" == _no(app.desk(same).confirm_erasure, _subject(case)).code
    assert "asthma" == app.desk(LI).get(case.id).data["illness"]


def test_f65_an_open_case_a_hold_and_a_balance_refuse_and_every_refusal_is_told(shelter: Shelter) -> None:
    app = shelter()
    desk = app.desk(LI)
    case = desk.fire(told(desk), "earn")
    subject = _subject(case)
    app.desk(HAN).place_legal_hold(subject, because="lawsuit")
    no = _no(desk.erase, subject, because="request")

    assert ("not-erasable", 3) == (no.code, len(no.problems))
    told_of = [entry.erases for entry in desk.history(case.id) if entry.erases and entry.erases.step == "refused"]
    assert [("open", "balance", "held")] == [step.obstacles for step in told_of]
    assert () == app.verify().faults


def test_a_hold_that_comes_after_the_asking_refuses_the_confirming(shelter: Shelter) -> None:
    app = shelter()
    case = left(app.desk(LI))
    subject = _subject(case)
    app.desk(LI).erase(subject, because="request")
    app.desk(HAN).place_legal_hold(subject, because="audit")

    assert "not-erasable" == _no(app.desk(WU).confirm_erasure, subject).code
    assert [True] == [item.held for item in app.desk(WU).erasures()]
    app.desk(HAN).lift_legal_hold(subject)
    assert "erased" == app.desk(WU).confirm_erasure(subject).state


def test_a_balance_stays_only_where_whoever_asks_says_so(shelter: Shelter) -> None:
    app = shelter()
    desk = app.desk(LI)
    case = desk.fire(desk.fire(told(desk), "earn"), "leave")
    subject = _subject(case)

    assert ["account.hours|" + subject + "|"] == [p.field for p in _no(desk.erase, subject, because="request").problems]
    erased(app, subject, leaves_balances=True)
    assert () == app.verify().faults


def test_a_case_may_be_erased_while_open_where_its_type_says_so_and_goes_on(shelter: Shelter) -> None:
    app = shelter(case_types=[stay(Retention(while_open=True)), meeting()])
    desk = app.desk(LI)
    case = told(desk)
    erased(app, _subject(case))

    assert "erased" == _no(desk.amend, case.id, name="Xu Mei").code
    assert "erased" == _no(desk.fire, case.id, "tell", name="Xu Mei", age=3, illness="x", said="138").code
    assert "street" == desk.amend(case.id, place="street").data["place"]
    assert "gone" == desk.fire(case.id, "leave").state
    assert_inv(app)


def test_nothing_personal_is_recorded_any_more_of_whoever_was_erased(shelter: Shelter) -> None:
    app = shelter()
    desk = app.desk(LI)
    case = left(desk)
    subject = _subject(case)
    erased(app, subject)

    assert "erased" == _no(desk.note, case.id, "it was Xu Mei").code
    assert "erased" == _no(desk.open, "stay", {"name": "Xu Mei"}, subjects={"person": subject}).code
    assert "erased" == _no(desk.erase, subject, because="request").code
    assert "erased" == _no(app.desk(HAN).place_legal_hold, subject, because="audit").code


def test_neither_undoing_nor_replaying_brings_anything_back(shelter: Shelter) -> None:
    app = shelter()
    desk = app.desk(LI)
    case = left(desk, request_id="opened")
    erased(app, _subject(case))
    opened = {"place": "canal", "name": "Xu Mei", "illness": "asthma", "slept_at": "bridge 4", "card": "4403-1999"}
    corrected = [_no(desk.correct, case.id, n, because="again").code for n in range(2, 9)]

    assert {"not-undoable"} == set(corrected)
    assert "erased" == _no(desk.open, "stay", opened, request_id="opened").code
    assert "erased" == _no(desk.note, case.id, "Xu Mei cries", request_id="n").code
    assert {"place": "canal"} == dict(desk.get(case.id).data)


def test_an_undone_step_does_not_bring_back_what_was_derived(shelter: Shelter) -> None:
    app = shelter(case_types=[stay(Retention(while_open=True)), meeting()])
    desk = app.desk(LI)
    case = told(desk)
    erased(app, _subject(case))
    case = desk.amend(case.id, place="street")
    no = _no(desk.correct, case.id, case.entry, because="wrong street")

    assert "erased" == no.code
    assert {"place": "street"} == dict(desk.get(case.id).data)


def test_steps_before_the_erasure_leave_an_undoing_possible(shelter: Shelter) -> None:
    app = shelter()
    desk = app.desk(LI)
    case = left(desk)
    desk.erase(_subject(case), because="request")
    desk.drop_erasure(_subject(case))
    back = desk.correct(case.id, case.entry, because="still here")

    assert ("here", "Xu Mei") == (back.state, back.data["name"])
    assert ["asked", "dropped"] == [e.erases.step for e in desk.history(case.id) if e.erases]


def test_an_erased_case_is_found_by_what_is_open_and_not_by_what_was_not(shelter: Shelter) -> None:
    app = shelter()
    desk = app.desk(LI)
    case = left(desk)
    erased(app, _subject(case))

    assert [] == [*desk.find("stay", field("name") == "Xu Mei").cases]
    assert [] == [*desk.find("stay", field("illness").known).cases]
    assert [case.id] == [found.id for found in desk.find("stay", field("place") == "canal").cases]


def test_a_record_that_was_exported_before_is_not_taken_in_again(shelter: Shelter) -> None:
    app = shelter()
    desk = app.desk(LI)
    case = left(desk)
    (record,) = desk.export([case])
    subjects = {**record, "id": "elsewhere"}
    erased(app, _subject(case))
    (after,) = desk.export([case.id])

    assert "Xu Mei" not in str(after)
    assert "erased" == _no(desk.import_, record).code
    assert "erased" == _no(desk.import_, {**record, "subjects": {}}).code
    assert "erased" == _no(desk.import_, subjects).code


def test_whoever_may_not_see_or_erase_every_case_is_refused(shelter: Shelter) -> None:
    app = shelter(case_types=[stay(), meeting(Retention(shared="each"))])
    case = left(app.desk(LI))
    subject = _subject(case)
    elsewhere = LI.__class__("ma", {"clerk"}, unit="hedong")

    assert "not-found" == _no(app.desk(GUEST).erase, subject, because="request").code
    assert "not-found" == _no(app.desk(elsewhere).erase, subject, because="request").code
    assert "not-permitted" == _no(app.desk(HAN).erase, subject, because="request").code
    assert "not-permitted" == _no(app.desk(LI).place_legal_hold, subject, because="audit").code
    assert "not-found" == _no(app.desk(LI).erase, "nobody", because="request").code
    assert () == app.desk(GUEST).erasures()


def test_a_case_about_two_goes_when_both_are_asked_for(shelter: Shelter) -> None:
    app = shelter()
    desk = app.desk(LI)
    case = desk.open("meeting", {"about": "Xu Mei", "room": "3"})
    host, visitor = case.subjects["host"], case.subjects["visitor"]
    desk.fire(case, "meet")
    desk.erase(host, because="request")
    no = _no(app.desk(WU).confirm_erasure, host)

    assert "not-erasable" == no.code
    assert visitor in no.sentence("zh")
    desk.erase(visitor, because="request")
    app.desk(WU).confirm_erasure(host)
    assert {"room": "3"} == dict(desk.get(case.id).data)
    app.desk(WU).confirm_erasure(visitor)
    assert () == app.verify().faults


@pytest.mark.parametrize(
    ("shared", "whose", "stays"), [("first", "host", False), ("first", "visitor", True), ("each", "visitor", False)]
)
def test_a_case_about_two_goes_with_whom_its_type_says(shelter: Shelter, shared: Any, whose: str, stays: bool) -> None:
    app = shelter(case_types=[stay(), meeting(Retention(shared=shared))])
    desk = app.desk(LI)
    case = desk.fire(desk.open("meeting", {"about": "Xu Mei", "room": "3"}), "meet")
    erased(app, case.subjects[whose])

    assert stays == ("about" in desk.get(case.id).data)
    assert stays == (b"Xu Mei" in _everything(app))
    assert () == app.verify().faults


def test_all_cases_about_a_person_go_of_every_type_and_unit(shelter: Shelter) -> None:
    app = shelter(case_types=[stay(), meeting(Retention(shared="each"))])
    everywhere = LI.__class__("li", {"clerk"})
    desk = app.desk(everywhere)
    first = desk.fire(told(desk, unit="hedong"), "leave")
    subject = _subject(first)
    other = desk.fire(desk.open("meeting", {"about": "Xu Mei"}, unit="anlu", subjects={"visitor": subject}), "meet")
    desk.erase(subject, because="order")
    assert "not-permitted" == _no(app.desk(WU).confirm_erasure, subject).code
    app.desk(WU.__class__("wu", {"clerk"})).confirm_erasure(subject)

    assert ({"place": "canal"}, {}) == (dict(desk.get(first.id).data), dict(desk.get(other.id).data))
    assert b"Xu Mei" not in _everything(app)


def test_an_unknown_reason_is_a_wrong_form_in_both_languages(shelter: Shelter) -> None:
    app = shelter()
    case = left(app.desk(LI))
    no = _no(app.desk(LI).erase, _subject(case), because="she asked for it herself")

    assert ("invalid-form", ["because"]) == (no.code, [problem.field for problem in no.problems])
    assert "本人提出" in no.sentence("zh")


def test_without_a_record_outside_the_database_nothing_is_erased(shelter: Shelter) -> None:
    app = shelter(erasures=None)
    case = left(app.desk(LI))

    assert ("part-absent", "erasures") == (
        (no := _no(app.desk(LI).erase, _subject(case), because="request")).code,
        no.part,
    )


def test_in_a_hosts_transaction_it_is_carried_out_after_the_hosts_commit(shelter: Shelter) -> None:
    url, ledger = fresh(), ErasureMemory()
    app = shelter(url, erasures=ledger)
    case = left(app.desk(LI))
    subject = _subject(case)
    host = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with host.begin() as connection, app.begin(LI, connection=connection) as desk:
        desk.erase(subject, because="request")
    with host.connect() as connection, app.begin(WU, connection=connection) as desk:
        desk.confirm_erasure(subject)
        connection.rollback()
    rolled_back = app.desk(LI).get(case.id).data.get("illness"), [*ledger.records()]
    with host.begin() as connection, app.begin(WU, connection=connection) as desk:
        state = desk.confirm_erasure(subject).state
    host.dispose()
    app.reapply_erasures()

    assert (("asthma", []), "confirmed") == (rolled_back, state)
    assert ["erased"] == [item.state for item in app.desk(LI).erasures(["confirmed", "erased"])]
    assert {"place": "canal"} == dict(app.desk(LI).get(case.id).data)


def test_a_store_in_memory_is_scrubbed_and_stays(shelter: Shelter) -> None:
    app = shelter(quick())
    case = left(app.desk(LI))
    erased(app, _subject(case))
    app.scrub()

    assert case.id == app.desk(LI).get(case.id).id


@pytest.mark.parametrize("number", ["store:", "store:main", "case:{}"])
def test_nobody_has_the_number_of_a_key_that_is_no_persons(shelter: Shelter, number: str) -> None:
    """Erasing them would destroy the key of a case that is about nobody, or of every request."""
    app = shelter()
    desk = app.desk(LI)
    other = left(desk)
    subject = number.format(other.id)

    with pytest.raises(Refused, match=r"subjects\.person .*does not begin with"):
        desk.open("stay", subjects={"person": subject})
    with pytest.raises(Refused, match="the number of a person"):
        desk.erase(subject, because="request")


def test_a_case_that_was_erased_and_is_opened_again_knows_nothing_personal_again(shelter: Shelter) -> None:
    app = shelter()
    desk = app.desk(LI)
    case = left(desk)
    erased(app, _subject(case))
    again = app.desk(HAN).fire(case.id, "back")

    assert "erased" == _no(desk.amend, case.id, name="Xu Mei").code
    assert "erased" == _no(desk.fire, case.id, "tell", name="Xu Mei", age=12, illness="asthma", said="1").code
    assert ("here", {"place": "canal"}) == (again.state, dict(desk.get(case.id).data))
    assert "bridge" == desk.amend(case.id, place="bridge").data["place"]
