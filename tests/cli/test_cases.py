"""open, fire, why-not, show, history."""

from __future__ import annotations

import pytest
from cli.errand import BOSS, WORKER, Line


def test_opening_shows_the_case_in_one_line_each(cli: Line) -> None:
    result = cli(*WORKER, "open", "errand", "what=fetch water", "day=2026-01-31", "kind=大事")

    first, states, revision = result.stdout.splitlines()
    assert (
        first.startswith("errand ") and "errand: waiting (new)" == states.strip() and "revision 1" == revision.strip()
    )


def test_a_case_opened_by_json_holds_values_of_their_types(cli: Line) -> None:
    case = cli.json(*WORKER, "open", "errand", "what=水", "day=2026-01-31", "kind=large", "weight=３")["case"]

    assert {"what": "水", "day": "2026-01-31", "kind": "large", "weight": 3} == case["data"]
    assert ("errand", "new", {"errand": "new"}, 1, "north") == (
        case["case_type"],
        case["state"],
        case["states"],
        case["revision"],
        case["unit"],
    )


def test_a_case_may_be_opened_in_another_unit_and_about_a_known_person(cli: Line) -> None:
    first = cli.json(*BOSS, "open", "errand", "what=a", "--in", "south")["case"]
    person = first["subjects"]["person"]

    second = cli.json(*BOSS, "open", "errand", "what=b", "--in", "south", "--subject", f"person={person}")["case"]

    assert ("south", person) == (second["unit"], second["subjects"]["person"])


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (
            "en",
            (
                "water",
                "hidden: you may not read it",
                "one day",
                "You can",
                "weight=whole number 0–9",
                "[kind=small|large]",
            ),
        ),
        ("zh", ("事项", "隐藏：您无权查看", "一日内办结", "您可以办理", "weight=整数 0–9", "[kind=小事|大事]")),
    ],
)
def test_show_tells_states_fields_deadlines_and_what_can_be_done(
    cli: Line, language: str, wanted: tuple[str, ...]
) -> None:
    case = cli.opened("diagnosis=CANARY", actor=BOSS)

    shown = cli(*WORKER[:4], "show", case, "--lang", language).stdout

    assert [] == [text for text in wanted if text not in shown]
    assert "CANARY" not in shown


def test_what_may_not_be_read_is_named_as_hidden_in_every_outlet(cli: Line) -> None:
    case = cli.opened("diagnosis=CANARY", actor=BOSS)
    worker = WORKER[:4]

    told = cli.json(*worker, "show", case)

    assert ["diagnosis"] == told["case"]["hidden"]
    assert ["diagnosis"] == cli.json(*worker, "history", case)["entries"][0]["hidden"]
    for command in ("show", "history"):
        assert "CANARY" not in cli(*worker, command, case).output
    assert "CANARY" in cli(*BOSS, "show", case).stdout


def test_firing_parses_the_form_and_moves_the_case(cli: Line) -> None:
    case = cli.opened()

    moved = cli.json(*WORKER, "fire", case, "start", "weight=2", "kind=")["case"]

    assert ("doing", 2, 2) == (moved["state"], moved["revision"], moved["data"]["weight"])


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", "weight 'heavy' is not a whole number"),
        ("zh", "分量（weight）：“heavy”无法接受，请填：整数 0–9"),
    ],
)
def test_a_bad_value_is_refused_in_the_language_asked_for(cli: Line, language: str, wanted: str) -> None:
    result = cli(*WORKER, "fire", cli.opened(), "start", "weight=heavy", "--lang", language, code=3)

    assert wanted in result.stderr
    assert "[docs/reference/refusals.md#invalid-form]" in result.stderr
    assert "" == result.stdout


def test_everything_wrong_with_a_form_is_told_at_once(cli: Line) -> None:
    told = cli.json(*WORKER, "fire", cli.opened(), "start", "kind=huge", "colour=red", code=3)

    assert ["kind", "colour", "weight"] == [item["field"] for item in told["error"]["refusal"]["problems"]]


def test_that_a_trigger_cannot_be_fired_at_all_counts_before_its_form(cli: Line) -> None:
    case = cli.opened()
    cli(*WORKER, "fire", case, "start", "weight=1")

    assert "wrong-state" == cli.json(*WORKER, "fire", case, "start", "weight=x", code=3)["error"]["refusal"]["code"]


def test_an_unknown_trigger_names_those_there_are(cli: Line) -> None:
    result = cli(*WORKER, "fire", cli.opened(), "fly", "high=yes", code=3)

    assert "there is no trigger 'fly'; this case type has start, finish" in result.stderr


