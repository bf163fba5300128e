"""The page on proofs names everything that the explorer exports, every call with all that it takes, and every code."""

from __future__ import annotations

import inspect
import re

import pytest
from pages import ROOT, headings

from casework import exploring
from casework.exploring import Proofs

PAGE = (ROOT / "docs" / "reference" / "proofs.md").read_text(encoding="utf-8")
FINDINGS = headings((ROOT / "docs" / "reference" / "findings.md").read_text(encoding="utf-8"))
CALLS = [name for name, _ in inspect.getmembers(Proofs, inspect.isfunction) if not name.startswith("_")]


def test_every_name_of_the_explorer_has_one_entry() -> None:
    assert sorted(exploring.__all__) == sorted(re.findall(r"^\| `([A-Z]\w+)` \|", PAGE, re.MULTILINE))


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_told_with_everything_that_it_takes(name: str) -> None:
    (told,) = re.findall(rf"^\| `{name}\((.*?)\)` \|", PAGE, re.MULTILINE)
    taken = set(inspect.signature(getattr(Proofs, name)).parameters) - {"self"}

    assert taken == set(re.findall(r"(?:^|[ *])([a-z_]+)(?==|,|$)", told))


def test_every_code_of_the_explorer_is_in_the_table_of_questions() -> None:
    codes = [heading for heading in FINDINGS if heading.startswith("CW6")]

    assert codes == re.findall(r"^\| \[(CW6\d\d)\]", PAGE, re.MULTILINE)
