"""Deadlines that rules set, when calendars arrive, rules change, tenants differ, and cases go from store to store."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest
import stores
from deadlines.lodging import BOOK, CLERK, HEAD, RULES, START, house, lodging

from casework import (
    Actor,
    CaseType,
    Casework,
    Deadline,
    FrozenClock,
    Refused,
    days,
    hours,
)
from casework.calendars import Calendar, china
from casework.model.term import Day
from casework.rulebook import rulebook_from

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(START)


@pytest.fixture
def app(clock: FrozenClock) -> Casework:
    return house(clock)


def last_days(dues: object) -> dict[str, str]:
    """The last day of each deadline, as a calendar in Shanghai shows it."""
    assert hasattr(dues, "items")
    return {name: f"{(due - timedelta(microseconds=1)).astimezone(SHANGHAI):%m-%d %H:%M}" for name, due in dues.items()}


def published(clock: FrozenClock, url: str, *years: int) -> Casework:
    """An app on a store, whose calendar knows the years of China and *years* besides, without a holiday."""

    def year(number: int) -> dict[date, Day] | None:
        known = china().exceptions(number)
        return {} if known is None and number in years else known  # type: ignore[return-value]

    app = Casework(url, case_types=[lodging()], clock=clock, parts=[Calendar(name="cn", exceptions=year)])
    app.create_tables()
    return app


def test_a_due_date_that_nobody_can_know_yet_is_derived_when_the_calendar_arrives() -> None:
    clock, url = FrozenClock(datetime(2026, 12, 29, 2, tzinfo=UTC)), stores.fresh()
    before = published(clock, url)
    case = before.desk(CLERK).open("lodging")
    unknown = before.deadlines(CLERK).derivation(case, "letter")
    clock.set(datetime(2027, 1, 6, tzinfo=UTC))
    stale = before.run_due()
    still = before.desk(CLERK).get(case.id)
    before.dispose()
    after = published(clock, url, 2027)
    clock.advance(timedelta(days=1))
    after.run_due()
    known = after.desk(CLERK).get(case.id)

    assert "letter" not in case.dues and "letter" not in still.dues
    assert "unknown" == unknown.steps[-1].kind and unknown.earliest is not None and unknown.holds
    assert stale.stale >= 1
    assert "01-07 23:59" == last_days(known.dues)["letter"]
    assert after.deadlines(CLERK).derivation(known, "letter").holds
    assert () == after.verify().faults
    after.dispose()


def test_what_waits_for_a_calendar_is_listed_and_looked_for_each_week() -> None:
    clock, url = FrozenClock(datetime(2026, 12, 14, 2, tzinfo=UTC)), stores.fresh()
    before = published(clock, url)
    case = before.desk(CLERK).open("lodging")
    stranger = Actor("zhao", roles={"clerk"}, unit="elsewhere")
    waiting = before.deadlines(CLERK).unknown()
    hidden = before.deadlines(stranger).unknown()
    before.dispose()
    after = published(clock, url, 2027)
    clock.advance(timedelta(days=7))
    after.run_due()

    assert [(case.id, "home", case.unit)] == [(item.case.id, item.deadline, item.case.unit) for item in waiting]
    assert () == hidden
    assert waiting[0].earliest > clock.now()
    assert "03-15 23:59" == last_days(after.desk(CLERK).get(case.id).dues)["home"]
    assert () == after.deadlines(CLERK).unknown()
    assert () == after.verify().faults
    after.dispose()


def test_a_due_date_is_derived_again_without_the_calendar_that_it_was_derived_by(clock: FrozenClock) -> None:
    url = stores.fresh()
    first = published(clock, url)
    case = first.desk(CLERK).open("lodging")
    first.dispose()
    other = Calendar(name="cn", exceptions=lambda _: {})
    later = Casework(url, case_types=[lodging()], clock=clock, parts=[other])
    told = later.deadlines(CLERK).derivation(case.id, "letter")

    assert told.holds
    assert case.dues["letter"] == told.due
    later.dispose()


def test_the_version_that_was_in_force_at_the_start_counts(clock: FrozenClock) -> None:
    older = RULES.replace('source = "its text"\n', 'source = "its text"\neffective_to = 2026-09-30\n', 1)
    newer = """
