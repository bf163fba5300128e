"""Pytest finds the fixtures by itself, and pays for them only where a test uses them."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points
from typing import Any

import pytest
from testing.loan import loan, no_name_twice, write_slip

from casework import Actor, CaseType, Refusal, Send, State, Transition, Workflow
from casework.testing import captured, refused

LIGHT = "import sys, _casework_pytest; print([m for m in ('casework', 'hypothesis', 'sqlalchemy') if m in sys.modules])"


def test_the_plugin_loads_neither_casework_nor_hypothesis_nor_sqlalchemy() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True, check=True, timeout=60)

    assert "[]" == done.stdout.strip()


@pytest.mark.parametrize(
    "asked", ["import casework.testing", "import _casework_pytest as p; p.casework_clock.__wrapped__()"], ids=str
)
def test_without_hypothesis_the_extra_is_named(asked: str) -> None:
    told = f"import sys; sys.modules['hypothesis'] = None\n{asked}"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=False, timeout=60)

    assert "casework.testing needs hypothesis; install casework[testing]" in done.stderr.splitlines()[-1]


def test_the_plugin_is_an_entry_point_of_pytest() -> None:
    assert ["_casework_pytest"] == [point.value for point in entry_points(group="pytest11", name="casework")]


def test_an_app_of_the_fixture_runs_on_the_clock_of_the_fixture(casework_app: Any, casework_clock: Any) -> None:
    app = casework_app(loan, parts=[no_name_twice, write_slip])
    casework_clock.advance(timedelta(hours=1))

    case = app.desk(Actor("li", roles={"clerk"})).open("loan")

    assert datetime(2026, 3, 1, 9, tzinfo=UTC) == case.opened_at
    assert () == app.plugins


def test_ids_are_the_same_in_every_run_and_differ_between_apps(casework_app: Any) -> None:
    apps = [casework_app(loan, parts=[no_name_twice, write_slip]) for _ in range(2)]

    first, second = (app.desk(Actor("li", roles={"clerk"})).open("loan").id for app in apps)

    assert first != second


LETTER = CaseType(
    "letter",
    roles=["clerk"],
    opens="clerk",
    grants={"view": "clerk"},
    chain=[
        Workflow(
            "letter",
            initial="new",
            states=[State("new"), State("sent", final=True)],
            transitions=[Transition("send", "new", "sent", roles="clerk", effects=Send("sms", "li"))],
        )
    ],
)


def test_a_captured_channel_keeps_what_is_sent(casework_app: Any) -> None:
    sms, sent = captured("sms")
    app = casework_app(LETTER, parts=[sms])
    desk = app.desk(Actor("li", roles={"clerk"}))
    desk.fire(desk.open("letter"), "send")
    assert [] == sent

    app.send_waiting()

    assert ["li"] == [message.to for message in sent]


def test_refused_gives_the_refusal_and_fails_for_what_is_accepted(casework_app: Any) -> None:
    app = casework_app(LETTER, parts=[captured("sms")[0]])
    desk = app.desk(Actor("li", roles={"clerk"}))
    case = desk.open("letter")

    said = refused(app, lambda: desk.fire(case, "nonsense"))

    assert isinstance(said, Refusal) and "not-found" == said.code
    with pytest.raises(AssertionError, match="the call was accepted"):
        refused(app, lambda: desk.fire(case, "send"))
