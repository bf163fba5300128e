"""The doctor tells in time that a calendar of working days ends, and that deadlines by it have no due date then."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import stores

from casework import CaseType, Casework, Deadline, FrozenClock, State, Text, Transition, Workflow
from casework.calendars import Calendar
from casework.cli.checks import Check, checks_of
from casework.rulebook import rulebook_from

RULES = """
rulebook = "house"
zone = "Asia/Shanghai"

[[rule]]
id = "house.letter"
title = {en = "a letter to the court", zh = "致函法院"}
value = 7
unit = "UNIT"
calendar = "town"
authority = "House Act"
confidence = "F"
source = "its text"
"""


def town(last: int, *, installed: bool = True) -> Calendar:
    """A calendar that knows the years until *last*."""
    return Calendar(
        name="town",
        exceptions=lambda year: {} if year <= last else None,
        advice=Text("ask the town hall", "请询问市政厅"),
        installed=installed,
    )


def told(calendar: Calendar, now: datetime, unit: str = "working days") -> list[Check]:
    letter = CaseType(
        "letter",
        chain=[
            Workflow(
                "letter",
                initial="here",
                states=[State("here"), State("gone", final=True)],
                transitions=[Transition("go", "here", "gone", roles="clerk")],
                deadlines=[Deadline("send", "here", rule="house.letter")],
            )
        ],
        roles=["clerk"],
        opens="clerk",
        grants={"view": "clerk"},
    )
    ruled = rulebook_from(RULES.replace("UNIT", unit)).applied_to(letter)
    app = Casework(stores.quick(), case_types=[ruled], parts=[calendar], clock=FrozenClock(now))
    try:
        app.create_tables()
        return [check for check in checks_of(app.diagnose(), now) if check.name == "calendar"]
    finally:
        app.dispose()


def on(month: int, day: int) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "now", "levels"),
    [
        (2027, on(12, 31), []),
        (2026, on(9, 1), []),
        (2026, on(11, 24), ["note"]),
        (2025, on(1, 2), ["problem"]),
        (date.max.year, on(6, 1), []),
    ],
)
def test_a_calendar_that_ends_is_told_before_it_does(last: int, now: datetime, levels: list[str]) -> None:
    found = told(town(last), now)

    assert levels == [check.level for check in found]
    assert all(f"{last}-12-31" in check.text.en and "请询问市政厅" in check.text.zh for check in found)


def test_a_calendar_that_is_not_installed_is_a_problem() -> None:
    (check,) = told(town(0, installed=False), on(6, 1))

    assert "problem" == check.level
    assert "not installed" in check.text.en


def test_a_calendar_by_which_no_days_are_counted_is_not_asked_for() -> None:
    assert [] == told(town(2020), on(6, 1), unit="hours")