def test_the_same_request_again_does_nothing_twice(cli: Line) -> None:
    words = (*WORKER, "open", "errand", "what=a", "--request-id", "r1")

    assert cli.json(*words)["case"]["id"] == cli.json(*words)["case"]["id"]


def test_a_case_that_moved_on_is_refused_where_a_revision_was_expected(cli: Line) -> None:
    case = cli.opened()
    cli(*WORKER, "fire", case, "start", "weight=1")

    told = cli.json(*WORKER, "fire", case, "finish", "--if-revision", "1", code=3)

    assert "stale" == told["error"]["refusal"]["code"]


def test_a_dry_run_writes_nothing(cli: Line) -> None:
    case = cli.opened()

    result = cli(*WORKER, "fire", case, "start", "weight=1", "--dry-run")

    assert "under way (doing)" in result.stdout and "nothing was written" in result.stderr
    assert "new" == cli.json(*WORKER, "show", case)["case"]["state"]


def test_why_not_answers_with_the_refusal_that_fire_would_give(cli: Line) -> None:
    case = cli.opened()
    cli(*WORKER, "fire", case, "start", "weight=7")

    chinese = cli(*WORKER, "why-not", case, "finish", "--lang", "zh", code=3)
    told = cli.json(*WORKER, "why-not", case, "finish", code=3)

    assert "分量" in chinese.stdout and "重活需两人" in chinese.stdout and "" == chinese.stderr
    assert "unmet" == told["refusal"]["code"]
    assert told["refusal"] == cli.json(*WORKER, "fire", case, "finish", code=3)["error"]["refusal"]


def test_why_not_of_what_can_be_done_says_so(cli: Line) -> None:
    case = cli.opened()

    assert {"refusal": None} == cli.json(*WORKER, "why-not", case, "start")
    assert "可以办理。\n" == cli(*WORKER, "why-not", case, "start", "weight=1", "--lang", "zh").stdout
    assert "invalid-form" == cli.json(*WORKER, "why-not", case, "start", "weight=99", code=3)["refusal"]["code"]


def test_history_tells_who_did_what_when(cli: Line) -> None:
    case = cli.opened("kind=small")
    cli(*WORKER, "fire", case, "start", "weight=2")

    english = cli(*WORKER, "history", case).stdout
    chinese = cli(*WORKER, "history", case, "--lang", "zh").stdout

    assert all(text in english for text in ("opened", "errand: waiting → under way", "weight: 2", "kind: small", "li"))
    assert all(text in chinese for text in ("立案", "差事：待办 → 进行中", "分量：2", "类别：小事", "开始 (start)"))
    entries = cli.json(*WORKER, "history", case)["entries"]
    assert [(1, "open"), (2, "fire")] == [(entry["number"], entry["kind"]) for entry in entries]
    assert {"workflow": "errand", "source": "new", "target": "doing"}.items() <= entries[1]["steps"][0].items()


def test_columns_are_aligned_with_chinese_in_them(cli: Line) -> None:
    from rich.cells import cell_len

    case = cli.opened("kind=small")

    rows = [
        line
        for line in cli(*WORKER, "show", case, "--lang", "zh").stdout.splitlines()
        if "water" in line or "小事" in line
    ]

    assert 1 == len({cell_len(line[: max(line.find("water"), line.find("小事"))]) for line in rows[:2]})


def test_whoever_may_not_view_a_case_is_told_that_there_is_none(cli: Line) -> None:
    case = cli.opened()

    for command in ("show", "history"):
        told = cli.json("--as", "x", "--role", "nobody", command, case, code=3)
        assert "not-found" == told["error"]["refusal"]["code"]


def test_history_tells_remarks_corrections_postings_and_timers(cli: Line) -> None:
    from casework import Actor, Casework
    from casework.rescue import rescue, station

    app = Casework(cli.store, case_types=[rescue, station])
    app.create_tables()
    desk = app.desk(Actor("d", roles={"director", "caseworker"}, unit="anlu"))
    case = desk.open("rescue", found_at="a", found_by="b")
    desk.note(case.id, "a remark")
    desk.assign(case.id, "owner", "wu")
    desk.fire(case.id, "assess", urgent=False, can_state_identity=False)
    desk.correct(case.id, 4, because="a slip")
    desk.fire(case.id, "serve", service="food", quantity=2)
    app.dispose()
    words = ("--plugin", "casework.rescue", "--as", "d", "--role", "director", "--unit", "anlu", "history", case.id)

    english, chinese = cli(*words).stdout, cli(*words, "--lang", "zh").stdout

    assert all(
        text in english for text in ("a remark", "responsible caseworker: wu", "undoes entry 4", "(anlu, food) →")
    )
    assert all(text in chinese for text in ("备注", "案件经办人：wu", "撤销第4条", "更正"))
