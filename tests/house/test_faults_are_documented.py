"""Every fault that a test or a comment names has its row, and every test that the page names is there."""

from __future__ import annotations

import ast
import re
from collections import defaultdict

import pytest
from pages import ROOT
from tree import modules, shown, syntax

PAGE = (ROOT / "docs" / "reference" / "faults.md").read_text(encoding="utf-8")
FAULTS, _, SABOTEURS = PAGE.partition("\n## Saboteurs\n")
NAMED = re.compile(r"test((?:_f\d+)+)(?=_|$)")
MENTIONED = re.compile(r"\bF\d+\b")
PLANTED = ROOT / "tests" / "saboteurs" / "test_saboteurs.py"


def rows() -> dict[str, str]:
    """The rows of the page by their number."""
    lines = [line for line in FAULTS.splitlines() if re.match(r"\| F\d+ \|", line)]
    assert len(lines) == len({line.split(" | ")[0] for line in lines}), "a row stands there twice"
    return {line.split(" | ")[0].removeprefix("| "): line for line in lines}


def numbers(name: str) -> set[str]:
    """The rows that a test or its file is named after."""
    found = NAMED.match(name)
    return {f"F{int(number)}" for number in found[1].split("_f")[1:]} if found else set()


def named_after_rows() -> dict[str, set[str]]:
    """The files of tests that are named after each row."""
    found: dict[str, set[str]] = defaultdict(set)
    for pattern in ("tests/**/test_*.py", "examples/**/test_*.py", "plugins/*/tests/**/test_*.py"):
        for path in ROOT.glob(pattern):
            names = [node.name for node in ast.walk(syntax(path)) if isinstance(node, ast.FunctionDef)]
            for number in set().union(*map(numbers, (path.stem, *names))):
                found[number].add(shown(path))
    return found


def mentioned() -> set[str]:
    """The rows that comments and docstrings of the library name in brackets, such as (F5) or (F70, F71)."""
    texts = (path.read_text(encoding="utf-8") for path in modules())
    brackets = (inner for text in texts for inner in re.findall(r"\((F\d+(?:, F\d+)*)\)", text))
    return {number for inner in brackets for number in MENTIONED.findall(inner)}


def test_every_fault_that_is_named_has_a_row() -> None:
    assert set() == (set(named_after_rows()) | mentioned()) - set(rows())


def test_a_row_names_the_tests_that_are_named_after_it() -> None:
    told = {number: set(re.findall(r"`((?:plugins/[\w-]+/)?tests/[\w/]+\.py)`", row)) for number, row in rows().items()}
    named = named_after_rows()

    assert {number: named.get(number, set()) for number in told} == told
    assert [] == [number for number, files in told.items() if not files and "| none of its own |" not in rows()[number]]


def test_every_test_that_the_page_names_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)

    assert named
    assert [] == [file for file, _ in named if not (ROOT / file).is_file()]
    assert [] == [
        test for file, test in named if test and f"def {test}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]


def test_rows_stand_in_order() -> None:
    assert sorted(rows(), key=lambda number: int(number[1:])) == list(rows())


def test_every_planted_bug_is_told_with_the_test_that_kills_it() -> None:
    calls = [node for node in ast.walk(syntax(PLANTED)) if isinstance(node, ast.Call)]
    planted = [
        [ast.literal_eval(argument) for argument in call.args]
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "Saboteur"
    ]
    told = re.findall(r"^\| ([^|]+) \| `([^`|]+)` \| `([^`|]+)` \|$", SABOTEURS, re.MULTILINE)

    assert planted
    assert {(name, file, test) for name, file, _, _, test in planted} == set(told)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("test_f01_killed", {"F1"}),
        ("test_f77_f79_text", {"F77", "F79"}),
        ("test_f8", {"F8"}),
        ("test_field", set()),
        ("test_a_f8_b", set()),
    ],
)
def test_the_row_is_read_from_the_name(name: str, found: set[str]) -> None:
    assert found == numbers(name)
