"""Whoever is shown something watched stands in the access log before they see it, and the log never says what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest
from access.ward import AUDITOR, CHIEF, CLERK, MOVER, NOW, NURSE, VALUES, Ward, code, made, ward
from files import PNG
from oracle import tables
from outside import outside
from sqlalchemy import create_engine
from stores import fresh

from casework import Actor, Desk, InvalidValue, Refused


def told(there: Ward, case_id: str | None = None) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Person, verb, classes and roles of each line, in order of the alphabet: at one instant lines have none."""
    return sorted((r.person, r.verb, r.classes, r.roles) for r in there.desk(AUDITOR).readings(case_id).lines)


OUTLETS: dict[str, Callable[[Desk, str], object]] = {
    "get": lambda desk, case: desk.get(case),
    "find": lambda desk, case: desk.find("ward"),
    "worklist": lambda desk, case: desk.worklist("ward", "arrived"),
    "export": lambda desk, case: list(desk.export([case])),
    "history": lambda desk, case: desk.history(case),
    "what_if": lambda desk, case: desk.what_if(case, "move"),
    "fire": lambda desk, case: desk.fire(case, "move"),
    "note": lambda desk, case: desk.note(case, "well"),
    "amend": lambda desk, case: desk.amend(case, bed="4"),
}


@pytest.mark.parametrize("verb", OUTLETS)
def test_every_outlet_that_shows_it_writes_one_line(verb: str) -> None:
    there = made()
    case = there.opened()
    OUTLETS[verb](there.desk(NURSE), case.id)

    assert [("nurse", verb, ("health",), ("nurse",))] == told(there, case.id)


@pytest.mark.parametrize("verb", ["get", "find", "worklist", "export", "history"])
def test_whoever_is_shown_nothing_watched_leaves_no_line(verb: str) -> None:
    there = made()
    case = there.opened()
    OUTLETS[verb](there.desk(CLERK), case.id)

    assert [] == told(there, case.id)


def test_a_page_is_one_call_with_a_line_for_each_case() -> None:
    there = made()
    cases = {there.opened().id for _ in range(3)} | {there.opened(**{**VALUES, "bed": "9"}).id}
    nothing = there.desk(MOVER).open("ward", unit="north", bed="1")
    there.desk(NURSE).find("ward")
    rows = [row for row in tables(there.app)["casework_reading"] if row["verb"] == "find"]

    assert cases == {row["case_id"] for row in rows} and nothing.id not in cases
    assert 1 == len({row["token"] for row in rows})


def test_a_line_says_who_when_by_what_and_what_for_and_never_a_value() -> None:
    there = made()
    case = there.opened()
    there.clock.advance(timedelta(minutes=5))
    acting = attrs.evolve(NURSE, id="login-7", person="wang")
    there.desk(acting, purpose="treatment").get(case.id)
    (line,) = there.desk(AUDITOR).readings(case.id, person="wang").lines

    assert (NOW + timedelta(minutes=5), "login-7", "wang", case.id, "get") == (
        line.at,
        line.actor,
        line.person,
        line.case_id,
        line.verb,
    )
    assert (("health",), ("nurse",), "treatment") == (line.classes, line.roles, line.purpose)
    assert "influenza" not in repr(tables(there.app)["casework_reading"])


@pytest.mark.parametrize("purpose", ["王芳住院", "a b", "-x", "a" * 65, 7, None], ids=str)
def test_a_purpose_is_a_code_and_no_story(purpose: Any) -> None:
    with pytest.raises(InvalidValue, match="purpose"):
        made().desk(NURSE, purpose=purpose)


def test_a_file_of_a_watched_class_is_logged_when_it_is_listed_and_when_it_is_read() -> None:
    there = made()
    case = there.opened(bed="3")
    nurse = there.desk(NURSE)
    enclosed = nurse.enclose(case.id, PNG, name="scan.png", field_class="health")
    nurse.enclosures(case.id)
    with nurse.read_enclosure(case.id, enclosed.entry) as file:
        file.read()
    nurse.history(case.id)

    verbs = [verb for _, verb, classes, _ in told(there, case.id) if classes == ("health",)]
    assert ["enclosures", "history", "read_enclosure"] == verbs


def test_the_case_type_says_what_is_watched() -> None:
    nothing, more = (
        made(case_type=attrs.evolve(ward, watched=())),
        made(case_type=attrs.evolve(ward, watched="personal")),
    )
    for there in (nothing, more):
        there.desk(CLERK).get(there.opened().id)

    assert [] == told(nothing)
    assert ("clerk", "get", ("personal",), ("clerk",)) in told(more)


@pytest.mark.sqlite("a trigger of SQLite stands for a log that cannot be written")
@pytest.mark.parametrize("verb", OUTLETS)
def test_where_the_line_cannot_be_written_nothing_is_shown(verb: str) -> None:
    url = fresh()
    there = made(url)
    case = there.opened()
    with outside(url) as store:
        store.do("CREATE TRIGGER full BEFORE INSERT ON casework_reading BEGIN SELECT RAISE(FAIL, 'full'); END")
    before = tables(there.app)

    assert "store-unavailable" == code(lambda: OUTLETS[verb](there.desk(NURSE), case.id))
    assert before == tables(there.app)
    assert "bed" in there.desk(CLERK).get(case.id).data


