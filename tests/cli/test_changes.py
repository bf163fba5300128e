"""amend, note, assign, claim, correct."""

from __future__ import annotations

from typing import Any

import pytest
from cli.errand import Line

from casework import Casework
from casework.rescue import rescue, station

DIRECTOR = ("--plugin", "casework.rescue", "--as", "zhou", "--role", "director", "--unit", "anlu")
CASEWORKER = ("--plugin", "casework.rescue", "--as", "li", "--role", "caseworker", "--unit", "anlu")


@pytest.fixture
def case(cli: Line) -> str:
    app = Casework(cli.store, case_types=[rescue, station])
    app.create_tables()
    app.dispose()
    opened = cli.json(*CASEWORKER, "open", "rescue", "found_at=a", "found_by=b", "age=40")
    return str(opened["case"]["id"])


def last(cli: Line, case: str) -> Any:
    return cli.json(*DIRECTOR, "history", case)["entries"][-1]


def test_amending_gives_a_field_a_value_and_takes_one_away(cli: Line, case: str) -> None:
    told = cli.json(*CASEWORKER, "amend", case, "sex=男", "age=")["case"]

    assert (2, "male", False) == (told["revision"], told["data"]["sex"], "age" in told["data"])
    assert "amend" == last(cli, case)["kind"]


def test_everything_wrong_with_an_amendment_is_told_and_only_that(cli: Line, case: str) -> None:
    told = cli.json(*CASEWORKER, "amend", case, "age=old", "room=male", code=3)["error"]["refusal"]
    chinese = cli(*CASEWORKER, "amend", case, "age=old", "--lang", "zh", code=3)

    assert ("invalid-form", ["age", "room"]) == (told["code"], [item["field"] for item in told["problems"]])
    assert "估计年龄（age）：“old”无法接受" in chinese.stderr and "" == chinese.stdout


def test_an_amendment_of_nothing_is_a_wrong_call(cli: Line, case: str) -> None:
    assert "say what to amend" in cli(*CASEWORKER, "amend", case, code=2).stderr
    assert "请给出要修改的内容" in cli(*CASEWORKER, "amend", case, "--lang", "zh", code=2).stderr


def test_a_remark_stands_in_the_log(cli: Line, case: str) -> None:
    shown = cli(*CASEWORKER, "note", case, "asked the market").stdout

    assert "revision 2" in shown
    assert ("note", "asked the market") == (last(cli, case)["kind"], last(cli, case)["note"])


def test_a_role_is_given_and_taken_away(cli: Line, case: str) -> None:
    cli(*DIRECTOR, "assign", case, "owner", "wu")
    assert [{"role": "owner", "person": "wu"}] == last(cli, case)["assigned"]
    cli(*DIRECTOR, "assign", case, "owner", "--nobody")
    assert [{"role": "owner", "person": None}] == last(cli, case)["assigned"]


@pytest.mark.parametrize("words", [("owner",), ("owner", "wu", "--nobody")])
def test_who_gets_a_role_is_said_once(cli: Line, case: str, words: tuple[str, ...]) -> None:
    assert "name a person, or say --nobody" in cli(*DIRECTOR, "assign", case, *words, code=2).stderr


def test_a_free_role_is_claimed_and_a_taken_one_is_not(cli: Line, case: str) -> None:
    cli(*CASEWORKER, "claim", case)

    assert [{"role": "owner", "person": "li"}] == last(cli, case)["assigned"]
    told = cli.json(*DIRECTOR, "claim", case, "owner", code=3)
    assert "not-permitted" == told["error"]["refusal"]["code"]


def test_a_wrong_step_is_undone_by_an_entry_that_names_it(cli: Line, case: str) -> None:
    cli(*CASEWORKER, "fire", case, "assess", "urgent=no", "can_state_identity=no")

    told = cli.json(*DIRECTOR, "correct", case, "2", "--because", "a slip")["case"]

    assert ("found", 3) == (told["state"], told["revision"])
    assert (2, "a slip") == (last(cli, case)["corrects"], last(cli, case)["note"])
    assert "Missing option '--because'" in cli(*DIRECTOR, "correct", case, "2", code=2).stderr


CALLS = [
    ("amend", "age=41"),
    ("note", "text"),
    ("assign", "owner", "wu"),
    ("claim",),
    ("correct", "1", "--because", "x"),
]


@pytest.mark.parametrize("words", CALLS, ids=lambda words: words[0])
def test_a_case_that_moved_on_is_refused_and_a_stranger_learns_nothing(
    cli: Line, case: str, words: tuple[str, ...]
) -> None:
    cli(*DIRECTOR, "note", case, "moved on")
    stranger = (*DIRECTOR[:2], "--as", "eve", "--role", "nobody")

    late = cli.json(*DIRECTOR, words[0], case, *words[1:], "--if-revision", "1", code=3)
    foreign = cli.json(*stranger, words[0], case, *words[1:], code=3)

    assert "stale" == late["error"]["refusal"]["code"]
    assert "not-found" == foreign["error"]["refusal"]["code"]


@pytest.mark.parametrize("words", CALLS[:3], ids=lambda words: words[0])
def test_the_same_request_again_changes_nothing_twice(cli: Line, case: str, words: tuple[str, ...]) -> None:
    for _ in range(2):
        cli(*DIRECTOR, words[0], case, *words[1:], "--request-id", "r1")

    assert 2 == last(cli, case)["number"]
