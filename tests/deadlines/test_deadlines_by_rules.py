"""Deadlines that rules set: pauses, exceptions, more time, what is not known yet, and how all of that is told."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from deadlines.lodging import BOOK, CLERK, HEAD, RULES, START, house, lodging

from casework import (
    Actor,
    Casework,
    Deadline,
    Field,
    FrozenClock,
    Refused,
    Slot,
    State,
    Transition,
    Workflow,
    attach,
    dump,
    field,
    load,
    state,
)
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


def test_each_deadline_is_due_as_its_rule_says(app: Casework) -> None:
    case = app.desk(CLERK).open("lodging")

    assert last_days(case.dues) == {
        "letter": "10-13 23:59",
        "stay": "10-08 23:59",
        "home": "12-28 23:59",
        "look": "09-29 09:59",
    }


def test_a_deadline_stands_still_while_its_rule_says_and_the_others_run_on(app: Casework, clock: FrozenClock) -> None:
    desk = app.desk(CLERK)
    case = desk.open("lodging")
    clock.advance(timedelta(hours=2))

    away = desk.fire(case, "go_out")
    clock.advance(timedelta(days=3))
    back = desk.fire(away, "come_in")

    assert {"letter", "home"} == set(away.dues)
    assert {"letter": "10-13 23:59", "home": "12-28 23:59", "stay": "10-10 23:59", "look": "10-02 09:59"} == last_days(
        back.dues
    )
    assert () == app.verify().faults


def test_a_deadline_that_stands_still_does_not_run_out(app: Casework, clock: FrozenClock) -> None:
    desk = app.desk(CLERK)
    case = desk.fire(desk.open("lodging"), "go_out")
    clock.advance(timedelta(days=60))
    app.run_due()

    assert "here" == desk.get(case.id).states["main"]


def test_a_rule_counts_until_it_is_known_not_to_apply(app: Casework) -> None:
    desk = app.desk(CLERK)
    case = desk.open("lodging")

    guest = desk.amend(case, guest=True)
    other = desk.amend(guest, guest=False)

    assert "stay" in case.dues and "stay" not in guest.dues
    assert case.dues == other.dues


def test_what_has_run_out_fires_what_its_deadline_names_once(app: Casework, clock: FrozenClock) -> None:
    desk = app.desk(CLERK)
    case = desk.open("lodging")
    clock.advance(timedelta(days=12))

    app.run_due()
    app.run_due()

    entries = desk.history(case.id)
    assert 1 == sum(entry.trigger == "overstay" for entry in entries)
    assert "long" == desk.get(case.id).states["main"]
    assert () == app.verify().faults


def test_more_time_is_given_with_reason_and_authority_by_whoever_may(app: Casework) -> None:
    case = app.desk(CLERK).open("lodging")
    told = {"by": 5, "because": "no train", "authority": "the bureau, letter 7"}

    with pytest.raises(Refused) as refused:
        app.deadlines(CLERK).extend(case, "stay", **told)  # type: ignore[arg-type]
    longer = app.deadlines(HEAD).extend(case, "stay", **told, request_id="once")  # type: ignore[arg-type]
    again = app.deadlines(HEAD).extend(case, "stay", **told, request_id="once")  # type: ignore[arg-type]

    assert ("not-permitted", ("head",)) == (refused.value.refusal.code, refused.value.refusal.roles)
    assert "10-13 23:59" == last_days(longer.dues)["stay"]
    assert longer.dues == again.dues
    entry = app.desk(CLERK).history(case.id)[-1]
    assert ("extend", 2) == (entry.kind, entry.number)
    assert "extended by 5 days (entry 2)" in [
        step.text.en for step in app.deadlines(CLERK).derivation(case.id, "stay").steps
    ]
    assert () == app.verify().faults


@pytest.mark.parametrize(
    ("deadline", "by", "because", "field"),
    [
        ("none", 1, "x", "deadline"),
        ("stay", 0, "x", "value"),
        ("home", 100_000, "x", "value"),
        ("stay", True, "x", "value"),
        ("stay", 1, " ", "because"),
    ],
)
def test_what_is_no_extension_is_refused(app: Casework, deadline: str, by: int, because: str, field: str) -> None:
    case = app.desk(CLERK).open("lodging")

    with pytest.raises(Refused) as refused:
        app.deadlines(HEAD).extend(case, deadline, by=by, because=because, authority="the bureau")

    assert [field] == [problem.field for problem in refused.value.refusal.problems]


def test_what_is_over_is_not_extended(app: Casework, clock: FrozenClock) -> None:
    case = app.desk(CLERK).open("lodging")
    clock.advance(timedelta(days=30))

    with pytest.raises(Refused, match="is over already"):
        app.deadlines(HEAD).extend(case, "letter", by=1, because="late", authority="the bureau")


def test_an_extension_can_be_undone(app: Casework) -> None:
    case = app.desk(CLERK).open("lodging")
    longer = app.deadlines(HEAD).extend(case, "stay", by=5, because="a mistake", authority="the bureau")

    back = app.desk(HEAD).correct(longer, 2, because="the wrong case")

    assert case.dues == back.dues
    assert () == app.verify().faults


def test_undoing_a_step_gives_the_time_back_that_it_took(app: Casework, clock: FrozenClock) -> None:
    desk = app.desk(HEAD)
    case = desk.open("lodging")
    clock.advance(timedelta(hours=2))
    away = desk.fire(case, "go_out")
    clock.advance(timedelta(days=3))

    back = desk.correct(away, 2, because="the wrong case")

    assert case.dues == back.dues
    assert () == app.verify().faults


def test_a_derivation_names_rule_authority_and_days(app: Casework) -> None:
    case = app.desk(CLERK).open("lodging")

    told = app.deadlines(CLERK).derivation(case, "letter")

    assert ("house.letter", True, case.dues["letter"]) == (told.rule.id if told.rule else "", told.holds, told.due)
    assert "house.letter: 7 working days (House Act, §3; confidence F)" == told.steps[0].text.en
    assert "house.letter：7个工作日（住宿法§3；可信度F）" == told.steps[0].text.zh
    assert "2026-10-01/2026-10-07 is not counted: National Day" in [step.text.en for step in told.steps]
    assert ["home", "letter", "look", "stay"] == [item.deadline for item in app.deadlines(CLERK).derivations(case)]


def test_nobody_is_told_of_a_case_that_they_may_not_see(app: Casework) -> None:
    case = app.desk(CLERK).open("lodging")
    stranger = app.deadlines(Actor("zhao", roles={"clerk"}, unit="elsewhere"))

    for ask in (
        lambda: stranger.derivation(case.id, "stay"),
        lambda: stranger.extend(case.id, "stay", by=1, because="x", authority="y"),
    ):
        with pytest.raises(Refused) as refused:
            ask()
        assert "not-found" == refused.value.refusal.code
    assert () == stranger.upcoming("lodging", within=timedelta(days=365))
    assert () == stranger.what_if(BOOK)
    assert case.id.encode() not in stranger.feed("lodging", within=timedelta(days=365))


def test_what_is_over_and_what_comes_are_told_in_order_of_time(app: Casework, clock: FrozenClock) -> None:
    desk = app.desk(CLERK)
    case = desk.open("lodging")
    clock.advance(timedelta(days=11, hours=1))

    over = app.deadlines(CLERK).overdue("lodging")
    coming = app.deadlines(CLERK).upcoming("lodging", within=timedelta(days=30))

    assert ["look", "stay"] == [item.deadline for item in over]
    assert ["letter"] == [item.deadline for item in coming]
    assert [case.id] * 3 == [item.case.id for item in (*over, *coming)]


def test_a_feed_names_deadlines_and_cases_and_nothing_of_a_person(app: Casework) -> None:
    icalendar = pytest.importorskip("icalendar")
    case = app.desk(CLERK).open("lodging", name="Zhang Wei")

    content = app.deadlines(CLERK).feed("lodging", within=timedelta(days=365), language="en")
    events = icalendar.Calendar.from_ical(content).walk("VEVENT")

    assert set(case.dues.values()) == {event["dtstart"].dt for event in events}
    assert 4 == len({str(event["uid"]) for event in events})
    assert b"Zhang" not in content


def test_other_rules_are_tried_on_open_cases_without_touching_them(app: Casework, clock: FrozenClock) -> None:
    desk = app.desk(CLERK)
    case, closed = desk.open("lodging"), desk.fire(desk.open("lodging"), "leave")
    clock.advance(timedelta(days=8))
    shorter = rulebook_from(RULES.replace("value = 10", "value = 5").replace("value = 7", "value = 8"))

    found = {item.deadline: item for item in app.deadlines(CLERK).what_if(shorter)}

    assert {"stay", "letter"} == set(found)
    assert {case.id} == {item.case_id for item in found.values()} and closed.closed
    assert (False, True) == (found["stay"].breached, found["stay"].breached_proposed)
    assert (False, False) == (found["letter"].breached, found["letter"].breached_proposed)
    assert "10-03 23:59" == last_days({"stay": found["stay"].due_proposed})["stay"]
    assert case.dues == desk.get(case.id).dues
    assert () == app.deadlines(CLERK).what_if(BOOK)


def test_a_definition_with_rules_is_written_and_read_again_as_it_was() -> None:
    assert lodging() == load(dump(lodging()))


def test_an_attached_workflow_brings_the_rules_of_its_deadlines(clock: FrozenClock) -> None:
    parcel = Workflow(
        "parcel",
        initial="sent",
        states=[State("sent"), State("lost", final=True)],
        transitions=[
            Transition("lose", "sent", "lost", automatic=True, condition=state("main") == "left"),
        ],
        fields=[Field("held", "boolean")],
        slots=[Slot("keeper", "role")],
        deadlines=[
            Deadline("letter", "sent", rule="house.letter", pauses=field("held") == True, extenders="keeper")  # noqa: E712
        ],
    )
    bound = attach(BOOK.applied_to(parcel), "lodging", keeper="head")
    app = house(clock, attachments=[bound])
    case = app.desk(CLERK).open("lodging")
    held = app.desk(CLERK).amend(case, {"parcel.held": True})
    longer = app.deadlines(HEAD).extend(held, "parcel.letter", by=1, because="held", authority="the bureau")

    assert case.dues["letter"] == case.dues["parcel.letter"]
    assert "parcel.letter" not in held.dues and "letter" in held.dues
    assert 1 == len(app.deadlines(HEAD).derivation(longer, "parcel.letter").steps[2:3])
    assert () == app.verify().faults