def test_what_was_seen_in_a_transaction_that_came_to_nothing_stands_in_the_log() -> None:
    there = made()
    case = there.opened()

    def looks_and_fails(desk: Desk) -> None:
        desk.get(case.id)
        desk.fire(case.id, "move")
        desk.fire(case.id, "tell")

    with pytest.raises(Refused, match="wrong-state"):
        there.app.atomically(NURSE, looks_and_fails)

    assert ["fire", "get"] == [verb for _, verb, _, _ in told(there, case.id)]
    assert "in" == there.desk(MOVER).get(case.id).state


def test_the_same_within_another_transaction() -> None:
    there = made()
    case = there.opened()

    def looks_and_fails(desk: Desk) -> None:
        desk.get(case.id)
        raise KeyError

    def catches(desk: Desk) -> None:
        with pytest.raises(KeyError):
            desk.within(looks_and_fails)

    there.app.atomically(NURSE, catches)

    assert ["get"] == [verb for _, verb, _, _ in told(there, case.id)]


@pytest.mark.parametrize("commits", [True, False])
def test_what_a_host_was_shown_is_logged_with_its_transaction_or_without(commits: bool) -> None:
    url = fresh()
    there = made(url)
    case = there.opened()
    host = create_engine(url)
    with host.connect() as connection:
        outer = connection.begin()
        with there.app.begin(NURSE, connection=connection, purpose="ward-round") as desk:
            desk.get(case.id)
        (outer.commit if commits else outer.rollback)()
    host.dispose()
    expected = commits or not url.startswith("sqlite")

    assert ([("nurse", "get", ("health",), ("nurse",))] if expected else []) == told(there, case.id)


def test_the_log_is_read_by_a_permission_of_its_own() -> None:
    there = made()
    case, other = there.opened(), there.opened("south")
    there.desk(NURSE).get(case.id)
    there.desk(Actor("s", {"nurse"}, unit="south")).get(other.id)
    northern = there.desk(Actor("n", {"auditor"}, unit="north"))

    assert "not-found" == code(lambda: there.desk(AUDITOR).get(case.id))
    assert {case.id} == {line.case_id for line in northern.readings().lines}
    assert "not-found" == code(lambda: northern.readings(other.id))
    assert "not-permitted" == code(lambda: there.desk(NURSE).readings(case.id))
    assert "not-permitted" == code(lambda: there.desk(NURSE).readings())
    assert "not-found" == code(lambda: there.desk(CLERK).readings(other.id))
    assert "not-found" == code(lambda: there.desk(attrs.evolve(AUDITOR, tenant="other")).readings(case.id))
    assert () == there.desk(attrs.evolve(AUDITOR, tenant="other")).readings().lines


def test_pages_of_the_log_go_on_where_they_ended() -> None:
    there = made()
    case = there.opened()
    for _ in range(5):
        there.desk(NURSE).get(case.id)
        there.clock.advance(timedelta(seconds=1))
    desk, lines, after = there.desk(AUDITOR), [], None
    while True:
        page = desk.readings(case.id, after=after, limit=2)
        lines += page.lines
        after = page.after
        if not page.more:
            break

    assert lines == list(desk.readings(case.id).lines)
    assert 5 == len(lines)
    first, last = NOW + timedelta(seconds=1), NOW + timedelta(seconds=3)
    assert {first, NOW + timedelta(seconds=2)} == {r.at for r in desk.readings(case.id, since=first, until=last).lines}


@pytest.mark.parametrize("more", [{"after": "nonsense"}, {"after": "W10="}, {"limit": 0}, {"limit": True}], ids=str)
def test_a_page_that_is_none_is_refused(more: dict[str, Any]) -> None:
    there = made()
    case = there.opened()

    assert "invalid-form" == code(lambda: there.desk(AUDITOR).readings(case.id, **more))


def test_old_lines_are_forgotten_and_none_too_early() -> None:
    there = made()
    case = there.opened()
    there.desk(NURSE).get(case.id)
    there.clock.advance(timedelta(days=184))
    there.desk(NURSE).get(case.id)

    with pytest.raises(InvalidValue, match="at least 183 days"):
        there.app.forget_readings(older_than=timedelta(days=182))
    assert 0 == there.app.forget_readings(older_than=timedelta(days=184), tenant="other")
    assert 1 == there.app.forget_readings(older_than=timedelta(days=183))
    assert [("nurse", "get", ("health",), ("nurse",))] == told(there, case.id)


def test_a_batch_shows_nothing_and_is_not_logged() -> None:
    there = made()
    cases = [there.opened() for _ in range(2)]
    there.desk(NURSE).bulk([*cases, cases[0]], "move", batch="night")

    assert [] == told(there)


def test_a_chief_who_reads_no_health_does_not_audit_either() -> None:
    there = made()
    case = there.opened()
    there.desk(CHIEF).get(case.id)

    assert "not-permitted" == code(lambda: there.desk(CHIEF).readings(case.id))
    assert [] == told(there, case.id)
