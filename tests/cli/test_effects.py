"""effects: messages that go out, as those see them who keep the application."""

from __future__ import annotations

from typing import Any

import pytest
from cli.errand import WORKER, Line, Telling


def failed(cli: Line, told: Telling) -> tuple[str, dict[str, Any]]:
    """A message that waits after its first attempt."""
    case = cli.opened()
    cli(*WORKER, "fire", case, "start", "weight=1")
    cli(*WORKER, "fire", case, "finish")
    (row,) = cli.json("effects", "list", "--state", "waiting")["messages"]
    return case, row


def test_what_waits_is_listed_without_what_it_says(cli: Line, told: Telling) -> None:
    case, row = failed(cli, told)

    assert (case, "waiting", 0, None) == (row["case"], row["state"], row["attempts"], row["problem"])
    shown = cli("effects", "list", "--state", "waiting", "--lang", "zh").stdout
    assert row["key"] in shown and "待发送" in shown
    assert "no such message" in cli("effects", "list").stderr


def test_dropping_asks_why_and_by_whom(cli: Line, told: Telling) -> None:
    _, row = failed(cli, told)

    assert "--because" in cli(*WORKER, "effects", "drop", row["key"], code=2).stderr
    assert "--as" in cli("effects", "drop", row["key"], "--because", "outdated", code=2).stderr
    (dropped,) = cli.json(*WORKER, "effects", "drop", row["key"], "--because", "outdated")["messages"]

    assert ("dropped", "li", "outdated") == (dropped["state"], dropped["decided_by"], dropped["because"])
    assert 0 == cli.json("work", "--once")["sent"]
    assert [] == told.sent


def test_retrying_what_was_sent_is_told(cli: Line, told: Telling) -> None:
    _, row = failed(cli, told)
    (again,) = cli.json(*WORKER, "effects", "retry", row["key"], "--because", "now")["messages"]
    assert ("waiting", "li") == (again["state"], again["decided_by"])
    cli("work", "--once")

    assert "sent" in cli(*WORKER, "effects", "retry", row["key"], "--because", "again", code=2).stderr


@pytest.mark.sqlite("is about a store on which there is no such runner")
def test_a_runner_needs_its_database(cli: Line) -> None:
    assert "postgresql" in cli("work", "--once", "--runner", "procrastinate", code=2).stderr
    assert "only procrastinate" in cli("work", "--once", code=2, CASEWORK_RUNNER="celery").stderr


def test_several_at_once_are_for_a_runner(cli: Line) -> None:
    assert "--runner" in cli("work", "--once", "--concurrency", "4", code=2).stderr