[[rule]]
id = "house.letter"
title = "a letter to the court"
value = 3
unit = "working days"
authority = "House Act, amended"
confidence = "F"
source = "its text"
effective_from = 2026-10-01
"""
    app = house(clock, rulebook_from(older + newer))
    early = app.desk(CLERK).open("lodging")
    clock.set(datetime(2026, 9, 30, 15, 59, tzinfo=UTC))
    eve = app.desk(CLERK).open("lodging")
    clock.set(datetime(2026, 9, 30, 16, tzinfo=UTC))
    late = app.desk(CLERK).open("lodging")

    ruled = [app.deadlines(CLERK).derivation(case, "letter").rule for case in (early, eve, late)]
    assert [7, 7, 3] == [rule.value for rule in ruled if rule is not None]


def test_a_rule_that_is_not_in_force_sets_nothing(clock: FrozenClock) -> None:
    book = rulebook_from(RULES.replace('source = "its text"\n', 'source = "its text"\neffective_to = 2020-01-01\n', 1))
    app = house(clock, book)
    case = app.desk(CLERK).open("lodging")
    told = app.deadlines(CLERK).derivation(case, "letter")

    assert "letter" not in case.dues
    assert (None, "no version of the rule was in force when it started") == (told.rule, told.steps[0].text.en)


def test_a_tenant_has_its_own_rule_and_no_other_has_it(clock: FrozenClock) -> None:
    own = rulebook_from(RULES.replace("value = 10", "value = 5"))
    app = house(clock, BOOK.overlaid(own, tenant="north"))
    here = app.desk(CLERK).open("lodging")
    there = app.desk(attrs.evolve(CLERK, tenant="north")).open("lodging")

    assert ("10-08 23:59", "10-03 23:59") == (last_days(here.dues)["stay"], last_days(there.dues)["stay"])


def test_a_running_case_keeps_its_rules_until_it_adopts_and_then_keeps_its_pauses(clock: FrozenClock) -> None:
    url = stores.fresh()
    first = Casework(url, case_types=[lodging()], clock=clock)
    first.create_tables()
    desk = first.desk(HEAD)
    case = desk.open("lodging")
    clock.advance(timedelta(hours=2))
    case = desk.fire(case, "go_out")
    clock.advance(timedelta(days=3))
    case = desk.fire(case, "come_in")
    first.dispose()

    longer = Casework(url, case_types=[lodging(rulebook_from(RULES.replace("value = 10", "value = 12")))], clock=clock)
    kept = longer.desk(HEAD).get(case.id)
    moved = longer.desk(HEAD).adopt(case.id)

    assert case.dues == kept.dues
    assert "10-10 23:59" == last_days(kept.dues)["stay"]
    assert "10-12 23:59" == last_days(moved.dues)["stay"]
    assert () == longer.verify().faults
    longer.dispose()


def plain() -> CaseType:
    """The case type as it was before it had rules."""
    ruled = lodging()
    durations = {"letter": days(7), "stay": days(10), "home": days(90), "look": hours(24)}
    chain = [
        attrs.evolve(flow, deadlines=[Deadline(d.name, d.during, durations[d.name]) for d in flow.deadlines])
        for flow in ruled.chain
    ]
    return attrs.evolve(ruled, chain=chain)


def test_a_case_that_was_counted_by_durations_is_counted_by_rules_once_it_adopts(clock: FrozenClock) -> None:
    url = stores.fresh()
    before = Casework(url, case_types=[plain()], clock=clock)
    before.create_tables()
    case = before.desk(HEAD).open("lodging")
    before.dispose()
    clock.advance(timedelta(days=1))
    after = Casework(url, case_types=[lodging()], clock=clock)
    after.create_tables()
    moved = after.desk(HEAD).adopt(case.id)
    fresh = house(FrozenClock(START)).desk(CLERK).open("lodging")

    assert START + timedelta(days=10) == case.dues["stay"]
    assert fresh.dues == moved.dues
    assert () == after.verify().faults
    after.dispose()
    back = Casework(url, case_types=[plain()], clock=clock)
    assert case.dues == back.desk(HEAD).adopt(case.id).dues
    assert () == back.verify().faults
    back.dispose()


def test_hindsight_tells_the_same_of_the_rules_that_a_case_had_and_what_others_would_have_done(
    app: Casework, clock: FrozenClock
) -> None:
    desk = app.desk(HEAD)
    case = desk.open("lodging")
    clock.advance(timedelta(hours=2))
    desk.fire(desk.fire(case, "go_out"), "come_in")
    app.deadlines(HEAD).extend(case.id, "stay", by=3, because="no train", authority="the bureau")
    clock.advance(timedelta(days=7))
    staff = (HEAD,)

    same = app.hindsight.replay(HEAD, [case.id], proposal=lodging(), staff=staff)
    shorter = lodging(rulebook_from(RULES.replace("value = 10", "value = 2")))
    other = app.hindsight.replay(HEAD, [case.id], proposal=shorter, staff=staff)

    assert {"same": 1} == {verdict: count for verdict, count in same.counts.items() if count}
    assert {"stay"} == {waited.deadline for replayed in other.cases for waited in replayed.waited}


def test_a_due_date_that_comes_with_a_case_stands_as_it_was_told(clock: FrozenClock) -> None:
    app, other = house(clock), house(FrozenClock(START + timedelta(days=1)))
    case = app.desk(HEAD).open("lodging")
    (record,) = app.desk(HEAD).export([case])
    del record["terms"]

    placed = other.desk(HEAD).import_(record).case
    told = other.deadlines(HEAD).derivation(placed, "stay")

    assert case.dues == placed.dues
    assert ("told", case.dues["stay"]) == (told.steps[0].kind, told.due)
    assert () == other.verify().faults


def test_a_case_takes_its_pauses_and_extensions_along(app: Casework, clock: FrozenClock) -> None:
    desk = app.desk(HEAD)
    case = desk.open("lodging")
    clock.advance(timedelta(hours=2))
    case = desk.fire(case, "go_out")
    clock.advance(timedelta(days=3))
    case = desk.fire(case, "come_in")
    longer = app.deadlines(HEAD).extend(case, "stay", by=1, because="no kin", authority="the bureau")
    away = desk.fire(longer, "go_out")
    (record,) = desk.export([away])
    there = FrozenClock(clock.now() + timedelta(days=1))
    other = house(there)

    placed = other.desk(HEAD).import_(json.dumps(record)).case
    there.advance(timedelta(days=1))
    clock.set(there.now())
    back, same = other.desk(HEAD).fire(placed, "come_in"), desk.fire(away, "come_in")

    assert same.dues == back.dues
    assert {"letter", "stay", "home", "look"} == set(back.dues)
    assert all(item.holds for item in other.deadlines(HEAD).derivations(back))
    assert () == other.verify().faults


@pytest.mark.parametrize(
    "term",
    [
        {},
        {"started": "2026-09-28T02:00:00Z", "colour": "red"},
        {"started": "soon"},
        {"started": "2027-09-28T02:00:00Z"},
        {"started": "2026-09-28T02:00:00Z", "longer": -1},
        {"started": "2026-09-28T02:00:00Z", "pauses": [["2026-09-27T02:00:00Z", None]]},
        {"started": "2026-09-01T02:00:00Z", "pauses": [["2026-09-02T02:00:00Z", None], ["2026-09-03T02:00:00Z", None]]},
        {"started": "2026-09-01T02:00:00Z", "pauses": [["2026-09-03T02:00:00Z", "2026-09-02T02:00:00Z"]]},
        {"started": "2026-09-01T02:00:00Z", "pauses": "none"},
    ],
    ids=range(9),
)
def test_a_clock_that_no_case_can_have_is_not_taken_in(app: Casework, term: dict[str, object]) -> None:
    (record,) = app.desk(HEAD).export([app.desk(HEAD).open("lodging")])
    record["id"], record["terms"] = "another", {"stay": term}

    with pytest.raises(Refused) as refused:
        app.desk(HEAD).import_(record)

    assert all(problem.field.startswith("terms.stay") for problem in refused.value.refusal.problems)
    assert "invalid-form" == refused.value.refusal.code
