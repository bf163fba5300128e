"""F86: in an emergency somebody reads more of one case, for a short time, and others know and look at it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest
from access.ward import AUDITOR, CHIEF, CLERK, MEDIC, MOVER, NOW, NURSE, code, made, ward
from oracle import refused, tables
from outside import outside
from stores import fresh

from casework import Actor, BreakGlass, Casework, InvalidValue, hours
from casework.desk import Desk

OPENED = {"bed", "illness", "shelter"}
SECOND = Actor("second", {"medic"}, unit="north")


def test_f86_it_opens_the_declared_classes_of_that_case_and_nothing_else() -> None:
    there = made()
    case, other = there.opened(), there.opened()
    medic = there.desk(MEDIC)
    before = code(lambda: medic.get(case.id))
    broken = medic.break_glass(case.id, reason="found unconscious")
    seen = medic.get(case.id)

    assert "not-found" == before == code(lambda: medic.get(other.id))
    assert OPENED == set(broken.data) == set(seen.data)
    assert ("age", "name", "secret") == seen.hidden
    assert () == medic.find("ward").cases and () == medic.available(case.id)
    calls = {
        "fire": lambda: medic.fire(case.id, "move"),
        "amend": lambda: medic.amend(case.id, illness="none"),
        "note": lambda: medic.note(case.id, "x"),
        "assign": lambda: medic.assign(case.id, "owner", "medic"),
        "correct": lambda: medic.correct(case.id, 2, because="x"),
        "readings": lambda: medic.readings(case.id),
    }
    assert dict.fromkeys(calls, "not-permitted") == {name: code(call) for name, call in calls.items()}


@pytest.mark.parametrize(("later", "sees"), [(hours(1) - timedelta(microseconds=1), True), (hours(1), False)], ids=str)
def test_f86_it_ends_by_the_clock(later: timedelta, sees: bool) -> None:
    there = made()
    case = there.opened()
    medic = there.desk(MEDIC)
    medic.break_glass(case.id, reason="found unconscious", request_id="r1")
    there.clock.advance(later)

    assert ("" if sees else "not-found") == code(lambda: medic.get(case.id))
    again = medic.break_glass(case.id, reason="found unconscious", request_id="r1")
    assert (OPENED if sees else set()) == set(again.data)


def test_f86_whoever_broke_it_counts_by_person_and_for_nobody_else() -> None:
    there = made()
    case = there.opened()
    there.desk(MEDIC).break_glass(case.id, reason="found unconscious")

    assert "not-found" == code(lambda: there.desk(SECOND).get(case.id))
    assert OPENED == set(there.desk(attrs.evolve(SECOND, person="medic", roles={"nobody"})).get(case.id).data)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (NURSE, "not-permitted"),
        (CHIEF, "not-permitted"),
        (Actor("x"), "not-found"),
        (Actor("x", {"break glass"}), "not-found"),
        (attrs.evolve(MEDIC, unit="south"), "not-found"),
        (attrs.evolve(MEDIC, tenant="other"), "not-found"),
    ],
    ids=str,
)
def test_f86_only_roles_that_may_and_only_where_they_hold(who: Actor, expected: str) -> None:
    there = made()
    case = there.opened()

    assert expected == code(lambda: there.desk(who).break_glass(case.id, reason="curious"))
    assert "not-found" == code(lambda: there.desk(MEDIC).break_glass("nothing", reason="curious"))


def test_f86_anywhere_reaches_beyond_the_units_for_those_who_may() -> None:
    assert ward.break_glass is not None
    there = made(case_type=attrs.evolve(ward, break_glass=attrs.evolve(ward.break_glass, anywhere=True)))
    case = there.opened()
    far = there.desk(attrs.evolve(MEDIC, unit="south"))

    assert OPENED == set(far.break_glass(case.id, reason="found unconscious").data)
    assert OPENED == set(far.get(case.id).data)
    stranger = there.desk(attrs.evolve(NURSE, unit="south"))
    assert "not-found" == code(lambda: stranger.break_glass(case.id, reason="curious"))


@pytest.mark.parametrize("reason", ["", "  ", None, 7, "x" * 2_001], ids=lambda value: repr(value)[:9])
def test_f86_a_reason_is_needed(reason: Any) -> None:
    there = made()
    case = there.opened()

    assert "invalid-form" == refused(there.app, lambda: there.desk(MEDIC).break_glass(case.id, reason=reason)).code


def test_f86_the_supervisor_is_told_at_once_and_not_the_reason() -> None:
    there = made()
    case = there.opened()
    there.desk(MEDIC).break_glass(case.id, reason="Li Na is unconscious")
    there.app.send_waiting()
    (page,) = there.paged

    assert ("pager", "duty") == (page.channel, page.to)
    body = {"case": case.id, "case_type": "ward", "unit": "north", "person": "medic", "until": NOW + hours(1)}
    assert body == dict(page.body)


def test_f86_where_nobody_would_be_told_nothing_is_opened() -> None:
    url = fresh()
    case = made(url).opened()
    assert ward.break_glass is not None
    without = Casework(url, case_types=[attrs.evolve(ward, break_glass=None)])

    no = refused(without, lambda: without.desk(MEDIC).break_glass(case.id, reason="found unconscious"))
    assert ("part-absent", "pager") == (no.code, no.part)
    without.dispose()


def test_f86_the_log_says_that_it_was_and_its_reader_why() -> None:
    there = made()
    case = there.opened()
    there.desk(MEDIC).break_glass(case.id, reason="found unconscious")
    entries = {who.id: there.desk(who).history(case.id)[-1] for who in (NURSE, CHIEF, MEDIC, CLERK)}

    assert {("break", NOW + hours(1), "medic")} == {(e.kind, e.breaks, e.person) for e in entries.values()}
    read = {who: entry.note for who, entry in entries.items()}
    assert {
        "nurse": "found unconscious",
        "chief": "found unconscious",
        "medic": "found unconscious",
        "clerk": "",
    } == read
    assert b"unconscious" not in b"".join(bytes(row["body"]) for row in tables(there.app)["casework_entry"])


def test_f86_whoever_broke_it_stands_in_the_access_log() -> None:
    there = made()
    case = there.opened()
    medic = there.desk(MEDIC, purpose="emergency")
    medic.break_glass(case.id, reason="found unconscious")
    medic.get(case.id)
    medic.history(case.id)
    lines = there.desk(AUDITOR).readings(case.id).lines

    told = {(line.verb, line.classes, line.roles, line.purpose) for line in lines if line.person == "medic"}
    opened = (("health", "whereabouts"), ("break glass",), "emergency")
    assert {("break", *opened), ("get", *opened), ("history", *opened)} == told


def test_f86_the_case_does_not_close_before_somebody_else_has_reviewed_it() -> None:
    there = made()
    case = there.opened()
    medic, mover, chief = there.desk(MEDIC), there.desk(MOVER), there.desk(CHIEF)
    first = medic.break_glass(case.id, reason="found unconscious").entry
    second = medic.break_glass(case.id, reason="again").entry
    moved = mover.fire(case.id, "move")
    no = refused(there.app, lambda: mover.fire(moved.id, "leave"))

    assert ("review-due", ("chief", "medic")) == (no.code, no.roles)
    assert f"entry {first}, {second}" in no.sentence("en") and f"第{first}, {second}条" in no.sentence("zh")
    assert no.code == code(lambda: mover.what_if(case.id, "leave"))
    chief.review(case.id, first, finding="it was right")
    assert "review-due" == code(lambda: mover.fire(case.id, "leave"))
    reviewed = chief.review(case.id, second, finding="it was right").entry
    assert "out" == mover.fire(case.id, "leave").state
    entry = there.desk(NURSE).history(case.id)[reviewed - 1]
    assert ("review", second, "it was right") == (entry.kind, entry.reviews, entry.note)
    assert there.app.verify().whole


def test_f85_f86_whoever_broke_it_does_not_review_it_under_another_account_either() -> None:
    there = made()
    case = there.opened()
    number = there.desk(MEDIC).break_glass(case.id, reason="found unconscious").entry
    same: list[Desk] = [
        there.desk(attrs.evolve(SECOND, person="medic")),
        there.desk(attrs.evolve(CHIEF, person="medic")),
    ]
    same.append(there.desk(MEDIC))

    answers = [refused(there.app, lambda desk=desk: desk.review(case.id, number, finding="fine")) for desk in same]  # type: ignore[misc]
    assert ["not-permitted"] * 3 == [no.code for no in answers]
    assert {("chief", "medic")} == {no.roles for no in answers}
    assert "not-permitted" == code(lambda: there.desk(NURSE).review(case.id, number, finding="fine"))
    assert "not-found" == code(lambda: there.desk(AUDITOR).review(case.id, number, finding="fine"))


@pytest.mark.parametrize("number", [0, 1, 3, None, "2"], ids=repr)
def test_f86_only_what_waits_is_reviewed(number: Any) -> None:
    there = made()
    case = there.opened()
    there.desk(MEDIC).break_glass(case.id, reason="found unconscious")

    assert "not-found" == code(lambda: there.desk(CHIEF).review(case.id, number, finding="fine"))
    there.desk(CHIEF).review(case.id, 2, finding="fine")
    assert "not-found" == code(lambda: there.desk(CHIEF).review(case.id, 2, finding="fine"))


def test_f86_a_step_beneath_a_broken_glass_can_still_be_undone() -> None:
    there = made()
    case = there.opened()
    moved = there.desk(MOVER).fire(case.id, "move")
    there.desk(MEDIC).break_glass(case.id, reason="found unconscious")

    assert "in" == there.desk(CHIEF).correct(case.id, moved.entry, because="wrong case").state


@pytest.mark.parametrize("column", ["until", "person", "review"])
def test_f86_a_glass_that_was_changed_behind_our_back_is_found(column: str) -> None:
    url = fresh()
    there = made(url)
    case = there.opened()
    there.desk(MEDIC).break_glass(case.id, reason="found unconscious")
    with outside(url) as store:
        store.do(f"UPDATE casework_glass SET {column} = ?", 7 if column != "person" else "wang")

    assert [(case.id, 2)] == [(fault.case_id, fault.number) for fault in there.app.verify().faults]


@pytest.mark.parametrize(
    "more",
    [
        {"time": hours(5)},
        {"time": timedelta(0)},
        {"time": timedelta(microseconds=1)},
        {"time": 3600},
        {"classes": "open"},
        {"classes": "secret"},
        {"classes": 7},
    ],
    ids=str,
)
def test_f86_a_definition_keeps_within_its_bounds(more: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        BreakGlass(**{"classes": "health", "channel": "pager", **more})
