"""casework deadlines, derive, extend, try-rules."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cli.errand import Line
from deadlines.lodging import RULES, lodging
from stores import fresh

from casework import hookimpl

CLERK = ("--as", "li", "--role", "clerk", "--unit", "north")
HEAD = ("--as", "wang", "--role", "head", "--unit", "north")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    """The command line with the domain of the house instead of the tiny one."""
    module: Any = type(sys)("tiny")

    def casework_case_types() -> list[Any]:
        return [lodging()]

    module.casework_case_types = hookimpl(casework_case_types)
    monkeypatch.setitem(sys.modules, "tiny", module)
    monkeypatch.chdir(tmp_path)
    names = ("STORE", "ACTOR", "ROLES", "UNIT", "TENANT", "PERSON", "PLUGINS", "DEFINITIONS")
    line = Line(fresh(), {**{f"CASEWORK_{name}": None for name in names}, "LC_ALL": None, "LANG": "C.UTF-8"})
    line("migrate")
    return line


def opened(house: Line) -> str:
    return str(house.json(*CLERK, "open", "lodging")["case"]["id"])


def test_a_due_date_is_derived_in_both_languages_and_as_json(house: Line) -> None:
    case = opened(house)
    words = CLERK

    (told,) = house.json(*words, "derive", case, "stay")["derivations"]

    assert ("house.stay", "Fp", True, False) == (told["rule"], told["confidence"], told["holds"], told["paused"])
    assert "house.stay: 10 days (House Act; confidence Fp)" in house("--lang", "en", *words, "derive", case).output
    assert "house.stay：10日（House Act；可信度Fp）" in house("--lang", "zh", *words, "derive", case, "stay").output


def test_whoever_may_gives_more_time_and_nobody_else(house: Line) -> None:
    case = opened(house)
    told = ("extend", case, "stay", "--by", "5", "--because", "no train", "--authority", "the bureau, letter 7")
    (before,) = house.json(*CLERK, "derive", case, "stay")["derivations"]

    house(*CLERK, *told, code=3)
    longer = house.json(*HEAD, *told)["case"]["dues"]["stay"]

    assert 5 == (datetime.fromisoformat(str(longer)) - datetime.fromisoformat(before["due"])).days


def test_what_comes_is_listed_and_fed_to_calendars(house: Line) -> None:
    case = opened(house)
    words = (*CLERK, "deadlines", "lodging", "--within", "200")

    told = house.json(*words)

    assert [] == told["overdue"]
    assert {"look", "stay"} <= {item["deadline"] for item in told["upcoming"]}
    assert case in house(*words).output
    assert house(*words, "--ical").stdout.startswith("BEGIN:VCALENDAR")


def test_other_rules_are_tried(house: Line, tmp_path: Path) -> None:
    case = opened(house)
    path = tmp_path / "longer.toml"
    path.write_text(RULES.replace("value = 10", "value = 12"), encoding="utf-8")
    words = (*CLERK, "try-rules", str(path))

    (changed,) = house.json(*words)["changed"]

    assert (case, "stay", False) == (changed["case"], changed["deadline"], changed["breached_proposed"])
    assert case in house(*words).output
    path.write_text(RULES.replace("value = 10", "value = -12"), encoding="utf-8")
    assert "CW704" in house(*words, code=4).output
