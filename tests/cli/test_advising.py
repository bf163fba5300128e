"""what-helps."""

from __future__ import annotations

from cli.errand import WORKER, Line


def test_the_way_is_told_in_lines(cli: Line) -> None:
    case = cli.opened()
    told = cli(*WORKER, "what-helps", case, "finish")

    assert [
        "finish: still to be met:",
        "  - errand is under way",
        "  - weight < 5 (not known yet) (heavy errands are for two)",
        "what would help:",
        "  1. worker can 'start' (start) with weight = 4",
        "  then boss or worker can do it, you among them",
    ] == told.stdout.splitlines()


def test_it_is_told_in_chinese(cli: Line) -> None:
    case = cli.opened()
    told = cli(*WORKER, "what-helps", case, "--reach", "done", "--lang", "zh")

    assert [
        "已办：可行的办法：",
        "  1. worker可以“开始”（start）（分量＝4）",
        "  2. boss或worker可以“办结”（finish）",
    ] == told.stdout.splitlines()


def test_it_is_told_as_json(cli: Line) -> None:
    case = cli.opened()
    told = cli.json(*WORKER, "what-helps", case, "finish")["advice"]

    assert ("steps", True, ["boss", "worker"]) == (told["answer"], told["shortest"], sorted(told["roles"]))
    assert [("fire", "start", ["weight"], {"weight": 4})] == [
        (step["kind"], step["name"], step["matters"], {"weight": step["form"]["weight"]}) for step in told["steps"]
    ]


def test_what_can_be_done_is_said_so(cli: Line) -> None:
    case = cli.opened()

    assert "start: nothing stands in the way\n" == cli(*WORKER, "what-helps", case, "start").stdout


def test_no_way_ends_with_three(cli: Line) -> None:
    case = cli.opened()
    cli(*WORKER, "fire", case, "start", "weight=1")
    told = cli(*WORKER, "what-helps", case, "start", code=3)

    assert ["start: still to be met:", "  - errand is waiting", "start: no steps lead there from here"] == (
        told.stdout.splitlines()
    )


def test_a_call_without_a_goal_is_refused(cli: Line) -> None:
    case = cli.opened()

    assert "invalid-form" == cli.json(*WORKER, "what-helps", case, code=3)["error"]["refusal"]["code"]
