"""worklist."""

from __future__ import annotations

import pytest
from cli.errand import BOSS, WORKER, Line


def test_without_a_name_ones_worklists_are_counted(cli: Line) -> None:
    cli.opened()

    told = cli.json(*WORKER, "worklist")

    item = {"case_type": "errand", "worklist": "todo", "title": {"en": "to do", "zh": "待办事项"}, "waiting": 1}
    assert {"worklists": [item], "counted_to": 1000} == told
    assert "待办事项" in cli(*WORKER, "worklist", "--lang", "zh").stdout


def test_whose_roles_have_no_worklist_is_told_so(cli: Line) -> None:
    assert "none of your roles has a worklist" in cli(*BOSS, "worklist").stderr


def test_a_page_says_that_there_is_more_and_how_to_ask_for_it(cli: Line) -> None:
    cases = [cli.opened() for _ in range(3)]

    page = cli.json(*WORKER, "worklist", "todo", "--limit", "2")
    rest = cli.json(*WORKER, "worklist", "todo", "--limit", "2", "--after", page["after"])
    shown = cli(*WORKER, "worklist", "todo", "--limit", "2")

    assert sorted(cases) == sorted(case["id"] for case in (*page["cases"], *rest["cases"]))
    assert (True, False, None) == (page["more"], rest["more"], rest["after"])
    assert "to do: 2+ cases" in shown.stdout and f"--after {page['after']}" in shown.stderr


def test_cases_are_listed_with_what_is_due_next(cli: Line) -> None:
    case = cli.opened()

    shown = cli(*WORKER, "worklist", "todo", "--lang", "zh").stdout

    assert "待办事项：1 件" in shown
    assert all(text in shown for text in (case, "待办", "north", "一日内办结"))


@pytest.mark.parametrize(
    ("words", "code"), [(("nix",), 2), (("todo", "--after", "x"), 3), (("todo", "--limit", "0"), 2)]
)
def test_a_worklist_that_cannot_be_shown(cli: Line, words: tuple[str, ...], code: int) -> None:
    cli(*WORKER, "worklist", *words, code=code)


def test_a_worklist_of_other_roles_is_refused(cli: Line) -> None:
    assert "not-permitted" == cli.json(*BOSS, "worklist", "todo", code=3)["error"]["refusal"]["code"]


def test_what_is_overdue_says_so(cli: Line, request: pytest.FixtureRequest) -> None:
    cli.opened()
    request.getfixturevalue("later")

    assert "overdue" in cli(*WORKER, "worklist", "todo").stdout
    assert "已逾期" in cli(*WORKER, "worklist", "todo", "--lang", "zh").stdout
