"""break-glass, review, readings; the tree of units, roles in units, and a purpose."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import pytest
from access.ward import ward
from cli.errand import Line

from casework import Channel, dump, hookimpl, load

UNITS = 'city = ""\nnorth = "city"\nsouth = "city"\n'
MOVER = ("--as", "m", "--role", "mover")
MEDIC = ("--as", "medic", "--role", "medic@north", "--unit", "south", "--purpose", "emergency")
CHIEF = ("--as", "chief", "--role", "chief", "--unit", "city")
AUDITOR = ("--as", "a", "--role", "auditor")
USED = ("--plugin", "paging", "--definition", "ward.yaml", "--units", "units.toml")


@pytest.fixture
def case(cli: Line, monkeypatch: pytest.MonkeyPatch) -> str:
    def casework_parts() -> list[Channel]:
        return [Channel("pager", lambda message, key: None, delivery="at_least_once")]

    module: Any = types.ModuleType("paging")
    module.casework_parts = hookimpl(casework_parts)
    monkeypatch.setitem(sys.modules, "paging", module)
    Path("ward.yaml").write_text(dump(ward), encoding="utf-8")
    Path("units.toml").write_text(UNITS, encoding="utf-8")
    cli("migrate", *USED)
    told = cli.json("open", "ward", "bed=3", "illness=flu", "--unit", "north", *MOVER, *USED)
    return str(told["case"]["id"])


def test_the_definition_goes_through_a_document(case: str) -> None:
    assert ward == load(Path("ward.yaml").read_text(encoding="utf-8"))


def test_a_glass_is_broken_reviewed_and_looked_up(cli: Line, case: str) -> None:
    cli("show", case, *MEDIC, *USED, code=3)
    broken = cli.json("break-glass", case, "--reason", "unconscious", *MEDIC, *USED)["case"]
    told = cli("history", case, *CHIEF, *USED).stdout
    no = cli("fire", case, "leave", *MOVER, *USED, "--lang", "zh", code=3)
    reviewed = cli.json("review", case, "2", "--finding", "it was right", *CHIEF, *USED)["case"]
    entries = cli.json("history", case, *CHIEF, *USED)["entries"]
    lines = cli.json("readings", case, *AUDITOR, *USED)["readings"]

    assert {"bed": "3", "illness": "flu"} == broken["data"]
    assert "glass broken" in told and "unconscious" in told
    assert "复核" in no.stderr
    assert 3 == reviewed["revision"]
    assert ("review", 2, None) == tuple(entries[-1][name] for name in ("kind", "reviews", "breaks"))
    assert [("medic", "break", ["health"], ["break glass"], "emergency")] == [
        tuple(line[name] for name in ("person", "verb", "classes", "roles", "purpose")) for line in lines
    ]
    assert "out" == cli.json("fire", case, "leave", *MOVER, *USED)["case"]["state"]


def test_the_access_log_is_shown_by_case_person_and_time_and_cut_short(cli: Line, case: str) -> None:
    nurse = ("--as", "n", "--role", "nurse", "--unit", "city")
    for _ in range(2):
        cli("show", case, *nurse, *USED)
    shown = cli("readings", "--by", "n", "--limit", "1", *AUDITOR, *USED)
    nothing = cli("readings", case, "--until", "2020-01-01", *AUDITOR, *USED, "--lang", "zh")
    wrong = cli("readings", case, "--forget-after", "200", *AUDITOR, *USED, code=2)

    assert "health" in shown.stdout and "--after" in shown.stderr
    assert "没有此类记录" in nothing.stderr
    assert "takes no case" in wrong.stderr
    assert {"forgotten": 0} == cli.json("readings", "--forget-after", "200", *USED)
    assert "0 lines removed" in cli("readings", "--forget-after", "200", *USED).stdout
    cli("readings", "--forget-after", "30", *USED, code=2)
    cli("readings", case, *MOVER, *USED, code=3)


@pytest.mark.parametrize(
    ("content", "code", "problem"),
    [
        ("north = 7", 4, "takes the one above"),
        ("north", 4, "no TOML"),
        ('north = "city"', 2, "no unit"),
        (None, 2, "units"),
    ],
)
def test_a_file_of_units_that_is_none_is_refused(
    cli: Line, case: str, content: str | None, code: int, problem: str
) -> None:
    if content is None:
        Path("units.toml").unlink()
    else:
        Path("units.toml").write_text(content, encoding="utf-8")

    assert problem in cli("show", case, *MOVER, *USED, code=code).stderr
