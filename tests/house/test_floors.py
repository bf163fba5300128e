"""The floors that the architecture page tells are those that import-linter enforces."""

from __future__ import annotations

import re
import tomllib

from pages import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+) \| (.*?) \|", re.MULTILINE)


def test_the_page_tells_every_floor_with_its_rooms_numbered_one_by_one() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (floors,) = [contract["layers"] for contract in linter["contracts"] if contract["id"] == "floors"]
    told = {int(number): re.findall(r"`(\w+)/?`", rooms) for number, rooms in ROW.findall(PAGE)}

    assert {n: sorted(floor.split(" | ")) for n, floor in enumerate(reversed(floors))} == {
        number: sorted(rooms) for number, rooms in told.items()
    }
    assert sorted(told, reverse=True) == list(told)
