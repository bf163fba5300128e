"""The page of the test kit names everything that it exports, once, with all that it takes, and its fixtures."""

from __future__ import annotations

import inspect
import re
from collections import Counter

import pytest
from pages import ROOT

import _casework_pytest
from casework import testing

PAGE = (ROOT / "docs" / "reference" / "testing.md").read_text(encoding="utf-8")
FUNCTIONS = [name for name in testing.__all__ if inspect.isfunction(getattr(testing, name))]


def test_every_name_of_the_kit_has_one_entry() -> None:
    entries = Counter(re.findall(r"^(?:\| )?`(\w+)(?=[`(])", PAGE, re.MULTILINE))

    assert dict.fromkeys(testing.__all__, 1) == {name: entries[name] for name in testing.__all__}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_told_with_everything_that_it_takes(name: str) -> None:
    (told,) = re.findall(rf"^(?:\| )?`{name}\((.*?)\)`", PAGE, re.MULTILINE)
    taken = set(inspect.signature(getattr(testing, name)).parameters)

    assert taken == set(re.findall(r"(?:^|[ *])([a-z_]+)(?==|,|$)", told))


def test_every_fixture_is_told() -> None:
    fixtures = [name for name in vars(_casework_pytest) if name.startswith("casework_")]

    assert fixtures
    assert [] == [name for name in fixtures if f"| `{name}` |" not in PAGE]
