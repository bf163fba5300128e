"""casework patrol plan, days, calendar, figures."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import icalendar
import pytest
from cli.errand import Line
from outreach.night import NAMESPACE, cap, info
from stores import fresh

PLANNER = ("--as", "zhou", "--role", "planner", "--unit", "anlu")
WORKER = ("--as", "li", "--role", "outreach_worker", "--unit", "anlu")


@attrs.frozen
class Patrols:
    """Calls ``casework`` on one store with outreach alone."""

    line: Line

    def __call__(self, *words: str, code: int = 0) -> str:
        more = ("--store", self.line.store, "--plugin", "casework.outreach", "--no-installed")
        return str(self.line(*more, *words, code=code, bare=True).output)

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Patrols:
    """The command line, an alert of an hour ago, one that is none, one that ends it, and a trap."""
    monkeypatch.chdir(tmp_path)
    names = ("STORE", "ACTOR", "ROLES", "UNIT", "TENANT", "PERSON", "PLUGINS", "DEFINITIONS")
    env: dict[str, str | None] = {f"CASEWORK_{name}": None for name in names}
    patrols = Patrols(Line(fresh(), env | {"LC_ALL": None, "LC_MESSAGES": None, "LANG": "C.UTF-8"}))
    patrols("migrate")
    now = datetime.now(UTC).replace(microsecond=0)
    lasting, sent = info(expires=(now + timedelta(days=2)).isoformat()), (now - timedelta(hours=1)).isoformat()
    (tmp_path / "heat.xml").write_bytes(cap(lasting, sent=sent))
    (tmp_path / "exercise.xml").write_bytes(cap(lasting, sent=sent, identifier="drill", status="Exercise"))
    reference = f"warning@weather.example,42098241600000_20260711,{sent}"
    (tmp_path / "end.xml").write_bytes(cap(sent=sent, identifier="end", msgType="Cancel", references=reference))
    (tmp_path / "bomb.xml").write_text(f'<!DOCTYPE a><alert xmlns="{NAMESPACE}"/>')
    return patrols


def test_an_alert_is_shown_and_opened_once(line: Patrols) -> None:
    shown = line.json(*PLANNER, "patrol", "plan", "heat.xml")["proposals"]
    first, again = (line.json(*PLANNER, "patrol", "plan", "heat.xml", "--open")["proposals"] for _ in range(2))

    assert {("heat", "orange", "patrol.heat_orange")} == {(p["occasion"], p["level"], p["rule"]) for p in shown}
    assert ({True}, {False}) == ({p["new"] for p in first}, {p["new"] for p in again})
    assert "高温橙色" in line("--lang", "zh", *PLANNER, "patrol", "plan", "heat.xml")
    told = line("--lang", "en", *PLANNER, "patrol", "plan", "heat.xml", "end.xml", "--open")
    assert "its alert is cancelled, call it off" in told and "nothing calls for a patrol" in told
    assert "calls for nothing" in line("--lang", "en", *PLANNER, "patrol", "plan", "exercise.xml")


def test_whoever_may_not_open_patrols_opens_none_and_a_bad_file_opens_nothing(line: Patrols) -> None:
    line(*WORKER, "patrol", "plan", "heat.xml", "--open", code=3)
    assert "CW802" in line(*PLANNER, "patrol", "plan", "heat.xml", "bomb.xml", "--open", code=4)
    assert [] == line.json(*PLANNER, "patrol", "figures")["alerts"], "nothing was opened"


def test_days_off_are_shown_and_a_year_that_nobody_has_published_is_said(line: Patrols) -> None:
    days = line.json(*PLANNER, "patrol", "days", "--from", "2026-10-01", "--days", "4")["proposals"]
    told = line("--lang", "en", *PLANNER, "patrol", "days", "--from", "2040-01-01")

    assert ["holiday"] * 4 == [item["occasion"] for item in days]
    assert "2040 are not published" in told and "nothing calls for a patrol" in told
    line(*PLANNER, "patrol", "days", "--from", "tomorrow", code=2)


def test_the_calendar_is_one_and_figures_are_told(line: Patrols) -> None:
    (first, *_) = line.json(*PLANNER, "patrol", "plan", "heat.xml", "--open")["proposals"]
    line(*PLANNER, "fire", first["case"], "confirm")
    feed = line(*PLANNER, "patrol", "calendar")

    (event,) = icalendar.Calendar.from_ical(feed).walk("VEVENT")
    assert f"{first['case']}@casework" == str(event["uid"])
    told = line("--lang", "en", *PLANNER, "patrol", "figures")
    assert "places seen" in told and "0 / 0" in told
    assert 1 == len(line.json(*PLANNER, "patrol", "figures")["alerts"])
